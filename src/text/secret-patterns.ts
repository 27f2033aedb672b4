import { visible } from './peer.js';

/* Regular expressions that find a secret in the forms that encoders give it. */

/**
 * @returns a pattern for the secret as it is, percent-encoded, or escaped for HTML, JSON or a log: each character by
 * itself, so in any mixture
 */
export function escapedPattern(secret: string): string {
  return Array.from(secret, (character) =>
    /[A-Za-z0-9]/.test(character) ? character : escapedCharacter(character),
  ).join('');
}

/** All that encoders make of a character that they do not leave alone. */
function escapedCharacter(character: string): string {
  const octets = [...Buffer.from(character)];
  const code = character.codePointAt(0) ?? 0;
  const units = character.split('').map((unit) => unit.charCodeAt(0));
  const named = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos', '\u00a0': 'nbsp' }[character];
  const forms = [
    units.map((unit) => `\\\\u${hex(unit, 4)}`).join(''),
    octets.map((octet) => `%${hex(octet, 2)}`).join(''),
    `&#0*${code};`,
    `&#[xX]0*${hex(code, 1)};`,
    ...(named ? [`&${named};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
    literal(JSON.stringify(character).slice(1, -1)),
    literal(visible(character)),
    literal(Buffer.from(octets).toString('latin1')),
    literal(character), // last, since it is what some of the others begin with
  ];
  return `(?:${[...new Set(forms)].join('|')})`;
}

/** @returns a pattern for the secret in hexadecimal of either case */
export function hexPattern(secret: string): string {
  return [...Buffer.from(secret)].map((octet) => hex(octet, 2)).join('');
}

/**
 * @param offset how many octets precede the secret in its group of three
 * @returns a pattern for what of the secret's base64, of either alphabet, does not depend on its neighbours
 */
export function base64Pattern(secret: string, offset: number): string {
  const octets = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const settled = octets.toString('base64').slice(Math.ceil((offset * 4) / 3), Math.floor((octets.length * 4) / 3));
  return settled.replaceAll('+', '[+-]').replaceAll('/', '[/_]');
}

/** A number in hexadecimal of either case, as a pattern. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
