import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CommandReader } from './imap/syntax.js';
import { listen } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

/** The response to a command: lines to send (`$` stands for the tag), or something else. */
export type ImapReply = readonly string[] | 'silence' | 'close';

/** The behavior of an IMAP server. The default is a correct server with an empty INBOX. */
export interface ImapScript {
  /** For implicit TLS; without it, the server has no TLS. */
  readonly identity?: Pick<Identity, 'key' | 'chain'>;
  readonly greeting?: ImapReply;
  /** Default: `IMAP4rev1 IDLE UIDPLUS`. */
  readonly capabilities?: string;
  /** Different responses, by command: `LOGIN`, `UID FETCH`, and `DONE` for the end of IDLE. */
  readonly replies?: Readonly<Record<string, ImapReply | ((line: string) => ImapReply)>>;
}

export interface ScriptedImap extends AsyncDisposable {
  readonly port: number;
  /** Every command received so far, without its tag, in order. */
  readonly heard: readonly string[];
  /** The number of accepted connections. */
  readonly connections: number;
  /** The number of open connections. */
  readonly open: number;
  /** Sends lines to every client. */
  say(...lines: readonly string[]): void;
  /** Destroys every connection. */
  cut(): void;
  /** Resolves after a command with this beginning has been received this number of times. */
  hears(command: string, times?: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts an IMAP server on a free port of 127.0.0.1 that follows a script. */
export async function startScriptedImap(script: ImapScript = {}): Promise<ScriptedImap> {
  const { identity, greeting = ['* OK IMAP4rev1 ready'] } = script;
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const listeners = new Set<() => void>();
  let connections = 0;

  const serve = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    // Clients may close a connection at any time.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const reader = new CommandReader();
    let tag = '*';
    socket.on('data', (octets: Buffer) => {
      reader.feed(
        octets,
        (line) => {
          const command = line === 'DONE' ? line : line.slice(line.indexOf(' ') + 1);
          if (line !== 'DONE') tag = line.split(' ', 1)[0] ?? '*';
          heard.push(command);
          for (const listener of listeners) listener();
          perform(socket, replyTo(script, command), tag);
        },
        () => socket.write('+ Go ahead\r\n'),
      );
    });
    perform(socket, greeting, tag);
  };
  const server = identity
    ? createTlsServer({ key: identity.key, cert: identity.chain }, serve).on('tlsClientError', () => undefined)
    : createServer(serve);
  const listener = await listen(server);
  return {
    port: listener.port,
    heard,
    get connections() {
      return connections;
    },
    get open() {
      return listener.sockets.size;
    },
    say: (...lines) => {
      for (const socket of sockets) socket.write(lines.map((line) => `${line}\r\n`).join(''));
    },
    cut: () => {
      for (const socket of listener.sockets) socket.destroy();
    },
    hears: (command, times = 1) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (heard.filter((line) => line.startsWith(command)).length < times) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
      }),
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

/** One FETCH response with the header field that the gate requests. */
export function headerRow(uid: number, messageId: string): string {
  return fetchRow(uid, 'BODY[HEADER.FIELDS (MESSAGE-ID)]', `Message-ID: ${messageId}\r\n\r\n`);
}

/** One FETCH response with a whole message. */
export function sourceRow(uid: number, source: string): string {
  return fetchRow(uid, 'BODY[]<0>', source);
}

function fetchRow(uid: number, section: string, text: string): string {
  return `* ${uid} FETCH (UID ${uid} ${section} {${Buffer.byteLength(text)}}\r\n${text})`;
}

function replyTo({ capabilities = 'IMAP4rev1 IDLE UIDPLUS', replies = {} }: ImapScript, command: string): ImapReply {
  const name = /^(?:UID )?\S+/i.exec(command)?.[0].toUpperCase() ?? '';
  const reply = replies[name];
  if (reply !== undefined) return typeof reply === 'function' ? reply(command) : reply;
  switch (name) {
    case 'CAPABILITY':
      return [`* CAPABILITY ${capabilities}`, '$ OK Done'];
    case 'LOGIN':
      return [`$ OK [CAPABILITY ${capabilities}] Welcome`];
    case 'LIST':
      return ['* LIST () "/" INBOX', '$ OK Done'];
    case 'SELECT':
      return ['* 0 EXISTS', '* OK [UIDVALIDITY 1] Valid', '* OK [UIDNEXT 1] Next', '$ OK [READ-WRITE] Done'];
    case 'IDLE':
      return ['+ Idling'];
    case 'LOGOUT':
      return ['* BYE See you', '$ OK Done'];
    default:
      return ['$ OK Done'];
  }
}

function perform(socket: Socket, reply: ImapReply, tag: string): void {
  if (reply === 'close') socket.destroy();
  else if (reply !== 'silence') socket.write(reply.map((line) => `${line.replace(/^\$/, tag)}\r\n`).join(''));
}
