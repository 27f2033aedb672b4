import type { PeerText } from '../text/peer.js';
import type { Secret } from '../secrets/secret.js';

/** Who signs in, and where. */
interface Who {
  /** With a certificate it may be empty: the server then takes the name from the certificate. */
  readonly username: string;
  readonly host: string;
  readonly port: number;
}

/** What is proved with a secret. */
export interface SecretIdentity extends Who {
  readonly kind: 'password' | 'access-token';
  readonly secret: Secret;
}

/** Who signs in, where, and with what. The certificate has been shown in the TLS handshake. */
export type Identity = SecretIdentity | (Who & { readonly kind: 'certificate' });

/** What an exchange is held in. */
export interface Surroundings {
  /** Octets that tie the exchange to this TLS channel, and the registered name of their kind (RFC 5056), where there are any. */
  readonly binding?: { readonly type: string; readonly data: Buffer } | undefined;
  /** Whether the server offers any mechanism with channel binding. */
  readonly serverBinds: boolean;
  /**
   * Told of all octets that are made of the secret in this exchange alone, and of each response that holds some, before
   * it goes out: an eavesdropper could guess by them.
   */
  readonly derived: (octets: Buffer) => void;
  /** Waits for a long computation of the gate, whose time must not count against the server. */
  readonly computed: <T>(work: Promise<T>) => Promise<T>;
}

/**
 * Why the exchange was given up, or why its success counts for nothing.
 * - `not-authenticated`: the server has not proved that it knows the password
 * - `malformed`: what it sent does not follow the mechanism
 */
export class SaslFault extends Error {
  override readonly name = 'SaslFault';

  /** @param message in our own words, without text of the peer */
  constructor(
    readonly kind: 'not-authenticated' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}

/** The client's side of one SASL exchange. */
export interface Conversation {
  /** What goes out with the AUTH command or, where it does not fit, after an empty challenge; undefined where the server speaks first. */
  readonly initial?: string;
  /**
   * Whether the answers so far have shown the secret, or the proof of it; undefined where `initial` is all that shows it.
   */
  readonly presented?: boolean;
  /** How the server has told of a failure within the mechanism. Once set, nobody is signed in any more. */
  readonly told?: PeerText | undefined;
  /** How often the server has the password hashed, where the mechanism does that. */
  readonly iterations?: number | undefined;
  /**
   * Answers a challenge.
   * @param challenge as it came, mostly base64
   * @returns the answer, before its base64
   * @throws {SaslFault} where the exchange cannot go on
   */
  answer(challenge: string): string | Promise<string>;
  /**
   * Hears that the server is content.
   * @param texts the texts of its reply
   * @throws {SaslFault} where something is still missing
   */
  conclude?(texts: readonly string[]): void;
}

/** The password or token of an identity that has one. */
export function secretOf(identity: Identity): string {
  if (identity.kind === 'certificate') throw new TypeError('a certificate is no secret to be sent');
  return identity.secret.reveal();
}

/** What is said to a success that comes before the client has said all that the mechanism has to say. */
export function tooEarly(): SaslFault {
  return new SaslFault('malformed', 'the server lets somebody in who has not shown it the credentials');
}

/** What is said to a challenge that the mechanism does not have. */
export function tooMany(): SaslFault {
  return new SaslFault('malformed', 'the server asks for more than the mechanism has to say');
}
