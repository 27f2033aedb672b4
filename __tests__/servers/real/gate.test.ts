import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, Endpoint, MailboxTarget } from '../../../src/plan/endpoint.js';
import type { StepReport } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import { DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { readMaildir, seedMaildir } from '../../support/maildir.js';
import { MAIL_USER, startMailServers, type MailServers } from '../../support/postfix-dovecot.js';
import { startRelay } from '../../support/relay.js';
import type { CertificateName } from '../../support/certificate-fixtures.js';

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: MailServers;
let ports: MailServers['ports'];
let maildir: string;
beforeAll(async () => {
  servers = await startMailServers();
  ports = servers.ports;
  maildir = join(servers.folder, 'dovecot', 'mail', MAIL_USER.username);
  await seedMaildir(maildir, [
    ['', 'Subject: unread\n\nNobody has read this.\n'],
    ['S', 'Subject: seen\n\nSomebody has.\n'],
    ['ST', 'Subject: marked as deleted\n\nAnd not yet expunged.\n'],
    ['FS', 'Subject: flagged\n\nImportant.\n'],
    ['T', 'Subject: STARTTLS Gate test message\nMessage-ID: <starttls-gate.of.last.week@example.test>\n\nNot ours.\n'],
  ]);
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

function credentials(password = MAIL_USER.password): NonNullable<Endpoint['auth']> {
  return { username: MAIL_USER.username, secret: new Secret(password), kind: 'password', expect: 'accepted' };
}

function inbox(replaced: Partial<MailboxTarget> = {}): MailboxTarget {
  return {
    scheme: 'imaps',
    host: '127.0.0.1',
    port: ports.imaps,
    mailbox: 'INBOX',
    username: MAIL_USER.username,
    password: new Secret(MAIL_USER.password),
    ...replaced,
  };
}

function delivery(replaced: Partial<Delivery> = {}): Delivery {
  return {
    ...DELIVERY,
    from: MAIL_USER.username,
    to: MAIL_USER.username,
    inbox: inbox(),
    withinMs: 20_000,
    ...replaced,
  };
}

/** An endpoint for mail without AUTH. */
function anonymous(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return testEndpoint(port, {
    delivery: delivery(),
    tls: { ca: [servers.certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    timeoutMs: 10_000,
    ...replaced,
  });
}

/** An endpoint for all five steps. */
function endpoint(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return anonymous(port, { auth: credentials(), ...replaced });
}

/** The five letters, and the codes in order. */
async function see(gated: Endpoint): Promise<[string, string[]]> {
  const { report } = await gate(gated);
  return [letters(report.steps), codes(report.steps)];
}

/** What the servers logged during an action, as soon as a line says that it is over. */
async function logsOf(over: RegExp, action: () => Promise<unknown>): Promise<string> {
  const before = (await servers.logs()).split('\n');
  await action();
  for (;;) {
    const counts = new Map<string, number>();
    for (const line of before) counts.set(line, (counts.get(line) ?? 0) + 1);
    const fresh = (await servers.logs()).split('\n').filter((line) => {
      const count = counts.get(line) ?? 0;
      counts.set(line, count - 1);
      return count <= 0;
    });
    if (fresh.some((line) => over.test(line))) return fresh.join('\n');
    await sleep(20);
  }
}

/** Postfix logs the number of a client's commands at the end of a session. */
const SMTP_OVER = /smtpd.* disconnect from /;

describe('all five steps', () => {
  test.each<[string, 'submission' | 'submissions', 'PLAIN' | 'LOGIN', 'imap' | 'imaps']>([
    ['STARTTLS, PLAIN, imaps://', 'submission', 'PLAIN', 'imaps'],
    ['STARTTLS, LOGIN, imap://', 'submission', 'LOGIN', 'imap'],
    ['implicit TLS, PLAIN, imap://', 'submissions', 'PLAIN', 'imap'],
    ['implicit TLS, LOGIN, imaps://', 'submissions', 'LOGIN', 'imaps'],
  ])(
    'pass over %s, and the rest of the mailbox is unchanged',
    async (_, service, mechanism, scheme) => {
      const before = await readMaildir(maildir);
      const gated = endpoint(ports[service], {
        transport: service === 'submission' ? 'starttls' : 'implicit',
        auth: { ...credentials(), mechanism },
        delivery: delivery({ inbox: inbox({ scheme, port: ports[scheme] }) }),
      });
      const seen: unknown[] = [];
      const logs = await logsOf(SMTP_OVER, async () => seen.push(await see(gated)));
      expect(seen).toEqual([[service === 'submission' ? 'ppppp' : 'aappp', []]]);
      expect(logs).toMatch(new RegExp(`sasl_method=${mechanism}, sasl_username=${MAIL_USER.username}`));
      expect(logs).toMatch(/lmtp\(.*saved mail to INBOX/);
      expect(await readMaildir(maildir)).toEqual(before);
      expect(Object.keys(before).map((name) => name.replace(/^.*,/, ''))).toEqual(['', 'S', 'ST', 'FS', 'T']);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'of many endpoints deliver into one inbox at the same time, and each finds its own message',
    async () => {
      const before = await readMaildir(maildir);
      const gated = Array.from({ length: 8 }, (_, i) =>
        i % 2 === 0 ? endpoint(ports.submission) : endpoint(ports.submissions, { transport: 'implicit' }),
      );
      expect(await Promise.all(gated.map(see))).toEqual(gated.map((_, i) => [i % 2 === 0 ? 'ppppp' : 'aappp', []]));
      expect(await readMaildir(maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test('pass under a policy of TLS 1.3', async () => {
    const { tls } = endpoint(0);
    expect(await see(endpoint(ports.submission, { tls: { ...tls, minVersion: 'TLSv1.3' } }))).toEqual(['ppppp', []]);
  });

  test('apply except AUTH on a mail exchanger', async () => {
    const before = await readMaildir(maildir);
    expect(await see(anonymous(ports.mx, { role: 'mx' }))).toEqual(['pppnp', []]);
    expect(await readMaildir(maildir)).toEqual(before);
  });

  test('report that no inbox is configured', async () => {
    const unread = { ...DELIVERY, from: MAIL_USER.username, to: 'nobody-reads@elsewhere.example', withinMs: 1000 };
    const logs = await logsOf(/status=/, async () => {
      expect(await see(endpoint(ports.submission, { delivery: unread }))).toEqual(['ppppp', ['receipt-not-verified']]);
    });
    expect(logs).toContain('to=<nobody-reads@elsewhere.example>');
  });
});

describe('Postfix rejects', () => {
  test(
    'a wrong password',
    async () => {
      const { report } = await gate(endpoint(ports.submission, { auth: credentials('wrong') }));
      expect([letters(report.steps), codes(report.steps)]).toEqual(['pppfb', ['auth-rejected']]);
      expect(findingIn(report.steps).evidence?.reply).toMatch(/^535 5\.7\.8 /);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'relaying',
    async () => {
      const gated = anonymous(ports.mx, { delivery: delivery({ to: 'somebody@elsewhere.example' }) });
      expect(await see(gated)).toEqual(['pppnf', ['recipient-rejected']]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'an unknown recipient',
    async () => {
      const gated = endpoint(ports.submission, { delivery: delivery({ to: 'nobody@example.test' }) });
      expect(await see(gated)).toEqual(['ppppf', ['recipient-rejected']]);
    },
    TEST_TIMEOUT_MS,
  );

  test('TLS if it has none', async () => {
    expect(await see(endpoint(ports.noTls))).toEqual(['fbbbb', ['starttls-not-advertised']]);
  });

  test(
    'not even AUTH before TLS, which causes a warning',
    async () => {
      expect(await see(endpoint(ports.authBeforeTls))).toEqual(['wpppp', ['plaintext-auth-advertised']]);
    },
    TEST_TIMEOUT_MS,
  );

  test('unencrypted SMTP on an implicit-TLS port', async () => {
    expect(await see(endpoint(ports.submissions, { timeoutMs: 1500 }))).toEqual(['fbbbb', ['implicit-tls-port']]);
  });

  test('a TLS handshake before STARTTLS', async () => {
    const gated = endpoint(ports.submission, { transport: 'implicit' });
    expect(await see(gated)).toEqual(['aafbb', ['plaintext-on-implicit-port']]);
  });

  test('TLS 1.2 if it supports only older versions', async () => {
    expect(await see(endpoint(ports.oldTls))).toEqual(['ppfbb', ['tls-version-too-old']]);
  });
});

describe('a certificate', () => {
  test.each<[CertificateName, string[]]>([
    ['expired', ['certificate-expired']],
    ['notYetValid', ['certificate-not-yet-valid']],
    ['soon', ['certificate-expires-soon']],
    ['wrongHost', ['certificate-hostname-mismatch']],
    ['commonNameOnly', ['certificate-hostname-mismatch']],
    ['addressAsName', ['certificate-hostname-mismatch']],
    ['selfSigned', ['certificate-self-signed']],
    ['selfSignedExpired', ['certificate-expired', 'certificate-self-signed']],
    ['incomplete', ['certificate-chain-incomplete']],
    ['untrusted', ['certificate-untrusted']],
    ['untrustedWithRoot', ['certificate-untrusted']],
    ['expiredIntermediate', ['certificate-untrusted']],
    ['issuerNoCa', ['certificate-untrusted']],
    ['caAsLeaf', ['certificate-wrong-purpose']],
    ['clientOnly', ['certificate-wrong-purpose']],
    ['rsa1024', ['certificate-weak-key']],
    ['sha1', ['certificate-weak-signature']],
    ['everything', ['certificate-expired', 'certificate-chain-incomplete', 'certificate-hostname-mismatch']],
  ])(
    '%s causes %j, and Postfix receives neither AUTH nor MAIL',
    async (certName, expected) => {
      const before = await readMaildir(maildir);
      const logs = await logsOf(SMTP_OVER, async () => {
        expect(await see(endpoint(servers.certificatePorts[certName]))).toEqual(['ppfbb', expected]);
      });
      const [counts] = logs.split('\n').filter((line) => SMTP_OVER.test(line));
      expect(counts).toMatch(/ ehlo=\d+ starttls=1 /);
      expect(counts).not.toMatch(/ (auth|mail|rcpt|data)=/);
      expect(logs).not.toMatch(/smtpd.*sasl/i);
      expect(await readMaildir(maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test.each<CertificateName>(['good', 'wildcard', 'rsa2048', 'ed25519', 'address'])(
    '%s is valid',
    async (certName) => {
      expect(await see(endpoint(servers.certificatePorts[certName]))).toEqual(['ppppp', []]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('an inbox', () => {
  /** Dovecot's log entry for a client that disconnected before it authenticated. */
  const NOTHING_SENT = /imap-login: .*(no auth attempts|before auth was ready)/;

  test.each<[string, () => Partial<MailboxTarget>, string, RegExp]>([
    ['with a wrong password', () => ({ password: new Secret('wrong') }), 'inbox-rejected', /auth failed, 1 attempts/],
    ['without that folder', () => ({ mailbox: 'Elsewhere/Nowhere' }), 'inbox-rejected', /Login: user=</],
    [
      'that uses implicit TLS instead of STARTTLS',
      () => ({ scheme: 'imap', port: ports.imaps }),
      'inbox-unreachable',
      NOTHING_SENT,
    ],
    [
      'that is unencrypted instead of implicit TLS',
      () => ({ scheme: 'imaps', port: ports.imap }),
      'inbox-unreachable',
      NOTHING_SENT,
    ],
  ])(
    '%s',
    async (_, target, code, log) => {
      const before = await readMaildir(maildir);
      const logs = await logsOf(log, async () => {
        const gated = endpoint(ports.submission, { delivery: delivery({ inbox: inbox(target()) }), timeoutMs: 2000 });
        expect(await see(gated)).toEqual(['ppppf', [code]]);
      });
      expect(logs).not.toMatch(/saved mail/);
      expect(await readMaildir(maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'with a certificate of an unknown CA receives no password',
    async () => {
      const { pin } = await reportedCertificate();
      const tls = { ca: [], minVersion: 'TLSv1.2', minValidDays: 14, pins: [pin.replace(/^sha256\//, '')] } as const;
      for (const scheme of ['imap', 'imaps'] as const) {
        const target = inbox({ scheme, port: ports[scheme] });
        const logs = await logsOf(NOTHING_SENT, async () => {
          const seen = await see(endpoint(ports.submission, { tls, delivery: delivery({ inbox: target }) }));
          expect(seen).toEqual(['ppppf', ['certificate-pinned', 'inbox-unreachable']]);
        });
        expect(logs).not.toMatch(/imap-login: Login|saved mail/);
      }
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'whose STARTTLS is overwritten in transit receives no password',
    async () => {
      await using relay = await startRelay(ports.imap, 'STARTTLS');
      const target = inbox({ scheme: 'imap', port: relay.port });
      await logsOf(NOTHING_SENT, async () => {
        const seen = await see(endpoint(ports.submission, { delivery: delivery({ inbox: target }) }));
        expect(seen).toEqual(['ppppf', ['inbox-unreachable']]);
      });
      expect(relay.sent).not.toMatch(/LOGIN|AUTHENTICATE|STARTTLS/);
    },
    TEST_TIMEOUT_MS,
  );

  async function reportedCertificate(): Promise<{ readonly pin: string }> {
    const { report } = await gate(endpoint(ports.submission));
    if (!report.tls) throw new Error('no TLS');
    return report.tls.certificate;
  }
});

function findingIn(steps: readonly StepReport[]): StepReport['findings'][number] {
  const [found] = steps.flatMap(({ findings }) => findings);
  if (!found) throw new Error('no finding');
  return found;
}
