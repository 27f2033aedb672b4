import { CATALOG, type CatalogEntry } from '../../src/findings/catalog.js';
import { FINDING_CODES, SEVERITIES } from '../../src/findings/codes.js';
import { completeFinding, completeFindings, type Observed } from '../../src/findings/complete.js';
import { finding, type KnownFinding } from '../../src/findings/finding.js';
import { Redactor } from '../../src/secrets/redactor.js';
import { Secret } from '../../src/secrets/secret.js';
import { inboxFinding } from '../../src/steps/delivery/inbox-finding.js';
import { testEndpoint } from '../support/gate.js';
import { own } from '../../src/text/own.js';
import { EXACTLY } from '../support/reports.js';

/** The fix of a finding depends on its cause, its evidence, and what the gate knows about the server. */

const OBSERVED: Observed = {
  step: 'certificate',
  endpoint: testEndpoint(587, { host: 'smtp.example.com', servername: 'smtp.example.com' }),
  address: '192.0.2.1',
  greeting: 'mx ESMTP',
  capabilities: ['PIPELINING'],
  redact: (text) => text,
};

test('without a cause, everything is that of the usual one', () => {
  const { usual, title } = CATALOG['connection-refused'];
  expect(completeFinding(finding('connection-refused', own`Refused.`), EXACTLY)).toEqual({
    ...{ code: 'connection-refused', severity: 'error', message: 'Refused.', title },
    ...{ party: usual.party, certainty: usual.certainty, remedy: usual.remedy },
    reference: 'RFC 5321 section 4.5.4.1',
  });
});

test('a cause has its own fix, and a reference if necessary', () => {
  const alert = finding('tls-handshake-failed', own`Alert 112.`, { cause: 'no-name-sent' });
  const { causes, reference } = CATALOG['tls-handshake-failed'];
  expect(completeFinding(alert, OBSERVED)).toMatchObject({
    ...{ title: causes['no-name-sent'].title, party: 'configuration', certainty: 'likely' },
    ...{ remedy: causes['no-name-sent'].remedy, reference: causes['no-name-sent'].reference },
  });
  const closed = finding('tls-handshake-failed', own`Alert 90.`, { cause: 'server-closed' });
  expect(completeFinding(closed, OBSERVED)).toMatchObject({ remedy: causes['server-closed'].remedy, reference });
});

test('the name of the cause is not part of the report', () => {
  const found = completeFinding(finding('run-stopped', own`Over.`, { cause: 'cancelled' }), EXACTLY);
  expect(Object.keys(found).sort()).toEqual(['certainty', 'code', 'message', 'party', 'remedy', 'severity', 'title']);
});

test('a fix can quote the evidence, in which a backtick does not mark code', () => {
  const evidence = { missingIssuer: 'CN=`Odd` CA', caIssuers: 'http://x/`' };
  const found = completeFinding(finding('certificate-chain-incomplete', own`Alone.`, { evidence }), EXACTLY);
  expect(found.remedy).toContain("the certificate of CN='Odd' CA, available at http://x/',");
  expect(found.evidence).toEqual(evidence);
});

