import type { Duplex } from 'node:stream';
import { afterPendingInput } from './standstill.js';

const LF = 0x0a;

/** The bytes that have been received and not yet read, to be read line by line. */
export class LineBuffer {
  #unread: Buffer = Buffer.alloc(0);
  #searchedTo = 0;

  /** Adds what was received. */
  push(bytes: Uint8Array): void {
    this.#unread = this.#unread.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#unread, bytes]);
  }

  get unread(): Buffer {
    return this.#unread;
  }

  /**
   * Takes the next line.
   * @param maxBytes of the line, its CR included
   * @param tooLong makes the error that is thrown if the line is longer, even if it has not ended
   * @returns the line without its LF; undefined if it has not ended
   */
  takeLine(maxBytes: number, tooLong: () => Error): Buffer | undefined {
    const end = this.#unread.indexOf(LF, this.#searchedTo);
    if (end > maxBytes || (end < 0 && this.#unread.length > maxBytes)) throw tooLong();
    if (end < 0) {
      this.#searchedTo = this.#unread.length;
      return undefined;
    }
    const line = this.#unread.subarray(0, end);
    this.skip(end + 1);
    return line;
  }

  /** Drops the first bytes. */
  skip(count: number): void {
    this.#unread = this.#unread.subarray(count);
    this.#searchedTo = 0;
  }
}

/** How a connection ended. */
interface ChannelEnd {
  /** The error of the system or the TLS library; undefined if the peer closed the connection in an orderly way. */
  readonly cause: unknown;
}

/**
 * A connection to a server that sends lines, unencrypted or over TLS. It reads only what somebody waits for: a flood
 * stays in the kernel.
 */
export class LineChannel {
  readonly received = new LineBuffer();
  /** Undefined while the connection is open. What was received before the end can still be read. */
  end: ChannelEnd | undefined;
  #wake: (() => void) | undefined;

  /** @param stream connected. Nothing else may read from it until {@link detach} */
  constructor(readonly stream: Duplex) {
    stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
    stream.pause();
    // A stream that has ended before does not emit the event again.
    if (stream.destroyed) this.#onError(stream.errored ?? undefined);
  }

  /** Waits until more has been received, or the connection has ended. */
  async more(): Promise<void> {
    if (this.end) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.stream.resume();
    });
  }

  /** Reads what the system has already received, without waiting for more. */
  readPending(): Promise<void> {
    this.stream.resume();
    return new Promise(afterPendingInput);
  }

  /** Stops reading and leaves the connection open, for TLS to take over. */
  detach(): void {
    this.stream.pause();
    this.stream.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd).off('error', this.#onError);
  }

  readonly #onData = (bytes: Buffer): void => {
    this.received.push(bytes);
    this.stream.pause();
    this.#awake();
  };

  readonly #onEnd = (): void => {
    this.#onError(undefined);
  };

  readonly #onError = (cause: unknown): void => {
    this.end ??= { cause };
    this.#awake();
  };

  #awake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
