import { inspect } from 'node:util';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Characters that a reader would not see, or that act on the reader's terminal or page: controls (Cc), format
 * characters (Cf: zero-width, bidirectional, tags), line and paragraph separators, and the code points beside
 * them that Unicode keeps for more of the kind.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065\u{e0000}-\u{e0fff}]/gu;

/** Made once: a peer that wants to cost us memory sends nothing but these. */
const ESCAPED_OCTETS = Array.from({ length: 256 }, (_, code) => `\\x${code.toString(16).padStart(2, '0')}`);

/**
 * Makes every control, zero-width and bidirectional character visible as an escape (`\x1b`, `\u202e`, `\u{e0020}`).
 * @param text text of any origin
 * @returns one line of text that shows what was there and does nothing
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return ESCAPED_OCTETS[code] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Twice what a reader gets to see of it: once secrets are taken out of a report, its texts are cut further. */
const BRIEF_CHARACTERS = 2048;

/**
 * The beginning of a text in its {@link visible} form, for a message: one line, bounded. An ellipsis stands where it
 * was cut, by which a secret that was cut there is known.
 */
export function brief(text: string): string {
  return text.length <= BRIEF_CHARACTERS ? visible(text) : `${visible(text.slice(0, BRIEF_CHARACTERS))}…`;
}

const UNSHOWN = 'text from the network';

/**
 * Text that came from the network, and cannot be printed: turned into text, JSON or a debug view it shows what it is and
 * not what it says. It has no `toString` of its own, by which the linter finds who would turn it into text. The exact
 * text is there under a name that says so: for the protocol, for {@link brief}, and for the transcript, which each
 * sink makes safe like every text in a report (workflow commands, Markdown, HTML).
 */
export class PeerText {
  readonly #exact: string;

  /** @param from octets as they came, decoded as UTF-8 where that is what they are and as ISO 8859-1 otherwise, or text */
  constructor(from: Uint8Array | string) {
    this.#exact = typeof from === 'string' ? from : decode(from);
  }

  get exact(): string {
    return this.#exact;
  }

  get [Symbol.toStringTag](): string {
    return UNSHOWN;
  }

  toJSON(): string {
    return `[${UNSHOWN}]`;
  }

  [inspect.custom](): string {
    return `[${UNSHOWN}]`;
  }
}

/** Texts of a peer, in one line for a message, as {@link brief} makes it. */
export function briefList(texts: readonly PeerText[], separator = ', '): string {
  return brief(texts.map(({ exact }) => exact).join(separator));
}

function decode(octets: Uint8Array): string {
  try {
    return utf8.decode(octets);
  } catch {
    return Buffer.from(octets).toString('latin1');
  }
}
