import { understood } from './escapes.js';
import type { Secret } from './secret.js';

/** A secret, and the texts in which protocols encode it together with other texts. */
export interface KnownSecret {
  readonly secret: Secret;
  /** In base64. They may have nothing in common with the base64 of the secret. */
  readonly sent: readonly string[];
}

/** HTTP Basic authentication (RFC 7617 section 2). */
export function basicCredentials(username: string, password: Secret): string {
  return Buffer.from(`${username}:${password.reveal()}`).toString('base64');
}

/** A shorter secret would be found by chance in words that are not secret. */
const SHORTEST = 4;

export interface Form {
  /**
   * If at least eight characters are present, `text` is recognized where it was cut, and `base64` in any case. `word`,
   * which is also base64, is only recognized as a whole.
   */
  readonly kind: 'text' | 'base64' | 'word';
  /** As {@link inOneCase} returns it. */
  readonly text: string;
  /** Whether the character before it contains some bits of the secret. */
  readonly sharesBefore: boolean;
  /** The same for the character after it. */
  readonly sharesAfter: boolean;
}

/** Converts a text to one case, so that forms match in any case. Positions do not change. */
export function inOneCase(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toUpperCase();
  return text.replace(/[^]/g, (unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit));
}

/**
 * All forms of a secret: unchanged and after SASLprep, each as text, in hexadecimal, and in base64 at each of the three
 * offsets; also without the spaces around it, and each of its lines.
 * @returns none if it has fewer than four characters
 */
export function formsOf(secret: string): Form[] {
  const given = [secret, ...secret.split(/\r\n|\r|\n/)].flatMap((text) => [text, text.trim()]);
  // RFC 4013 section 2.2
  const prepared = given.map((text) => text.normalize('NFKC'));
  const spellings = [...given, ...prepared].flatMap((text) => {
    // A server's line that is not UTF-8 is shown byte by byte.
    const bytes = Buffer.from(text).toString('latin1');
    return [text, bytes, understood(text)?.text ?? text, understood(bytes)?.text ?? bytes];
  });
  return [...new Set(spellings)]
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((text) => [
      form('text', text),
      form('text', Buffer.from(text).toString('hex')),
      ...[0, 1, 2].flatMap((offset) => base64Forms(text, offset)),
    ]);
}

/** The forms of a base64 word that contains a secret and other texts. The secret may be short. */
export function wordForms(word: string): Form[] {
  const unpadded = word.replace(/(?<!=)=+$/, '');
  return unpadded.length < SHORTEST ? [] : inBothAlphabets(unpadded).map((text) => form('word', text));
}

/**
 * The part of the base64 of a secret that does not depend on the text around it.
 * @param offset how many bytes precede the secret in its group of three
 */
function base64Forms(secret: string, offset: number): Form[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const fixed = bytes.toString('base64').slice(Math.ceil((offset * 4) / 3), Math.floor((bytes.length * 4) / 3));
  return inBothAlphabets(fixed).map((text) => form('base64', text, offset > 0, bytes.length % 3 > 0));
}

/** Base64 and base64url (RFC 4648 sections 4 and 5). */
function inBothAlphabets(word: string): string[] {
  return [...new Set([word, word.replaceAll('+', '-').replaceAll('/', '_')])];
}

function form(kind: Form['kind'], text: string, sharesBefore = false, sharesAfter = false): Form {
  return { kind, text: inOneCase(text), sharesBefore, sharesAfter };
}
