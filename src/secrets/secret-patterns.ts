import { visible } from '../text/peer.js';

/* Regular expressions, to be matched in any case, that find a secret in the forms that encoders give it. */

/** Fewer characters of a secret than these are not told from other text. */
const SHORTEST_PREFIX = 8;
/** Nobody says so much of a long token by chance: behind this prefix the rest of the word goes with it. */
const LONGEST_PREFIX = 64;
/** A pattern for much more is more than the engine takes. */
const LONGEST_WHOLE = 4096;
/** Where a text that was cut short ends: at its end, at an ellipsis, or at a closing quote or bracket. */
const BREAK = '(?=\\.?\\s{0,9}$|\\s{0,9}(?:\\.\\.|\u2026)|["\'`\u2019\u201d>)\\]}\\r\\n])';

/**
 * @param characters patterns for the characters of a secret in one form
 * @returns a pattern for all of them, or for as many as stand before a break. It takes no second look: at a break
 * every further character may be missing.
 */
function cutAnywhere(characters: readonly string[]): string {
  const head = characters.slice(0, SHORTEST_PREFIX);
  const body = characters.slice(SHORTEST_PREFIX, LONGEST_PREFIX);
  const rest = characters.slice(LONGEST_PREFIX, LONGEST_WHOLE);
  const word = '[^\\s"\'<>]*';
  const more = characters.length > LONGEST_WHOLE ? word : '';
  const tail = rest.length > 0 ? `(?:${rest.join('')}${more}|${word})` : '';
  return head.join('') + body.map((character) => `(?:${character}|${BREAK})`).join('') + tail;
}

/**
 * @returns a pattern for the secret as it is, with what of it is percent-encoded beyond ASCII, or escaped by name or by a
 * backslash: each character by itself, so in any mixture; whole, or cut short. Escapes by number are undone before (`reading.ts`).
 */
export function escapedPattern(secret: string): string {
  return cutAnywhere(Array.from(secret, escapedCharacter));
}

/** All that encoders make of a character, but for its number. */
function escapedCharacter(character: string): string {
  const octets = [...Buffer.from(character)];
  const inLatin1 = Buffer.from(octets).toString('latin1');
  const named = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos', '\u00a0': 'nbsp' }[character];
  const forms = [
    ...(octets.length > 1 ? [octets.map((octet) => `%${octet.toString(16)}`).join('')] : []),
    ...(named ? [`&${named};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
    literal(JSON.stringify(character).slice(1, -1)),
    literal(visible(character)),
    literal(inLatin1),
    literal(visible(inLatin1)),
    ...(/[!-/:-@[-`{-~]/.test(character) ? [`\\\\${literal(character)}`] : []),
    literal(character), // last, since it is what some of the others begin with
  ];
  return `(?:${[...new Set(forms)].join('|')})`;
}

/** @returns a pattern for the secret in hexadecimal */
export function hexPattern(secret: string): string {
  const octets = Buffer.from(secret);
  return octets.subarray(0, LONGEST_WHOLE).toString('hex') + (octets.length > LONGEST_WHOLE ? '[0-9a-f]*' : '');
}

/**
 * @param offset how many octets precede the secret in its group of three
 * @returns a pattern for what of the secret's base64, of either alphabet, does not depend on its neighbours, with the
 * characters that it shares with them: whole, or the beginning of it, which is enough to know the word by
 */
export function base64Pattern(secret: string, offset: number): string {
  const octets = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const settled = octets.toString('base64').slice(Math.ceil((offset * 4) / 3), Math.floor((octets.length * 4) / 3));
  const [before, after] = [offset, octets.length].map((length) => (length % 3 === 0 ? '' : '[A-Za-z0-9+/_-]?'));
  return `${before}(?:${wordPattern(settled)}${after}|${wordPattern(settled.slice(0, SHORTEST_PREFIX))})`;
}

/**
 * @param word base64, or a part of it
 * @returns a pattern for it in either alphabet
 */
export function wordPattern(word: string): string {
  return word.slice(0, LONGEST_WHOLE).replaceAll('+', '[+-]').replaceAll('/', '(?:\\\\?/|_)');
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
