import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, Endpoint, MailboxTarget } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import { ALIASES, startDeliveryPath, type DeliveryPath } from '../../support/delivery-path.js';
import { codes, gate, letters } from '../../support/gate.js';
import { mailEndpoint } from '../../support/mail-endpoint.js';
import { readMaildir, seedMaildir } from '../../support/maildir.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';
import { startRelay } from '../../support/relay.js';
import { run } from '../../support/run.js';

/** Every protocol for the inbox of a Dovecot, and the effect on the rest of the mailbox. */

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

const NAMESAKE =
  'Subject: STARTTLS Gate test message\nMessage-ID: <starttls-gate.of.last.week@example.test>\n\nNot ours.\n';

let path: DeliveryPath;
let before: Record<string, string>;
beforeAll(async () => {
  path = await startDeliveryPath();
  await seedMaildir(path.maildir, [
    ['', 'Subject: unread\n\nNobody has read this.\n'],
    ['S', 'Subject: seen\n\nSomebody has.\n'],
    ['ST', 'Subject: marked as deleted\n\nAnd not yet expunged.\n'],
    ['FS', 'Subject: flagged\n\nImportant.\n'],
    ['T', NAMESAKE],
  ]);
  await seedMaildir(join(path.maildir, '.Junk'), [
    ['', 'Subject: an offer\n\nNobody has read this.\n'],
    ['ST', 'Subject: marked as deleted\n\nAnd not yet expunged.\n'],
    ['', NAMESAKE],
  ]);
  before = await readMaildir(path.maildir);
}, TEST_TIMEOUT_MS);
afterAll(() => path.close(), TEST_TIMEOUT_MS);

const SCHEMES = ['imap', 'imaps', 'pop3', 'pop3s'] as const;
type Scheme = (typeof SCHEMES)[number];

function inbox(scheme: Scheme, replaced: Partial<Pick<MailboxTarget, 'port' | 'password'>> = {}): MailboxTarget {
  return {
    scheme,
    host: '127.0.0.1',
    port: path.ports[scheme],
    mailbox: 'INBOX',
    username: MAIL_USER.username,
    password: new Secret(MAIL_USER.password),
    ...replaced,
  };
}

function endpoint(
  target: MailboxTarget,
  delivery: Partial<Delivery> = {},
  service: keyof DeliveryPath['ports'] = 'submission',
): Endpoint {
  const usual = mailEndpoint({ ports: path.ports, certs: path }, path.ports[service]);
  return { ...usual, ...(usual.delivery && { delivery: { ...usual.delivery, inbox: target, ...delivery } }) };
}

/** The five letters, and the codes in order. */
async function see(gated: Endpoint): Promise<[string, string[]]> {
  const { report } = await gate(gated);
  return [letters(report.steps), codes(report.steps)];
}

/** Removes and returns new messages. @throws if anything else has changed */
async function takeNew(): Promise<string[]> {
  const after = await readMaildir(path.maildir);
  const fresh = Object.keys(after).filter((name) => !(name in before));
  expect(Object.fromEntries(Object.entries(after).filter(([name]) => !fresh.includes(name)))).toEqual(before);
  await Promise.all(fresh.map((name) => rm(join(path.maildir, name))));
  return fresh.map((name) => after[name] ?? '');
}

/** Validates the initial messages, so that comparisons are meaningful. */
test('the mailbox has messages of all kinds', () => {
  expect(Object.keys(before).map((name) => name.replace(/^(?:(\.Junk)\/)?.*,/, '$1:'))).toEqual([
    '.Junk:',
    '.Junk:ST',
    '.Junk:',
    ':',
    ':S',
    ':ST',
    ':FS',
    ':T',
  ]);
});

