import { escapesIn, isInvisible, understood, type Escape, type Span } from './escapes.js';
import { inOneCase, type Form } from './forms.js';

/** Forms by their first character. */
export type Forms = ReadonlyMap<string, readonly Form[]>;

interface Written {
  /** As {@link inOneCase} returns it. */
  readonly text: string;
  readonly escapes: ReadonlyMap<number, Escape>;
  /** Where lines were joined. */
  readonly folds: ReadonlySet<number>;
}

/**
 * Finds secrets in a text as it is written, and with its escapes decoded.
 * @param folds where lines were joined to make the text; spaces of a secret may be missing there
 * @returns where they are, in any order. Of base64 the whole word counts, except where lines were joined
 */
export function find(forms: Forms, text: string, folds: ReadonlySet<number> = new Set()): Span[] {
  const found = findWritten(forms, { text: inOneCase(text), escapes: escapesIn(text), folds });
  const reading = understood(text);
  if (!reading) return found;
  const { origins } = reading;
  const written: Written = {
    text: inOneCase(reading.text),
    escapes: escapesIn(reading.text),
    folds: new Set([...folds].map((fold) => origins.findIndex(({ start }) => start >= fold))),
  };
  const foundInReading = findWritten(forms, written).map(({ start, end }) => ({
    // Includes the characters without width around it.
    start: origins[start - 1]?.end ?? 0,
    end: origins[end]?.start ?? text.length,
  }));
  return [...found, ...foundInReading];
}

function findWritten(forms: Forms, written: Written): Span[] {
  const { text, escapes, folds } = written;
  const texts: Span[] = [];
  const words: Span[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const escape = escapes.get(at);
    const isOrdinary = !escape && !escapes.has(at + 1) && !folds.has(at) && !folds.has(at + 1);
    const raw = forms.get(text.charAt(at)) ?? [];
    const meant = (escape && forms.get(inOneCase(escape.meaning).charAt(0))) ?? [];
    for (const form of meant.length > 0 ? [...raw, ...meant] : raw) {
      // Rules out most forms quickly, for long texts without secrets.
      if (isOrdinary && text.charAt(at + 1) !== form.text.charAt(1)) continue;
      const end = endOf(form, written, at);
      if (end === undefined) continue;
      (form.kind === 'text' ? texts : words).push({
        start: form.sharesBefore && isBase64(text.charAt(at - 1)) ? at - 1 : at,
        end: form.sharesAfter && isBase64(text.charAt(end)) ? end + 1 : end,
      });
    }
  }
  return [...texts, ...words, ...(folds.size > 0 ? [] : wholeWords(written, words))];
}

/** A shorter beginning of a secret is not recognized. */
const SHORTEST_PREFIX = 8;
/** This many characters of a long token cannot match by chance: the rest of the word is redacted, too. */
const LONG_PREFIX = 64;
/** Where a text was cut: at the end of the line, an ellipsis, or a closing quote or bracket. */
const CUT = /\.?\s{0,9}$|\s{0,9}(?:\.\.|\u2026)|["'`\u2019\u201d>)\]}\r\n]/y;
const REST_OF_WORD = /[^\s"'<>]*/y;

/**
 * Compares a form with the text at a position. An escape may count as its meaning or as its own characters, so there
 * can be several ways to continue.
 * @returns where the form ends, or where it was cut; undefined if it does not match
 */
function endOf({ kind, text: sought }: Form, written: Written, start: number): number | undefined {
  const { text, escapes, folds } = written;
  const isEnough = (length: number, position: number): boolean => {
    if (length === sought.length || length < SHORTEST_PREFIX || kind === 'word') return length === sought.length;
    return kind === 'base64' || length >= LONG_PREFIX || folds.has(position) || endOfMatch(CUT, text, position) >= 0;
  };
  let best: { length: number; end: number } | undefined;
  const seen = new Set<number>();
  const ways = [{ length: 0, position: start }];
  for (let way = ways.pop(); way; way = ways.pop()) {
    let { length, position } = way;
    for (; ; length += 1, position += 1) {
      const isLonger = !best || length > best.length || (length === best.length && position > best.end);
      if (isLonger && isEnough(length, position)) best = { length, end: position };
      if (escapes.has(position) || folds.has(position)) break;
      if (length === sought.length || text.charAt(position) !== sought.charAt(length)) break;
    }
    const escape = escapes.get(position);
    const state = position * (sought.length + 1) + length;
    if ((!escape && !folds.has(position)) || seen.has(state)) continue;
    seen.add(state);
    const readOn = (characters: string, end: number): void => {
      if (sought.startsWith(characters, length)) ways.push({ length: length + characters.length, position: end });
    };
    if (length < sought.length) readOn(text.charAt(position), position + 1);
    if (escape) readOn(inOneCase(escape.meaning), escape.end);
    if (escape && isInvisible(escape.meaning)) readOn('', escape.end);
    if (folds.has(position) && /\s/.test(sought.charAt(length))) readOn(sought.charAt(length), position);
  }
  if (!best) return undefined;
  const isRestUnknown = kind === 'text' && best.length >= LONG_PREFIX && best.length < sought.length;
  return isRestUnknown ? endOfMatch(REST_OF_WORD, text, best.end) : best.end;
}

/** @returns where a match that begins at the position ends, or -1 */
function endOfMatch(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function isBase64(character: string): boolean {
  return /^[A-Za-z0-9+/_-]$/.test(character);
}

/** The whole base64 words, with their padding, in which something was found. */
function wholeWords({ text, escapes }: Written, found: readonly Span[]): Span[] {
  const words: Span[] = [];
  if (found.length === 0) return words;
  let next = 0;
  for (let at = 0, start = 0; at <= text.length;) {
    const escape = text.charAt(at) === '+' ? undefined : escapes.get(at);
    const end = escape?.end ?? at + 1;
    const isInWord = isBase64(escape?.meaning ?? text.charAt(at));
    if (!isInWord) {
      while ((found[next]?.end ?? Infinity) <= start) next += 1;
      if ((found[next]?.start ?? Infinity) < at) words.push({ start, end: endOfMatch(/=*/y, text, at) });
      start = end;
    }
    at = end;
  }
  return words;
}
