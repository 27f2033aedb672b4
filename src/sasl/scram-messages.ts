import { decoded } from './base64.js';
import { SaslFault } from './conversation.js';

/*
 * What a SCRAM server says (RFC 5802 section 7): attributes of one letter, in a fixed order, separated by commas.
 */

/** The first message of the server. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** More than anybody asks for (OWASP's advice is 600,000), and half a second of one core. */
export const MOST_ITERATIONS = 1_000_000;

/** All that is visible in ASCII, but for the comma. */
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/;
const ITERATIONS = /^[1-9]\d{0,14}$/;

/** @throws {SaslFault} if it is no such message, or one that cannot be gone along with */
export function firstMessage(text: string): ServerFirst {
  const [nonce, salt, iterations, ...extensions] = text.split(',');
  if (nonce?.startsWith('m=')) throw malformed('the server demands an extension (m=) that is not known here');
  const r = attribute('r', nonce);
  const s = decoded(attribute('s', salt));
  const i = attribute('i', iterations);
  if (!NONCE.test(r)) throw malformed('the nonce of the server has characters that no nonce has');
  if (!s || s.length === 0) throw malformed('the salt is no base64');
  if (!ITERATIONS.test(i)) throw malformed('the iteration count is no number');
  if (Number(i) > MOST_ITERATIONS) {
    throw malformed(`the server wants the password hashed ${i} times; more than ${MOST_ITERATIONS} are not done here`);
  }
  if (!extensions.every((extension) => /^[a-z]=./is.test(extension)))
    throw malformed('the first message of the server has odd ends');
  return { nonce: r, salt: s, iterations: Number(i) };
}

/** The proof in the last message of the server; undefined where there is none. */
export function finalSignature(text: string): Buffer | undefined {
  const [first] = text.split(',');
  return first?.startsWith('v=') ? decoded(first.slice(2)) : undefined;
}

/** What a server says instead of either message when it gives up, such as `invalid-proof`. The peer's text. */
export function errorIn(text: string): string | undefined {
  const [first] = text.split(',');
  return first?.startsWith('e=') ? first.slice(2) : undefined;
}

function attribute(letter: string, text: string | undefined): string {
  if (!text?.startsWith(`${letter}=`))
    throw malformed(`the first message of the server has no ${letter}= where that is due`);
  return text.slice(2);
}

function malformed(what: string): SaslFault {
  return new SaslFault('malformed', what);
}
