import { readingOf } from './reading.js';
import type { Span } from './reading.js';
import { REDACTED } from './secret.js';
import { base64Pattern, escapedPattern, hexPattern, wordPattern } from './secret-patterns.js';

/** Anything shorter would be found by chance in words that are no secret. */
const SHORTEST = 4;

/**
 * Takes secrets out of text, in the forms that protocols and encoders give them: as they are; percent-encoded, escaped
 * for HTML, JSON or a log (some characters or all, and with some of no width between them); in hexadecimal; and within
 * base64, wherever they start in it, where the whole base64 word goes, since its rest is the credential's rest. In
 * upper and lower case alike; whole, cut short behind eight characters or more, or folded over lines of one reply.
 */
export class Redactor {
  /** Apart from one another: where one spelling of a secret ends early, the other may go on. */
  #plain: readonly RegExp[];
  #inBase64: readonly RegExp[];
  /** Secrets without the blanks in them: where a line ends, nobody can tell whether there was one. */
  #squeezed: readonly RegExp[];

  /**
   * @param secrets the credentials in clear; those shorter than four characters are not looked for
   * @param wireForms what protocols make of them, in base64: told from other text however short the secret in it is
   */
  constructor(secrets: Iterable<string>, wireForms: Iterable<string> = []) {
    const asGiven = [...secrets].flatMap(variants);
    const sent = [asGiven, asGiven.map(saslPrepared)];
    const spelled = sent.flatMap((secret) => [secret, secret.map(asRead), secret.map(asReadInLatin1)]);
    const spellings = spelled.map((some, at) => {
      const before = spelled.slice(0, at).flat();
      return worthSeeking(some.filter((secret) => !before.includes(secret)));
    });
    this.#plain = spellings.flatMap((sought) =>
      anyOf(sought.flatMap((secret) => [escapedPattern(secret), hexPattern(secret)])),
    );
    this.#inBase64 = spellings.flatMap((sought) =>
      anyOf(sought.flatMap((secret) => [0, 1, 2].map((offset) => base64Pattern(secret, offset)))),
    );
    this.#squeezed = spellings.flatMap((sought) => {
      const blank = sought.filter((secret) => /\s/.test(secret));
      return anyOf(worthSeeking(blank.map((secret) => secret.replace(/\s/g, ''))).map(escapedPattern));
    });

    const unrecognised = [...wireForms].filter((form) => this.redact(form) === form);
    const words = worthSeeking(unrecognised.map((form) => form.replace(/(?<!=)=+$/, '')));
    this.#inBase64 = [...this.#inBase64, ...anyOf(words.map(wordPattern))];
  }

  /**
   * @param secrets more secrets
   * @returns a redactor for them and for all of this one
   */
  with(secrets: readonly string[]): Redactor {
    if (secrets.length === 0) return this;
    const both = new Redactor(secrets);
    both.#plain = [...this.#plain, ...both.#plain];
    both.#inBase64 = [...this.#inBase64, ...both.#inBase64];
    both.#squeezed = [...this.#squeezed, ...both.#squeezed];
    return both;
  }

  /**
   * @param text text of any origin
   * @returns the text with `<redacted>` for every secret in it
   */
  redact(text: string): string {
    if (!text.includes(FOLD)) return this.#redactWithin(text);
    const unfolded = this.#redactWithin(this.#unfolded(text.split(FOLD)).join(FOLD));
    // Once more line by line, at whose ends a secret may be cut.
    return unfolded
      .split(FOLD)
      .map((line) => this.#redactWithin(line))
      .join(FOLD);
  }

  /**
   * @param lines consecutive lines, over whose ends a secret may be folded
   * @returns as many lines, with `<redacted>` for every secret and for every part of one
   */
  redactLines(lines: readonly string[]): string[] {
    return this.#unfolded(lines).map((line) => this.#redactWithin(line));
  }

  #redactWithin(text: string): string {
    return replaced(
      text,
      asWrittenAndRead(text, (form) => [
        ...matches(form, this.#plain),
        ...base64Words(form, matches(form, this.#inBase64)),
      ]),
    );
  }

  /** The lines without the secrets that go over the end of one. */
  #unfolded(lines: readonly string[]): string[] {
    let length = 0;
    const pieces = lines.map((line) => {
      const text = line.replace(LINE_HEAD, '');
      const head = line.length - text.length;
      const squeezed = text.replace(/\s/g, '');
      const start = length;
      length += squeezed.length;
      return { line, head, squeezed, start, end: length };
    });
    const joined = pieces.map(({ squeezed }) => squeezed).join('');
    const spans = asWrittenAndRead(joined, (form) =>
      matches(form, [...this.#plain, ...this.#inBase64, ...this.#squeezed]),
    );
    spans.sort((a, b) => a.start - b.start);

    let next = 0;
    let open: Span[] = [];
    return pieces.map(({ line, head, start, end }) => {
      open = open.filter((span) => span.end > start);
      for (let span = spans[next]; span && span.start < end; span = spans[++next]) open.push(span);
      const folded = start === end ? [] : open.filter((span) => span.start < start || span.end > end);
      return replaced(
        line,
        folded.map((span) => ({
          start: placeOf(Math.max(span.start, start) - start, line, head),
          end: placeOf(Math.min(span.end, end) - start - 1, line, head) + 1,
        })),
      );
    });
  }

  /**
   * Redacts every string in a structure of arrays and plain objects. An array of strings is taken for lines.
   * @param value left as it is
   * @param keep keys whose values are not looked at, because they come from a closed vocabulary
   * @returns a copy without secrets
   */
  redactDeep<T>(value: T, keep: ReadonlySet<string> = new Set()): T {
    return this.#redactAny(value, keep) as T;
  }

  #redactAny(value: unknown, keep: ReadonlySet<string>): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (isLines(value)) return this.redactLines(value);
    if (Array.isArray(value)) return value.map((item) => this.#redactAny(item, keep));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, keep.has(key) ? item : this.#redactAny(item, keep)]),
    );
  }
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** What stands between the lines of a reply where it is shown on one line. */
const FOLD = ' / ';
/** What a server puts before the text of each line: the code, and the enhanced code (RFC 3463). */
const LINE_HEAD = /^(?:\d{3}(?:[- ]|$))?(?:[245]\.\d{1,3}\.\d{1,3}(?= ))?\s*/;
const BLANK = /\s/;

/** Where the n-th character of a text stands that is no blank, counted from 0 and from `head` on. */
function placeOf(n: number, text: string, head: number): number {
  for (let at = head, seen = 0; ; at += 1) {
    if (BLANK.test(text.charAt(at))) continue;
    if (seen >= n) return at;
    seen += 1;
  }
}

function replaced(text: string, spans: readonly Span[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start >= at) shown += text.slice(at, start) + REDACTED;
    at = Math.max(at, end);
  }
  return shown + text.slice(at);
}

/** What is found in a text as it is written, and as it reads. */
function asWrittenAndRead(text: string, find: (form: string) => Span[]): Span[] {
  const reading = readingOf(text);
  return [...find(text), ...(reading ? find(reading.text).map((span) => reading.written(span)) : [])];
}

function matches(text: string, patterns: readonly RegExp[]): Span[] {
  // Most texts have nothing of the kind, and a server can send very many of them.
  const found = patterns.filter((pattern) => text.search(pattern) >= 0);
  return found.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ start: index, end: index + length })),
  );
}

