import type { Duplex } from 'node:stream';
import { LineBuffer } from './line-buffer.js';
import { pendingInput } from './standstill.js';

/** How a connection ended. */
export interface ChannelEnd {
  /** The error of the system or the TLS library; undefined if the peer closed the connection in an orderly way. */
  readonly cause: unknown;
}

/**
 * A connection to a server that sends lines, unencrypted or over TLS. It reads only what somebody waits for: a flood
 * stays in the kernel.
 */
export class LineChannel {
  /** To write to, and to close. Nothing else may read from it until {@link detach}. */
  readonly stream: Duplex;
  /** What has been received and not read. */
  readonly received = new LineBuffer();
  #end: ChannelEnd | undefined;
  #wake: (() => void) | undefined;

  /** @param stream connected */
  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
    stream.pause();
    // A stream that has ended before does not emit the event again.
    if (stream.destroyed) this.#onError(stream.errored ?? undefined);
  }

  /** Undefined while the connection is open. What was received before the end can still be read. */
  get end(): ChannelEnd | undefined {
    return this.#end;
  }

  /** Waits until more has been received, or the connection has ended. */
  async more(): Promise<void> {
    if (this.#end) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.stream.resume();
    });
  }

  /** Reads what the system has already received, without waiting for more. */
  async readPending(): Promise<void> {
    this.stream.resume();
    await pendingInput();
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
    this.#end ??= { cause };
    this.#awake();
  };

  #awake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
