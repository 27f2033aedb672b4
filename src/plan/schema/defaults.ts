import { isIPv6 } from 'node:net';
import type { EndpointSettings } from './endpoint-keys.js';
import { PORTS, type Role, type Transport } from './enums.js';

/* Defaults that depend on other keys of the endpoint. */

type ServerKeys = Pick<EndpointSettings, 'host'> &
  Partial<Pick<EndpointSettings, 'name' | 'port' | 'transport' | 'role'>>;

/** Default: 465 with implicit TLS, 587 otherwise. */
export function portOf({ port, transport }: ServerKeys): number {
  return port ?? (transport === 'implicit' ? PORTS.implicit : PORTS.submission);
}

/** Default: `implicit` on port 465, `starttls` otherwise. */
export function transportOf(keys: ServerKeys): Transport {
  return keys.transport ?? (portOf(keys) === PORTS.implicit ? 'implicit' : 'starttls');
}

/** Default: `mx` on port 25, `submission` otherwise. */
export function roleOf(keys: ServerKeys): Role {
  return keys.role ?? (portOf(keys) === PORTS.mx ? 'mx' : 'submission');
}

/** Default: `host:port`, with an IPv6 address in brackets. */
export function nameOf(keys: ServerKeys): string {
  const { name, host } = keys;
  return name ?? `${isIPv6(host) ? `[${host}]` : host}:${portOf(keys)}`;
}
