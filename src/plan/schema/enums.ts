/* Legal values, once: the schema, the documentation and the types all come from these. */

export const TRANSPORTS = ['starttls', 'implicit'] as const;
export const ADDRESSES = ['first', 'all'] as const;
export const ROLES = ['submission', 'mx'] as const;
/** Tries that nobody gets unasked, each on connections of its own, and none with a credential or a recipient. */
export const PROBES = ['plaintext-auth', 'plaintext-mail', 'command-injection'] as const;
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

/** Whether the server must let these credentials in, or keep them out. */
export const AUTH_EXPECT = ['accepted', 'rejected'] as const;
/** Whether the message must arrive, the server must accept it, or the server must refuse its recipient. */
export const DELIVERY_EXPECT = ['received', 'accepted', 'refused'] as const;
/** What a receiver may say of a message's origin (RFC 8601 section 2.7), so far as it is of use to demand it. */
export const VERDICTS = ['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror'] as const;

/** Whether the certificate is judged that the handshake brings, or those for other kinds of key too. */
export const TLS_CHECKS = ['single', 'both'] as const;

export type Transport = (typeof TRANSPORTS)[number];
export type Role = (typeof ROLES)[number];
export type ProbeName = (typeof PROBES)[number];
export type TlsVersion = (typeof TLS_VERSIONS)[number];
export type FailOn = (typeof FAIL_ON)[number];
export type OnInconclusive = (typeof ON_INCONCLUSIVE)[number];
export type AuthExpect = (typeof AUTH_EXPECT)[number];
export type DeliveryExpect = (typeof DELIVERY_EXPECT)[number];
export type Verdict = (typeof VERDICTS)[number];
export type Mechanism = (typeof MECHANISMS)[number];

/** Ports that decide other defaults. */
export const PORTS = { mx: 25, implicit: 465, submission: 587 } as const;
