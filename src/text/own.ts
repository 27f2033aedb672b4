type Interpolated = OwnText | string | number;

/**
 * A text in our own words with values in it, such as replies and names. The two are kept apart until the text is shown,
 * because only a value can contain a secret. Our own words are never redacted: a password may be `server`.
 */
export class OwnText {
  /** @param words before, between and after the values: one more than there are values; never text from elsewhere */
  constructor(
    private readonly words: readonly string[],
    private readonly values: readonly Interpolated[] = [],
  ) {}

  /** @param redact what to do with each value */
  render(redact: (value: string) => string): string {
    const shown = (value: Interpolated): string =>
      value instanceof OwnText ? value.render(redact) : redact(String(value));
    return this.words.reduce((before, words, at) => before + shown(this.values[at - 1] ?? '') + words);
  }
}

/** Template tag: its literal parts are our own words, and its interpolations are values unless they are {@link OwnText}. */
export function own(words: TemplateStringsArray, ...values: readonly Interpolated[]): OwnText {
  return new OwnText(words, values);
}

/** A text from a fixed set, of ours or of a protocol. */
export function fixed(text: string): OwnText {
  return new OwnText([text]);
}

export function join(texts: readonly OwnText[], separator: string): OwnText {
  const separators = texts.slice(1).map(() => separator);
  return new OwnText(['', ...separators, ''], texts);
}

/** The text with its values as they are. */
export function exactly(text: string | OwnText): string {
  return shownWith(text, (value) => value);
}

/**
 * Renders the texts of a record. A string is a value as a whole.
 * @param redact what to do with each value
 */
export function renderAll(
  texts: Readonly<Record<string, string | OwnText>>,
  redact: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, shownWith(text, redact)]));
}

function shownWith(text: string | OwnText, redact: (value: string) => string): string {
  return text instanceof OwnText ? text.render(redact) : redact(text);
}
