import { decodeBase64 } from './base64.js';
import { malformed } from './client.js';

/*
 * The messages of a SCRAM server (RFC 5802 section 7): attributes of one letter, in a fixed order, separated by commas.
 */

/** The `server-first-message`. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** OWASP recommends 600,000. This many take half a second on one core. */
export const MAX_ITERATIONS = 1_000_000;

/** Printable ASCII, except the comma. */
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/;
const ITERATIONS = /^[1-9]\d{0,14}$/;

/** @throws {SaslFault} if the message is malformed, or requires something that is not supported */
export function parseServerFirst(text: string): ServerFirst {
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
export function serverSignature(text: string): Buffer | undefined {
  const [first] = text.split(',');
  return first?.startsWith('v=') ? decodeBase64(first.slice(2)) : undefined;
}

/** The error that a server sends instead of either message, such as `invalid-proof`. Text of the peer. */
export function serverError(text: string): string | undefined {
  const [first] = text.split(',');
  return first?.startsWith('e=') ? first.slice(2) : undefined;
}

function attribute(letter: string, text: string | undefined): string {
  if (!text?.startsWith(`${letter}=`))
    throw malformed(`the server's first message has no ${letter}= where it is required`);
  return text.slice(2);
}
