import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMANDS, type CommandName } from '../../../src/findings/reproduce.js';
import type { Endpoint, MailboxTarget } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import type { CertificateName } from '../../support/certificate-fixtures.js';
import { RSA_2048 } from '../../support/key-types.js';
import { inDays } from '../../../src/servers/pki.js';
import { raw, silence } from '../../support/dialogue.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { expectCommandShows, typed } from '../../support/commands.js';
import { DELIVERY, codes, gate, testEndpoint } from '../../support/gate.js';
import { MAIL_USER, startMailServers, type MailServers } from '../../support/postfix-dovecot.js';
import { disclosed } from '../../support/secret-forms.js';

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: MailServers;
let authority: string;
beforeAll(async () => {
  servers = await startMailServers();
  authority = join(servers.folder, 'authority.pem');
  await writeFile(authority, servers.certs.pki.root.cert);
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

function endpoint(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  const ca = [servers.certs.pki.root.cert];
  return testEndpoint(port, {
    tls: {
      ...{ ca, anchorSources: [{ path: authority, certificates: ca }] },
      ...{ minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    },
    timeoutMs: 10_000,
    ...replaced,
  });
}

/** The only error that the gate finds. Its command shows what it claims. */
async function found(gated: Endpoint): Promise<Finding & { readonly reproduce: string }> {
  const { report } = await gate(gated);
  const [error] = report.steps.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
  if (error?.reproduce === undefined) throw new Error(`no command with ${codes(report.steps).join(', ')}`);
  await expectCommandShows(error, { password: passwordFor(error, gated) });
  return { ...error, reproduce: error.reproduce };
}

function passwordFor({ reproduce = '' }: Finding, { auth, delivery }: Endpoint): string {
  if (reproduce.includes('the password of the inbox')) return delivery?.inbox?.password?.reveal() ?? '';
  return auth && auth.kind !== 'certificate' ? auth.secret.reveal() : '';
}

function commandOf(name: CommandName, gated: Endpoint): string {
  const command = COMMANDS[name](gated, { evidence: {}, capabilities: [] });
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return command;
}

describe('the command of a finding about TLS', () => {
  const verdict = async (command: string): Promise<string | undefined> =>
    /^ *Verify return code: (\d+) /m.exec(await typed(command))?.[1];

  test.each<[CertificateName, string, string]>([
    ['expired', 'certificate-expired', '10'],
    ['notYetValid', 'certificate-not-yet-valid', '9'],
    ['selfSigned', 'certificate-self-signed', '18'],
    ['incomplete', 'certificate-chain-incomplete', '21'],
    ['untrusted', 'certificate-untrusted', '20'],
    ['untrustedWithRoot', 'certificate-untrusted', '19'],
    ['wrongHost', 'certificate-hostname-mismatch', '62'],
    ['addressAsName', 'certificate-hostname-mismatch', '62'],
  ])('for %s, which is %s, ends with OpenSSL error %s', async (certName, code, expected) => {
    const error = await found(endpoint(servers.certificatePorts[certName]));
    expect(error.code).toBe(code);
    expect(await verdict(error.reproduce)).toBe(expected);
  });

  test.each([
    ['RSA', 'TLSv1.2', RSA_2048],
    ['RSA', 'TLSv1.3', RSA_2048],
    ['ECDSA', 'TLSv1.2', undefined],
    ['ECDSA', 'TLSv1.3', undefined],
  ] as const)('for an expired %s certificate of two, over %s, gets that one', async (kind, maxVersion, key) => {
    const { certs } = servers;
    const names = ['mail.example.test'];
    const dates = { notBefore: inDays(-400), notAfter: inDays(-2) };
    const expired = await certs.pki.issue({ names, ...dates, ...(key && { key }) });
    const good = key ? certs.good : certs.rsa2048;
    const tls = { key: [good.key, expired.key], cert: [good.chain, expired.chain], maxVersion };
    await using server = await startScriptedServer({ tls });
    const usual = endpoint(server.port);
    const error = await found({ ...usual, tls: { ...usual.tls, dualCertificates: true } });
    expect([undefined, kind]).toContain(error.evidence?.keyType);
    expect(await verdict(error.reproduce)).toBe('10');
  });

  test('for an IP address that is not in the certificate ends with OpenSSL error 64', async () => {
    const error = await found(endpoint(servers.ports.submission, { servername: '127.0.0.1' }));
    expect(error.code).toBe('certificate-hostname-mismatch');
    expect(await verdict(error.reproduce)).toBe('64');
  });

  test.each<[string, () => Endpoint]>([
    ['STARTTLS', () => endpoint(servers.ports.submission)],
    ['STARTTLS with an EHLO name', () => endpoint(servers.ports.submission, { ehlo: 'ci.example.test' })],
    ['implicit TLS', () => endpoint(servers.ports.submissions, { transport: 'implicit' })],
    ['an address', () => endpoint(servers.certificatePorts.address, { servername: '127.0.0.1' })],
    ['TLS 1.3', () => endpoint(servers.ports.submission, { tls: { ...endpoint(0).tls, minVersion: 'TLSv1.3' } })],
  ])('for a healthy server with %s ends without an error', async (_, gated) => {
    expect(codes((await gate(gated())).report.steps)).toEqual([]);
    expect(await verdict(commandOf('openssl', gated()))).toBe('0');
  });

  test('shows that the server supports no allowed TLS version', async () => {
    const error = await found(endpoint(servers.ports.oldTls));
    expect(error.code).toBe('tls-version-too-old');
    expect(await typed(error.reproduce)).toContain('SSL alert number 70');
  });

  test('shows that STARTTLS is not offered', async () => {
    const error = await found(endpoint(servers.ports.noTls));
    expect(error.code).toBe('starttls-not-advertised');
    expect(await typed(error.reproduce)).toMatch(/Host did not advertise STARTTLS/);
  });

  test('shows that the port uses implicit TLS', async () => {
    const error = await found(endpoint(servers.ports.submissions, { timeoutMs: 1500 }));
    expect(error).toMatchObject({
      code: 'implicit-tls-port',
      reproduceShows: '220 mail.example.test ESMTP Postfix',
    });
    expect(await typed(error.reproduce)).not.toContain('verify error');
  });

  test('shows that the port is unencrypted', async () => {
    const error = await found(endpoint(servers.ports.submission, { transport: 'implicit' }));
    expect(error.code).toBe('plaintext-on-implicit-port');
    expect(await typed(error.reproduce)).toMatch(/^220 mail\.example\.test ESMTP Postfix/m);
  });
});

describe('the swaks command of a finding', () => {
  const swaks = (command: string, password = MAIL_USER.password): Promise<string> => typed(command, { password });
  const auth = (password: string): NonNullable<Endpoint['auth']> => ({
    username: MAIL_USER.username,
    secret: new Secret(password),
    kind: 'password',
    expect: 'accepted',
  });

  // Dovecot replies more slowly after every wrong password, and for a while afterwards.
  test(
    'shows a rejected login, and hides the password',
    async () => {
      const error = await found(endpoint(servers.ports.submission, { auth: auth('wrong') }));
      expect(error.code).toBe('auth-rejected');
      const output = await swaks(error.reproduce, 'wrong');
      expect(output).toMatch(/<~\* 535 5\.7\.8 /);
      expect(output).not.toMatch(/wrong(?!\s*\n)/);
      expect(output).not.toContain(Buffer.from(`\0${MAIL_USER.username}\0wrong`).toString('base64'));
    },
    TEST_TIMEOUT_MS,
  );

  test.each([
    ['STARTTLS', 'submission', 'starttls', 'PLAIN'],
    ['STARTTLS', 'submission', 'starttls', 'LOGIN'],
    ['implicit TLS', 'submissions', 'implicit', undefined],
  ] as const)(
    'shows an accepted login over %s (%s, %s, %s)',
    async (_, service, transport, mechanism) => {
      const gated = endpoint(servers.ports[service], {
        transport,
        auth: { ...auth(MAIL_USER.password), ...(mechanism && { mechanism }) },
      });
      const output = await swaks(commandOf('sign-in', gated));
      expect(output).toMatch(new RegExp(` ~> AUTH ${mechanism ?? 'PLAIN'}`));
      expect(output).toMatch(/<~ {2}235 2\.7\.0 /);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'sends no password to a server with an invalid chain',
    async () => {
      const error = await found(endpoint(servers.ports.submission, { auth: auth('wrong') }));
      // As if the CA were not configured.
      const output = await swaks(error.reproduce.replace(` --tls-ca-path ${authority}`, ''));
      expect(output).toMatch(/verif/i);
      expect(output).not.toMatch(/AUTH (PLAIN|LOGIN)/);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'shows which recipient is rejected',
    async () => {
      const delivery = { ...DELIVERY, from: MAIL_USER.username, to: 'nobody@example.test' };
      const error = await found(endpoint(servers.ports.submission, { auth: auth(MAIL_USER.password), delivery }));
      expect(error.code).toBe('recipient-rejected');
      expect(await swaks(error.reproduce)).toMatch(/RCPT TO:<nobody@example\.test>\n<~\* 550 5\.1\.1 /);
    },
    TEST_TIMEOUT_MS,
  );

  test('shows that relaying is rejected without AUTH', async () => {
    const delivery = { ...DELIVERY, from: MAIL_USER.username, to: 'somebody@elsewhere.example' };
    const error = await found(endpoint(servers.ports.mx, { delivery }));
    expect(error.code).toBe('recipient-rejected');
    expect(await swaks(error.reproduce)).toMatch(/<~\* 554 5\.7\.1 .*Relay access denied/);
  });

  test('shows that AUTH is not offered', async () => {
    const error = await found(endpoint(servers.ports.mx, { auth: auth(MAIL_USER.password) }));
    expect(error.code).toBe('auth-not-advertised');
    expect(await swaks(error.reproduce)).toMatch(/Host did not advertise authentication/);
  });
});

test('the swaks command of an incomplete reply shows that its end does not arrive', async () => {
  await using server = await startScriptedServer({ replies: { EHLO: [raw('250-mail.example.test\r\n'), silence] } });
  const error = await found(endpoint(server.port, { timeoutMs: 1500 }));
  expect(error).toMatchObject({ code: 'reply-timeout', title: 'Incomplete reply' });
});

describe('the swaks command of a rejected message', () => {
  const dialogue = (end?: string) => ({
    tls: { key: servers.certs.good.key, cert: servers.certs.good.chain },
    ...(end !== undefined && { replies: { MESSAGE: end } }),
  });
  const rejected = async (gated: Endpoint): Promise<Finding & { readonly reproduce: string }> => {
    const { report } = await gate(gated);
    const error = report.steps.flatMap(({ findings }) => findings).find(({ severity }) => severity === 'error');
    if (error?.reproduce === undefined) throw new Error(`no command with ${codes(report.steps).join(', ')}`);
    return { ...error, reproduce: error.reproduce };
  };

  test('sends two messages if the server limits how many it accepts, and asks for the password twice', async () => {
    const limit = '550 5.7.0 Requested action not taken: too many emails per second';
    await using server = await startScriptedServer([dialogue(limit), dialogue(), dialogue(limit)]);
    const auth = { username: 'app', secret: new Secret('correct'), kind: 'password', expect: 'accepted' } as const;
    const error = await rejected(endpoint(server.port, { auth, delivery: DELIVERY }));
    expect(error.title).toBe('Rate limit exceeded');
    await expectCommandShows(error, { password: 'correct\ncorrect' });
    expect(server.messages).toHaveLength(3);
  });

  test('sends a message like that of the gate if a filter rejects that', async () => {
    await using server = await startScriptedServer(dialogue('554 5.7.1 Spam message rejected'));
    const error = await rejected(endpoint(server.port, { delivery: DELIVERY }));
    expect(error.title).toBe('Rejected by a content filter');
    await expectCommandShows(error);
    const [ofGate = '', ofCommand = ''] = server.messages;
    for (const line of [
      /^Subject: STARTTLS Gate test message\b/m,
      /^Auto-Submitted: auto-generated\r$/m,
      /^This message was sent by STARTTLS Gate,.*\r$/m,
    ]) {
      expect(line.exec(ofCommand)?.[0]).toBe(line.exec(ofGate)?.[0]);
    }
  });

  test('sends a message with curl if the account has an access token', async () => {
    const rejection = '550 5.1.8 Access denied, bad outbound sender AS(42004)';
    const XOAUTH2 = function* (initial: string | undefined): Generator<string, string, string> {
      if (initial === undefined) yield '';
      return '235 2.7.0 Accepted';
    };
    await using server = await startScriptedServer({
      ...dialogue(rejection),
      ...{ sasl: { XOAUTH2 }, offersInTls: ['AUTH XOAUTH2'] },
    });
    const auth = {
      username: 'app',
      secret: new Secret('ya29-token'),
      kind: 'access-token',
      expect: 'accepted',
    } as const;
    const error = await rejected(endpoint(server.port, { servername: 'mail.example.test', auth, delivery: DELIVERY }));
    expect(error).toMatchObject({ title: 'Account blocked from sending', reproduceSendsTo: DELIVERY.to });
    await expectCommandShows(error, { password: 'ya29-token' });
    expect(server.messages).toHaveLength(2);
    expect(server.messages[1]).toMatch(/^Subject: STARTTLS Gate test message\r$/m);
  });

  test('sends an attachment as large as that of the gate if the message is too large', async () => {
    await using server = await startScriptedServer(dialogue('552 5.3.4 Message too big for system.'));
    const error = await rejected(endpoint(server.port, { delivery: { ...DELIVERY, attachmentBytes: 100_000 } }));
    expect(error.title).toBe('Message too large');
    await expectCommandShows(error);
    const [ofGate = '', ofCommand = ''] = server.messages.map((message) => message.length);
    expect(Math.abs(Number(ofCommand) - Number(ofGate))).toBeLessThan(5_000);
  });
});

describe('the curl command of a finding about an inbox', () => {
  const inbox = (
    scheme: 'imap' | 'imaps' | 'pop3' | 'pop3s',
    replaced: Partial<MailboxTarget> = {},
  ): MailboxTarget => ({
    ...{ scheme, host: '127.0.0.1', port: servers.ports[scheme], mailbox: 'INBOX' },
    ...{ username: MAIL_USER.username, password: new Secret(MAIL_USER.password) },
    ...replaced,
  });
  const delivering = (target: MailboxTarget): Endpoint =>
    endpoint(servers.ports.submission, {
      auth: {
        ...{ username: MAIL_USER.username, secret: new Secret(MAIL_USER.password) },
        kind: 'password',
        expect: 'accepted',
      },
      delivery: { ...DELIVERY, from: MAIL_USER.username, to: MAIL_USER.username, inbox: target },
    });

  test.each(['imaps', 'imap'] as const)(
    'shows that the folder does not exist (%s)',
    async (scheme) => {
      const error = await found(delivering(inbox(scheme, { mailbox: 'Nowhere' })));
      expect(error.code).toBe('inbox-rejected');
      expect(error.reproduce).toContain(` -X 'EXAMINE "Nowhere"' ${scheme}://127.0.0.1:`);
      expect(error.reproduceShows).toMatch(/doesn't exist/);
    },
    TEST_TIMEOUT_MS,
  );

  test.each(['imaps', 'imap', 'pop3s', 'pop3'] as const)(
    'shows a rejected login, and not the password (%s)',
    async (scheme) => {
      const error = await found(delivering(inbox(scheme, { password: new Secret('quite wrong') })));
      expect(error.code).toBe('inbox-rejected');
      const output = await typed(error.reproduce, { password: 'quite wrong' });
      expect(disclosed(output, 'quite wrong', MAIL_USER.username)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );
});
