import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PeerText } from '../text/peer.js';
import { decodeBase64 } from './base64.js';
import {
  SaslFault,
  extraChallenge,
  malformed,
  secretOf,
  undecodable,
  type ExchangeContext,
  type Identity,
  type SaslClient,
} from './client.js';

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
 * @param clientNonce a parameter so that tests can control it
 */
export async function scram(
  { hash, bound }: ScramKind,
  identity: Identity,
  context: ExchangeContext,
  clientNonce = randomBytes(NONCE_BYTES).toString('base64'),
): Promise<SaslClient> {
  const [username, password] = await Promise.all([prepare(identity.username), prepare(secretOf(identity))]);
  const gs2Header = `${gs2Flag(bound, context)},,`;
  const channel = bound && context.binding ? context.binding.data : Buffer.alloc(0);
  const channelBinding = Buffer.concat([Buffer.from(gs2Header), channel]).toString('base64');
  const clientFirst = `n=${saslName(username)},r=${clientNonce}`;
  /** The signature that proves that the server knows the password, once the client can compute it. */
  let expected: Buffer | undefined;
  let isVerified = false;

  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();

  const clientFinal = async (serverFirst: string): Promise<string> => {
    const { nonce, salt, iterations } = parseServerFirst(serverFirst);
    if (!nonce.startsWith(clientNonce)) {
      throw new SaslFault(
        'nonce-foreign',
        "the server's nonce does not begin with the client's, so its message does not belong to this exchange",
      );
    }
    if (nonce === clientNonce) {
      throw new SaslFault('nonce-not-extended', "the server's nonce is only that of the client");
    }
    client.iterations = iterations;
    const withoutProof = `c=${channelBinding},r=${nonce}`;
    const signed = `${clientFirst},${serverFirst},${withoutProof}`;
    const salted = await context.postponeDeadline(derive(password, salt, iterations, HASH_BYTES[hash], hash));
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash(hash).update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    expected = hmac(hmac(salted, 'Server Key'), signed);
    context.addDerivedSecret(proof);
    context.addDerivedSecret(expected);
    client.credentialsSent = true;
    return `${withoutProof},p=${proof.toString('base64')}`;
  };

  const verify = (signature: Buffer | undefined): void => {
    if (!signature || !expected) {
      throw new SaslFault('signature-missing', 'the server sends no signature to prove that it knows the password');
    }
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new SaslFault('signature-wrong', "the server's signature does not prove that it knows the password");
    }
    isVerified = true;
  };

  const client: SaslClient = {
    initial: gs2Header + clientFirst,
    credentialsSent: false,
    respond: async ({ bytes }) => {
      if (isVerified || client.reportedError) throw extraChallenge();
      if (!bytes) throw undecodable();
      const message = bytes.toString('utf8');
      const error = serverError(message);
      if (error !== undefined) client.reportedError = new PeerText(error);
      else if (!expected) return clientFinal(message);
      else verify(serverSignature(message));
      return '';
    },
    succeed: (data) => {
      if (isVerified || client.reportedError) return;
      verify(data.map((bytes) => serverSignature(bytes.toString('utf8'))).find((found) => found !== undefined));
    },
  };
  return client;
}

/** SASLprep changes none of these. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/**
 * Prepares a name or a password for SCRAM (SASLprep, RFC 4013), so that the same characters become the same bytes
 * no matter how they were typed. A text with characters that SASLprep prohibits, such as those added after Unicode 3.2, is
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

/* The server's messages (RFC 5802 section 7): attributes of one letter, in a fixed order, separated by commas. */

/** OWASP recommends 600,000. This many take half a second on one core. */
const MAX_ITERATIONS = 1_000_000;

/** Printable ASCII, except the comma. */
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/;
const ITERATIONS = /^[1-9]\d{0,14}$/;

/** @throws {SaslFault} if the message is malformed, or requires something that is not supported */
function parseServerFirst(text: string): { nonce: string; salt: Buffer; iterations: number } {
  const [nonce, salt, iterations, ...extensions] = text.split(',');
  if (nonce?.startsWith('m=')) throw malformed('the server requires an extension (m=) that the gate does not support');
  const r = attribute('r', nonce);
  const s = decodeBase64(attribute('s', salt));
  const i = attribute('i', iterations);
  if (!NONCE.test(r)) throw malformed("the server's nonce has characters that are not allowed in a nonce");
  if (!s || s.length === 0) throw malformed('the salt is not valid base64');
  if (!ITERATIONS.test(i)) throw malformed('the iteration count is not a number');
  if (Number(i) > MAX_ITERATIONS) {
    throw malformed(`the server requires ${i} iterations; the gate computes at most ${MAX_ITERATIONS}`);
  }
  if (!extensions.every((extension) => /^[a-z]=./is.test(extension)))
    throw malformed("the server's first message ends with something that is not an extension");
  return { nonce: r, salt: s, iterations: Number(i) };
}

/** The signature (`verifier`) of a `server-final-message`; undefined if there is none. */
function serverSignature(text: string): Buffer | undefined {
  const [first] = text.split(',');
  return first?.startsWith('v=') ? decodeBase64(first.slice(2)) : undefined;
}

/** The error that a server sends instead of either message, such as `invalid-proof`. Text of the peer. */
function serverError(text: string): string | undefined {
  const [first] = text.split(',');
  return first?.startsWith('e=') ? first.slice(2) : undefined;
}

function attribute(letter: string, text: string | undefined): string {
  if (!text?.startsWith(`${letter}=`))
    throw malformed(`the server's first message has no ${letter}= where it is required`);
  return text.slice(2);
}
