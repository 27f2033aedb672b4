import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerSession } from 'smtp-server';
import { listen } from './listener.js';
import type { Listener } from './listener.js';
import type { Identity } from './pki.js';

export interface SmtpOptions {
  readonly identity: Pick<Identity, 'key' | 'chain'>;
  /** `implicit` is TLS from the first byte, `none` knows no TLS; default `starttls`. */
  readonly security?: 'starttls' | 'implicit' | 'none';
  /** Whether AUTH is offered, and taken, before TLS; default false. */
  readonly authBeforeTls?: boolean;
  /** Judges a login; without it, AUTH is not offered and mail is taken from anybody. */
  readonly knows?: (username: string, password: string, secure: boolean) => boolean;
  /** The greeting when no session is wanted, with its code. */
  readonly turnAway?: { readonly code: number; readonly text: string };
  /** Gets each accepted message, with a trace field on top, lines ending in CR LF. */
  readonly deliver: (raw: Buffer) => void;
}

/** The name under which the demo's mail servers present themselves. */
export const SERVER_NAME = 'mail.demo.example';

/** Starts a submission server on a free port of loopback. */
export async function startSmtp(options: SmtpOptions): Promise<Listener> {
  const { identity, security = 'starttls', authBeforeTls = false, knows, turnAway, deliver } = options;
  const disabledCommands = [...(security === 'none' ? ['STARTTLS'] : []), ...(knows ? [] : ['AUTH'])];
  const server = new SMTPServer({
    name: SERVER_NAME,
    banner: 'STARTTLS Gate demo',
    logger: false,
    disableReverseLookup: true,
    key: identity.key,
    cert: identity.chain,
    secure: security === 'implicit',
    hideSTARTTLS: security === 'none',
    disabledCommands,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: authBeforeTls,
    authOptional: knows === undefined,
    onConnect: (session, callback) => {
      // The library would offer AUTH before TLS in any case, if only to refuse it.
      if (!session.secure && !authBeforeTls) session.disabledCommands = [...disabledCommands, 'AUTH'];
      callback(turnAway && Object.assign(new Error(turnAway.text), { responseCode: turnAway.code }));
    },
    onSecure: (_socket, session, callback) => {
      session.disabledCommands = disabledCommands;
      callback();
    },
    onAuth: ({ username = '', password }, session, callback) => {
      if (knows?.(username, password ?? '', session.secure)) callback(null, { user: username });
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
    // A client that ends a handshake or a session early: it knows why, and here it is of no interest.
  });
  return listen(server.server, async () => {
    // Node crashes when the socket under a TLS handshake is destroyed, or a destroyed one is wrapped. So every
    // connection may get as far as its handshake, and the library, which knows the TLS sockets, ends those.
    await setImmediate();
    server.close();
  });
}

function traceField({ clientHostname, id, transmissionType }: SMTPServerSession): string {
  return `Received: from ${clientHostname} by ${SERVER_NAME} with ${transmissionType} id ${id};\r\n ${new Date().toUTCString()}\r\n`;
}
