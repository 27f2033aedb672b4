import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport, Finding } from '../../../src/report/report.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';
import { typed } from '../../support/commands.js';
import { delivering, RECEIVER, says, trace } from '../../support/finding-examples/delivery.js';
import { Mailbox } from '../../support/imap/mailbox.js';
import { play, type Scene } from '../../support/scene.js';

/**
 * The command for a message that arrives in a different form, or not at all, shows that: it sends one, and reads what
 * arrives. For a server that delivers it unchanged, it does not show it.
 */

const TEST_TIMEOUT_MS = 60_000;

const certs = await createCertificateFixtures();
const folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
let files = 0;
afterAll(() => rm(folder, { recursive: true }));

/** What the commands for the findings of a scene print. */
async function outputs(
  scene: Scene,
  commandsOf: (found: readonly Finding[], endpoint: Endpoint) => readonly string[],
): Promise<string[]> {
  const printed: string[] = [];
  const file = join(folder, `ca-${(files += 1)}.pem`);
  const run = async ({ steps }: EndpointReport, endpoint: Endpoint): Promise<void> => {
    await writeFile(file, endpoint.tls.ca.join(''));
    const found = steps.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'notice');
    const { auth, delivery } = endpoint;
    const password = auth && auth.kind !== 'certificate' ? auth.secret.reveal() : '';
    const inboxPassword = delivery?.inbox?.password?.reveal() ?? '';
    for (const command of commandsOf(found, endpoint)) {
      const typing = command.includes('--auth ') ? { password, inboxPassword } : { password: inboxPassword };
      printed.push(await typed(command.replace('sleep 10 ', 'sleep 0 '), typing));
    }
  };
  await play(scene, certs, run, file);
  return printed;
}

/** The commands that show a text. */
const showing =
  (text: string) =>
  (found: readonly Finding[]): string[] =>
    found.map(({ reproduce = '', reproduceShows }) => {
      expect(reproduceShows).toBe(text);
      return reproduce;
    });

const changing = (change: (message: string) => string, delivery: Scene['delivery'] = {}): Scene => ({
  ...{ name: '', embedded: delivering(change), delivery },
});
const signed: Scene['delivery'] = { verdicts: { dkim: 'pass' } };
const expected = (check: 'spf' | 'dmarc'): Scene['delivery'] => ({
  verdicts: { authservId: RECEIVER, [check]: 'pass' },
});
const bounce = (message: string): string => {
  const [, nonce = ''] = /test message (\S+)/.exec(message) ?? [];
  return `From: MAILER-DAEMON@mx.example.test\r\nSubject: Undelivered Mail Returned to Sender ${nonce}\r\n\r\nSorry.\r\n`;
};

test.concurrent.each<[string, Scene, string]>([
  ['removes a field', changing((text) => text.replace(/^Auto-Submitted:.*\r\n/m, '')), 'no Auto-Submitted'],
  ['removes the date', changing((text) => text.replace(/^Date:.*\r\n/m, '')), 'no Date'],
  [
    'adds a tag',
    changing((text) => text.replace('Subject: ', 'Subject: [team] ')),
    'Subject: [team] STARTTLS Gate check',
  ],
  [
    'marks spam',
    changing((text) => text.replace('Subject: ', 'Subject: ***SPAM*** ')),
    'Subject: ***SPAM*** STARTTLS Gate check',
  ],
  [
    'marks external mail',
    changing((text) => text.replace('Subject: ', 'Subject: [EXTERNAL] ')),
    'Subject: [EXTERNAL] STARTTLS Gate check',
  ],
  [
    'adds a banner',
    changing((text) => text.replace('\r\n\r\n', '\r\n\r\nPlease be careful with this.\r\n')),
    'Please be careful with this.',
  ],
  ['adds a footer', changing((text) => `${text}-- \r\nScanned by nobody.\r\n`), 'Scanned by nobody.'],
  [
    'loses a dot',
    changing((text) => text.replace('\r\n.This', '\r\nThis')),
    'the line with the dot is not the one that was sent',
  ],
  [
    'doubles a dot',
    changing((text) => text.replace('\r\n.This', '\r\n..This')),
    'the line with the dot is not the one that was sent',
  ],
  ['turns text into HTML', changing((text) => text.replace('text/plain', 'text/html')), 'Content-Type: text/html'],
  [
    'replaces the sender',
    changing((text) => text.replace(/^From: .*$/m, 'From: postmaster@example.net')),
    'postmaster@example.net',
  ],
  [
    'replaces the body',
    changing((text) => `${text.split('\r\n\r\n', 1)[0] ?? ''}\r\n\r\nBlocked.\r\n`),
    'the body is not the one that was sent',
  ],
  ['does not sign', changing((text) => text, signed), 'no DKIM-Signature'],
  ['does not check SPF', changing((text) => text, expected('spf')), 'no Authentication-Results'],
  [
    'has a DMARC result that is not the required one',
    changing(says('dmarc=fail header.from=example.test', RECEIVER), expected('dmarc')),
    'dmarc=fail',
  ],
  [
    'replaces the sender before it checks SPF',
    changing(says('spf=pass smtp.mailfrom=example.net', RECEIVER), expected('spf')),
    'smtp.mailfrom=example.net',
  ],
  ['uses no TLS behind a proxy', changing(trace('ESMTPA')), 'with ESMTPA id'],
])(
  'a server that %s',
  async (_, scene, shows) => {
    const portsIn = ({ port, delivery }: Endpoint): string[] => [port, delivery?.inbox?.port].map((one) => `:${one}`);
    let command = '';
    const printed = await outputs(scene, (found, endpoint) => {
      const [smtp = '', imap = ''] = portsIn(endpoint);
      [command = ''] = showing(shows)(found);
      const line = command;
      command = command.replaceAll(smtp, ':SMTP').replaceAll(imap, ':IMAP');
      return [line];
    });
    expect(printed).toEqual([expect.stringContaining(shows)]);
    const good = changing((text) => `DKIM-Signature: v=1\r\nAuthentication-Results: ${RECEIVER}\r\n${text}`);
    const onGood = await outputs(good, (_found, endpoint) => {
      const [smtp = '', imap = ''] = portsIn(endpoint);
      return [command.replaceAll(':SMTP', smtp).replaceAll(':IMAP', imap)];
    });
    expect(onGood).toEqual([expect.not.stringContaining(shows)]);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each<[string, Scene, string]>([
  [
    'loses the message',
    { name: '', embedded: () => ({ alter: () => undefined }), delivery: { withinMs: 300 } },
    'not in the mailbox',
  ],
  ['returns the message', changing(bounce, { withinMs: 300 }), 'Undelivered Mail Returned to Sender'],
  [
    'files the message into its junk folder',
    {
      name: '',
      embedded: () => {
        const junk = new Mailbox();
        const deliver = (octets: Buffer): void => {
          junk.append(octets);
        };
        return { imap: { mailbox: new Mailbox(), junk }, smtp: { deliver } };
      },
      delivery: { withinMs: 300 },
    },
    'STARTTLS Gate check',
  ],
])(
  'a server that %s, which the inbox shows',
  async (_, scene, shows) => {
    const printed = await outputs(scene, showing(shows));
    expect(printed).toEqual([expect.stringContaining(shows)]);
  },
  TEST_TIMEOUT_MS,
);
