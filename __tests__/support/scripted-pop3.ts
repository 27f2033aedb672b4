import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { close, Connection, ConnectionClosed, startTls, type Phase } from '../../src/servers/connection.js';
import { listen } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

/** The response to a command: lines to send, or something else. */
export type Pop3Reply = readonly string[] | 'silence' | 'close';

/** The behavior of a POP3 server. The default is a correct server. */
export interface Pop3Script {
  readonly identity: Pick<Identity, 'key' | 'chain'>;
  /** `implicit` is implicit TLS, `stls` offers the upgrade. */
  readonly security: 'implicit' | 'stls';
  readonly greeting?: Pop3Reply;
  /** Different responses, by command. */
  readonly replies?: Readonly<Record<string, Pop3Reply | ((line: string) => Pop3Reply | undefined)>>;
  /** The delay of the response in milliseconds, by command. */
  readonly delays?: Readonly<Record<string, number>>;
}

/** A message in the maildrop. */
export interface Pop3Message {
  readonly id: string;
  readonly text: string;
}

export interface ScriptedPop3 extends AsyncDisposable {
  readonly port: number;
  /** The maildrop, to which a test may add messages. A session has those that are there at its login. */
  readonly maildrop: Pop3Message[];
  /** Every line received so far, in order, with a `!` before those that were unencrypted. */
  readonly heard: readonly string[];
  /** The number of logins. */
  readonly logins: number;
  /** The number of open connections. */
  readonly open: number;
}

/** Starts a POP3 server (RFC 1939 with TOP and UIDL, RFC 2595) on a free port of 127.0.0.1 that follows a script. */
export async function startScriptedPop3(script: Pop3Script): Promise<ScriptedPop3> {
  const maildrop: Pop3Message[] = [];
  const heard: string[] = [];
  const state = { maildrop, logins: 0 };
  const { key, chain: cert } = script.identity;
  const server = createServer((socket) => {
    const line = (text: string, phase: Phase): unknown => heard.push(phase === 'tls' ? text : `!${text}`);
    converse(new Connection(socket, { key, cert }, { line }), script, state).catch((error: unknown) => {
      if (!(error instanceof ConnectionClosed)) throw error;
    });
  });
  const listener = await listen(server);
  return {
    port: listener.port,
    maildrop,
    heard,
    get logins() {
      return state.logins;
    },
    get open() {
      return listener.sockets.size;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

async function converse(
  connection: Connection,
  { security, greeting = ['+OK ready'], replies = {}, delays = {} }: Pop3Script,
  state: { maildrop: Pop3Message[]; logins: number },
): Promise<void> {
  let messages: (Pop3Message | undefined)[] = [];
  const doomed = new Set<Pop3Message>();
  const say = (reply: Pop3Reply): Promise<void> => perform(connection, reply);
  if (security === 'implicit') await connection.startTls();
  await say(greeting);
  for (;;) {
    const line = await connection.readLine();
    const [verb = '', argument] = line.toUpperCase().split(' ');
    const delay = delays[verb];
    if (delay !== undefined) await sleep(delay);
    const scripted = replies[verb];
    const reply = typeof scripted === 'function' ? scripted(line) : scripted;
    if (reply !== undefined) {
      await say(reply);
      continue;
    }
    const message = messages[Number(argument) - 1];
    switch (verb) {
      case 'STLS':
        if (connection.phase === 'tls') await say(['-ERR No TLS here']);
        else await connection.perform(['+OK Begin', startTls]);
        break;
      case 'PASS':
        state.logins += 1;
        messages = [...state.maildrop];
        await say(['+OK Welcome']);
        break;
      case 'UIDL':
        await say(['+OK', ...messages.flatMap((each, i) => (each ? [`${i + 1} ${each.id}`] : [])), '.']);
        break;
      case 'TOP':
      case 'RETR':
        await say(message ? ['+OK', ...stuffed(message.text, verb === 'TOP'), '.'] : ['-ERR No such message']);
        break;
      case 'DELE':
        if (message) doomed.add(message);
        await say([message ? '+OK Marked' : '-ERR No such message']);
        break;
      case 'QUIT':
        state.maildrop.splice(0, Infinity, ...state.maildrop.filter((each) => !doomed.has(each)));
        await connection.perform(['+OK Bye', close]);
        break;
      default:
        await say(['+OK']);
    }
  }
}

function stuffed(text: string, headerOnly: boolean): string[] {
  const [header = ''] = text.split('\r\n\r\n', 1);
  const lines = (headerOnly ? `${header}\r\n` : text.replace(/\r\n$/, '')).split('\r\n');
  return lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
}

async function perform(connection: Connection, reply: Pop3Reply): Promise<void> {
  if (reply === 'close') connection.socket.destroy();
  else if (reply !== 'silence')
    await connection.write(Buffer.from(reply.map((line) => `${line}\r\n`).join(''), 'latin1'));
}
