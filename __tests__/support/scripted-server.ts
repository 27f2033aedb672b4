import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { close, handshake } from './dialogue.js';
import type { Act, Dialogue, Phase, Reply, Sasl, Verb } from './dialogue.js';
import { InPieces } from './in-pieces.js';
import { LineReader } from './line-reader.js';

/** Something that the client sent. */
export interface Heard {
  /** Counts connections from 0. */
  readonly connection: number;
  readonly phase: Phase;
  /** One line without its end, octets as ISO 8859-1. */
  readonly line: string;
}

/** The TLS handshakes that were completed. */
export interface Handshake {
  readonly connection: number;
  readonly version: string;
  /** The name in SNI; undefined where the client sent none. */
  readonly servername: string | undefined;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Every line received so far, in order. */
  readonly heard: readonly Heard[];
  readonly handshakes: readonly Handshake[];
  /** The messages received so far, dot-unstuffed, lines ending in CR LF. */
  readonly messages: readonly string[];
  /** How many connections were accepted so far. */
  readonly connections: number;
  /** Cuts every connection and stops listening. Nothing stays behind. */
  close(): Promise<void>;
}

/**
 * Starts an SMTP server on a free port of a loopback address that follows a script.
 * @param script one dialogue for every connection, or a list: the first for the first connection and so on,
 *   where the last one stays
 * @param host the loopback address to listen on
 */
export async function startScriptedServer(
  script: Dialogue | readonly Dialogue[] = {},
  host = '127.0.0.1',
): Promise<ScriptedServer> {
  const dialogues: readonly Dialogue[] = 'length' in script ? script : [script];
  const log: Log = { heard: [], handshakes: [], messages: [] };
  const defects: unknown[] = [];
  const sockets = new Set<Socket>();
  const stop = new AbortController();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('close', () => sockets.delete(socket));
    const connection = connections++;
    const dialogue = dialogues[Math.min(connection, dialogues.length - 1)] ?? {};
    new Conversation(dialogue, connection, socket, log, stop.signal).run().catch((defect: unknown) => {
      defects.push(defect);
      socket.destroy();
    });
  });
  await listening(server, host);

  const closeAll = async (): Promise<void> => {
    stop.abort();
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    if (defects.length > 0) throw new AggregateError(defects, 'The scripted server itself went wrong');
  };
  return {
    ...log,
    host,
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: closeAll,
    [Symbol.asyncDispose]: closeAll,
  };
}

/** A port of a loopback address on which nobody listens. */
export async function closedPort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await listening(server, host);
  const { port } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  server.close();
  await closed;
  return port;
}

async function listening(server: Server, host: string): Promise<void> {
  const ready = once(server, 'listening');
  server.listen(0, host);
  await ready;
}

interface Log {
  readonly heard: Heard[];
  readonly handshakes: Handshake[];
  readonly messages: string[];
}

/** Ends a conversation from within: the script, the client or the end of the test wants no more of it. */
class Over extends Error {}

class Conversation {
  readonly #dialogue: Dialogue;
  readonly #connection: number;
  readonly #log: Log;
  readonly #stop: AbortSignal;
  readonly #tcp: Socket;
  #stream: Socket;
  #reader: LineReader;
  #phase: Phase = 'plain';

  constructor(dialogue: Dialogue, connection: number, socket: Socket, log: Log, stop: AbortSignal) {
    this.#dialogue = dialogue;
    this.#connection = connection;
    this.#log = log;
    this.#stop = stop;
    this.#tcp = socket.on('error', ignore);
    this.#stream = socket;
    this.#reader = this.#read(socket, 'plain');
  }

  /** Plays the script to its end. @throws only what is a defect of the bench or of the script */
  async run(): Promise<void> {
    try {
      const { implicit, tls = {}, greeting = '220 mail.example.test ESMTP' } = this.#dialogue;
      if (implicit) await this.#perform(handshake(tls));
      await this.#perform(greeting);
      for (;;) await this.#turn(await this.#listen());
    } catch (error) {
      if (!(error instanceof Over)) throw error;
    }
  }

