import type { FindingCode } from '../../findings/catalogue.js';
import type { TlsPolicy } from '../../plan/endpoint.js';
import type { TlsChannel } from '../../tls/handshake.js';
import type { TrustStore } from '../../tls/trust.js';

/** What a peer presented, and what OpenSSL thought of it. */
export type Presented = Pick<TlsChannel, 'sent' | 'verifyError'>;

/** What is demanded of a peer. */
export interface PeerDemands {
  readonly policy: TlsPolicy;
  /** The name that the certificate must carry. */
  readonly name: string;
  readonly now: Date;
  readonly trust: TrustStore;
  /** Whether a finding is waived. */
  readonly waived: (code: FindingCode) => boolean;
}