describe('a problem of an account at a mail service', () => {
  const BREVO = 'smtp-relay.brevo.com ESMTP Service Ready';

  test('has to be fixed by the owner of the account, and not by whoever runs the server', () => {
    const blocked = finding('auth-rejected', own`No.`, { cause: 'client-not-allowed' });
    expect(completeFinding(blocked, OBSERVED)).toMatchObject({ party: 'server' });
    const { party, remedy } = completeFinding(blocked, { ...OBSERVED, greeting: BREVO });
    expect(party).toBe('configuration');
    expect(remedy).toMatch(/^Add the gate's .* GitHub-hosted runners change .* Brevo: .*"Authorized IPs"/);
    expect(remedy).toMatch(/ The owner of the account at Brevo has to do this\.$/);
    expect(remedy).not.toMatch(/on this port|log/);
  });

  test.each([
    ['Mailgun Influx ready', /^Mailgun: first check the region .* Compare the configured username .* an old password/],
    [
      'email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X',
      /^Amazon SES: the password must be that of SMTP credentials .* check the region in the host name/,
    ],
  ])('begins with what the service rejects most often: %s', (greeting, expected) => {
    const wrong = finding('auth-rejected', own`No.`, { cause: 'wrong-credentials' });
    const { remedy } = completeFinding(wrong, { ...OBSERVED, greeting });
    expect(remedy).toMatch(expected);
    expect(remedy).not.toContain("the server's log");
  });
});

test('a username that a service cannot have is quoted after what it must be, without other advice', () => {
  const found = finding('auth-rejected', own`No.`, { cause: 'wrong-username', evidence: { account: 'app@b.example' } });
  const { remedy, title } = completeFinding(found, { ...OBSERVED, greeting: 'SG ESMTP service ready at x' });
  expect(title).toBe('Username in the wrong format');
  expect(remedy).toBe(
    'SendGrid: the username must be the word `apikey`, and the password an API key with the Mail Send permission. The configured username is `app@b.example`.',
  );
});

test.each([
  ['security-defaults', /^Ask the administrator .* no account can be exempted/, /5\.7\.30|Set-AuthenticationPolicy/],
  ['passwords-ended', /^Authenticate with an `access-token` /, /security defaults|Set-AuthenticationPolicy/i],
  ['basic-auth-blocked', /^Ask the administrator .*`Set-AuthenticationPolicy/, /5\.7\.30|security defaults/i],
] as const)('a policy of Microsoft 365 has only the advice for its own reply: %s', (cause, advice, others) => {
  const greeting = 'FR0P281CA0147.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const { remedy } = completeFinding(finding('auth-rejected', own`No.`, { cause }), { ...OBSERVED, greeting });
  expect(remedy).toMatch(advice);
  expect(remedy).not.toMatch(others);
});

test('an account that may not send as the sender has a fix with both addresses, without the log of the service', () => {
  const evidence = { sender: 'no-reply@b.example', account: 'hello@b.example' };
  const found = finding('message-rejected', own`No.`, { cause: 'account-may-not-send-as', evidence });
  const { remedy } = completeFinding(found, { ...OBSERVED, greeting: 'mx.zoho.eu SMTP Server ready' });
  expect(remedy).toMatch(
    /^The account `hello@b\.example` may not send as `no-reply@b\.example`: set `delivery\.from` to `hello@b\.example`, or allow .* Zoho: /,
  );
  expect(remedy).not.toContain('log');
});

test.each([
  ['550 5.7.25 [203.0.113.77] The IP address sending this message does not have a PTR record', '203.0.113.77'],
  ['450 4.7.25 Client host rejected: cannot find your hostname, [2001:db8::7]', '2001:db8::7'],
])('the PTR record of the client leads if it is missing: %s', (reply, ip) => {
  const evidence = { reply, sender: 'gate@b.example' };
  const { party, remedy } = completeFinding(
    finding('message-rejected', own`No.`, { cause: 'client-name', evidence }),
    OBSERVED,
  );
  expect(party).toBe('network');
  expect(remedy).toMatch(new RegExp(`^Set the PTR record of ${ip} to a host name whose A or AAAA record is ${ip}: `));
  expect(remedy).toMatch(/ send through the submission server of `b\.example` with `auth`\.$/);
  expect(remedy).not.toMatch(/self-hosted|587/);
});

test('a limit of Postfix for AUTH has its setting and the client that it counts', () => {
  const evidence = { reply: '450 4.7.1 Error: too many AUTH commands from 192.0.2.9', mechanism: 'PLAIN' };
  const found = finding('auth-temporary-failure', own`No.`, { cause: 'too-many-attempts', evidence });
  const { remedy } = completeFinding(found, { ...OBSERVED, greeting: 'mx ESMTP Postfix' });
  expect(remedy).toMatch(/ from 192\.0\.2\.9: .*\nPostfix: .*`smtpd_client_auth_rate_limit`/s);
  expect(remedy).not.toContain('per-host');
});

test('a mechanism that the user has configured is enabled on the server before it is removed', () => {
  const found = finding('auth-mechanism-unavailable', own`No.`, {
    cause: 'mechanism-not-offered',
    evidence: { offered: 'PLAIN', required: 'LOGIN' },
  });
  const { remedy, party } = completeFinding(found, OBSERVED);
  expect(party).toBe('server');
  expect(remedy).toMatch(
    /^If clients need LOGIN, .* enable it on the server\. Otherwise, .*Dovecot: `auth_mechanisms`\. Cyrus SASL: `mech_list`/,
  );
});

test('the relay login of a proxy leads if a server behind it refuses to relay', () => {
  const found = finding('recipient-rejected', own`No.`, { cause: 'relay-denied-to-proxy' });
  const { remedy } = completeFinding(found, { ...OBSERVED, greeting: 'mx Dovecot ready.' });
  expect(remedy).toMatch(/^Configure the proxy to authenticate .*\nDovecot: .*`submission_relay_user`/s);
});

test('a finding that the user can fix points to the line of its setting', () => {
  const inbox = { file: 'gate.yml', line: 9 };
  const endpoint = { ...OBSERVED.endpoint, settingSource: () => inbox };
  const completed = (found: KnownFinding) => completeFinding(found, { ...OBSERVED, endpoint });
  expect(completed(finding('inbox-unreachable', own`No.`)).source).toEqual(inbox);
  const wrongName = (cause?: 'servername-setting') =>
    completed(finding('certificate-hostname-mismatch', own`No.`, { ...(cause && { cause }) }));
  expect(wrongName('servername-setting').source).toEqual(inbox);
  expect(wrongName()).toMatchObject({ party: 'server' });
  expect(wrongName()).not.toHaveProperty('source');
  expect(completed(finding('connection-refused', own`No.`))).not.toHaveProperty('source');
});

test('a fix names what the inputs set as the user knows it', () => {
  const endpoint = { ...OBSERVED.endpoint, settingNames: { 'delivery.from': 'mail-from', auth: 'username' } };
  const rejected = finding('sender-rejected', own`No.`, {
    cause: 'account-may-not-send-as',
    evidence: { sender: 'a@b.example' },
  });
  const { remedy } = completeFinding(rejected, { ...OBSERVED, endpoint });
  expect(remedy).toContain('Set `mail-from` to an address of the account in `username`');
  expect(completeFinding(rejected, OBSERVED).remedy).toContain(
    'Set `delivery.from` to an address of the account in `auth`',
  );
});

test('the catalog has every code once, in the same order and with the same severity', () => {
  const entries = Object.entries(CATALOG).map(([code, { severity }]) => [code, severity]);
  expect(entries).toEqual(Object.entries(SEVERITIES));
});

test.each(FINDING_CODES)('every cause of %s has a fix, without undefined evidence', (code) => {
  const { causes = {} }: CatalogEntry = CATALOG[code];
  for (const cause of [undefined, ...Object.keys(causes)]) {
    const { remedy } = completeFinding(
      { ...finding(code, own`Wrong.`), ...(cause !== undefined && { cause }) },
      OBSERVED,
    );
    expect(remedy).toMatch(/^[A-Z`"].*[.)]$/s);
    expect(remedy).not.toContain('undefined');
  }
});

test.each(FINDING_CODES)('the findings that a cause of %s explains exist', (code) => {
  const { usual, causes = {} }: CatalogEntry = CATALOG[code];
  const explained = [usual, ...Object.values(causes)].flatMap(({ explains = [] }) => explains);
  expect(explained.filter((one) => !(FINDING_CODES as readonly string[]).includes(one))).toEqual([]);
});

describe('the settings of servers', () => {
  const { examples, remedy } = CATALOG['starttls-not-advertised'].usual;
  const plain = finding('starttls-not-advertised', own`No.`);

  test('are those of common products if the software is not known', () => {
    expect(completeFinding(plain, OBSERVED).remedy).toBe(`${remedy as string}\n${examples}`);
  });

  test.each<[string, Partial<Observed>, RegExp]>([
    ['greeting', { greeting: 'mx ESMTP Postfix' }, /^Postfix: set `smtpd_tls_security_level/m],
    ['reply to EHLO', { capabilities: ['XVERP=Courier'] }, /^Courier: in `esmtpd`/m],
  ])('are only that of the software if it is known by its %s', (_, learned, setting) => {
    const found = completeFinding(plain, { ...OBSERVED, ...learned });
    expect(found.remedy).toMatch(setting);
    expect(found.remedy).not.toMatch(/Exim/);
    expect(found.remedy.startsWith(remedy as string)).toBe(true);
  });

  test('are only that of the software if it is known by a rejection in the evidence', () => {
    const found = finding('starttls-refused', own`No.`, { evidence: { reply: '454 4.7.0 x-1.2 - gsmtp' } });
    expect(completeFinding(found, OBSERVED).remedy).toContain(' Google: ');
  });

  test('are only that of the software if it is known by a greeting in the evidence', () => {
    const found = finding('plaintext-on-implicit-port', own`No.`, { evidence: { data: '220 mx ESMTP Postfix' } });
    expect(completeFinding(found, OBSERVED).remedy).toContain(' Postfix: set ');
  });

  test('are those of common products if only a host or a rejection has the name of one', () => {
    const found = finding('starttls-not-advertised', own`No.`, { evidence: { reply: '454 Postfix' } });
    const observed = { ...OBSERVED, greeting: '220 postfix.example.com ESMTP', capabilities: ['postfix.example.com'] };
    expect(completeFinding(found, observed).remedy).toBe(`${remedy as string}\n${examples}`);
  });
});

test.each([
  ['recipient-rejected', 'relay-denied-to-account', 'mx ESMTP Postfix', 'Postfix: put `permit_sasl_authenticated`'],
  ['recipient-rejected', 'relay-denied-to-account', 'mx ESMTP ready', 'Probably nginx: nginx checks the credentials'],
  [
    'recipient-rejected',
    'account-not-identified',
    'mx ESMTP x-1 - gsmtp',
    'Google: the administrator of the Workspace',
  ],
  ['recipient-rejected', 'recipient-or-relay', 'mx ESMTP OpenSMTPD', 'OpenSMTPD: add `match from any auth'],
  ['recipient-rejected', 'account-rejected-by-address', 'mx ESMTP Exim 4.98', 'Exim: put `accept authenticated'],
  ['recipient-rejected', 'ehlo-name', 'mx ESMTP Postfix', 'Postfix: for the submission service'],
  ['recipient-rejected', 'sender-unknown', 'mx ESMTP Exim 4.98', 'Exim: `require verify = sender`'],
  ['sender-rejected', 'disk-full', 'mx ESMTP Postfix', 'Postfix: the file system of `queue_directory`'],
  ['message-rejected', 'scanner-unavailable', 'mx ESMTP Exim 4.98', 'Exim: look for "malware acl condition"'],
  ['message-rejected', 'message-too-large', 'mx Dovecot ready.', 'Dovecot: set `submission_max_mail_size`'],
  ['message-rejected', 'size-limit', 'mx ESMTP Sendmail 8', 'Sendmail: define `confMAX_MESSAGE_SIZE`'],
  [
    'message-rejected',
    'account-may-not-send-as',
    'x.outlook.office365.com ready',
    'Microsoft 365: have the tenant administrator grant the permission "Send as"',
  ],
] as const)('%s because of %s has the setting of the server: %s', (code, cause, greeting, setting) => {
  const { remedy } = completeFinding(finding(code, own`No.`, { cause }), { ...OBSERVED, greeting });
  expect(remedy.replaceAll('\n', ' ')).toContain(` ${setting}`);
});

test('a program that hides STARTTLS has the setting of the server only if that is known', () => {
  const found = finding('starttls-stripped', own`Hidden.`, { cause: 'hidden' });
  const remedyOn = (greeting: string): string => completeFinding(found, { ...OBSERVED, greeting }).remedy;
  expect(remedyOn('mx ESMTP')).toContain('Postfix does not offer STARTTLS if `smtpd_discard_ehlo_keywords`');
  expect(remedyOn('mx ESMTP Postfix')).toContain('Postfix: remove `starttls` from');
  expect(remedyOn('mx ESMTP Exim 4.98')).not.toContain('smtpd_discard');
});

test('an application that cannot open the mailbox of Exchange Online needs access to it', () => {
  const greeting = 'VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const evidence = { reply: '430 4.2.0 STOREDRV; mailbox logon failure', account: 'app@example.com' };
  const found = finding('message-rejected', own`No.`, { evidence, cause: 'mailbox-access' });
  const { remedy } = completeFinding(found, { ...OBSERVED, greeting });
  expect(remedy).toMatch(
    /^Give the authenticated account .* \(`app@example\.com`\).* Microsoft 365: .*`Add-MailboxPermission/,
  );
});

test('a login at an inbox has no advice about a different provider', () => {
  const remedyAt = (inbox: string, cause: 'login-refused' | 'protocol-disabled-by-organization' = 'login-refused') =>
    completeFinding(finding('inbox-rejected', own`No.`, { cause, evidence: { inbox } }), OBSERVED).remedy;
  expect(remedyAt('imaps://imap.example.com:993')).not.toMatch(/Microsoft|Google/);
  expect(remedyAt('imaps://imap.gmail.com:993', 'protocol-disabled-by-organization')).toContain('"End User Access"');
  expect(remedyAt('imaps://imap.example.com:993', 'protocol-disabled-by-organization')).not.toContain('Google');
});

test.each([
  [
    'imap.gmail.com',
    'IMAP access is disabled for your domain. Contact your domain administrator',
    'protocol-disabled-by-organization',
  ],
  [
    'imap.gmail.com',
    'Your account is not enabled for IMAP use. Please visit your Gmail settings page',
    'protocol-disabled',
  ],
  ['imap.gmail.com', 'Application-specific password required: https://support.google.com', 'app-password'],
  [
    'imap.example.com',
    'You are yet to enable IMAP for your account. Please contact your administrator',
    'protocol-disabled-by-organization',
  ],
  ['outlook.office365.com', 'LOGIN failed.', 'no-passwords'],
  ['imap-mail.outlook.com', 'LOGIN failed.', 'no-passwords'],
  ['imap.gmail.com', 'Invalid credentials (Failure)', 'provider-password'],
  ['imap.example.com', 'LOGIN failed.', 'login-refused'],
])('the login at %s that is rejected with "%s" has its own cause', (host, said, cause) => {
  const target = {
    scheme: 'imaps',
    host,
    port: 993,
    mailbox: 'INBOX',
    username: 'app',
    password: new Secret('x'),
  } as const;
  const failure = { kind: 'rejected', reason: 'login-refused', detail: own`"${said}"`, reply: said } as const;
  expect(inboxFinding(failure, target)).toMatchObject({ code: 'inbox-rejected', cause });
});

test('examples that are not about the software of the server are shown even if that is known', () => {
  const greeting = 'mx ESMTP Postfix';
  const found = completeFinding(finding('starttls-stripped', own`Hidden.`), { ...OBSERVED, greeting });
  expect(found.remedy).toContain('`no inspect esmtp`');
  expect(found.remedy).not.toContain('Postfix: ');
});

describe('the command', () => {
  test('comes with the text that shows the problem', () => {
    const { reproduce, reproduceShows } = completeFinding(finding('certificate-expired', own`Expired.`), OBSERVED);
    expect(reproduce).toMatch(/^openssl s_client -connect 192\.0\.2\.1:587 /);
    expect(reproduceShows).toBe('certificate has expired');
  });

  test('shows the reply in the evidence', () => {
    const found = finding('sender-rejected', own`No.`, { evidence: { reply: '250 2.1.5 Ok' } });
    expect(completeFinding(found, OBSERVED).reproduceShows).toBe('250 2.1.5 Ok');
  });

  test.each([
    [
      '554 5.7.1 Client host [192.0.2.1] blocked using zen.example; Error: open resolver; https://a.test',
      'Error: open resolver',
    ],
    ['554 5.7.1 Client host [192.0.2.1] blocked using zen.example', '554 5.7.1 Client host'],
  ])('shows the error of a blocklist in the reply %s', (reply, shows) => {
    const found = finding('recipient-rejected', own`No.`, { evidence: { reply }, cause: 'blocklist-query-refused' });
    expect(completeFinding(found, OBSERVED).reproduceShows).toBe(shows);
  });

  test.each([
    ['550-5.1.1 No such user / 550 5.1.1 here', '5.1.1 No such user'],
    [
      '535 5.7.3 Unsuccessful [AM0P.eurprd01.prod.exchangelabs.com 2026-11-28T17:00:00.000Z 08DE]',
      '535 5.7.3 Unsuccessful',
    ],
    ['550 5.7.1 Denied \\x1b[31m now', '550 5.7.1 Denied'],
    ['550 5.7.1 Denied. 5b1f17b1804b1-43.7 - gsmtp', '550 5.7.1 Denied.'],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked', '554 5.7.1 Service unavailable'],
    ['554 5.2.252 SendAsDenied; app@example.com not allowed; 1.36674:0A000000', '554 5.2.252 SendAsDenied'],
    ['451 4.7.1 Try later (greylisted for 300 s)', '451 4.7.1 Try later'],
    ['554 5.7.1 Rejected 4cYbM31Fzqz2xHq by the filter', '554 5.7.1 Rejected'],
    [`554 5.7.1 ${'really '.repeat(30)}not`, `554 5.7.1 ${'really '.repeat(10).trimEnd()}`],
    ['550 5.1.1 <gate@mail-server-01.example.com>: unknown', '550 5.1.1 <gate@mail-server-01.example.com>: unknown'],
  ])('shows what every session has of the reply %s', (reply, shows) => {
    const found = finding('sender-rejected', own`No.`, { evidence: { reply } });
    expect(completeFinding(found, OBSERVED).reproduceShows).toBe(shows);
  });

  test.each(['sender-rejected', 'recipient-rejected', 'message-rejected'] as const)(
    'goes as far as the rejection and no further: %s',
    (code) => {
      const delivery = { from: 'a@b.example', to: 'c@d.example', expect: 'received' };
      const observed = { ...OBSERVED, endpoint: { ...OBSERVED.endpoint, delivery } };
      const { causes } = CATALOG[code];
      const end = { 'sender-rejected': 'MAIL', 'recipient-rejected': 'RCPT', 'message-rejected': undefined }[code];
      for (const cause of Object.keys(causes) as (keyof typeof causes)[]) {
        const found = finding(code, own`No.`, { evidence: { reply: '550 5.7.1 No' }, cause });
        const { reproduce = '', reproduceSendsTo } = completeFinding(found, observed);
        // Commands about other things, such as an extension, send no envelope.
        if (!reproduce.includes(' --from ')) continue;
        // The first message may be accepted.
        if (reproduce.startsWith('for i in 1 2; do ')) {
          expect(reproduceSendsTo).toBe('c@d.example');
          continue;
        }
        expect(/ --quit-after (\w+)$/.exec(reproduce)?.[1]).toBe(end);
        expect(reproduceSendsTo).toBe(end === undefined ? 'c@d.example' : undefined);
      }
    },
  );

  test.each([
    finding('certificate-pinned', own`A notice.`),
    finding('internal-error', own`The gate.`),
    finding('sender-rejected', own`Without a reply to look for.`),
  ])('is missing for $code', (found) => {
    expect(completeFinding(found, OBSERVED)).not.toHaveProperty('reproduce');
  });
});

describe('a password that is a word of the gate', () => {
  const words = ['swaks', 'openssl', 'Fix', 'server', '250', 'PASSWORD', '--auth', 'certificate', 'the', 'Send'];
  const redactor = new Redactor(words);
  const observed: Observed = { ...OBSERVED, redact: (text) => redactor.redact(text) };
  const endpoint = {
    ...OBSERVED.endpoint,
    auth: { username: 'the server', kind: 'password' },
    delivery: { from: 'a@b.example', to: 'PASSWORD@b.example', expect: 'received' },
  } as const;

  test('does not change a fix or a command', () => {
    for (const code of FINDING_CODES) {
      const found = finding(code, own`Wrong.`, { evidence: {} });
      expect(completeFinding(found, observed)).toEqual(completeFinding(found, OBSERVED));
    }
  });

  test('is redacted in the values that become a part of them', () => {
    const refused = finding('sender-rejected', own`No.`, { evidence: { reply: '250 2.1.5 the recipient: PASSWORD' } });
    const { reproduce, reproduceShows } = completeFinding(refused, { ...observed, endpoint });
    expect(reproduce).toContain('swaks --server smtp.example.com:587 --tls --tls-sni smtp.example.com --tls-verify');
    expect(reproduce).toContain(" --auth-user 'the <redacted>' --auth-hide-password ");
    expect(reproduce).toContain(" --to '<redacted>@b.example'");
    expect(reproduceShows).toBe('250 2.1.5 the recipient:');

    const evidence = { missingIssuer: 'CN=PASSWORD' };
    const incomplete = finding('certificate-chain-incomplete', own`No issuer.`, { evidence });
    const { remedy } = completeFinding(incomplete, observed);
    expect(remedy).toContain('CN=<redacted>');
    expect(remedy).toContain('the server');
  });
});

test('a command for a folder with a secret in its name is left out', () => {
  const redactor = new Redactor(['s3cret pass']);
  const inbox = { scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX', username: 'gate' };
  const endpoint = {
    ...OBSERVED.endpoint,
    delivery: { from: 'a@b.example', to: 'c@b.example', expect: 'received', inbox },
  } as const;
  const commandFor = (folder: string) => {
    const found = finding('message-in-junk', own`In junk.`, { evidence: { folder } });
    const observed = { ...OBSERVED, endpoint, redact: (text: string) => redactor.redact(text) };
    return completeFinding(found, observed).reproduce;
  };
  expect(commandFor('Junk')).toContain('imaps://imap.example.com:993/Junk');
  expect(commandFor('Junk s3cret pass')).toBeUndefined();
});

test('a command that would be cut is left out', () => {
  const found = finding('certificate-expired', own`Expired.`);
  const long = { ...OBSERVED.endpoint, ehlo: 'x'.repeat(900) };
  expect(completeFinding(found, { ...OBSERVED, endpoint: long })).not.toHaveProperty('reproduce');
});

describe('one fix for several findings that a new certificate fixes', () => {
  const expired = finding('certificate-expired', own`Old.`);
  const selfSigned = finding('certificate-self-signed', own`Own.`, { evidence: { pin: 'sha256/x' } });
  const misnamed = finding('certificate-hostname-mismatch', own`Other.`, {
    evidence: { expected: 'smtp.example.com', names: 'localhost' },
  });
  const remedies = (...found: KnownFinding[]): string[] =>
    completeFindings(found, OBSERVED).map(({ remedy }) => remedy.replace(/ Postfix: .*/, ''));

  test('is that of the first, and the others refer to it', () => {
    expect(remedies(expired, selfSigned, misnamed)).toEqual([
      'Replace the certificate with one that is valid now, was issued by a CA that its clients trust, and includes smtp.example.com.',
      'The same new certificate fixes this: see "Certificate expired".',
      'The same new certificate fixes this: see "Certificate expired".',
    ]);
  });

  test('has the setting of the server', () => {
    const [first] = completeFindings([selfSigned, misnamed], { ...OBSERVED, greeting: 'mx ESMTP Postfix' });
    expect(first?.remedy).toMatch(/^Replace the certificate with one .* Postfix: set `smtpd_tls_chain_files`/);
  });

  test('is not that of a finding that is waived', () => {
    const waived = { ...expired, waived: { reason: 'known', until: '2099-12-31' } };
    const [first, second] = completeFindings([waived, selfSigned], OBSERVED);
    expect(first?.remedy).toBe('The same new certificate fixes this: see "Self-signed certificate".');
    expect(second?.remedy).toMatch(/^Replace the certificate/);
  });

  test('is for one certificate of a server, not for both', () => {
    const other = finding('certificate-expired', own`Old.`, { evidence: { keyType: 'RSA' } });
    expect(remedies(misnamed, other)).toEqual([completed(misnamed), completed(other)]);
  });

  test('says which certificate of a server it is about', () => {
    const other = finding('certificate-expired', own`Old.`, { evidence: { keyType: 'RSA' } });
    expect(completed(other)).toContain('this finding is about the RSA one.');
    expect(completeFinding(other, OBSERVED).title).toBe('Certificate expired (RSA)');
  });

  test('does not replace the fix of a finding that a new certificate does not fix', () => {
    const local = finding('certificate-hostname-mismatch', own`Local.`, {
      cause: 'local-address',
      evidence: { expected: 'localhost', names: 'smtp.example.com' },
    });
    const pinned = finding('certificate-pinned', own`Ignored.`);
    expect(remedies(expired, local, pinned)).toEqual([expired, local, pinned].map(completed));
  });

  const completed = (found: KnownFinding): string =>
    completeFinding(found, OBSERVED).remedy.replace(/ Postfix: .*/, '');
});
