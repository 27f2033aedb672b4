import { performance } from 'node:perf_hooks';
import { Heartbeat, pendingInput, type Standstill } from './standstill.js';

/**
 * A point in time at which a wait ends. A deadline made within another one never ends later than that one. Time in
 * which this process stood still does not count.
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
    if (!within) return new Deadline(ms, new Heartbeat());
    return new Deadline(Math.min(ms, within.#at - within.#now), within.#standstill, within.#cut);
  }

  /**
   * A deadline that comes when a signal is aborted, with every deadline within it.
   * @param standstill how long the process has stood still; a parameter so that tests can control it
   */
  static on(cut: AbortSignal, standstill: Standstill = new Heartbeat()): Deadline {
    return new Deadline(Infinity, standstill, cut);
  }

  /** The same deadline, this many milliseconds later. */
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

  /** Measures standstill while a promise is pending, even if nothing is awaited with {@link race}. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.#standstill.during(work);
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
   * @throws what the promise rejects with, or what `expired` returns
   */
  async race<T>(promise: Promise<T>, expired: () => Error): Promise<T> {
    const alarm = new Alarm(this, this.#cut);
    const late = alarm.rung.then(() => {
      throw expired();
    });
    try {
      return await this.#standstill.during(Promise.race([promise, late]));
    } finally {
      alarm.clear();
    }
  }

  get #now(): number {
    return performance.now() - this.#standstill.totalMs;
  }
}

/** Rings when a deadline comes, unless it is cleared before. */
class Alarm {
  readonly rung: Promise<void>;
  readonly #deadline: Deadline;
  readonly #cut: AbortSignal | undefined;
  #ring: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #isCleared = false;

  constructor(deadline: Deadline, cut: AbortSignal | undefined) {
    this.rung = new Promise((resolve) => (this.#ring = resolve));
    this.#deadline = deadline;
    this.#cut = cut;
    cut?.addEventListener('abort', this.#ring);
    this.#wait();
  }

  clear(): void {
    this.#isCleared = true;
    clearTimeout(this.#timer);
    this.#cut?.removeEventListener('abort', this.#ring);
  }

  #wait(): void {
    const { remainingMs } = this.#deadline;
    if (remainingMs < Infinity) this.#timer = setTimeout(() => void this.#ringOrWait(), remainingMs);
  }

  /** Input may have arrived, and a standstill may have postponed the deadline. */
  async #ringOrWait(): Promise<void> {
    await pendingInput();
    if (this.#isCleared) return;
    if (this.#deadline.isOver) this.#ring();
    else this.#wait();
  }
}
