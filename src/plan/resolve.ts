import type { Credentials, Delivery, Endpoint, InboxTarget, Source } from './endpoint.js';
import { hostOf, nameOf, portOf, roleOf, transportOf } from './schema/defaults.js';
import type { EndpointSettings, InputSettings } from './schema/schema.js';
import type { TlsPolicies } from './tls-policies.js';

/** Turns valid settings into an endpoint. The inputs have values for what the endpoint does not set. */
export function resolveEndpoint(
  settings: EndpointSettings,
  inputs: InputSettings,
  policies: TlsPolicies,
  source: Source | undefined,
): Endpoint {
  const { ehlo, environment, mx, servername } = settings;
  const host = hostOf(settings);
  const auth = credentialsOf(settings.auth);
  const delivery = settings.delivery && deliveryOf(settings.delivery);
  return {
    name: nameOf(settings),
    host,
    ...(mx !== undefined && { mx: { ...(servername !== undefined && { servername }) } }),
    port: portOf(settings),
    transport: transportOf(settings),
    servername: servername ?? host,
    ...(ehlo !== undefined && { ehlo }),
    addresses: settings.addresses,
    role: roleOf(settings),
    ...(environment !== undefined && { environment }),
    ...(auth && { auth }),
    ...(delivery && { delivery }),
    tls: policies.of(settings.tls ?? {}),
    probes: settings.probes ?? [],
    require: settings.require ?? inputs.require ?? [],
    waive: settings.waive,
    timeoutMs: inputs.timeout * 1000,
    ...(source && { source }),
  };
}

/** A mechanism alone is not credentials: it says how to use inherited ones. */
function credentialsOf(auth: EndpointSettings['auth']): Credentials | undefined {
  if (!auth) return undefined;
  const { username, mechanism, expect } = auth;
  if (mechanism === 'EXTERNAL') return { username: username ?? '', kind: 'certificate', mechanism, expect };
  const secret = auth.password ?? auth['access-token'];
  if (username === undefined || !secret) return undefined;
  const kind = auth.password ? 'password' : 'access-token';
  return { username, secret, kind, ...(mechanism && { mechanism }), expect };
}

function deliveryOf(delivery: NonNullable<EndpointSettings['delivery']>): Delivery {
  const { from, to, within, expect, keep, verdicts, hop } = delivery;
  const target = inboxOf(delivery);
  return {
    from,
    to,
    ...(target && { inbox: target }),
    withinMs: within * 1000,
    expect,
    keep,
    attachmentBytes: delivery['attachment-bytes'],
    ...(verdicts && {
      verdicts: { spf: verdicts.spf, dkim: verdicts.dkim, dmarc: verdicts.dmarc, authservId: verdicts['authserv-id'] },
    }),
    ...(hop === 'proxied' && { isProxied: true }),
  };
}

function inboxOf({ inbox, username, password }: NonNullable<EndpointSettings['delivery']>): InboxTarget | undefined {
  const login = username !== undefined && password ? { username, password } : undefined;
  if (inbox && 'basePath' in inbox) return { ...inbox, ...login };
  return inbox && login && { ...inbox, ...login };
}
