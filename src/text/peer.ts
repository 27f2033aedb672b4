import { inspect } from 'node:util';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Controls (Cc), format characters (Cf: zero-width, bidirectional, tags), line and paragraph separators, and the code
 * points next to them that Unicode reserves for more of these.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065\u{e0000}-\u{e0fff}]/gu;

/** Nearly every text. It is recognized much faster than the classes of Unicode. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Computed once: a server that tries to exhaust our memory sends nothing else. */
const ESCAPED_BYTES = Array.from({ length: 256 }, (_, code) => `\\x${code.toString(16).padStart(2, '0')}`);

/** Escapes every {@link UNSEEN} character (`\x1b`, `\u202e`, `\u{e0020}`), so that the text is one line. */
export function visible(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return ESCAPED_BYTES[code] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Twice what a report shows: its texts are shortened further once secrets are redacted. */
const EXCERPT_CHARACTERS = 2048;

/**
 * The beginning of a text for a message: one line, {@link visible}, bounded. An ellipsis follows if the text was cut.
 * It shows the redactor that a secret may have been cut there.
 */
export function excerpt(text: string): string {
  return text.length <= EXCERPT_CHARACTERS ? visible(text) : `${visible(text.slice(0, EXCERPT_CHARACTERS))}…`;
}

export function excerptOfList(texts: readonly PeerText[], separator = ', '): string {
  return excerpt(texts.map(({ exact }) => exact).join(separator));
}

/** Decodes bytes from the network as UTF-8, or as ISO 8859-1 if they are not UTF-8. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

const NOT_SHOWN = 'text from the network';

/**
 * Text from the network that cannot be printed by mistake: as a string, in JSON or in a debug view it only says that it
 * is such text. It has no `toString` of its own, so the linter reports code that converts it to a string. The exact
 * text is for the protocol, for {@link excerpt}, and for the transcript; each output escapes the texts of a report for
 * its format.
 */
export class PeerText {
  readonly #exact: string;

  /** @param from bytes, see {@link decodeBytes}, or text */
  constructor(from: Uint8Array | string) {
    this.#exact = typeof from === 'string' ? from : decodeBytes(from);
  }

  get exact(): string {
    return this.#exact;
  }

  get [Symbol.toStringTag](): string {
    return NOT_SHOWN;
  }

  toJSON(): string {
    return `[${NOT_SHOWN}]`;
  }

  [inspect.custom](): string {
    return `[${NOT_SHOWN}]`;
  }
}
