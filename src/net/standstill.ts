import { performance } from 'node:perf_hooks';

/*
 * A process that is stopped (SIGSTOP, a suspended virtual machine), throttled by a CPU quota or busy computing does not
 * read its sockets. None of that is a server's fault.
 */

/** How long the process has stood still, in milliseconds. Only differences between two readings have a meaning. */
export interface Standstill {
  readonly totalMs: number;
  /** The part of it in pauses of a second or more. A process that is only slow has none. */
  readonly pausesMs: number;
  /** Called when a wait begins, and when it ends. Standstill is measured while at least one wait is pending. */
  waitBegins(): void;
  waitEnds(): void;
}

const BEAT_MS = 20;

/** How late a timer can be on a machine that is only busy. */
const TOLERATED_MS = 10;

const PAUSE_MS = 1000;

/** Measures how late its own timer fires, and so how long the event loop has stood still. */
export class Heartbeat implements Standstill {
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

  waitBegins(): void {
    if (this.#waits === 0) this.#begin();
    this.#waits += 1;
  }

  waitEnds(): void {
    if (this.#waits === 1) this.#end();
    this.#waits -= 1;
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

/**
 * Lets the event loop read what the system has already received. Timers fire before sockets are read: in its first turn
 * the loop starts to read from a paused socket, and in its second it has read.
 */
export function afterPendingInput(next: () => void): void {
  setImmediate(() => {
    setImmediate(next);
  });
}
