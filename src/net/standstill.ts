import { performance } from 'node:perf_hooks';

/*
 * A process that is stopped (SIGSTOP, a suspended virtual machine), throttled by a CPU quota or busy computing reads no
 * socket. None of that is a server's fault.
 */

/** How long a process has stood still. Both are milliseconds so far; only differences mean something. */
export interface Standstill {
  readonly totalMs: number;
  /** The part of it that was in pauses of a second or more. A process that is merely slow has none. */
  readonly pausesMs: number;
}

const BEAT_MS = 20;

/** How late a timer can be on a machine that is only busy. */
const TOLERATED_MS = 10;

const PAUSE_MS = 1000;

/**
 * Measures how late its own timer is, and so how long the event loop has stood still. Runs only while something is
 * awaited.
 */
class Heartbeat implements Standstill {
  #waits = 0;
  #lostMs = 0;
  #pausedMs = 0;
  #beatAt = 0;
  #timer: NodeJS.Timeout | undefined;

  get totalMs(): number {
    return this.#lostMs + this.#lateMs;
  }

  get pausesMs(): number {
    return this.#pausedMs + pauseIn(this.#lateMs);
  }

  /** Measures for as long as a promise is pending. @returns what it resolves to */
  async during<T>(wait: Promise<T>): Promise<T> {
    if (this.#waits === 0) this.#begin();
    this.#waits += 1;
    try {
      return await wait;
    } finally {
      if (this.#waits === 1) this.#end();
      this.#waits -= 1;
    }
  }

  #begin(): void {
    this.#beatAt = performance.now();
    this.#timer = setInterval(() => {
      this.#beat();
    }, BEAT_MS).unref();
  }

  #end(): void {
    this.#beat();
    clearInterval(this.#timer);
  }

  #beat(): void {
    const late = this.#lateMs;
    this.#lostMs += late;
    this.#pausedMs += pauseIn(late);
    this.#beatAt = performance.now();
  }

  /** How late the next beat is by now. */
  get #lateMs(): number {
    if (this.#waits === 0) return 0;
    const late = performance.now() - this.#beatAt - BEAT_MS;
    return late > TOLERATED_MS ? late : 0;
  }
}

function pauseIn(lateMs: number): number {
  return lateMs >= PAUSE_MS ? lateMs : 0;
}

/** The heartbeat of this process. */
export const heartbeat = new Heartbeat();

/**
 * Lets the event loop read what the system has already received. Timers fire before sockets are read: the first turn of
 * the loop begins to read from a paused channel, and the second one has read.
 */
export async function pendingInput(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
