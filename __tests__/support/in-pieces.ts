import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** The size of the pieces of TLS records, and the milliseconds between them. */
export interface Pieces {
  readonly octets: number;
  readonly ms: number;
}

/** A connection that sends everything in small pieces, regardless of TLS record boundaries. */
export class InPieces extends Duplex {
  readonly #socket: Socket;
  readonly #pieces: Pieces;

  constructor(socket: Socket, pieces: Pieces) {
    super();
    this.#pieces = pieces;
    this.#socket = socket
      .on('data', (octets: Buffer) => this.push(octets))
      .on('end', () => this.push(null))
      .on('close', () => this.destroy());
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
    const { octets: size, ms } = this.#pieces;
    for (let at = 0; at < octets.length && this.#socket.writable; at += size) {
      this.#socket.write(octets.subarray(at, at + size));
      await (ms === 0 ? turn() : sleep(ms));
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

/** A connection whose server replies with an alert to a ClientHello with this name (SNI), and to others as usual. */
export class AlertForName extends InPieces {
  readonly #refuse: (hello: Buffer) => boolean;

  constructor(socket: Socket, name: string, alert: number) {
    super(socket, { octets: 65_536, ms: 0 });
    this.#refuse = (hello) => {
      if (!hello.includes(name)) return false;
      socket.end(Buffer.of(21, 3, 3, 0, 2, 2, alert));
      return true;
    };
  }

  override push(chunk: Buffer | null): boolean {
    return (chunk !== null && this.#refuse(chunk)) || super.push(chunk);
  }
}

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
const SERVER_KEY_EXCHANGE = 12;

/** A connection over TLS 1.2 whose signature of the key exchange is wrong, as if another key had made it. */
export class WrongSignature extends InPieces {
  constructor(socket: Socket) {
    super(socket, { octets: 65_536, ms: 0 });
  }

  override _write(octets: Buffer, encoding: string, done: (error?: Error | null) => void): void {
    const changed = Buffer.from(octets);
    for (let at = 0; at + RECORD_HEADER_BYTES < changed.length;) {
      const end = at + RECORD_HEADER_BYTES + changed.readUInt16BE(at + 3);
      const isSigned = changed[at] === HANDSHAKE_RECORD && changed[at + RECORD_HEADER_BYTES] === SERVER_KEY_EXCHANGE;
      // The signature is at the end.
      if (isSigned) changed.writeUInt8(changed.readUInt8(end - 1) ^ 1, end - 1);
      at = end;
    }
    super._write(changed, encoding, done);
  }
}
