import type { FindingCode } from '../../findings/catalogue.js';
import type { TlsPolicy } from '../../plan/endpoint.js';
import type { TlsChannel } from '../../tls/handshake.js';
import type { TrustStore } from '../../tls/trust.js';

/** The certificates that a peer presented, and OpenSSL's error for them. */
export type Presented = Pick<TlsChannel, 'sent' | 'verifyError'>;

/** What a certificate must comply with. */
export interface VerifyOptions {
  readonly policy: TlsPolicy;
  /** The name that the certificate must match. */
  readonly name: string;
  readonly now: Date;
  readonly trust: TrustStore;
  /** Whether a finding is waived. */
  readonly waived: (code: FindingCode) => boolean;
}
