import { formsOf, wordForms, type Form, type KnownSecret } from './forms.js';
import type { Span } from './escapes.js';
import { find, type Forms } from './search.js';
import { REDACTED } from './secret.js';

/**
 * Redacts secrets in text.
 *
 * Recognized, in upper and lower case alike:
 * - the secret unchanged, each of its lines, and its form after SASLprep;
 * - in hexadecimal; in base64 and base64url, at any offset: the whole word is redacted, because the rest of it is the
 *   rest of the credential;
 * - with some or all of its characters escaped for a URL, a form, HTML, JSON or a log, once or twice; with characters
 *   without width inserted; UTF-8 that was decoded as ISO 8859-1;
 * - cut after eight or more characters, and split across the lines of a reply;
 * - encoded by a protocol together with other texts, if the redactor received the result (`words`).
 *
 * Not recognized:
 * - a secret of fewer than four characters, except in such words;
 * - a part of a secret that is not its beginning, or of fewer than eight characters, or a beginning that is followed by
 *   other text;
 * - a secret with other visible characters in between, in another order or encoding, encrypted or hashed.
 */
export class Redactor {
  #forms: Forms;
  readonly #found = new Map<string, readonly Span[]>();

  /** @param words base64 in which protocols encode the secrets together with other texts */
  constructor(secrets: Iterable<string>, words: Iterable<string> = []) {
    this.#forms = byFirstCharacter([...[...secrets].flatMap(formsOf), ...[...words].flatMap(wordForms)]);
  }

  /** A redactor of these secrets, in addition to those of this one. */
  with(secrets: readonly string[]): Redactor {
    if (secrets.length === 0) return this;
    const both = new Redactor([]);
    both.#forms = byFirstCharacter([...[...this.#forms.values()].flat(), ...secrets.flatMap(formsOf)]);
    return both;
  }

  /** Whether there is no secret to look for. */
  get isEmpty(): boolean {
    return this.#forms.size === 0;
  }

  redact(text: string): string {
    if (!text.includes(FOLD)) return this.#redactLine(text);
    // First as several lines, for a folded secret; then as one line, for a secret that contains what looks like a fold;
    // then line by line, for a secret that is cut at the end of a line.
    const unfolded = this.#redactLine(this.#redactFolded(text.split(FOLD)).join(FOLD));
    return unfolded
      .split(FOLD)
      .map((line) => this.#redactLine(line))
      .join(FOLD);
  }

  /** Redacts consecutive lines, across which a secret may be split. */
  redactLines(lines: readonly string[]): string[] {
    return this.#redactFolded(lines).map((line) => this.#redactLine(line));
  }

  #redactLine(text: string): string {
    return replace(text, this.#find(text, []));
  }

  /** What {@link find} finds. The texts of many endpoints are the same, so short ones are remembered. */
  #find(text: string, folds: readonly number[]): readonly Span[] {
    if (this.isEmpty) return [];
    // Without the colon, the text of a peer could have the same key as a different text with folds.
    const key = `${folds.join()}:${text}`;
    const known = this.#found.get(key);
    if (known) return known;
    const found = find(this.#forms, text, new Set(folds));
    if (this.#found.size >= MOST_REMEMBERED) this.#found.clear();
    if (text.length <= LONGEST_REMEMBERED) this.#found.set(key, found);
    return found;
  }

  /** The lines without the secrets that continue over the end of one. */
  #redactFolded(lines: readonly string[]): readonly string[] {
    let length = 0;
    const pieces = lines.map((line) => {
      const head = LINE_HEAD.exec(line)?.[0].length ?? 0;
      const content = line.slice(head).trimEnd();
      const start = length;
      length += content.length;
      return { line, head, content, start, end: length };
    });
    const text = pieces.map(({ content }) => content).join('');
    const found = this.#find(
      text,
      pieces.map(({ end }) => end),
    );
    if (found.length === 0) return lines;
    return pieces.map(({ line, head, start, end }) => {
      const folded = found.filter((span) => span.start < end && span.end > start && !contains({ start, end }, span));
      const parts = folded.map((span) => ({
        start: head + Math.max(span.start, start) - start,
        end: head + Math.min(span.end, end) - start,
      }));
      return start < end ? replace(line, parts) : line;
    });
  }

  /**
   * Returns arrays and plain objects with every string redacted; a copy, unless there is no secret. An array of strings
   * is read as lines.
   * @param keep keys whose values are not redacted, because they come from a fixed set
   */
  redactDeep<T>(value: T, keep: ReadonlySet<string> = new Set()): T {
    return this.isEmpty ? value : (this.#redactAny(value, keep) as T);
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

const MOST_REMEMBERED = 1_000;
/** In characters: longer than the lines of usual replies. */
const LONGEST_REMEMBERED = 512;

/** Separates the lines of a reply that is shown on one line. */
const FOLD = ' / ';
/** The start of each line of a reply: the code, and the enhanced code (RFC 3463). */
const LINE_HEAD = /^(?:\d{3}(?:[- ]|$))?(?:[245]\.\d{1,3}\.\d{1,3}(?= ))?\s*/;

function byFirstCharacter(all: readonly Form[]): Forms {
  const forms = new Map<string, Form[]>();
  for (const form of all) {
    const first = form.text.charAt(0);
    forms.set(first, [...(forms.get(first) ?? []), form]);
  }
  return forms;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** A redactor of these secrets, and of the texts in which protocols encode them. */
export function redactorOf(secrets: readonly KnownSecret[]): Redactor {
  const values = new Set(secrets.map(({ secret }) => secret.reveal()));
  return new Redactor(values, new Set(secrets.flatMap(({ sent }) => sent)));
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function replace(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let redacted = '';
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start >= at) redacted += text.slice(at, start) + REDACTED;
    at = Math.max(at, end);
  }
  return redacted + text.slice(at);
}
