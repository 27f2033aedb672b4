import { performance } from 'node:perf_hooks';
import { deferred } from './deferred.js';
import { afterPendingInput, Heartbeat, type Standstill } from './standstill.js';

/** Ends waits early, when a signal is aborted. One listener serves all of them: a run has many thousands. */
class Cut {
  /** For each wait, what to do when the signal is aborted. */
  readonly #ends = new Set<() => void>();

  constructor(readonly signal: AbortSignal) {}

  /** @param end called if the signal is aborted before {@link remove} */
  add(end: () => void): void {
    if (this.#ends.size === 0) this.signal.addEventListener('abort', this.#endAll);
    this.#ends.add(end);
  }

  remove(end: () => void): void {
    this.#ends.delete(end);
    if (this.#ends.size === 0) this.signal.removeEventListener('abort', this.#endAll);
  }

  readonly #endAll = (): void => {
    for (const end of this.#ends) end();
  };
}

/**
 * A point in time at which a wait ends. A deadline made within another one never ends later than that one. Time in
 * which this process stood still does not count.
 */
export class Deadline {
  readonly #pausesMs: number;
  /** On a clock that stops while the process stands still. */
  #at: number;

  private constructor(
    ms: number,
    private readonly standstill: Standstill,
    private readonly cut?: Cut,
  ) {
    this.#pausesMs = standstill.pausesMs;
    this.#at = this.#now + ms;
  }

  /**
   * @param ms milliseconds from now
   * @param within a deadline that the new one may not outlast
   */
  static after(ms: number, within?: Deadline): Deadline {
    if (!within) return new Deadline(ms, new Heartbeat());
    return new Deadline(Math.min(ms, within.#at - within.#now), within.standstill, within.cut);
  }

  /**
   * A deadline that comes when a signal is aborted, with every deadline within it.
   * @param standstill how long the process has stood still; a parameter so that tests can control it
   */
  static on(cut: AbortSignal, standstill: Standstill = new Heartbeat()): Deadline {
    return new Deadline(Infinity, standstill, new Cut(cut));
  }

  /** The same deadline, this many milliseconds later. */
  extendedBy(ms: number): Deadline {
    return new Deadline(this.#at - this.#now + ms, this.standstill, this.cut);
  }

  /** Milliseconds left, never less than 0. */
  get remainingMs(): number {
    return this.cut?.signal.aborted ? 0 : Math.max(0, this.#at - this.#now);
  }

  /** Whether it has come. */
  get isOver(): boolean {
    return this.remainingMs === 0;
  }

  /** Milliseconds that the process has stood still since the deadline was made, in pauses of a second or more. */
  get stoodStillMs(): number {
    return this.standstill.pausesMs - this.#pausesMs;
  }

  /** Measures standstill while a promise is pending, even if nothing is awaited with {@link race}. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.standstill.waitBegins();
    try {
      return await work;
    } finally {
      this.standstill.waitEnds();
    }
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
   * Waits for a promise, at most until the deadline. Input that has arrived by then is read before the wait ends. The
   * timer is always cleared. After the deadline the promise is ignored, even if it rejects.
   * @param expired makes the error that is thrown at the deadline
   * @throws what the promise rejects with, or what `expired` returns or throws
   */
  race<T>(promise: Promise<T>, expired: () => Error): Promise<T> {
    // With callbacks instead of promises: a run waits for dozens of replies per endpoint.
    const { promise: result, resolve, reject } = deferred<T>();
    let timer: NodeJS.Timeout | undefined;
    let isPending = true;
    const stop = (): void => {
      if (!isPending) return;
      isPending = false;
      clearTimeout(timer);
      this.cut?.remove(expire);
      this.standstill.waitEnds();
    };
    const expire = (): void => {
      stop();
      try {
        reject(expired());
      } catch (error) {
        reject(error);
      }
    };
    const wait = (): void => {
      const { remainingMs } = this;
      if (remainingMs < Infinity) timer = setTimeout(expireOrWait, remainingMs);
    };
    const expireOrWait = (): void => {
      // Input may have arrived, and a standstill may have postponed the deadline.
      afterPendingInput(() => {
        if (!isPending) return;
        if (this.isOver) expire();
        else wait();
      });
    };
    this.standstill.waitBegins();
    this.cut?.add(expire);
    wait();
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
    return result;
  }

  get #now(): number {
    return performance.now() - this.standstill.totalMs;
  }
}
