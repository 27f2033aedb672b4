import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { ConnectionClosed, type Act, type Connection } from '../../src/servers/connection.js';
import { AlertForName, InPieces, WrongSignature, type Pieces } from './in-pieces.js';

export { close, startTls } from '../../src/servers/connection.js';
export type { Act, Phase, Reply } from '../../src/servers/connection.js';
export type { Dialogue, Sasl, Verb } from '../../src/servers/smtp.js';

/** Unchanged bytes, without CR LF. Text is sent as UTF-8. */
export const raw = (bytes: Uint8Array | string): Act => {
  const octets = Buffer.from(bytes as string);
  return { text: octets.toString('latin1'), perform: (connection) => connection.write(octets) };
};

/** Sends nothing for this number of milliseconds. */
export const wait = (ms: number): Act => ({ perform: (connection) => pause(connection, ms) });

/** Sends nothing until this number of lines has arrived from the client. */
export const hear = (lines: number): Act => ({
  perform: async (connection) => {
    for (let line = 0; line < lines; line += 1) await connection.readLine();
  },
});

/** Sends bytes one by one, with this number of milliseconds between them. */
export const drip = (text: string, ms: number): Act => ({
  text,
  perform: async (connection) => {
    for (const byte of Buffer.from(text)) {
      await connection.write(Uint8Array.of(byte));
      await pause(connection, ms);
    }
  },
});

/** Repeats a text as fast as the client reads it, until the client closes the connection. */
export const flood = (text: string): Act => ({
  perform: async (connection) => {
    const block = Buffer.from(text.repeat(1000));
    for (;;) await connection.write(block);
  },
});

/** A TLS handshake whose records are sent in pieces. */
export const startTlsInPieces = (pieces: Pieces): Act => ({
  perform: (connection) => connection.startTls((socket) => new InPieces(socket, pieces)),
});

/** A TLS handshake that fails with an alert if the client sends this name (SNI). */
export const startTlsUnlessNamed = (name: string, alert: number): Act => ({
  perform: (connection) => connection.startTls((socket) => new AlertForName(socket, name, alert)),
});

/** A TLS 1.2 handshake that is not signed with the key in the certificate. */
export const startTlsWithOtherKey: Act = {
  perform: (connection) => connection.startTls((socket) => new WrongSignature(socket)),
};

/** Requests a new handshake over TLS 1.2 or older (HelloRequest). */
export const renegotiate: Act = {
  perform: ({ stream }) => {
    if (!(stream instanceof TLSSocket)) throw new TypeError('there is nothing to renegotiate');
    // The reaction of the client is visible in what it sends next.
    stream.renegotiate({}, () => undefined);
    return Promise.resolve();
  },
};

/** Acts on the connection below TLS: bytes that are not a record, or an end without close_notify. */
export const beneath = (...acts: readonly Act[]): Act => ({
  perform: async (connection) => {
    const above = connection.stream;
    connection.stream = connection.socket;
    await connection.perform(acts);
    connection.stream = above;
  },
});

/** Sends nothing more; the connection stays open, and received lines are still recorded. */
export const silence: Act = { perform: (connection) => hearAll(connection) };

/** Sends an RST. */
export const reset: Act = {
  perform: ({ socket }) => {
    socket.resetAndDestroy();
    return Promise.reject(new ConnectionClosed());
  },
};

async function hearAll(connection: Connection): Promise<never> {
  for (;;) await connection.readLine();
}

async function pause({ closed }: Connection, ms: number): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: closed });
  } catch {
    throw new ConnectionClosed();
  }
}
