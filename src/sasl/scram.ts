import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PeerText } from '../text/peer.js';
import { prepared } from './saslprep.js';
import { decoded } from './base64.js';
import { SaslFault, secretOf, tooMany } from './conversation.js';
import type { Conversation, Identity, Surroundings } from './conversation.js';
import { errorIn, finalSignature, firstMessage } from './scram-messages.js';

const derive = promisify(pbkdf2);

/** What a member of the family is made of. */
export interface ScramKind {
  readonly hash: 'sha1' | 'sha256';
  /** The exchange is tied to the TLS channel (the -PLUS variants). */
  readonly bound: boolean;
}

/** Octets of a nonce; a multiple of three, so that its base64 has no padding. */
const NONCE_OCTETS = 18;

/**
 * SCRAM (RFC 5802, RFC 7677): neither side learns the password from the other, and both prove that they know it.
 * @param nonce ours; only a test knows it beforehand
 */
export async function scram(
  kind: ScramKind,
  identity: Identity,
  surroundings: Surroundings,
  nonce = randomBytes(NONCE_OCTETS).toString('base64'),
): Promise<Conversation> {
  const [username, password] = await Promise.all([prepared(identity.username), prepared(secretOf(identity))]);
  return new Scram(kind, { username, password }, surroundings, nonce);
}

class Scram implements Conversation {
  readonly initial: string;
  told: PeerText | undefined;
  iterations: number | undefined;
  readonly #hash: ScramKind['hash'];
  readonly #password: string;
  readonly #derived: Surroundings['derived'];
  readonly #computed: Surroundings['computed'];
  readonly #nonce: string;
  readonly #bare: string;
  /** The GS2 header and, where the exchange is bound, what it is bound to, in base64. */
  readonly #binding: string;
  /** What the server has to prove itself with, once that can be told. */
  #expected: Buffer | undefined;
  #verified = false;

  constructor(
    { hash, bound }: ScramKind,
    { username, password }: { username: string; password: string },
    surroundings: Surroundings,
    nonce: string,
  ) {
    const header = `${gs2Flag(bound, surroundings)},,`;
    const data = bound ? surroundings.binding?.data : undefined;
    this.#hash = hash;
    this.#password = password;
    this.#derived = surroundings.derived;
    this.#computed = surroundings.computed;
    this.#nonce = nonce;
    this.#bare = `n=${saslName(username)},r=${nonce}`;
    this.#binding = Buffer.concat([Buffer.from(header), data ?? Buffer.alloc(0)]).toString('base64');
    this.initial = header + this.#bare;
  }

  /** The proof is in the answer that makes known what to expect of the server. */
  get presented(): boolean {
    return this.#expected !== undefined;
  }

  async answer(challenge: string): Promise<string> {
    if (this.#verified || this.told !== undefined) throw tooMany();
    const message = decoded(challenge)?.toString('utf8');
    if (message === undefined) throw new SaslFault('malformed', 'the challenge is no base64');
    const error = errorIn(message);
    if (error !== undefined) {
      this.told = new PeerText(error);
      return '';
    }
    if (!this.#expected) return this.#final(message);
    this.#verify(finalSignature(message));
    return '';
  }

  /** RFC 4954 has no place for data beside a success, and yet there are servers that put theirs there. */
  conclude(texts: readonly string[]): void {
    if (this.#verified || this.told !== undefined) return;
    const signature = texts
      .flatMap((text) => text.split(' '))
      .map((word) => finalSignature(decoded(word)?.toString('utf8') ?? ''))
      .find((found) => found !== undefined);
    this.#verify(signature);
  }

  async #final(serverFirst: string): Promise<string> {
    const { nonce, salt, iterations } = firstMessage(serverFirst);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new SaslFault(
        'not-authenticated',
        'the nonce of the server does not continue ours, as if it answered somebody else',
      );
    }
    this.iterations = iterations;
    const withoutProof = `c=${this.#binding},r=${nonce}`;
    const signed = `${this.#bare},${serverFirst},${withoutProof}`;
    const salted = await this.#computed(derive(this.#password, salt, iterations, HASH_OCTETS[this.#hash], this.#hash));
    const clientKey = this.#hmac(salted, 'Client Key');
    const signature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0)));
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

const HASH_OCTETS = { sha1: 20, sha256: 32 } as const;

/** RFC 5802 section 6: `y` lets a server that does bind see that somebody has hidden its offer from us. */
function gs2Flag(bound: boolean, { binding, serverBinds }: Surroundings): string {
  if (!bound) return binding && !serverBinds ? 'y' : 'n';
  if (!binding) throw new TypeError('nothing to bind the exchange to');
  return `p=${binding.type}`;
}

function saslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}
