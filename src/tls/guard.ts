import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** What the server sends first once TLS is due. */
export type Opening =
  | { readonly kind: 'record'; readonly octets: Buffer }
  | { readonly kind: 'cleartext'; readonly octets: Buffer }
  /** The connection ended, or the time. */
  | { readonly kind: 'nothing' };

/** RFC 8446 section 5.1: a server's first record is of the handshake or an alert, and its version begins with 3. */
const RECORD_TYPES: readonly (number | undefined)[] = [0x16, 0x15];
const MAJOR_VERSION = 3;

/** Whether octets that a server sent first are TLS. */
export function isTlsRecord(octets: Buffer): boolean {
  return RECORD_TYPES.includes(octets[0]) && octets[1] === MAJOR_VERSION;
}

/** As much as a server may say in the clear, if there is no end to its first line: a line of SMTP. */
const MAX_CLEARTEXT_OCTETS = 4096;
/** A line that has begun in the clear is waited for so long: its packets follow each other closely. */
const CLEARTEXT_WAIT_MS = 250;

/**
 * Ten times what a server says in a handshake with a chain of usual size. OpenSSL bounds each message and not their
 * number, and takes some of them without end.
 */
export const MAX_HANDSHAKE_OCTETS = 64 * 1024;

/**
 * Stands between socket and TLS until the first octets from the server have shown that it is TLS. What is not is
 * never fed to the TLS library, which could only call it a "wrong version number".
 */
export class FirstRecordGuard extends Duplex {
  /** Settles at the latest when the guard is destroyed. */
  readonly opening: Promise<Opening>;
  readonly #socket: Socket;
  #settle: (opening: Opening) => void = () => undefined;
  #first = Buffer.alloc(0);
  #isCleartext = false;
  #patience: NodeJS.Timeout | undefined;
  #heard: Buffer[] | undefined = [];
  #heardOctets = 0;
  #isTooMuch = false;

  /** @param socket connected; nobody else may read from it */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.opening = new Promise((resolve) => (this.#settle = resolve));
    socket
      .on('data', this.#begin)
      .on('end', () => (this.#isCleartext ? this.destroy() : this.push(null)))
      .on('error', (error) => this.destroy(error))
      .on('close', () => this.destroy());
  }

  /** What the server has sent so far, for a look at why a handshake failed. */
  get heard(): Buffer {
    return Buffer.concat(this.#heard ?? []);
  }

  /** Whether the server has said more than a handshake has, and was cut off. */
  get isTooMuch(): boolean {
    return this.#isTooMuch;
  }

  /** The handshake is over: what was heard is of no further use, and nothing more is kept. */
  release(): void {
    this.#heard = undefined;
  }

  readonly #begin = (octets: Buffer): void => {
    this.#first = Buffer.concat([this.#first, octets]);
    if (isTlsRecord(this.#first)) {
      this.#settle({ kind: 'record', octets: this.#first });
      this.#socket.off('data', this.#begin).on('data', this.#pass);
      this.#pass(this.#first);
      return;
    }
    this.#isCleartext = this.#first.length > 1 || !RECORD_TYPES.includes(this.#first[0]);
    if (!this.#isCleartext) return;
    const isWhole = this.#first.includes('\n') || this.#first.length >= MAX_CLEARTEXT_OCTETS;
    if (isWhole) this.destroy();
    else this.#patience ??= setTimeout(() => this.destroy(), CLEARTEXT_WAIT_MS);
  };

  readonly #pass = (octets: Buffer): void => {
    this.#heardOctets += octets.length;
    this.#heard?.push(octets);
    if (this.#heard && this.#heardOctets > MAX_HANDSHAKE_OCTETS) {
      this.#isTooMuch = true;
      this.destroy();
      return;
    }
    if (!this.push(octets)) this.#socket.pause();
  };

  override _read(): void {
    this.#socket.resume();
  }

  override _write(octets: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(octets, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#patience);
    const octets = this.#first.subarray(0, MAX_CLEARTEXT_OCTETS);
    this.#settle(this.#isCleartext ? { kind: 'cleartext', octets } : { kind: 'nothing' });
    this.#socket.destroy();
    done(error);
  }
}
