import { connect, createServer } from 'node:net';
import { listen } from '../../src/servers/listener.js';

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Everything that the client has sent, as ISO 8859-1. */
  readonly sent: string;
}

/**
 * Starts a relay to a server on 127.0.0.1 that overwrites a word in data from the server, like some firewalls do with
 * STARTTLS.
 */
export async function startRelay(port: number, word: string): Promise<Relay> {
  let sent = '';
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
    client.on('data', (octets: Buffer) => {
      sent += octets.toString('latin1');
      upstream.write(octets);
    });
    upstream.on('data', (octets: Buffer) => {
      client.write(octets.toString('latin1').replaceAll(word, 'X'.repeat(word.length)), 'latin1');
    });
  });
  const listener = await listen(server);
  return {
    port: listener.port,
    get sent() {
      return sent;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}
