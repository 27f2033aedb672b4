import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PeerText } from '../text/peer.js';
import {
  SaslFault,
  extraChallenge,
  secretOf,
  undecodable,
  type Challenge,
  type ExchangeContext,
  type Identity,
  type SaslClient,
} from './client.js';
import { parseServerFirst, serverError, serverSignature } from './scram-messages.js';

const derive = promisify(pbkdf2);

/** A member of the SCRAM family. */
export interface ScramKind {
  readonly hash: 'sha1' | 'sha256';
  /** With channel binding (the -PLUS variants). */
  readonly bound: boolean;
}

/** A multiple of three, so that the base64 of the nonce has no padding. */
const NONCE_BYTES = 18;

/**
 * SCRAM (RFC 5802, RFC 7677): the password is not sent, and each side proves to the other that it knows it.
 * @param nonce the client's; a parameter so that tests can control it
 */
export async function scram(
  kind: ScramKind,
  identity: Identity,
  context: ExchangeContext,
  nonce = randomBytes(NONCE_BYTES).toString('base64'),
): Promise<SaslClient> {
  const [username, password] = await Promise.all([prepare(identity.username), prepare(secretOf(identity))]);
  return new Scram(kind, { username, password }, context, nonce);
}

/** What SASLprep does not change, which is nearly every name and password. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/**
 * Prepares a name or a password for SCRAM (SASLprep, RFC 4013), so that the same characters become the same bytes,
 * however they were typed. A text with characters that SASLprep prohibits, such as those added after Unicode 3.2, is
 * not changed: common servers do the same, so a password with an emoji works.
 */
export async function prepare(text: string): Promise<string> {
  if (PLAIN_ASCII.test(text)) return text;
  const { saslprep } = await import('@mongodb-js/saslprep');
  try {
    return saslprep(text);
  } catch {
    return text;
  }
}

class Scram implements SaslClient {
  readonly initial: string;
  reportedError: PeerText | undefined;
  iterations: number | undefined;
  readonly #hash: ScramKind['hash'];
  readonly #password: string;
  readonly #derived: ExchangeContext['derived'];
  readonly #computed: ExchangeContext['computed'];
  readonly #nonce: string;
  readonly #bare: string;
  /** The GS2 header and, with channel binding, the data of the channel, in base64. */
  readonly #binding: string;
  /** The signature that proves that the server knows the password, once the client can compute it. */
  #expected: Buffer | undefined;
  #verified = false;

  constructor(
    { hash, bound }: ScramKind,
    { username, password }: { username: string; password: string },
    context: ExchangeContext,
    nonce: string,
  ) {
    const header = `${gs2Flag(bound, context)},,`;
    const data = bound ? context.binding?.data : undefined;
    this.#hash = hash;
    this.#password = password;
    this.#derived = context.derived;
    this.#computed = context.computed;
    this.#nonce = nonce;
    this.#bare = `n=${saslName(username)},r=${nonce}`;
    this.#binding = Buffer.concat([Buffer.from(header), data ?? Buffer.alloc(0)]).toString('base64');
    this.initial = header + this.#bare;
  }

  /** The response with the proof is the one after which a signature is expected. */
  get credentialsSent(): boolean {
    return this.#expected !== undefined;
  }

  async respond({ bytes }: Challenge): Promise<string> {
    if (this.#verified || this.reportedError !== undefined) throw extraChallenge();
    if (!bytes) throw undecodable();
    const message = bytes.toString('utf8');
    const error = serverError(message);
    if (error !== undefined) {
      this.reportedError = new PeerText(error);
      return '';
    }
    if (!this.#expected) return this.#final(message);
    this.#verify(serverSignature(message));
    return '';
  }

  succeed(data: readonly Buffer[]): void {
    if (this.#verified || this.reportedError !== undefined) return;
    this.#verify(data.map((bytes) => serverSignature(bytes.toString('utf8'))).find((found) => found !== undefined));
  }

  async #final(serverFirst: string): Promise<string> {
    const { nonce, salt, iterations } = parseServerFirst(serverFirst);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new SaslFault(
        'not-authenticated',
        "the server's nonce does not begin with the client's, as if the message belonged to another exchange",
      );
    }
    this.iterations = iterations;
    const withoutProof = `c=${this.#binding},r=${nonce}`;
    const signed = `${this.#bare},${serverFirst},${withoutProof}`;
    const salted = await this.#computed(derive(this.#password, salt, iterations, HASH_BYTES[this.#hash], this.#hash));
    const clientKey = this.#hmac(salted, 'Client Key');
    const signature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    this.#expected = this.#hmac(this.#hmac(salted, 'Server Key'), signed);
    this.#derived(proof);
    this.#derived(this.#expected);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  #verify(signature: Buffer | undefined): void {
    if (!signature || !this.#expected) {
      throw new SaslFault('not-authenticated', 'the server has not proved that it knows the password');
    }
    if (signature.length !== this.#expected.length || !timingSafeEqual(signature, this.#expected)) {
      throw new SaslFault('not-authenticated', "the server's proof that it knows the password is wrong");
    }
    this.#verified = true;
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

const HASH_BYTES = { sha1: 20, sha256: 32 } as const;

/** RFC 5802 section 6: `y` shows a server with channel binding that somebody removed its offer in transit. */
function gs2Flag(bound: boolean, { binding, serverBinds }: ExchangeContext): string {
  if (!bound) return binding && !serverBinds ? 'y' : 'n';
  if (!binding) throw new TypeError('no channel binding data');
  return `p=${binding.type}`;
}

function saslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}
