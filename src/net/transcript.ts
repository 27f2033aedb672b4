import { performance } from 'node:perf_hooks';
import { bytesInJson } from '../text/shorten.js';

export interface Line {
  /** Milliseconds since the transcript began. */
  readonly at: number;
  readonly from: 'server' | 'client';
  readonly text: string;
}

/** A session through all five steps has about sixty lines. */
const MAX_LINES = 1000;
/** As JSON, with at most 16 KiB of the gate's own message. */
const MAX_BYTES = 32 * 1024;
const CUT = '… (transcript truncated)';

/** The lines of a session, exact except for the client's secrets, which callers redact before they add a line. */
export class Transcript {
  readonly #start = performance.now();
  readonly #lines: Line[] = [];
  #bytes = 0;
  #cut = false;

  /** Adds a line. The first line beyond the limits is replaced by a note, and nothing is added after it. */
  add(from: Line['from'], text: string): void {
    if (this.#cut) return;
    this.#bytes += bytesInJson(text);
    this.#cut = this.#lines.length >= MAX_LINES || this.#bytes > MAX_BYTES;
    const at = Math.round(performance.now() - this.#start);
    this.#lines.push(this.#cut ? { at, from: 'server', text: CUT } : { at, from, text });
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }
}
