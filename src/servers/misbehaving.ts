import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { TLSSocket } from 'node:tls';
import { LOOPBACK, listen } from './listener.js';
import type { Listener } from './listener.js';
import { createPki } from './pki.js';
import type { Identity } from './pki.js';
import type { Endpoint } from '../plan/endpoint.js';
import { Secret } from '../secrets/secret.js';
import { startInbox } from './inbox.js';
import { NAME } from './scenarios.js';
import type { Conduct } from './scenarios.js';

/** Mail servers that lie, each in its own way, and such as do not. */
export interface Liars {
  readonly servers: readonly Server[];
  /** Stops every server and cuts every connection. */
  close(): Promise<void>;
}

export interface Server extends Pick<Conduct, 'lie'> {
  readonly endpoint: Endpoint;
  /** The commands that it was given so far, in capitals. */
  readonly heard: ReadonlySet<string>;
}

const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/**
 * So long each message is waited for, and copies of one that came. It is there before it is looked for, and the gate
 * looks once more at the end.
 */
const WITHIN_MS = 20;

const HONEST: Readonly<Record<string, string>> = {
  EHLO: `250-${NAME}\r\n250 STARTTLS`,
  STARTTLS: '220 go ahead',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go ahead',
  '.': '250 2.0.0 accepted',
  QUIT: '221 2.0.0 bye',
};
const EHLO_SECURED = `250-${NAME}\r\n250 AUTH PLAIN`;

/**
 * Starts servers and their common inbox, all in this process and on free ports of loopback.
 * @param conducts what each of them does, by its name
 */
export async function startLiars(conducts: Readonly<Record<string, Conduct>>): Promise<Liars> {
  const [pki, strangers] = await Promise.all([createPki('Self-test'), createPki('Stranger')]);
  const inbox = await startInbox();
  const servers = await Promise.all(
    Object.entries(conducts).map(async ([name, conduct]) => {
      const { lie, certificate, stranger = false, replies, deliver = (message: string) => message } = conduct;
      const identity = await (stranger ? strangers : pki).issue({ names: [NAME], ...certificate });
      const heard = new Set<string>();
      const listener = await startServer(identity, { ...HONEST, ...replies }, heard, (message) => {
        const delivered = deliver(message);
        if (delivered !== undefined) inbox.deliver(delivered);
      });
      return { listener, ...(lie && { lie }), heard, endpoint: endpointOf(name, listener, inbox, pki.root.cert) };
    }),
  );
  return {
    servers,
    close: async () => {
      await Promise.all([inbox, ...servers.map(({ listener }) => listener)].map((listener) => listener.close()));
    },
  };
}

type Replies = Readonly<Record<string, string>>;

function startServer(
  { key, chain }: Identity,
  replies: Replies,
  heard: Set<string>,
  deliver: (message: string) => void,
): Promise<Listener> {
  return listen(
    createServer((socket) => {
      socket.write(`220 ${NAME} ESMTP\r\n`);
      answer(socket, replies, heard, deliver, () => {
        const secured = new TLSSocket(socket, { isServer: true, key, cert: chain });
        answer(secured, { ...replies, EHLO: EHLO_SECURED }, heard, deliver, () => undefined);
      });
    }),
  );
}

/**
 * Answers line by line.
 * @param heard gets every command
 * @param deliver gets every accepted message
 * @param upgrade takes the socket over once STARTTLS has been answered
 */
function answer(
  socket: Socket,
  replies: Replies,
  heard: Set<string>,
  deliver: (message: string) => void,
  upgrade: () => void,
): void {
  const lines = createInterface({ input: socket });
  // A client that has seen enough hangs up, in the midst of a handshake too.
  for (const end of [socket, lines]) end.on('error', () => undefined);
  let message: string[] | undefined;
  lines.on('line', (line) => {
    if (message && line !== '.') {
      message.push(line.replace(/^\./, ''));
      return;
    }
    const verb = (/^\w+|^\.$/.exec(line)?.[0] ?? '').toUpperCase();
    heard.add(verb);
    // It is there before the client may look for it.
    if (message) deliver([...message, ''].join('\r\n'));
    message = verb === 'DATA' ? [traceField()] : undefined;
    if (verb !== 'STARTTLS') {
      socket.write(`${replies[verb] ?? '502 5.5.1 not known'}\r\n`);
      return;
    }
    lines.close();
    socket.removeAllListeners('data');
    socket.write(`${replies[verb] ?? ''}\r\n`, upgrade);
  });
}

function traceField(): string {
  return `Received: from [${LOOPBACK}] by ${NAME} with ESMTPSA; ${new Date().toUTCString()}`;
}

function endpointOf(name: string, { port }: Listener, inbox: Listener, ca: string): Endpoint {
  const password = new Secret('self-test');
  return {
    name,
    host: LOOPBACK,
    port,
    transport: 'starttls',
    servername: NAME,
    addresses: 'first',
    role: 'submission',
    auth: { username: MAILBOX, secret: password, kind: 'password', expect: 'accepted' },
    delivery: {
      from: MAILBOX,
      to: MAILBOX,
      inbox: { scheme: 'mailpit+http', host: LOOPBACK, port: inbox.port, basePath: '' },
      withinMs: WITHIN_MS,
      expect: 'received',
      keep: false,
      attachmentOctets: 0,
    },
    tls: { ca: [ca], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    probes: [],
    require: [],
    waive: [],
    timeoutMs: WAIT_MS,
  };
}
