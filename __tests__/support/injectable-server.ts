import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Identity } from '../../src/demo/pki.js';

/** What a server does with what came behind STARTTLS in the same segment. */
export type Manner =
  'keeps' | 'drops' | 'answers in the clear' | 'hangs up' | 'refuses' | 'gives to TLS' | 'drops, and greets anew';

export interface InjectableServer extends AsyncDisposable {
  readonly port: number;
  /** Whether anything ever came behind STARTTLS. */
  readonly probed: boolean;
}

/**
 * Starts an SMTP server on a free port of loopback that has one buffer for what it received, as real servers do:
 * whether that is emptied when TLS begins is the whole of CVE-2011-0411.
 */
export async function startInjectable(identity: Identity, manner: Manner): Promise<InjectableServer> {
  const sockets = new Set<Socket>();
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
      if (manner === 'keeps' && behind !== '') secure.write(answer(behind.trim()));
      secure.on('data', (octets: Buffer) => {
        secure.write(answer(octets.toString('latin1').trim()));
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

function ignore(): void {
  // nothing to do
}
