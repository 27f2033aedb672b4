/** Legal values, once: the schema below, the documentation and the types all come from these. */
export const TRANSPORTS = ['starttls', 'implicit'] as const;
export const ROLES = ['submission', 'mx'] as const;
export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
export const FAIL_ON = ['fail', 'warn', 'never'] as const;
export const ON_INCONCLUSIVE = ['fail', 'warn'] as const;
/** SASL mechanisms by their registered names, strongest first. */
export const MECHANISMS = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'OAUTHBEARER',
  'XOAUTH2',
  'CRAM-MD5',
  'PLAIN',
  'LOGIN',
  'EXTERNAL',
] as const;

export type Transport = (typeof TRANSPORTS)[number];
export type Role = (typeof ROLES)[number];
export type TlsVersion = (typeof TLS_VERSIONS)[number];
export type FailOn = (typeof FAIL_ON)[number];
export type OnInconclusive = (typeof ON_INCONCLUSIVE)[number];
export type Mechanism = (typeof MECHANISMS)[number];
