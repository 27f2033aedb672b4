import { FAIL_ON, ON_INCONCLUSIVE } from '../../report/report.js';

/* Allowed values, once: the schema, the documentation and the types are derived from these. */

export { FAIL_ON, ON_INCONCLUSIVE };

export const TRANSPORTS = ['starttls', 'implicit'] as const;
export const ADDRESSES = ['first', 'all'] as const;
export const ROLES = ['submission', 'mx'] as const;
/** Optional tests. Each uses connections of its own, and sends no credentials and no recipient. */
export const PROBES = ['plaintext-auth', 'plaintext-mail', 'command-injection'] as const;
export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** Whether the server must accept or reject the credentials. */
export const AUTH_EXPECT = ['accepted', 'rejected'] as const;
/** Whether the message must arrive, the server must accept it, or the server must refuse its recipient. */
export const DELIVERY_EXPECT = ['received', 'accepted', 'refused'] as const;
/** Whether the tested server is the TLS endpoint itself, or is behind a proxy that terminates TLS. */
export const DELIVERY_HOPS = ['direct', 'proxied'] as const;
/** Results of SPF, DKIM and DMARC (RFC 8601 section 2.7) that it makes sense to require. */
export const AUTH_RESULTS = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'policy',
  'temperror',
  'permerror',
] as const;

/** Whether only the handshake is checked, the certificates for other kinds of key too, or also old TLS versions. */
export const TLS_CHECKS = ['single', 'both', 'all'] as const;

export type Transport = (typeof TRANSPORTS)[number];
export type Role = (typeof ROLES)[number];
export type ProbeName = (typeof PROBES)[number];
export type TlsVersion = (typeof TLS_VERSIONS)[number];
export type FailOn = (typeof FAIL_ON)[number];
export type OnInconclusive = (typeof ON_INCONCLUSIVE)[number];
export type AuthExpect = (typeof AUTH_EXPECT)[number];
export type DeliveryExpect = (typeof DELIVERY_EXPECT)[number];
export type AuthResult = (typeof AUTH_RESULTS)[number];

/** Ports that other defaults depend on. */
export const PORTS = { mx: 25, implicit: 465, submission: 587 } as const;
