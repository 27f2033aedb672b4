import { performance } from 'node:perf_hooks';

/** One line of a dialogue. */
export interface Line {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly from: 'server' | 'client';
  readonly text: string;
}

/** A dialogue of five steps has some sixty lines; what a peer says beyond this is not evidence but load. */
const MAX_LINES = 1000;

/** What was said, by whom, and when. Exact, but that the client's secrets are given to it already redacted. */
export class Transcript {
  readonly #start = performance.now();
  readonly #lines: Line[] = [];

  add(from: Line['from'], text: string): void {
    if (this.#lines.length < MAX_LINES) {
      this.#lines.push({ at: Math.round(performance.now() - this.#start), from, text });
    }
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }
}
