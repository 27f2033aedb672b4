import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Identity } from '../../src/servers/pki.js';

/** What a server does with what came behind STARTTLS in the same segment. */
export type Manner =
  | 'keeps'
  | 'keeps, and knows no QUIT'
  | 'keeps, and hangs up on QUIT'
  | 'drops'
  | 'drops, and greets anew'
  | 'answers in the clear'
  | 'hangs up'
  | 'refuses'
  | 'gives to TLS';

export interface InjectableServer extends AsyncDisposable {
  readonly port: number;
  /** Whether anything ever came behind STARTTLS. */
  readonly probed: boolean;
  /** What was sent inside TLS. */
  readonly heard: readonly string[];
}

/**
 * Starts an SMTP server on a free port of loopback that has one buffer for what it received, as real servers do:
 * whether that is emptied when TLS begins is the whole of CVE-2011-0411.
 */
export async function startInjectable(identity: Identity, manner: Manner): Promise<InjectableServer> {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  let probed = false;

  const serve = (socket: Socket): void => {
    socket.write('220 mail.example.test ESMTP\r\n');
    let unread = '';
    socket.on('data', (octets: Buffer) => {
      unread += octets.toString('latin1');
      for (let end = unread.indexOf('\r\n'); end >= 0; end = unread.indexOf('\r\n')) {
        const line = unread.slice(0, end);
        unread = unread.slice(end + 2);
        if (line !== 'STARTTLS') {
          socket.write(line.startsWith('EHLO') ? '250-mail.example.test\r\n250 STARTTLS\r\n' : answer(line));
          continue;
        }
        socket.removeAllListeners('data');
        upgrade(socket, unread);
        return;
      }
    });
  };

  const upgrade = (socket: Socket, behind: string): void => {
    probed ||= behind !== '';
    if (behind !== '' && manner === 'hangs up') return void socket.end();
    if (behind !== '' && manner === 'refuses') {
      socket.on('data', ignore);
      return void socket.write('554 5.5.1 one at a time\r\n');
    }
    socket.write('220 2.0.0 go ahead\r\n');
    if (behind !== '' && manner === 'answers in the clear') return void socket.write(answer(behind.trim()));
    if (manner === 'gives to TLS') socket.unshift(Buffer.from(behind, 'latin1'));
    const secure = new TLSSocket(socket, { key: identity.key, cert: identity.chain, isServer: true });
    secure.on('error', () => socket.destroy());
    secure.once('secure', () => {
      if (manner === 'drops, and greets anew' && behind !== '') secure.write('220 mail.example.test ESMTP\r\n');
      if (manner.startsWith('keeps') && behind !== '') secure.write(answer(behind.trim()));
      secure.on('data', (octets: Buffer) => {
        const line = octets.toString('latin1').trim();
        heard.push(line);
        if (line === 'QUIT' && manner === 'keeps, and hangs up on QUIT') return void secure.end();
        const known = line !== 'QUIT' || manner !== 'keeps, and knows no QUIT';
        secure.write(known ? answerInTls(line) : '500 5.5.1 What?\r\n');
      });
    });
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', ignore).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  const ready = once(server, 'listening');
  server.listen(0, '127.0.0.1');
  await ready;
  return {
    port: (server.address() as AddressInfo).port,
    get probed() {
      return probed;
    },
    heard,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function answer(line: string): string {
  const verb = line.split(' ', 1)[0] ?? '';
  return verb === 'QUIT' ? '221 2.0.0 bye\r\n' : `250 2.0.0 answer to ${verb}\r\n`;
}

function answerInTls(line: string): string {
  if (line.startsWith('EHLO')) return '250-mail.example.test\r\n250 AUTH PLAIN\r\n';
  return line.startsWith('AUTH') ? '235 2.7.0 Welcome\r\n' : answer(line);
}

function ignore(): void {
  // nothing to do
}
