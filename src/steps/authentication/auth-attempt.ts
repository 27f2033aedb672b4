import type { Credentials } from '../../plan/endpoint.js';
import type { AuthResult } from '../../smtp/sign-in-exchange.js';
import type { ChannelBinding } from '../../tls/channel-binding.js';

/** An exchange of AUTH, and what the gate knows about the session. */
export interface AuthAttempt extends AuthResult {
  readonly auth: Credentials;
  readonly mechanism: string;
  readonly binding: ChannelBinding | undefined;
  /** Whether the session began without TLS. */
  readonly usedStartTls: boolean;
  readonly clientCertificateRequested: boolean;
  /** When the server rejected it, or accepted it. */
  readonly now: Date;
  readonly server: {
    /** As configured. */
    readonly host?: string;
    readonly greetings: readonly string[];
    /** The lines of its reply to EHLO. */
    readonly offers: readonly string[];
    /** The domain in which the account probably is. */
    readonly domain: string | undefined;
  };
}