  async #turn(line: string): Promise<void> {
    const word = line.split(' ', 1)[0]?.toUpperCase() ?? '';
    switch (word) {
      case 'EHLO':
        return this.#reply('EHLO', this.#ehlo());
      case 'STARTTLS':
        return this.#reply(
          'STARTTLS',
          this.#dialogue.tls ? ['220 2.0.0 Ready', handshake(this.#dialogue.tls)] : '502 5.5.1 Not here',
        );
      case 'AUTH':
        return this.#auth(line);
      case 'DATA':
        return this.#data();
      case 'QUIT':
        return this.#reply('QUIT', ['221 2.0.0 Bye', close]);
      case 'HELO':
      case 'MAIL':
      case 'RCPT':
      case 'RSET':
      case 'NOOP':
        return this.#reply(word, '250 2.0.0 Ok');
      default:
        return this.#perform('500 5.5.2 What?');
    }
  }

  #ehlo(): string[] {
    const { tls, offers, offersInTls } = this.#dialogue;
    const common = ['PIPELINING', '8BITMIME'];
    const keywords =
      this.#phase === 'tls'
        ? (offersInTls ?? [...common, 'AUTH PLAIN LOGIN'])
        : (offers ?? [...common, ...(tls ? ['STARTTLS'] : [])]);
    const lines = ['mail.example.test', ...keywords];
    return lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`);
  }

  async #auth(line: string): Promise<void> {
    const override = this.#override('AUTH');
    if (override !== undefined) return this.#perform(override);
    const [, mechanism = '', initial] = line.split(' ');
    const sasl = this.#dialogue.sasl?.[mechanism.toUpperCase()];
    if (sasl) return this.#converse(sasl(initial, this.#stream));
    let username: string | undefined;
    let password: string | undefined;
    if (mechanism.toUpperCase() === 'PLAIN') {
      [, username, password] = decoded(initial ?? (await this.#ask('334 '))).split('\0');
    } else if (mechanism.toUpperCase() === 'LOGIN') {
      username = decoded(initial ?? (await this.#ask('334 VXNlcm5hbWU6')));
      password = decoded(await this.#ask('334 UGFzc3dvcmQ6'));
    } else {
      return this.#perform('504 5.5.4 Unrecognized authentication type');
    }
    const { user } = this.#dialogue;
    const right = !user || (username === user.username && password === user.password);
    return this.#reply('CREDENTIALS', right ? '235 2.7.0 Welcome' : '535 5.7.8 Authentication failed');
  }

  async #converse(exchange: ReturnType<Sasl>): Promise<void> {
    let turn = exchange.next();
    while (!turn.done) {
      const answer = await this.#ask(`334 ${turn.value}`);
      if (answer === '*') return this.#reply('CREDENTIALS', '501 5.7.0 Cancelled');
      turn = exchange.next(answer);
    }
    return this.#perform(turn.value);
  }

  async #ask(challenge: string): Promise<string> {
    await this.#perform(challenge);
    return this.#listen();
  }

  async #data(): Promise<void> {
    const reply = [this.#override('DATA') ?? '354 Go ahead'].flat();
    await this.#perform(reply);
    if (!/^354/m.test(reply.map(textOf).join(''))) return;
    let message = '';
    for (let line = await this.#listen(); line !== '.'; line = await this.#listen()) {
      message += `${line.replace(/^\./, '')}\r\n`;
    }
    this.#log.messages.push(message);
    return this.#reply('MESSAGE', '250 2.0.0 Queued');
  }

  #reply(verb: Verb, usual: Reply): Promise<void> {
    return this.#perform(this.#override(verb) ?? usual);
  }

  #override(verb: Verb): Reply | undefined {
    const { replies = {} } = this.#dialogue;
    return replies[`${this.#phase}:${verb}`] ?? replies[verb];
  }

  async #listen(): Promise<string> {
    const line = await this.#reader.next();
    if (line === undefined) throw this.#over();
    return line;
  }

  async #perform(reply: Reply): Promise<void> {
    let lines = '';
    for (const act of [reply].flat()) {
      if (typeof act === 'string') {
        lines += `${act}\r\n`;
      } else {
        await this.#write(Buffer.from(lines));
        lines = '';
        await this.#act(act);
      }
    }
    await this.#write(Buffer.from(lines));
  }

  async #act(act: Exclude<Act, string>): Promise<void> {
    switch (act.do) {
      case 'raw':
        return this.#write(act.octets);
      case 'wait':
        return this.#pause(act.ms);
      case 'hear':
        for (let line = 0; line < act.lines; line += 1) await this.#listen();
        return;
      case 'drip':
        for (const octet of act.octets) {
          await this.#write(Uint8Array.of(octet));
          await this.#pause(act.ms);
        }
        return;
      case 'flood': {
        const block = Buffer.concat(Array.from({ length: 1000 }, () => act.octets));
        for (;;) await this.#write(block);
      }
      case 'handshake':
        return this.#handshake(act);
      case 'renegotiate':
        if (!(this.#stream instanceof TLSSocket)) throw new TypeError('there is nothing to renegotiate');
        // Whatever the client makes of it shows in what it says next.
        this.#stream.renegotiate({}, ignore);
        return;
      case 'beneath': {
        const above = this.#stream;
        this.#stream = this.#tcp;
        await this.#perform(act.acts);
        this.#stream = above;
        return;
      }
      case 'silence':
        for (;;) await this.#listen();
      case 'close':
        this.#stream.end();
        throw new Over();
      case 'reset':
        this.#tcp.resetAndDestroy();
        throw new Over();
    }
  }

  async #write(octets: Uint8Array): Promise<void> {
    if (octets.length === 0) return;
    if (!this.#stream.writable) throw this.#over();
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(octets, (error) => {
        if (error) reject(this.#over());
        else resolve();
      });
    });
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#stop });
    } catch {
      throw this.#over();
    }
  }

  async #handshake({ tls, pieces }: Extract<Act, { do: 'handshake' }>): Promise<void> {
    this.#reader.release();
    // Node crashes when a destroyed socket is wrapped.
    if (this.#tcp.destroyed) throw this.#over();
    const carrier = pieces ? new InPieces(this.#tcp, pieces) : this.#tcp;
    const secure = new TLSSocket(carrier, { ...tls, isServer: true });
    secure.on('error', ignore);
    const done = await new Promise<boolean>((resolve) => {
      secure.once('secure', () => {
        resolve(true);
      });
      for (const socket of [secure, this.#tcp]) {
        socket.once('close', () => {
          resolve(false);
        });
      }
    });
    if (!done) throw this.#over();
    this.#log.handshakes.push({
      connection: this.#connection,
      version: secure.getProtocol() ?? '',
      servername: typeof secure.servername === 'string' ? secure.servername : undefined,
    });
    this.#stream = secure;
    this.#reader = this.#read(secure, 'tls');
    this.#phase = 'tls';
  }

  #read(socket: Socket, phase: Phase): LineReader {
    return new LineReader(socket, (line) => this.#log.heard.push({ connection: this.#connection, phase, line }));
  }

  /** The connection is at its end: make sure that it is, and say so. */
  #over(): Over {
    this.#tcp.destroy();
    return new Over();
  }
}

/** What an act sends, as far as it is known beforehand. */
function textOf(act: Act): string {
  if (typeof act === 'string') return `${act}\r\n`;
  return act.do === 'raw' || act.do === 'drip' ? Buffer.from(act.octets).toString('latin1') : '';
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** A client that hangs up is an ordinary thing, and the conversation notices it where it reads or writes. */
function ignore(): void {
  // nothing to do
}
