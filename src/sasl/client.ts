import type { PeerText } from '../text/peer.js';
import type { Secret } from '../secrets/secret.js';

/*
 * The client side of SASL (RFC 4422), apart from the protocol that carries it: that frames the messages, encodes them
 * in base64, and says whether the exchange succeeded.
 */

/** Who signs in, and where. */
interface Account {
  /** May be empty with a certificate: the server then takes the name from the certificate. */
  readonly username: string;
  readonly host: string;
  readonly port: number;
}

export interface SecretIdentity extends Account {
  readonly kind: 'password' | 'access-token';
  readonly secret: Secret;
}

/** Who signs in, where, and with what. A certificate has been sent in the TLS handshake. */
export type Identity = SecretIdentity | (Account & { readonly kind: 'certificate' });

/** What a mechanism needs to know about the connection, and what it reports to its caller. */
export interface ExchangeContext {
  /** Bytes that identify this TLS channel, and the registered name of their type (RFC 5056), if there are any. */
  readonly binding?: { readonly type: string; readonly data: Buffer } | undefined;
  /** Whether the server offers a mechanism with channel binding. */
  readonly serverBinds: boolean;
  /**
   * Receives all bytes that are derived from the secret for this exchange alone, and each response that contains some,
   * before they are sent: an eavesdropper could use them to guess the secret.
   */
  readonly addDerivedSecret: (bytes: Buffer) => void;
  /** Waits for a long computation of the gate. The server gets that much more time. */
  readonly postponeDeadline: <T>(work: Promise<T>) => Promise<T>;
}

/**
 * How a server fails to prove that it knows the password.
 * - `signature-wrong`, `signature-missing`: it accepts the client, but does not sign the exchange with the password
 * - `nonce-foreign`: its message does not continue this exchange
 * - `nonce-not-extended`: its nonce adds nothing to that of the client
 */
export type MissingProof = 'signature-wrong' | 'signature-missing' | 'nonce-foreign' | 'nonce-not-extended';

/** Why the client aborted an exchange, or why it ignores the server's success. */
export class SaslFault extends Error {
  override readonly name = 'SaslFault';

  /**
   * @param kind `malformed` if what the server sent does not follow the mechanism
   * @param message without text of the peer
   */
  constructor(
    readonly kind: MissingProof | 'malformed',
    message: string,
  ) {
    super(message);
  }
}

/** A message of the server. */
export interface Challenge {
  /** Undefined if it is not base64. */
  readonly bytes: Buffer | undefined;
  /** As it was sent. */
  readonly text: string;
}

/** The client side of one exchange, and its state. */
export interface SaslClient {
  /** The initial response (RFC 4422 section 3.3); undefined if the server sends the first message. */
  readonly initial?: string;
  /** Whether a response so far contained the secret, or a proof of it; undefined if only `initial` ever does. */
  credentialsSent?: boolean;
  /** The failure that the server reported within the mechanism. After it, no success counts. */
  reportedError?: PeerText;
  /** The iteration count that the server requires for the hash of the password, if the mechanism has one. */
  iterations?: number;
  /**
   * @returns the response to a challenge
   * @throws {SaslFault} if the exchange cannot continue
   */
  respond(challenge: Challenge): string | Promise<string>;
  /**
   * Checks the success that the server reports.
   * @param data everything sent with it that may be additional data of the mechanism (RFC 4422 section 3.6)
   * @throws {SaslFault} if the exchange was not complete
   */
  succeed?(data: readonly Buffer[]): void;
}

export function secretOf(identity: Identity): string {
  if (identity.kind === 'certificate') throw new TypeError('a certificate is not a secret that can be sent');
  return identity.secret.reveal();
}

export const malformed = (problem: string): SaslFault => new SaslFault('malformed', problem);
export const extraChallenge = (): SaslFault => malformed('the server sends more challenges than the mechanism has');
export const undecodable = (): SaslFault => malformed('the challenge is not valid base64');
