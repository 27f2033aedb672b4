import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A server that listens on a free port of loopback. */
export interface Listener {
  readonly port: number;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** The only address on which anything of the demo listens. */
export const LOOPBACK = '127.0.0.1';

/**
 * Has a TCP server listen on a free port of loopback, and keeps track of its connections.
 * @param stop what must be done once it no longer listens and before its sockets are destroyed
 */
export async function listen(server: Server, stop?: () => Promise<void>): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // Answers of several writes would wait for the client's delayed acknowledgement in between.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const ready = once(server, 'listening');
  server.listen(0, LOOPBACK);
  await ready;
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await stop?.();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
