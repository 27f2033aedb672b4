import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Act } from './dialogue.js';

/** Less than a ClientHello with a post-quantum key share. */
const SEGMENT_BYTES = 1400;

const RECORD_HEADER_BYTES = 5;

/** What the receiver does with a part of a ClientHello. */
type Fail = (socket: Socket) => void;

/** A connection whose receiver reads once before it parses the ClientHello, and not more than some bytes. */
class FirstSegment extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, fail: Fail, most: number) {
    super();
    this.#socket = socket
      .once('data', (first: Buffer) => {
        if (first.length < RECORD_HEADER_BYTES || RECORD_HEADER_BYTES + first.readUInt16BE(3) > most) {
          fail(socket.on('data', () => undefined));
          return;
        }
        this.push(first);
        socket.on('data', (bytes: Buffer) => this.push(bytes));
      })
      .on('end', () => this.push(null))
      .on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/**
 * A TLS handshake with a server, or a device in front of it, that expects the ClientHello in one TCP segment.
 * @param most the size of that segment
 */
export const startTlsReadingOnce = (fail: Fail, most = SEGMENT_BYTES): Act => ({
  perform: (connection) => connection.startTls((socket) => new FirstSegment(socket, fail, most)),
});

/** Says this to whoever speaks first, and closes the connection. */
export const replyToAnything = (text: string): Act => startTlsReadingOnce((socket) => socket.end(text), 0);
