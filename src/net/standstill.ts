import { performance } from 'node:perf_hooks';

/*
 * A process that is stopped (SIGSTOP, a suspended virtual machine), throttled by a CPU quota or busy computing reads no
 * socket. None of that is the doing of a server.
 */

/** How long a process has stood still. */
export interface Standstill {
  /** Milliseconds so far; only differences mean something. */
  readonly totalMs: number;
}

const BEAT_MS = 20;

/** A timer is this late on a machine that is merely busy. */
const TOLERATED_MS = 10;

/** Measures how late its own timer is, and so how long the event loop has stood still. Runs only while somebody waits. */
class Heartbeat implements Standstill {
  #waits = 0;
  #lostMs = 0;
  #beatAt = 0;
  #timer: NodeJS.Timeout | undefined;

  get totalMs(): number {
    return this.#lostMs + (this.#waits > 0 ? lateMs(this.#beatAt) : 0);
  }

  /** Measures for as long as a promise is pending. @returns what it resolves to */
  async during<T>(wait: Promise<T>): Promise<T> {
    if (this.#waits === 0) this.#begin();
    this.#waits += 1;
    try {
      return await wait;
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#end();
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
    this.#lostMs += lateMs(this.#beatAt);
    this.#beatAt = performance.now();
  }
}

function lateMs(beatAt: number): number {
  const late = performance.now() - beatAt - BEAT_MS;
  return late > TOLERATED_MS ? late : 0;
}

/** Of this process. */
export const heartbeat = new Heartbeat();

/**
 * Lets the event loop read what the system holds. Timers fire before sockets are read: one turn of the loop begins to
 * read from a channel that was paused, and the next one has read.
 */
export async function pendingInput(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
