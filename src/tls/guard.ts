import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { recordBytes } from './records.js';

/** What the server sends first where TLS must begin. */
export type Opening =
  | { readonly kind: 'record'; readonly bytes: Buffer }
  | { readonly kind: 'cleartext'; readonly bytes: Buffer }
  /** The connection ended, or timed out. */
  | { readonly kind: 'nothing' };

/** RFC 8446 section 5.1: a server's first record is a handshake or alert record, and its version begins with 3. */
const RECORD_TYPES: readonly (number | undefined)[] = [0x16, 0x15];
const MAJOR_VERSION = 3;

export function isTlsRecord(bytes: Buffer): boolean {
  return RECORD_TYPES.includes(bytes[0]) && bytes[1] === MAJOR_VERSION;
}

/** The longest unencrypted first line that is read. */
const MAX_CLEARTEXT_BYTES = 4096;
/** How long to wait for the rest of an unencrypted line, whose packets follow each other closely. */
const CLEARTEXT_WAIT_MS = 250;

/** Ten times a handshake with a usual chain. OpenSSL limits the size of each message, but not the number of some. */
export const MAX_HANDSHAKE_BYTES = 64 * 1024;

/**
 * Keeps data that is not TLS from the TLS library, which would only report "wrong version number". It has what Node's TLS
 * needs of a stream and no buffers of its own: as a Duplex, it would take a fifth of the CPU time of a run.
 */
export class FirstRecordGuard extends EventEmitter {
  /** Settles at the latest when the guard is destroyed. */
  readonly opening: Promise<Opening>;
  /** Whether the connection was closed because of {@link MAX_HANDSHAKE_BYTES}. */
  isTooMuch = false;
  /** The size of the record with the ClientHello; undefined before it is sent. */
  helloBytes: number | undefined;
  readonly readable = true;
  readonly writable = true;
  readonly #socket: Socket;
  #settle: (opening: Opening) => void = () => undefined;
  #first = Buffer.alloc(0);
  #isCleartext = false;
  #timer: NodeJS.Timeout | undefined;
  #received: Buffer[] | undefined = [];
  #receivedBytes = 0;

  /** @param socket connected; nothing else may read from it */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.opening = new Promise((resolve) => (this.#settle = resolve));
    socket
      .on('data', this.#begin)
      .on('end', () => {
        if (this.#isCleartext) this.destroy();
        else this.emit('end');
      })
      .on('error', (error) => {
        this.emit('error', error);
      })
      .on('close', this.#close);
    // The connection may have been lost while nothing read from it.
    if (socket.destroyed) process.nextTick(this.#close);
  }

  /** What the server has sent during the handshake. */
  get received(): Buffer {
    return Buffer.concat(this.#received ?? []);
  }

  /** The handshake is over: keeps nothing more of what the server sends. */
  release(): void {
    this.#received = undefined;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  write(bytes: Buffer, done: (error?: Error | null) => void): boolean {
    // The TLS library may write one record in several pieces.
    this.helloBytes ??= recordBytes(bytes);
    return this.#socket.write(bytes, done);
  }

  end(done: () => void): void {
    this.#socket.end(done);
  }

  destroy(): void {
    this.#over();
    this.#socket.destroy();
  }

  readonly #begin = (bytes: Buffer): void => {
    this.#first = Buffer.concat([this.#first, bytes]);
    if (isTlsRecord(this.#first)) {
      this.#settle({ kind: 'record', bytes: this.#first });
      this.#socket.off('data', this.#begin).on('data', this.#pass);
      this.#pass(this.#first);
      return;
    }
    this.#isCleartext = this.#first.length > 1 || !RECORD_TYPES.includes(this.#first[0]);
    if (!this.#isCleartext) return;
    const isWhole = this.#first.includes('\n') || this.#first.length >= MAX_CLEARTEXT_BYTES;
    if (isWhole) this.destroy();
    else
      this.#timer ??= setTimeout(() => {
        this.destroy();
      }, CLEARTEXT_WAIT_MS);
  };

  readonly #pass = (bytes: Buffer): void => {
    if (this.#received) {
      this.#receivedBytes += bytes.length;
      this.#received.push(bytes);
      if (this.#receivedBytes > MAX_HANDSHAKE_BYTES) {
        this.isTooMuch = true;
        this.destroy();
        return;
      }
    }
    this.emit('data', bytes);
  };

  readonly #close = (): void => {
    this.#over();
    this.emit('close');
  };

  #over(): void {
    clearTimeout(this.#timer);
    const bytes = this.#first.subarray(0, MAX_CLEARTEXT_BYTES);
    this.#settle(this.#isCleartext ? { kind: 'cleartext', bytes } : { kind: 'nothing' });
  }
}
