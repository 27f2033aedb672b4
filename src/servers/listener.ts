import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A server that listens on a free port. */
export interface Listener {
  readonly port: number;
  /** The open connections. */
  readonly sockets: ReadonlySet<Socket>;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** The IP address on which the servers of the demo and the self-test listen. */
export const LOOPBACK = '127.0.0.1';

export async function listen(server: Server, host = LOOPBACK): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // A reply of several writes would wait for the client's delayed acknowledgment in between.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const ready = once(server, 'listening');
  server.listen(0, host);
  await ready;
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
