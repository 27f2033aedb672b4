import { isIPv6 } from 'node:net';
import type { Anchors } from './anchors.js';
import type { ClientIdentities } from './client-identities.js';
import type { Credentials, DemandedVerdicts, Delivery, Endpoint, InboxTarget, Source, TlsPolicy } from './endpoint.js';
import { PORTS } from './schema/enums.js';
import type { Role, Transport } from './schema/enums.js';
import type { EndpointSettings, InputSettings } from './schema/schema.js';

const SECOND = 1000;

/** What an endpoint is called: its name, or else `host:port`, with an IPv6 address in brackets. */
export function nameOf(settings: EndpointSettings): string {
  const { name, host } = settings;
  return name ?? `${isIPv6(host) ? `[${host}]` : host}:${portOf(settings)}`;
}

/** What the files came to that settings name. */
export interface LoadedFiles {
  readonly anchors: Pick<Anchors, 'of'>;
  readonly identities: Pick<ClientIdentities, 'of'>;
}

/**
 * Makes an endpoint of settings that are known to be complete.
 * @param inputs what holds where the endpoint says nothing
 * @param files all that the settings name, loaded
 */
export function resolveEndpoint(
  settings: EndpointSettings,
  inputs: InputSettings,
  files: LoadedFiles,
  source: Source | undefined,
): Endpoint {
  const { ehlo, environment } = settings;
  const port = portOf(settings);
  const auth = credentialsOf(settings.auth);
  const delivery = settings.delivery && deliveryOf(settings.delivery);
  return {
    name: nameOf(settings),
    host: settings.host,
    port,
    transport: transportOf(settings),
    servername: settings.servername ?? settings.host,
    ...(ehlo !== undefined && { ehlo }),
    addresses: settings.addresses,
    role: roleOf(settings),
    ...(environment !== undefined && { environment }),
    ...(auth && { auth }),
    ...(delivery && { delivery }),
    tls: tlsPolicyOf(settings.tls ?? {}, inputs, files),
    probes: settings.probes ?? [],
    require: settings.require ?? inputs.require ?? [],
    waive: settings.waive,
    timeoutMs: inputs.timeout * SECOND,
    ...(source && { source }),
  };
}

function portOf({ port, transport }: EndpointSettings): number {
  return port ?? (transport === 'implicit' ? PORTS.implicit : PORTS.submission);
}

/** How TLS begins: as the user says, else by the port. */
export function transportOf(settings: EndpointSettings): Transport {
  return settings.transport ?? (portOf(settings) === PORTS.implicit ? 'implicit' : 'starttls');
}

/** What the server is for: as the user says, else by the port. */
export function roleOf(settings: EndpointSettings): Role {
  return settings.role ?? (portOf(settings) === PORTS.mx ? 'mx' : 'submission');
}

function tlsPolicyOf(
  tls: Partial<NonNullable<EndpointSettings['tls']>>,
  inputs: InputSettings,
  { anchors, identities }: LoadedFiles,
): TlsPolicy {
  const client = identities.of(tls['client-cert'], tls['client-key']);
  return {
    ca: anchors.of([...(inputs.ca ?? []), ...(tls.ca ?? [])]),
    minVersion: tls['min-version'] ?? inputs['min-tls-version'],
    minValidDays: tls['min-valid-days'] ?? inputs['min-valid-days'],
    pins: tls.pin ?? [],
    ...(tls.check === 'both' && { bothKeys: true }),
    ...(client && { client }),
  };
}

/** A mechanism alone is no credentials: it says how to use those that other layers bring. */
function credentialsOf(auth: EndpointSettings['auth']): Credentials | undefined {
  if (!auth) return undefined;
  const { username, mechanism, expect } = auth;
  if (mechanism === 'EXTERNAL') return { username: username ?? '', kind: 'certificate', mechanism, expect };
  const secret = auth.password ?? auth['access-token'];
  if (username === undefined || !secret) return undefined;
  return {
    username,
    secret,
    kind: auth.password ? 'password' : 'access-token',
    ...(mechanism && { mechanism }),
    expect,
  };
}

function deliveryOf(delivery: NonNullable<EndpointSettings['delivery']>): Delivery {
  const { from, to, within, verdicts } = delivery;
  const target = inboxOf(delivery);
  return {
    from,
    to,
    ...(target && { inbox: target }),
    withinMs: within * SECOND,
    expect: delivery.expect,
    keep: delivery.keep,
    attachmentOctets: delivery['attachment-bytes'],
    ...(verdicts && { verdicts: verdictsOf(verdicts) }),
  };
}

function inboxOf({ inbox, username, password }: NonNullable<EndpointSettings['delivery']>): InboxTarget | undefined {
  const login = username !== undefined && password ? { username, password } : undefined;
  if (inbox && 'basePath' in inbox) return { ...inbox, ...login };
  return inbox && login && { ...inbox, ...login };
}

function verdictsOf({
  'authserv-id': authservId,
  ...demanded
}: NonNullable<NonNullable<EndpointSettings['delivery']>['verdicts']>): DemandedVerdicts {
  return { ...demanded, ...(authservId !== undefined && { authservId }) };
}
