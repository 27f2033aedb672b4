export const LF = 0x0a;
export const CR = 0x0d;

/** Where a line stands in a text, by octets. */
export interface Line {
  readonly start: number;
  /** Behind its last octet, without its end. */
  readonly end: number;
  /** Where the next one begins; beyond the end of the text behind the last one, which has no line end. */
  readonly next: number;
}

/**
 * The lines of a text one after the other, so that a text of millions takes no more memory than its octets. They end
 * in LF or CR LF; what stands behind the last line end is a line, too, if it is empty or not.
 * @param from where a line begins
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
