import { isIPv6 } from 'node:net';
import type { EndpointSettings } from './endpoint-keys.js';
import { PORTS, type Role, type Transport } from './enums.js';

/* Defaults that depend on other keys of the endpoint. */

type ServerKeys = Partial<Pick<EndpointSettings, 'host' | 'mx' | 'name' | 'port' | 'transport' | 'role'>>;

/** The domain with `mx`. Empty if there is neither, which the rules do not allow. */
export function hostOf({ host, mx }: ServerKeys): string {
  return mx ?? host ?? '';
}

/** Default: 465 with implicit TLS, which port 25 never has; 25 with `mx`; 587 otherwise. */
export function portOf({ port, mx, transport }: ServerKeys): number {
  if (port !== undefined) return port;
  if (transport === 'implicit') return PORTS.implicit;
  return mx === undefined ? PORTS.submission : PORTS.mx;
}

/** Default: `implicit` on port 465, `starttls` otherwise. */
export function transportOf(keys: ServerKeys): Transport {
  return keys.transport ?? (portOf(keys) === PORTS.implicit ? 'implicit' : 'starttls');
}

/** Default: `mx` with the key `mx` or on port 25, `submission` otherwise. */
export function roleOf(keys: ServerKeys): Role {
  return keys.role ?? (keys.mx !== undefined || portOf(keys) === PORTS.mx ? 'mx' : 'submission');
}

/** Default: `host:port`, with an IPv6 address in brackets. With `mx` on port 25 it is the domain alone. */
export function nameOf(keys: ServerKeys): string {
  const [host, port] = [hostOf(keys), portOf(keys)];
  const usual = keys.mx !== undefined && port === PORTS.mx ? host : `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return keys.name ?? usual;
}
