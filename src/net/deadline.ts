import { performance } from 'node:perf_hooks';

/** A point in time at which a wait is given up. Deadlines nest: none reaches beyond the one it was made within. */
export class Deadline {
  readonly #at: number;

  private constructor(at: number) {
    this.#at = at;
  }

  /**
   * @param ms milliseconds from now
   * @param within a deadline that the new one may not outlast
   */
  static after(ms: number, within?: Deadline): Deadline {
    const at = performance.now() + ms;
    return new Deadline(within ? Math.min(at, within.#at) : at);
  }

  /** Milliseconds left, never less than 0. */
  get remainingMs(): number {
    return Math.max(0, this.#at - performance.now());
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
    const end = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(expired());
      }, this.remainingMs);
    });
    try {
      return await Promise.race([promise, end]);
    } finally {
      clearTimeout(timer);
    }
  }
}