/**
 * Widens spans to the base64 words around them. A pattern that did this itself would take quadratic time, as would
 * looking at one word again for every span in it.
 */
function base64Words(text: string, spans: readonly Span[]): Span[] {
  const isBase64 = (at: number) => /[A-Za-z0-9+/_-]/.test(text.charAt(at));
  const words: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.end <= (words.at(-1)?.end ?? 0)) continue;
    let { start, end } = span;
    while (isBase64(start - 1)) start -= 1;
    while (isBase64(end)) end += 1;
    while (text.charAt(end) === '=') end += 1;
    words.push({ start, end });
  }
  return words;
}

/** @returns one pattern for all, or none where there is nothing to look for */
function anyOf(patterns: readonly string[]): RegExp[] {
  return patterns.length > 0 ? [new RegExp([...new Set(patterns)].join('|'), 'gi')] : [];
}

/** The secret whole and by its lines. */
function variants(secret: string): string[] {
  return [secret, ...secret.split(/\r\n|\r|\n/)].flatMap((text) => [text, text.trim()]);
}

/** As SASL prepares it (RFC 4013 section 2.2). */
function saslPrepared(secret: string): string {
  return secret.normalize('NFKC');
}

/** As it comes out of a text whose escapes are undone: what looks like one may stand in the secret itself. */
function asRead(secret: string): string {
  return readingOf(secret)?.text ?? secret;
}

/** As it is read from a line that is not UTF-8, which is shown octet by octet, those of no width by escapes. */
function asReadInLatin1(secret: string): string {
  return asRead(Buffer.from(secret).toString('latin1'));
}

/** Each once, the longest first. */
function worthSeeking(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
}
