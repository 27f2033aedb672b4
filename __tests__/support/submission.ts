import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { listen, type Listener } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

export interface SubmissionOptions {
  readonly identity: Pick<Identity, 'key' | 'chain'>;
  /** `implicit` is implicit TLS, `none` has no TLS; default `starttls`. */
  readonly security?: 'starttls' | 'implicit' | 'none';
  /** Whether AUTH is offered and accepted before TLS; default false. */
  readonly authBeforeTls?: boolean;
  /** Whether a login is valid. */
  readonly knows: (username: string, password: string, secure: boolean) => boolean;
  /** Receives each accepted message, with a trace field on top, lines ending in CR LF. */
  readonly deliver: (raw: Buffer) => void;
}

const SERVER_NAME = 'mail.example.test';

/** Starts a submission server on a free loopback port, with the library `smtp-server` and no code of the gate. */
export async function startSubmission(options: SubmissionOptions): Promise<Listener> {
  const { identity, security, authBeforeTls = false, knows, deliver } = options;
  const disabledCommands = security === 'none' ? ['STARTTLS'] : [];
  const server = new SMTPServer({
    name: SERVER_NAME,
    logger: false,
    disableReverseLookup: true,
    key: identity.key,
    cert: identity.chain,
    secure: security === 'implicit',
    hideSTARTTLS: security === 'none',
    disabledCommands,
    allowInsecureAuth: authBeforeTls,
    authMethods: ['PLAIN', 'LOGIN'],
    onConnect: (session, callback) => {
      // The library would always offer AUTH before TLS, even if it rejects it.
      if (!session.secure && !authBeforeTls) session.disabledCommands = [...disabledCommands, 'AUTH'];
      callback();
    },
    onSecure: (_socket, session, callback) => {
      session.disabledCommands = disabledCommands;
      callback();
    },
    onAuth: ({ username = '', password }, session, callback) => {
      if (knows(username, password ?? '', session.secure)) callback(null, { user: username });
      else callback(null, { responseCode: 535, message: '5.7.8 Authentication credentials invalid' });
    },
    onData: (stream, session, callback) => {
      buffer(stream).then(
        (message) => {
          deliver(Buffer.concat([Buffer.from(traceField(session)), message]));
          callback();
        },
        (error: unknown) => {
          callback(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
  server.on('error', () => {
    // Clients may close a connection at any time.
  });
  const listener = await listen(server.server);
  return {
    ...listener,
    close: async () => {
      server.server.close();
      // Node crashes when the socket under a TLS handshake is destroyed, or a destroyed one is wrapped. So every
      // connection may get as far as its handshake, and the library, which knows the TLS sockets, ends those.
      await setImmediate();
      server.close();
      await listener.close();
    },
  };
}

function traceField({ clientHostname, id, transmissionType }: SMTPServerSession): string {
  return `Received: from ${clientHostname} by ${SERVER_NAME} with ${transmissionType} id ${id};\r\n ${new Date().toUTCString()}\r\n`;
}
