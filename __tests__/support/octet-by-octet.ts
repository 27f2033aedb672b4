import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** A connection that sends every octet by itself, so that a record of TLS arrives as slowly as one likes. */
export class OctetByOctet extends Duplex {
  readonly #socket: Socket;
  readonly #ms: number;

  /** @param ms milliseconds behind each octet; 0 for no more than a turn of the event loop */
  constructor(socket: Socket, ms: number) {
    super();
    this.#socket = socket
      .on('data', (octets: Buffer) => this.push(octets))
      .on('end', () => this.push(null))
      .on('close', () => this.destroy());
    this.#ms = ms;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(octets: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(octets).then(() => {
      done();
    }, done);
  }

  async #send(octets: Buffer): Promise<void> {
    for (const octet of octets) {
      if (!this.#socket.writable) return;
      this.#socket.write(Uint8Array.of(octet));
      await (this.#ms === 0 ? turn() : sleep(this.#ms));
    }
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
