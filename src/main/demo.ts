import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { startInbox } from '../servers/inbox.js';
import type { Inbox } from '../servers/inbox.js';
import { LOOPBACK } from '../servers/listener.js';
import { createPki, inDays } from '../servers/pki.js';
import type { CertificateOptions } from '../servers/pki.js';
import { SERVER_NAME, startSmtp } from '../servers/smtp.js';
import type { SmtpOptions } from '../servers/smtp.js';

/** Mail servers to try the gate on. */
export interface Demo {
  /** The inputs of the action that gate these servers, as its user would give them. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Stops every server and cuts every connection. */
  close(): Promise<void>;
}

/** One server of the demo: what it does, and what its endpoint mapping says beyond name, host and port. */
interface Exhibit {
  readonly certificate?: CertificateOptions;
  readonly server?: Partial<SmtpOptions>;
  readonly mapping?: Readonly<Record<string, unknown>>;
}

const SENDER = 'gate@demo.example';
const RECIPIENT = 'inbox@demo.example';

/**
 * Starts good, doubtful and broken mail servers with an authority and an inbox of their own, all in this process
 * and on free ports of loopback.
 */
export async function startDemo(): Promise<Demo> {
  const pki = await createPki();
  const password = randomBytes(12).toString('hex');
  const inbox = await startInbox();
  const url = `mailpit+http://${LOOPBACK}:${inbox.port}`;
  const delivery = { from: SENDER, to: RECIPIENT, inbox: url };
  const exhibits = await Promise.all(
    Object.entries(exhibition(inbox, delivery)).map(async ([name, { certificate, server, mapping }]) => {
      const listener = await startSmtp({
        identity: await pki.issue({ names: [SERVER_NAME], ...certificate }),
        knows: only(SENDER, password),
        deliver: (raw) => {
          inbox.deliver(raw.toString());
        },
        ...server,
      });
      return { listener, endpoint: { name, host: LOOPBACK, port: listener.port, servername: SERVER_NAME, ...mapping } };
    }),
  );
  return {
    inputs: {
      endpoints: stringify(exhibits.map(({ endpoint }) => endpoint)),
      ca: pki.root.cert,
      username: SENDER,
      password,
      'mail-from': SENDER,
      'rcpt-to': RECIPIENT,
      inbox: url,
      timeout: '5',
      retries: '1',
    },
    close: async () => {
      await Promise.all([inbox, ...exhibits.map(({ listener }) => listener)].map((listener) => listener.close()));
    },
  };
}

/** What there is to see, by the names of the endpoints. */
function exhibition(inbox: Inbox, delivery: Readonly<Record<string, string>>): Readonly<Record<string, Exhibit>> {
  return {
    'good: STARTTLS': {},
    'good: implicit TLS': { server: { security: 'implicit' }, mapping: { transport: 'implicit' } },
    'doubtful: AUTH before TLS': { server: { authBeforeTls: true } },
    'broken: certificate expired': { certificate: { notBefore: inDays(-100), notAfter: inDays(-10) } },
    'broken: certificate for another name': { certificate: { names: ['mail.other.example'] } },
    'broken: intermediate certificate not sent': { certificate: { sends: [] } },
    'broken: no STARTTLS': { server: { security: 'none' } },
    'broken: wrong password': { mapping: { auth: { username: SENDER, password: 'a password of last year' } } },
    'broken: accepted and lost': {
      server: { deliver: () => undefined },
      mapping: { delivery: { ...delivery, within: 2 } },
    },
    'broken: footer added': {
      server: {
        deliver: (raw) => {
          inbox.deliver(`${raw.toString()}--\r\nScanned and found harmless.\r\n`);
        },
      },
    },
    'busy: turned away for now': { server: { turnAway: { code: 421, text: '4.7.0 Too busy, try again later' } } },
  };
}

function only(username: string, password: string): (name: string, password: string) => boolean {
  return (givenName, givenPassword) => givenName === username && givenPassword === password;
}
