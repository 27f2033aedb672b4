import { isIPv6 } from 'node:net';
import type { Credentials, Delivery, Endpoint, Source } from './endpoint.js';
import { PORTS } from './schema.js';
import type { EndpointSettings, InputSettings, Transport } from './schema.js';

const SECOND = 1000;

/** What an endpoint is called: its name, or else `host:port`, with an IPv6 address in brackets. */
export function nameOf(settings: EndpointSettings): string {
  const { name, host } = settings;
  return name ?? `${isIPv6(host) ? `[${host}]` : host}:${portOf(settings)}`;
}

/**
 * Makes an endpoint of settings that are known to be complete.
 * @param inputs what holds where the endpoint says nothing
 * @param anchors gives the certificates behind values of `ca`
 */
export function resolveEndpoint(
  settings: EndpointSettings,
  inputs: InputSettings,
  anchors: (values: readonly string[]) => readonly string[],
  source: Source | undefined,
): Endpoint {
  const { ehlo, environment, tls } = settings;
  const port = portOf(settings);
  const auth = credentialsOf(settings.auth);
  const delivery = settings.delivery && deliveryOf(settings.delivery);
  return {
    name: nameOf(settings),
    host: settings.host,
    port,
    transport: transportOf(settings, port),
    servername: settings.servername ?? settings.host,
    ...(ehlo !== undefined && { ehlo }),
    addresses: settings.addresses,
    role: settings.role ?? (port === PORTS.mx ? 'mx' : 'submission'),
    ...(environment !== undefined && { environment }),
    ...(auth && { auth }),
    ...(delivery && { delivery }),
    tls: {
      ca: anchors([...(inputs.ca ?? []), ...(tls?.ca ?? [])]),
      minVersion: tls?.['min-version'] ?? inputs['min-tls-version'],
      minValidDays: tls?.['min-valid-days'] ?? inputs['min-valid-days'],
      pins: tls?.pin ?? [],
    },
    require: settings.require ?? inputs.require ?? [],
    waive: settings.waive,
    timeoutMs: inputs.timeout * SECOND,
    ...(source && { source }),
  };
}

function portOf({ port, transport }: EndpointSettings): number {
  return port ?? (transport === 'implicit' ? PORTS.implicit : PORTS.submission);
}

function transportOf({ transport }: EndpointSettings, port: number): Transport {
  return transport ?? (port === PORTS.implicit ? 'implicit' : 'starttls');
}

/** A mechanism alone is no credentials: it says how to use those that other layers bring. */
function credentialsOf(auth: EndpointSettings['auth']): Credentials | undefined {
  const secret = auth?.password ?? auth?.['access-token'];
  if (auth?.username === undefined || !secret) return undefined;
  return {
    username: auth.username,
    secret,
    kind: auth.password ? 'password' : 'access-token',
    ...(auth.mechanism && { mechanism: auth.mechanism }),
  };
}

function deliveryOf(delivery: NonNullable<EndpointSettings['delivery']>): Delivery {
  const { from, to, inbox, username, password, within } = delivery;
  return {
    from,
    to,
    ...(inbox && username !== undefined && password && { inbox: { ...inbox, username, password } }),
    withinMs: within * SECOND,
  };
}
