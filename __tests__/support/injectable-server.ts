import type { Connection } from '../../src/servers/connection.js';
import { close, silence, startTls, type Dialogue } from './dialogue.js';

/** What a server does with a command that arrives after STARTTLS in the same segment. */
export type Manner =
  | 'keeps it'
  | 'keeps it, and rejects QUIT'
  | 'keeps it, and closes the connection on QUIT'
  | 'drops it'
  | 'drops it, and sends another greeting'
  | 'replies to it unencrypted'
  | 'closes the connection'
  | 'rejects it'
  | 'passes it to TLS';

/**
 * A server with one receive buffer, like real servers: CVE-2011-0411 is about whether
 * it clears that buffer when TLS begins.
 */
export function injectable(manner: Manner): Dialogue {
  return {
    offers: ['STARTTLS'],
    offersInTls: ['AUTH PLAIN'],
    replies: {
      STARTTLS: { perform: (connection) => upgrade(connection, manner) },
      ...(manner === 'keeps it, and closes the connection on QUIT' && { 'tls:QUIT': close }),
      ...(manner === 'keeps it, and rejects QUIT' && { 'tls:QUIT': '500 5.5.1 What?' }),
    },
  };
}

async function upgrade(connection: Connection, manner: Manner): Promise<void> {
  const READY = '220 2.0.0 go ahead';
  const [command] = connection.unread();
  if (command === undefined) return connection.perform([READY, startTls]);
  const answer = `250 2.0.0 answer to ${command.split(' ', 1)[0] ?? ''}`;
  switch (manner) {
    case 'keeps it':
    case 'keeps it, and rejects QUIT':
    case 'keeps it, and closes the connection on QUIT':
      return connection.perform([READY, startTls, answer]);
    case 'drops it':
      return connection.perform([READY, startTls]);
    case 'drops it, and sends another greeting':
      return connection.perform([READY, startTls, '220 mail.example.test ESMTP']);
    case 'replies to it unencrypted':
      return connection.perform([READY, answer, silence]);
    case 'closes the connection':
      return connection.perform(close);
    case 'rejects it':
      return connection.perform(['554 5.5.1 one at a time', silence]);
    case 'passes it to TLS':
      await connection.perform(READY);
      return connection.startTls((socket) => {
        socket.unshift(`${command}\r\n`);
        return socket;
      });
  }
}
