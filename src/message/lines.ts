export const LF = 0x0a;
export const CR = 0x0d;

/** In bytes. */
export interface Line {
  readonly start: number;
  /** After its last byte, without the line end. */
  readonly end: number;
  /** Where the next one begins; past the end of the text for the last one, which has no line end. */
  readonly next: number;
}

/**
 * The lines of a text, which end in LF or CR LF, one at a time, so that millions of them take no additional memory.
 * What follows the last line end is a line too, even if it is empty.
 */
export function* linesOf(text: Buffer, from = 0): Generator<Line, undefined> {
  for (let start = from; start <= text.length;) {
    const at = text.indexOf(LF, start);
    const end = at < 0 ? text.length : at;
    const next = end + 1;
    yield { start, end: at > start && text[at - 1] === CR ? at - 1 : end, next };
    start = next;
  }
}
