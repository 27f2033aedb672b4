import { performance } from 'node:perf_hooks';
import { heartbeat, pendingInput } from './standstill.js';
import type { Standstill } from './standstill.js';

/**
 * A point in time at which a wait ends. Deadlines nest: none reaches beyond the one it was made within. Time in which
 * this process stood still does not count.
 */
export class Deadline {
  readonly #standstill: Standstill;
  readonly #pausesMs: number;
  readonly #cut: AbortSignal | undefined;
  /** On a clock that stops while the process stands still. */
  #at: number;

  private constructor(ms: number, standstill: Standstill, cut?: AbortSignal) {
    this.#standstill = standstill;
    this.#pausesMs = standstill.pausesMs;
    this.#cut = cut;
    this.#at = this.#now + ms;
  }

  /**
   * @param ms milliseconds from now
   * @param within a deadline that the new one may not outlast
   */
  static after(ms: number, within?: Deadline): Deadline {
    if (!within) return new Deadline(ms, heartbeat);
    return new Deadline(Math.min(ms, within.#at - within.#now), within.#standstill, within.#cut);
  }

  /**
   * A deadline that comes when a signal is aborted; every deadline within it comes then too.
   * @param standstill how long the process has stood still; a parameter so that tests can control it
   */
  static on(cut: AbortSignal, standstill: Standstill = heartbeat): Deadline {
    return new Deadline(Infinity, standstill, cut);
  }

  /** The same, so many milliseconds later. */
  extendedBy(ms: number): Deadline {
    return new Deadline(this.#at - this.#now + ms, this.#standstill, this.#cut);
  }

  /** Milliseconds left, never less than 0. */
  get remainingMs(): number {
    return this.#cut?.aborted ? 0 : Math.max(0, this.#at - this.#now);
  }

  /** Whether it has come. */
  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  /** Milliseconds that the process has stood still since the deadline was made, in pauses of a second or more. */
  get stoodStillMs(): number {
    return this.#standstill.pausesMs - this.#pausesMs;
  }

  /** Waits for work of the gate itself, and postpones the deadline by the time that it takes. */
  async postponedBy<T>(work: Promise<T>): Promise<T> {
    const begun = this.#now;
    try {
      return await work;
    } finally {
      this.#at += this.#now - begun;
    }
  }

  /**
   * Waits for a promise, but not beyond the deadline. Input that has arrived by then is read before the wait ends. The
   * timer is always cleared. After the deadline the promise is ignored, even if it rejects.
   * @param promise what is waited for
   * @param expired makes the error that is thrown at the deadline
   * @throws what the promise rejects with, or what `expired` returns
   */
  async race<T>(promise: Promise<T>, expired: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let isWaiting = true;
    let end: () => void = () => undefined;
    const over = new Promise<never>((_resolve, reject) => {
      end = () => {
        if (isWaiting) reject(expired());
      };
      const wait = (): void => {
        const { remainingMs } = this;
        if (remainingMs < Infinity) timer = setTimeout(() => void endOrWait(), remainingMs);
      };
      const endOrWait = async (): Promise<void> => {
        await pendingInput();
        if (this.isOver) end();
        else if (isWaiting) wait();
      };
      wait();
      this.#cut?.addEventListener('abort', end);
    });
    try {
      return await heartbeat.during(Promise.race([promise, over]));
    } finally {
      isWaiting = false;
      clearTimeout(timer);
      this.#cut?.removeEventListener('abort', end);
    }
  }

  get #now(): number {
    return performance.now() - this.#standstill.totalMs;
  }
}
