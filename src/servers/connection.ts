import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import { LineReader } from './line-reader.js';

export type Phase = 'plain' | 'tls';

/** A line to send, or something else to do with the connection. */
export type Act =
  | string
  | {
      /** What it sends, as far as that is known in advance. */
      readonly text?: string;
      perform(connection: Connection): Promise<void>;
    };

/** Lines that follow one another are sent with CR LF, in one write. */
export type Reply = Act | readonly Act[];

export interface Observer {
  /** @param line without its end, bytes as ISO 8859-1 */
  readonly line?: (line: string, phase: Phase) => void;
  readonly handshake?: (tls: TLSSocket) => void;
}

/** The client or the server has closed the connection. */
export class ConnectionClosed extends Error {}

/** The server's side of a line-based connection, before and after STARTTLS. */
export class Connection {
  readonly socket: Socket;
  /** Where {@link write} sends: the socket, or TLS on top of it. */
  stream: Socket;
  readonly #tls: TLSSocketOptions;
  readonly #observer: Observer;
  readonly #closed = new AbortController();
  #reader: LineReader;

  /** @param tls the certificate and further options of a handshake */
  constructor(socket: Socket, tls: TLSSocketOptions = {}, observer: Observer = {}) {
    this.socket = socket.on('error', ignore).on('close', () => {
      this.#closed.abort();
    });
    this.stream = socket;
    this.#tls = tls;
    this.#observer = observer;
    this.#reader = this.#read('plain');
  }

  get phase(): Phase {
    return this.stream instanceof TLSSocket ? 'tls' : 'plain';
  }

  /** Aborts when the connection is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * The next line without its end, bytes as ISO 8859-1.
   * @throws {ConnectionClosed}
   */
  async readLine(): Promise<string> {
    const line = await this.#reader.next();
    if (line === undefined) throw this.#over();
    return line;
  }

  /** Takes the lines that have arrived and were not read. */
  unread(): string[] {
    return this.#reader.unread();
  }

  /** @throws {ConnectionClosed} */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (!this.stream.writable) throw this.#over();
    await new Promise<void>((resolve, reject) => {
      this.stream.write(bytes, (error) => {
        if (error) reject(this.#over());
        else resolve();
      });
    });
  }

  /** @throws {ConnectionClosed} */
  async perform(reply: Reply): Promise<void> {
    let lines = '';
    for (const act of [reply].flat()) {
      if (typeof act === 'string') {
        lines += `${act}\r\n`;
      } else {
        await this.write(Buffer.from(lines));
        lines = '';
        await act.perform(this);
      }
    }
    await this.write(Buffer.from(lines));
  }

  /**
   * Performs a TLS handshake as the server. Unread lines are dropped.
   * @param carrierOf what carries the TLS records; default: the socket itself
   * @throws {ConnectionClosed} if there is no handshake
   */
  async startTls(carrierOf = (socket: Socket): Duplex => socket): Promise<void> {
    this.#reader.release();
    // Node crashes when a destroyed socket is wrapped.
    if (this.socket.destroyed) throw this.#over();
    const tls = new TLSSocket(carrierOf(this.socket), { ...this.#tls, isServer: true }).on('error', ignore);
    const done = await new Promise<boolean>((resolve) => {
      tls.once('secure', () => {
        resolve(true);
      });
      for (const socket of [tls, this.socket]) {
        socket.once('close', () => {
          resolve(false);
        });
      }
    });
    if (!done) throw this.#over();
    this.#observer.handshake?.(tls);
    this.stream = tls;
    this.#reader = this.#read('tls');
  }

  #read(phase: Phase): LineReader {
    return new LineReader(this.stream, (line) => this.#observer.line?.(line, phase));
  }

  #over(): ConnectionClosed {
    this.socket.destroy();
    return new ConnectionClosed();
  }
}

export const close: Act = {
  perform: ({ stream }) => {
    stream.end();
    return Promise.reject(new ConnectionClosed());
  },
};

export const startTls: Act = { perform: (connection) => connection.startTls() };

/** Clients may close a connection at any time. Reads and writes notice it. */
const ignore = (): void => undefined;
