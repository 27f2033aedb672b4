import { connect, type Socket } from 'node:net';
import { connect as connectTls, createServer, type ConnectionOptions } from 'node:tls';
import { listen, type Listener } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

/**
 * Starts a proxy that terminates TLS in front of a mail server, like a load balancer or a filtering gateway: it listens
 * with implicit TLS, and connects to the server unencrypted or in a different TLS session.
 * @param port of the server, on 127.0.0.1
 * @param onward the TLS session with the server; without it, that connection is unencrypted
 */
export function startTlsFront(
  { key, chain }: Pick<Identity, 'key' | 'chain'>,
  port: number,
  onward?: ConnectionOptions,
): Promise<Listener> {
  const server = createServer({ key, cert: chain }, (client) => {
    const behind: Socket = onward ? connectTls({ ...onward, port, host: '127.0.0.1' }) : connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  return listen(server);
}