describe.each(SCHEMES)('an inbox at %s://', (scheme) => {
  test(
    'returns the message, which is deleted, and nothing else has changed',
    async () => {
      expect(await see(endpoint(inbox(scheme)))).toEqual(['ppppp', []]);
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'keeps the message if configured, and nothing else has changed',
    async () => {
      const { report } = await gate(endpoint(inbox(scheme), { keep: true }));
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
      const [kept = '', ...others] = await takeNew();
      expect(kept).toContain(report.delivery?.messageId ?? 'no Message-ID');
      expect(others).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'reports two copies of the message, and both are deleted',
    async () => {
      const { report } = await gate(endpoint(inbox(scheme), { to: ALIASES.twice }));
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppw', ['message-duplicated']]);
      expect(report.delivery?.copies).toBe(2);
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'returns a large message',
    async () => {
      expect(await see(endpoint(inbox(scheme), { attachmentBytes: 200 * 1024 }))).toEqual(['ppppp', []]);
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'serves many endpoints at the same time, and each finds its own message',
    async () => {
      const gated = Array.from({ length: 8 }, () => see(endpoint(inbox(scheme))));
      expect(await Promise.all(gated)).toEqual(gated.map(() => ['ppppp', []]));
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'rejects a wrong password, and no mail is sent',
    async () => {
      expect(await see(endpoint(inbox(scheme, { password: new Secret('wrong') })))).toEqual([
        'ppppf',
        ['inbox-rejected'],
      ]);
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('the junk folder', () => {
  test.each(['imap', 'imaps'] as const)(
    'is searched too with %s',
    async (scheme) => {
      const { report } = await gate(endpoint(inbox(scheme), { to: ALIASES.junk, withinMs: 2000 }));
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppw', ['message-in-junk']]);
      expect(report.delivery?.folder).toBe('Junk');
      expect(await takeNew()).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'is not accessible with POP3',
    async () => {
      const seen = await see(endpoint(inbox('pop3s'), { to: ALIASES.junk, withinMs: 1500 }));
      expect(seen).toEqual(['ppppf', ['message-not-received']]);
      expect(await takeNew()).toHaveLength(1);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('an inbox without verified TLS receives no password', () => {
  test.each<[string, Scheme, Scheme]>([
    ['implicit TLS instead of STLS', 'pop3', 'pop3s'],
    ['unencrypted POP3 instead of implicit TLS', 'pop3s', 'pop3'],
  ])('%s', async (_, scheme, other) => {
    const gated = { ...endpoint(inbox(scheme, { port: path.ports[other] })), timeoutMs: 2000 };
    expect(await see(gated)).toEqual(['ppppf', ['inbox-unreachable']]);
  });

  test('the reply to STLS is overwritten in transit', async () => {
    await using relay = await startRelay(path.ports.pop3, '+OK Begin TLS');
    expect(await see(endpoint(inbox('pop3', { port: relay.port })))).toEqual(['ppppf', ['inbox-unreachable']]);
    expect(relay.sent).toMatch(/STLS/);
    expect(relay.sent).not.toMatch(/USER|PASS|AUTH/);
  });

  test('unless only the STLS capability is removed in transit: STLS is still used', async () => {
    await using relay = await startRelay(path.ports.pop3, 'STLS');
    expect(await see(endpoint(inbox('pop3', { port: relay.port })))).toEqual(['ppppp', []]);
    expect(relay.sent).not.toMatch(/USER|PASS|AUTH/);
  });

  test.each(['pop3', 'pop3s'] as const)('the CA is unknown: %s', async (scheme) => {
    const { report } = await gate(endpoint(inbox('imaps')));
    const pin = report.tls?.certificate.pin.replace(/^sha256\//, '') ?? '';
    const gated = endpoint(inbox(scheme));
    const logins = async (): Promise<number> =>
      (await path.logs()).split(/pop3-login: Info: Login:|auth failed/).length;
    const sofar = await logins();
    expect(await see({ ...gated, tls: { ...gated.tls, ca: [], pins: [pin] } })).toEqual([
      'ppppf',
      ['certificate-pinned', 'inbox-unreachable'],
    ]);
    expect(await logins()).toBe(sofar);
  });
});

test(
  'the message is found after one IDLE notification, not by polling',
  async () => {
    const rawlog = join(path.maildir, 'rawlog');
    await mkdir(rawlog);
    await run('chown', ['mail:mail', rawlog]);
    // Delayed until the gate has searched once, found nothing, and is waiting.
    path.filter.change = async (message) => {
      await sleep(500);
      return message;
    };
    // The gate would search again after ten seconds, and at the time limit. Neither happens in between.
    const withinMs = 9000;
    let report: Omit<EndpointReport, 'attempts'>;
    let said: string[];
    try {
      ({ report } = await gate(endpoint(inbox('imaps'), { withinMs }, 'filtered')));
      said = await dialogue(rawlog);
    } finally {
      path.filter.change = (message) => message;
      await rm(rawlog, { recursive: true });
    }
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(report.delivery?.latencyMs).toBeLessThan(withinMs);
    const exists = said.findIndex((line) => line.startsWith('S: * 6 EXISTS'));
    const waited = said.slice(0, exists).findLastIndex((line) => line.startsWith('C: '));
    expect(said[waited]).toMatch(/^C: \S+ IDLE$/);
    expect(said.slice(exists).find((line) => line.startsWith('C: '))).toBe('C: DONE');
    expect(await takeNew()).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

/** The session of an IMAP client (C) and the server (S), in order. */
async function dialogue(rawlog: string): Promise<string[]> {
  const files = (await readdir(rawlog)).map(async (name) => {
    const lines = (await readFile(join(rawlog, name), 'latin1')).split(/\r?\n/);
    return lines.map((line) => ({ who: name.endsWith('.in') ? 'C' : 'S', ...stamped(line) }));
  });
  const all = (await Promise.all(files)).flat();
  return all.sort((a, b) => a.at - b.at).map(({ who, text }) => `${who}: ${text}`);
}

function stamped(line: string): { at: number; text: string } {
  const [, at = '', text = ''] = /^(\d+\.\d+) (.*)$/.exec(line) ?? [];
  return { at: Number(at), text };
}
