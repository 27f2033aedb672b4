/** A part of a text that stands for another character. */
export interface Escape {
  readonly meaning: string;
  /** Where the text continues after it, in UTF-16 code units. */
  readonly end: number;
}

/** A pattern, and what a match means: undefined if it is not an escape. */
type Kind = readonly [written: string, meaning: (written: string) => string | undefined];

const NEXT_BYTE = '%[89ab][0-9a-f]';
const HIGHEST_CODE_POINT = 0x10ffff;
const BY_NUMBER: readonly Kind[] = [
  // The UTF-8 of one character in a URL (RFC 3986 section 2.1)
  [`%[0-7][0-9a-f]|%[cd][0-9a-f]${NEXT_BYTE}|%e[0-9a-f](?:${NEXT_BYTE}){2}|%f[0-7](?:${NEXT_BYTE}){3}`, urlDecoded],
  [String.raw`\\x[0-9a-f]{2}|\\u[0-9a-f]{4}`, (written) => character(written.slice(2), 16)],
  [String.raw`\\u\{[0-9a-f]{1,6}\}|&#x0*[0-9a-f]{1,6};`, (written) => character(written.slice(3, -1), 16)],
  [String.raw`&#0*\d{1,7};`, (written) => character(written.slice(2, -1), 10)],
];

const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const OTHERS: readonly Kind[] = [
  // A space in a form
  [String.raw`\+`, () => ' '],
  [`&(?:${Object.keys(REFERENCES).join('|')});`, (written) => REFERENCES[written.slice(1, -1).toLowerCase()]],
  // JSON (RFC 8259 section 7)
  [String.raw`\\[bfnrt]`, (written) => LETTERS[written.charAt(1).toLowerCase()]],
  // Punctuation in JSON, a shell or a log
  [String.raw`\\[!-/:-@\[-\x60{-~]`, (written) => written.charAt(1)],
];

/** Characters without width, except tabs and line ends. A CR is part of a line end only before a line feed. */
const INVISIBLE = String.raw`(?!\t|\r?\n)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const ONLY_INVISIBLE = new RegExp(`^${INVISIBLE}$`, 'u');

export function isInvisible(character: string): boolean {
  return ONLY_INVISIBLE.test(character);
}

const ESCAPE = anyOf([...BY_NUMBER, ...OTHERS]);
const NUMBER_OR_INVISIBLE = anyOf([...BY_NUMBER, [INVISIBLE, () => '']]);

function anyOf(kinds: readonly Kind[]): { kinds: readonly Kind[]; pattern: RegExp } {
  return { kinds, pattern: new RegExp(kinds.map(([written]) => `(${written})`).join('|'), 'giu') };
}

function meaningOf([written, ...groups]: RegExpExecArray, kinds: readonly Kind[]): string | undefined {
  const [, meaning] = kinds[groups.findIndex(Boolean)] ?? [];
  return meaning?.(written);
}

function urlDecoded(written: string): string | undefined {
  try {
    return decodeURIComponent(written);
  } catch {
    return undefined;
  }
}

function character(digits: string, radix: number): string | undefined {
  const code = parseInt(digits, radix);
  return code <= HIGHEST_CODE_POINT ? String.fromCodePoint(code) : undefined;
}

/** All escapes in a text by their start, including those within others: the text may have been escaped twice. */
export function escapesIn(text: string): Map<number, Escape> {
  const escapes = new Map<number, Escape>();
  const { kinds, pattern } = ESCAPE;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const meaning = meaningOf(match, kinds);
    if (meaning !== undefined) escapes.set(match.index, { meaning, end: pattern.lastIndex });
    pattern.lastIndex = match.index + 1;
  }
  return escapes;
}

/** A part of a text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Decodes the numeric escapes in a text and removes the characters without width.
 * @returns the origin of each UTF-16 code unit, too; undefined if the text has neither
 */
export function understood(text: string): { text: string; origins: readonly Span[] } | undefined {
  const { kinds, pattern } = NUMBER_OR_INVISIBLE;
  const pieces: string[] = [];
  const origins: Span[] = [];
  const add = (piece: string, start: number, end: number): void => {
    pieces.push(piece);
    origins.push(...Array.from({ length: piece.length }, () => ({ start, end })));
  };
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    for (; at < match.index; at += 1) add(text.charAt(at), at, at + 1);
    at += match[0].length;
    const meaning = meaningOf(match, kinds) ?? match[0];
    if (!isInvisible(meaning)) add(meaning, match.index, at);
  }
  if (at === 0) return undefined;
  for (; at < text.length; at += 1) add(text.charAt(at), at, at + 1);
  return { text: pieces.join(''), origins };
}
