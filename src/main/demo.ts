import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { close } from '../servers/connection.js';
import { LOOPBACK } from '../servers/listener.js';
import { inDays } from '../servers/pki.js';
import { startScenarios, type Scenario } from '../servers/scenarios.js';

/** Mail servers to try the gate on. */
export interface Demo {
  /** The inputs that test these servers, as a user would write them. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Stops every server and closes every connection. */
  close(): Promise<void>;
}

interface Example extends Scenario {
  /** What its endpoint mapping has in addition to name, host, port and servername. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** Seconds; undefined means the default of the gate. */
  readonly within?: number;
}

const SERVER_NAME = 'mail.demo.example';
const SENDER = 'gate@demo.example';
const RECIPIENT = 'inbox@demo.example';

const EXAMPLES: Readonly<Record<string, Example>> = {
  'good: STARTTLS': {},
  'good: implicit TLS': { dialogue: { implicit: true }, mapping: { transport: 'implicit' } },
  'insecure: AUTH before TLS': { dialogue: { offers: ['PIPELINING', '8BITMIME', 'STARTTLS', 'AUTH PLAIN LOGIN'] } },
  'broken: certificate expired': { certificate: { notBefore: inDays(-100), notAfter: inDays(-10) } },
  'broken: certificate for a different name': { certificate: { names: ['mail.other.example'] } },
  'broken: intermediate certificate not sent': { certificate: { sends: [] } },
  'broken: no STARTTLS': {
    dialogue: { offers: ['PIPELINING', '8BITMIME'], replies: { STARTTLS: '502 5.5.1 Command not implemented' } },
  },
  'broken: wrong password': { mapping: { auth: { username: SENDER, password: 'the old password' } } },
  'broken: accepted and lost': { deliver: () => undefined, within: 2 },
  'broken: footer added': { deliver: (message) => `${message}--\r\nScanned for viruses.\r\n` },
  'busy: try again later': {
    dialogue: { greeting: ['421 4.7.0 Too busy, try again later', close] },
  },
};

/** Starts good, insecure and broken mail servers in this process, with their own CA and inbox. */
export async function startDemo(): Promise<Demo> {
  const password = randomBytes(12).toString('hex');
  const running = await startScenarios({ name: SERVER_NAME, user: { username: SENDER, password } }, EXAMPLES);
  const inbox = `mailpit+http://${LOOPBACK}:${running.inboxPort}`;
  const endpoints = running.servers.map(({ name, port, scenario: { mapping, within } }) => ({
    name,
    host: LOOPBACK,
    port,
    servername: SERVER_NAME,
    ...(within !== undefined && { delivery: { from: SENDER, to: RECIPIENT, inbox, within } }),
    ...mapping,
  }));
  return {
    inputs: {
      endpoints: stringify(endpoints),
      ca: running.ca,
      username: SENDER,
      password,
      'mail-from': SENDER,
      'rcpt-to': RECIPIENT,
      inbox,
      timeout: '5',
      retries: '1',
      // All servers have the same address.
      'per-host': '32',
    },
    close: () => running.close(),
  };
}
