/** A part of a text, in UTF-16 code units: where it starts, and where what comes after it does. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text as a reader takes it in who undoes escapes, and passes over what has no width. */
export interface Reading {
  readonly text: string;
  /** Where a part of it stands in what was written, with all of no width around it. */
  written(part: Span): Span;
}

/** What has no width, but for the blanks by which words and lines are told apart: CR is one at the end of a line only. */
const NO_WIDTH = String.raw`(?!\t|\r?\n)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const IS_NO_WIDTH = new RegExp(`^${NO_WIDTH}$`, 'u');

/** An escape by number: of an octet (`%41`, `\x41`), a UTF-16 code unit (`\u0041`), a code point (`\u{41}`, `&#x41;`, `&#65;`). */
const ESCAPE = String.raw`%([0-7][0-9a-f])|\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|&#x0*([0-9a-f]{1,6});|&#0*(\d{1,7});`;
const READ_OTHERWISE = new RegExp(`${ESCAPE}|${NO_WIDTH}`, 'giu');
const HIGHEST_CODE_POINT = 0x10ffff;

/**
 * Reads a text. Octets beyond ASCII that are percent-encoded stay as they are: one alone is no character.
 * @param text text of any origin
 * @returns its reading, or undefined where that is no other than the text
 */
export function readingOf(text: string): Reading | undefined {
  let read = '';
  const spans: Span[] = [];
  const add = (characters: string, { start, end }: Span): void => {
    read += characters;
    spans.push(...Array.from({ length: characters.length }, () => ({ start, end })));
  };
  let at = 0;
  for (const match of text.matchAll(READ_OTHERWISE)) {
    const [written, ...digits] = match;
    for (; at < match.index; at += 1) add(text.charAt(at), { start: at, end: at + 1 });
    const start = at;
    at += written.length;
    add(meant(written, digits), { start, end: at });
  }
  if (at === 0) return undefined;
  for (; at < text.length; at += 1) add(text.charAt(at), { start: at, end: at + 1 });
  return {
    text: read,
    written: ({ start, end }) => ({ start: spans[start - 1]?.end ?? 0, end: spans[end]?.start ?? text.length }),
  };
}

/** @param digits of the number that an escape has, in the place of its kind, the last of which is decimal */
function meant(written: string, digits: readonly (string | undefined)[]): string {
  const number = digits.find((one) => one !== undefined);
  if (number === undefined) return '';
  const code = parseInt(number, digits.at(-1) === undefined ? 16 : 10);
  if (code > HIGHEST_CODE_POINT) return written;
  const character = String.fromCodePoint(code);
  return IS_NO_WIDTH.test(character) ? '' : character;
}
