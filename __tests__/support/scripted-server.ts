import { createServer } from 'node:net';
import type { Phase } from '../../src/servers/connection.js';
import { listen, LOOPBACK } from '../../src/servers/listener.js';
import { converse, type Dialogue } from '../../src/servers/smtp.js';

/** A line that the client sent. */
export interface Heard {
  /** Counts connections from 0. */
  readonly connection: number;
  readonly phase: Phase;
  /** One line without its end, bytes as ISO 8859-1. */
  readonly line: string;
}

/** A completed TLS handshake. */
export interface Handshake {
  readonly connection: number;
  readonly version: string;
  /** The name in SNI; undefined if the client sent none. */
  readonly servername: string | undefined;
  /** The subject of the client certificate; undefined if the client sent none. */
  readonly client: string | undefined;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Every line received so far, in order. */
  readonly heard: readonly Heard[];
  readonly handshakes: readonly Handshake[];
  /** The messages received so far, dot-unstuffed, lines ending in CR LF. */
  readonly messages: readonly string[];
  /** The number of accepted connections. */
  readonly connections: number;
  /** Resolves when every client has left: until then, a last command may still be unread. */
  left(): Promise<void>;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts an SMTP server on a free port of a loopback address that follows a script.
 * @param script one dialogue for every connection, or a list: the first for the first connection and so on,
 *   the last one repeats
 * @param host the loopback address to listen on
 */
export async function startScriptedServer(
  script: Dialogue | readonly Dialogue[] = {},
  host = LOOPBACK,
): Promise<ScriptedServer> {
  const dialogues: readonly Dialogue[] = 'length' in script ? script : [script];
  const heard: Heard[] = [];
  const handshakes: Handshake[] = [];
  const messages: string[] = [];
  const defects: unknown[] = [];
  const departures: Promise<unknown>[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    departures.push(new Promise((resolve) => socket.once('close', resolve)));
    converse(socket, dialogues[Math.min(connection, dialogues.length - 1)] ?? {}, {
      line: (line, phase) => heard.push({ connection, phase, line }),
      handshake: (tls) => {
        const servername = typeof tls.servername === 'string' ? tls.servername : undefined;
        const client = tls.getPeerX509Certificate()?.subject;
        handshakes.push({ connection, version: tls.getProtocol() ?? '', servername, client });
      },
      message: (message) => messages.push(message),
    }).catch((defect: unknown) => {
      defects.push(defect);
      socket.destroy();
    });
  });
  const listener = await listen(server, host);
  const close = async (): Promise<void> => {
    await listener.close();
    if (defects.length > 0) throw new AggregateError(defects, 'The scripted server itself failed');
  };
  return {
    host,
    port: listener.port,
    heard,
    handshakes,
    messages,
    get connections() {
      return connections;
    },
    left: async () => {
      await Promise.all(departures);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A port of a loopback address without a listener. */
export async function closedPort(host = LOOPBACK): Promise<number> {
  const listener = await listen(createServer(), host);
  await listener.close();
  return listener.port;
}
