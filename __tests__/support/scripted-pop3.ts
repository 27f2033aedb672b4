import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Identity } from '../../src/servers/pki.js';
import { LineReader } from './line-reader.js';

/** What the server does about a command: lines to send, or something else. */
export type Pop3Reply = readonly string[] | 'silence' | 'close';

/** One maildrop server as a script. Whatever is left out is as a good server has it. */
export interface Pop3Script {
  readonly identity: Pick<Identity, 'key' | 'chain'>;
  /** `implicit` is TLS from the first byte, `stls` offers the upgrade. */
  readonly security: 'implicit' | 'stls';
  readonly greeting?: Pop3Reply;
  /** What to answer instead, by command. */
  readonly replies?: Readonly<Record<string, Pop3Reply | ((line: string) => Pop3Reply | undefined)>>;
  /** How many milliseconds the answer takes, by command. */
  readonly delays?: Readonly<Record<string, number>>;
}

/** A message in the maildrop. */
export interface Pop3Message {
  readonly id: string;
  readonly text: string;
}

export interface ScriptedPop3 extends AsyncDisposable {
  readonly port: number;
  /** The maildrop; each session sees it as it was at its login. A test may put messages in. */
  readonly maildrop: Pop3Message[];
  /** Every line received so far, in order, those in the clear marked by a `!` before them. */
  readonly heard: readonly string[];
  /** How many sessions have logged in. */
  readonly logins: number;
  /** How many connections are open. */
  readonly open: number;
}

/** Starts a POP3 server (RFC 1939 with TOP and UIDL, RFC 2595) on a free port of 127.0.0.1 that follows a script. */
export async function startScriptedPop3(script: Pop3Script): Promise<ScriptedPop3> {
  const maildrop: Pop3Message[] = [];
  const heard: string[] = [];
  const state = { maildrop, logins: 0 };
  const serve = (socket: Socket): void => {
    void converse(socket, script, heard, state);
  };
  const { key, chain: cert } = script.identity;
  const server =
    script.security === 'implicit'
      ? createTlsServer({ key, cert }, serve).on('tlsClientError', () => undefined)
      : createServer(serve);
  const raw = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    raw.add(socket.on('error', () => undefined).on('close', () => raw.delete(socket)));
  });
  const ready = once(server, 'listening');
  server.listen(0, '127.0.0.1');
  await ready;
  return {
    port: (server.address() as AddressInfo).port,
    maildrop,
    heard,
    get logins() {
      return state.logins;
    },
    get open() {
      return raw.size;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of raw) socket.destroy();
      await closed;
    },
  };
}

async function converse(
  plain: Socket,
  { identity, security, greeting = ['+OK ready'], replies = {}, delays = {} }: Pop3Script,
  heard: string[],
  state: { maildrop: Pop3Message[]; logins: number },
): Promise<void> {
  let socket: Socket = plain.on('error', () => undefined);
  const witness = (line: string): void => {
    heard.push(socket instanceof TLSSocket ? line : `!${line}`);
  };
  let reader = new LineReader(socket, witness);
  let messages: (Pop3Message | undefined)[] = [];
  const doomed = new Set<Pop3Message>();
  perform(socket, greeting);
  for (let line = await reader.next(); line !== undefined; line = await reader.next()) {
    const [verb = '', argument] = line.toUpperCase().split(' ');
    const delay = delays[verb];
    if (delay !== undefined) await sleep(delay);
    const scripted = replies[verb];
    const reply = typeof scripted === 'function' ? scripted(line) : scripted;
    if (reply !== undefined) {
      perform(socket, reply);
      continue;
    }
    const message = messages[Number(argument) - 1];
    switch (verb) {
      case 'STLS':
        if (security === 'implicit' || socket instanceof TLSSocket) {
          perform(socket, ['-ERR No TLS here']);
          break;
        }
        reader.release();
        perform(socket, ['+OK Begin']);
        socket = new TLSSocket(plain, { isServer: true, key: identity.key, cert: identity.chain });
        socket.on('error', () => undefined);
        reader = new LineReader(socket, witness);
        break;
      case 'PASS':
        state.logins += 1;
        messages = [...state.maildrop];
        perform(socket, ['+OK Welcome']);
        break;
      case 'UIDL':
        perform(socket, ['+OK', ...messages.flatMap((each, i) => (each ? [`${i + 1} ${each.id}`] : [])), '.']);
        break;
      case 'TOP':
      case 'RETR':
        perform(socket, message ? ['+OK', ...stuffed(message.text, verb === 'TOP'), '.'] : ['-ERR No such message']);
        break;
      case 'DELE':
        if (message) doomed.add(message);
        perform(socket, [message ? '+OK Marked' : '-ERR No such message']);
        break;
      case 'QUIT':
        state.maildrop.splice(0, Infinity, ...state.maildrop.filter((each) => !doomed.has(each)));
        perform(socket, ['+OK Bye']);
        socket.end();
        break;
      default:
        perform(socket, ['+OK']);
    }
  }
}

function stuffed(text: string, headerOnly: boolean): string[] {
  const [header = ''] = text.split('\r\n\r\n', 1);
  const lines = (headerOnly ? `${header}\r\n` : text.replace(/\r\n$/, '')).split('\r\n');
  return lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
}

function perform(socket: Socket, reply: Pop3Reply): void {
  if (reply === 'close') socket.destroy();
  else if (reply !== 'silence') socket.write(reply.map((line) => `${line}\r\n`).join(''), 'latin1');
}
