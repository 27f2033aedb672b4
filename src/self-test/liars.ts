import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { TLSSocket } from 'node:tls';
import { startImap } from '../demo/imap.js';
import { LOOPBACK, listen } from '../demo/listener.js';
import type { Listener } from '../demo/listener.js';
import { Mailbox } from '../demo/mailbox.js';
import { createPki, inDays } from '../demo/pki.js';
import type { CertificateOptions, Identity } from '../demo/pki.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { Endpoint } from '../plan/endpoint.js';
import { Secret } from '../text/secret.js';

/** Mail servers that lie, each in its own way. */
export interface Liars {
  /** Each with the finding that must come of it. */
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly mustFind: FindingCode }[];
  /** Stops every server and cuts every connection. */
  close(): Promise<void>;
}

/** What a liar does otherwise than an honest server. */
export interface Lie {
  readonly mustFind: FindingCode;
  readonly certificate?: CertificateOptions;
  /** Replies in place of the honest ones, by command. */
  readonly replies?: Readonly<Record<string, string>>;
}

const NAME = 'mail.self-test.example';
const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/** As long as a message that never comes is waited for: an honest server on loopback is quicker. */
const WITHIN_MS = 100;

const LIES: Readonly<Record<string, Lie>> = {
  'hides STARTTLS': { mustFind: 'starttls-stripped', replies: { EHLO: `250 ${NAME}` } },
  'speaks in the clear behind STARTTLS': {
    mustFind: 'plaintext-after-starttls',
    replies: { STARTTLS: '220 go ahead\r\n250 injected' },
  },
  'shows an expired certificate': {
    mustFind: 'certificate-expired',
    certificate: { notBefore: inDays(-100), notAfter: inDays(-10) },
  },
  'shows the certificate of another': {
    mustFind: 'certificate-hostname-mismatch',
    certificate: { names: ['mail.other.example'] },
  },
  'refuses the password': { mustFind: 'auth-rejected', replies: { AUTH: '535 5.7.8 no' } },
  'accepts the message and loses it': { mustFind: 'message-not-received' },
};

const HONEST: Readonly<Record<string, string>> = {
  EHLO: `250-${NAME}\r\n250-STARTTLS\r\n250 AUTH PLAIN`,
  STARTTLS: '220 go ahead',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go ahead',
  '.': '250 2.0.0 accepted',
  QUIT: '221 2.0.0 bye',
};

/**
 * Starts liars, and an inbox that stays empty, all in this process and on free ports of loopback.
 * @param lies what each of them does, by its name
 */
export async function startLiars(lies: Readonly<Record<string, Lie>> = LIES): Promise<Liars> {
  const pki = await createPki('Self-test');
  const [honest, inbox] = await Promise.all([
    pki.issue({ names: [NAME] }),
    pki
      .issue({ addresses: [LOOPBACK] })
      .then((identity) => startImap({ identity, security: 'implicit', mailbox: new Mailbox(), knows: () => true })),
  ]);
  const liars = await Promise.all(
    Object.entries(lies).map(async ([name, { mustFind, certificate, replies }]) => {
      const identity = certificate ? await pki.issue({ names: [NAME], ...certificate }) : honest;
      const listener = await startLiar(identity, { ...HONEST, ...replies });
      return { listener, mustFind, endpoint: endpointOf(name, listener, inbox, pki.root.cert) };
    }),
  );
  return {
    endpoints: liars,
    close: async () => {
      await Promise.all([inbox, ...liars.map(({ listener }) => listener)].map((listener) => listener.close()));
    },
  };
}

function startLiar({ key, chain }: Identity, replies: Readonly<Record<string, string>>): Promise<Listener> {
  return listen(
    createServer((socket) => {
      socket.write(`220 ${NAME} ESMTP\r\n`);
      answer(socket, replies, () => {
        const secured = new TLSSocket(socket, { isServer: true, key, cert: chain });
        answer(secured, { ...replies, EHLO: HONEST.EHLO ?? '' }, () => undefined);
      });
    }),
  );
}

/** Answers line by line. @param upgrade takes the socket over once STARTTLS has been answered */
function answer(socket: Socket, replies: Readonly<Record<string, string>>, upgrade: () => void): void {
  const lines = createInterface({ input: socket });
  // A client that has seen enough hangs up, in the midst of a handshake too.
  for (const end of [socket, lines]) end.on('error', () => undefined);
  let inMessage = false;
  lines.on('line', (line) => {
    const verb = (/^\w+|^\.$/.exec(line)?.[0] ?? '').toUpperCase();
    if (inMessage && verb !== '.') return;
    inMessage = verb === 'DATA';
    if (verb !== 'STARTTLS') {
      socket.write(`${replies[verb] ?? '502 5.5.1 not known'}\r\n`);
      return;
    }
    lines.close();
    socket.removeAllListeners('data');
    socket.write(`${replies[verb] ?? ''}\r\n`, upgrade);
  });
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
      inbox: { scheme: 'imaps', host: LOOPBACK, port: inbox.port, mailbox: 'INBOX', username: MAILBOX, password },
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
