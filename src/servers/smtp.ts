import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocketOptions } from 'node:tls';
import { close, Connection, ConnectionClosed, startTls, type Observer, type Phase, type Reply } from './connection.js';
import { listen, type Listener } from './listener.js';

type Command = 'EHLO' | 'HELO' | 'LHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'RSET' | 'NOOP' | 'QUIT';

/** What a client can send; CREDENTIALS is the last line of an AUTH exchange, MESSAGE the final dot after DATA. */
export type Verb = Command | 'CREDENTIALS' | 'MESSAGE';

/**
 * The server's side of a SASL mechanism: it yields challenges in base64, gets each response unchanged, and returns the
 * reply that ends the exchange.
 * @param initial what came with the AUTH command, if anything
 * @param channel the connection, for channel binding
 */
export type Sasl = (initial: string | undefined, channel: Duplex) => Generator<string, Reply, string>;

/** What differs from a good submission server. */
export interface Dialogue {
  /** The server's name in the greeting and in the reply to EHLO. */
  readonly name?: string;
  /** The certificate and further options of every handshake; without it STARTTLS is neither offered nor accepted. */
  readonly tls?: TLSSocketOptions;
  /** Implicit TLS. */
  readonly implicit?: boolean;
  readonly greeting?: Reply;
  /** Keywords of the EHLO reply before TLS. */
  readonly offers?: readonly string[];
  /** Keywords of the EHLO reply over TLS. */
  readonly offersInTls?: readonly string[];
  /** The only credentials that are accepted; default: any. */
  readonly user?: { readonly username: string; readonly password: string };
  /** Mechanisms other than PLAIN and LOGIN, or in place of them, by their names in upper case. */
  readonly sasl?: Readonly<Record<string, Sasl>>;
  /** Other replies, to a verb in both phases (`MAIL`) or in one (`tls:MAIL`, which takes precedence). */
  readonly replies?: Partial<Record<Verb | `${Phase}:${Verb}`, Reply>>;
}

interface SmtpObserver extends Observer {
  /** @param message dot-unstuffed, lines ending in CR LF, bytes as ISO 8859-1 */
  readonly message?: (message: string) => void;
}

/** Starts an SMTP server on a free port of loopback. */
export function startSmtp(dialogue: Dialogue, observer?: SmtpObserver): Promise<Listener> {
  return listen(
    createServer((socket) => {
      void converse(socket, dialogue, observer);
    }),
  );
}

/** Serves one client until the connection is closed. @throws only for a defect */
export async function converse(socket: Socket, dialogue: Dialogue, observer: SmtpObserver = {}): Promise<void> {
  try {
    await new Conversation(dialogue, new Connection(socket, dialogue.tls, observer), observer).run();
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error;
  }
}

const COMMON_KEYWORDS = ['PIPELINING', '8BITMIME'];

class Conversation {
  readonly #dialogue: Dialogue;
  readonly #connection: Connection;
  readonly #observer: SmtpObserver;

  constructor(dialogue: Dialogue, connection: Connection, observer: SmtpObserver) {
    this.#dialogue = dialogue;
    this.#connection = connection;
    this.#observer = observer;
  }

  /** @throws {ConnectionClosed} in the end */
  async run(): Promise<never> {
    const { implicit, greeting = `220 ${this.#name} ESMTP` } = this.#dialogue;
    if (implicit) await this.#connection.startTls();
    await this.#connection.perform(greeting);
    for (;;) await this.#turn(await this.#connection.readLine());
  }

  async #turn(line: string): Promise<void> {
    const { tls } = this.#dialogue;
    const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
    switch (verb) {
      case 'EHLO':
        return this.#reply(verb, this.#capabilities());
      case 'STARTTLS':
        return this.#reply(verb, tls ? ['220 2.0.0 Ready', startTls] : '502 5.5.1 Command not implemented');
      case 'AUTH':
        return this.#auth(line);
      case 'DATA':
        return this.#data();
      case 'QUIT':
        return this.#reply(verb, ['221 2.0.0 Bye', close]);
      case 'HELO':
      case 'MAIL':
      case 'RCPT':
      case 'RSET':
      case 'NOOP':
        return this.#reply(verb, '250 2.0.0 Ok');
      case 'LHLO':
        return this.#reply(verb, '500 5.5.2 Command not recognized');
      default:
        return this.#connection.perform('500 5.5.2 Command not recognized');
    }
  }

  #capabilities(): string[] {
    const { tls, offers, offersInTls } = this.#dialogue;
    const keywords =
      this.#connection.phase === 'tls'
        ? (offersInTls ?? [...COMMON_KEYWORDS, 'AUTH PLAIN LOGIN'])
        : (offers ?? [...COMMON_KEYWORDS, ...(tls ? ['STARTTLS'] : [])]);
    const lines = [this.#name, ...keywords];
    return lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`);
  }

  async #auth(line: string): Promise<void> {
    const override = this.#override('AUTH');
    if (override !== undefined) return this.#connection.perform(override);
    const [, mechanism = '', initial] = line.split(' ');
    const sasl = { ...withPassword((...given) => this.#judge(...given)), ...this.#dialogue.sasl }[
      mechanism.toUpperCase()
    ];
    if (!sasl) return this.#connection.perform('504 5.5.4 Unrecognized authentication type');
    const exchange = sasl(initial, this.#connection.stream);
    let turn = exchange.next();
    while (!turn.done) {
      await this.#connection.perform(`334 ${turn.value}`);
      const response = await this.#connection.readLine();
      if (response === '*') return this.#reply('CREDENTIALS', '501 5.7.0 Authentication canceled');
      turn = exchange.next(response);
    }
    return this.#connection.perform(turn.value);
  }

  #judge(username?: string, password?: string): Reply {
    const { user } = this.#dialogue;
    const right = !user || (username === user.username && password === user.password);
    return this.#override('CREDENTIALS') ?? (right ? '235 2.7.0 Welcome' : '535 5.7.8 Authentication failed');
  }

  async #data(): Promise<void> {
    const reply = [this.#override('DATA') ?? '354 Go ahead'].flat();
    await this.#connection.perform(reply);
    const sent = reply.map((act) => (typeof act === 'string' ? `${act}\r\n` : (act.text ?? ''))).join('');
    if (!/^354/m.test(sent)) return;
    let message = '';
    for (;;) {
      const line = await this.#connection.readLine();
      if (line === '.') break;
      message += `${line.replace(/^\./, '')}\r\n`;
    }
    this.#observer.message?.(message);
    return this.#reply('MESSAGE', '250 2.0.0 Queued');
  }

  #reply(verb: Verb, usual: Reply): Promise<void> {
    return this.#connection.perform(this.#override(verb) ?? usual);
  }

  #override(verb: Verb): Reply | undefined {
    const { replies = {} } = this.#dialogue;
    return replies[`${this.#connection.phase}:${verb}`] ?? replies[verb];
  }

  get #name(): string {
    return this.#dialogue.name ?? 'mail.example.test';
  }
}

/** PLAIN (RFC 4616) and LOGIN. */
function withPassword(judge: (username?: string, password?: string) => Reply): Readonly<Record<string, Sasl>> {
  return {
    *PLAIN(initial) {
      const [, username, password] = decoded(initial ?? (yield '')).split('\0');
      return judge(username, password);
    },
    *LOGIN(initial) {
      const username = decoded(initial ?? (yield 'VXNlcm5hbWU6'));
      return judge(username, decoded(yield 'UGFzc3dvcmQ6'));
    },
  };
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
