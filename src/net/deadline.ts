import { performance } from 'node:perf_hooks';

/** A point in time at which a wait is given up. Deadlines nest: none reaches beyond the one it was made within. */
export class Deadline {
  readonly #at: number;
  readonly #cut: AbortSignal | undefined;

  private constructor(at: number, cut?: AbortSignal) {
    this.#at = at;
    this.#cut = cut;
  }

  /**
   * @param ms milliseconds from now
   * @param within a deadline that the new one may not outlast
   */
  static after(ms: number, within?: Deadline): Deadline {
    const at = performance.now() + ms;
    return within ? new Deadline(Math.min(at, within.#at), within.#cut) : new Deadline(at);
  }

  /** A deadline that comes when a signal is given; every one within it comes then too. */
  static on(cut: AbortSignal): Deadline {
    return new Deadline(Infinity, cut);
  }

  /** The same, so many milliseconds later. */
  extendedBy(ms: number): Deadline {
    return new Deadline(this.#at + ms, this.#cut);
  }

  /** Milliseconds left, never less than 0. */
  get remainingMs(): number {
    return this.#cut?.aborted ? 0 : Math.max(0, this.#at - performance.now());
  }

  /** Whether it has come. */
  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  /**
   * Waits for a promise, but not beyond the deadline. The timer is cleared in every case. What the promise does
   * after the deadline is nobody's concern any more, its rejection included.
   * @param promise what is waited for
   * @param expired makes the error that is thrown at the deadline
   * @throws what the promise rejects with, or what `expired` returns
   */
  async race<T>(promise: Promise<T>, expired: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let end: () => void = () => undefined;
    const over = new Promise<never>((_resolve, reject) => {
      end = () => {
        reject(expired());
      };
      const { remainingMs } = this;
      if (remainingMs < Infinity) timer = setTimeout(end, remainingMs);
      this.#cut?.addEventListener('abort', end);
    });
    try {
      return await Promise.race([promise, over]);
    } finally {
      clearTimeout(timer);
      this.#cut?.removeEventListener('abort', end);
    }
  }
}
