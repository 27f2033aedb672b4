import { performance } from 'node:perf_hooks';
import { octetsInJson } from '../text/shorten.js';

/** One line of a dialogue. */
export interface Line {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly from: 'server' | 'client';
  readonly text: string;
}

/** A dialogue of five steps has some sixty lines; what a peer says beyond this is not evidence but load. */
const MAX_LINES = 1000;
/** As JSON, with the message of the gate, of which 16 KiB are kept at most. */
const MAX_OCTETS = 32 * 1024;
const CUT = '… the rest of the dialogue is not kept';

/** What was said, by whom, and when. Exact, but that the client's secrets are given to it already redacted. */
export class Transcript {
  readonly #start = performance.now();
  readonly #lines: Line[] = [];
  #octets = 0;
  #cut = false;

  /** Keeps a line; the first one that there is no room for is replaced by a remark, and nothing is kept after it. */
  add(from: Line['from'], text: string): void {
    if (this.#cut) return;
    this.#octets += octetsInJson(text);
    this.#cut = this.#lines.length >= MAX_LINES || this.#octets > MAX_OCTETS;
    const at = Math.round(performance.now() - this.#start);
    this.#lines.push(this.#cut ? { at, from: 'server', text: CUT } : { at, from, text });
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }
}
