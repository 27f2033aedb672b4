import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CATALOG, type CatalogEntry } from '../../../src/findings/catalog.js';
import type { InboxTarget, MailboxTarget } from '../../../src/plan/endpoint.js';
import { completeFinding } from '../../../src/findings/complete.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import { issue } from '../../../src/servers/pki.js';
import { inboxFinding } from '../../../src/steps/delivery/inbox-finding.js';
import { own } from '../../../src/text/own.js';
import { startEmbedded } from '../../support/embedded.js';
import { gate, letters } from '../../support/gate.js';
import { Mailbox } from '../../support/imap/mailbox.js';
import { startImap, type ImapOptions } from '../../support/imap/server.js';
import { createInboxTrust, HOST, type InboxTrust } from '../../support/inbox.js';
import { startMailpit } from '../../support/mailpit.js';
import { startScriptedImap, type ImapScript } from '../../support/scripted-imap.js';
import { startScriptedPop3, type Pop3Script } from '../../support/scripted-pop3.js';
import { closedPort } from '../../support/scripted-server.js';
import { EXACTLY } from '../../support/reports.js';
import { createCertificateFixtures, type CertificateName } from '../../support/certificate-fixtures.js';

/** What a finding says about an inbox that cannot be used: the cause, who has to act, and the dialogue with the inbox. */

const USER = 'reader@example.test';
const PASSWORD = 'correct horse battery';

type Report = Omit<EndpointReport, 'attempts'>;

let trust: InboxTrust;
beforeAll(async () => {
  trust = await createInboxTrust();
});

function mailboxAt(port: number, scheme: MailboxTarget['scheme'], mailbox = 'INBOX'): MailboxTarget {
  return { scheme, host: HOST, port, mailbox, username: USER, password: new Secret(PASSWORD) };
}

/** A correct server with an empty mailbox. */
async function startMailbox(options: Partial<ImapOptions> = {}) {
  const usual = { identity: trust.identity, security: 'implicit', mailbox: new Mailbox(), knows: () => true } as const;
  const server = await startImap({ ...usual, ...options });
  return { port: server.port, [Symbol.asyncDispose]: () => server.close() };
}

/** Runs the gate on a correct SMTP server whose messages must arrive in this inbox. */
async function gated(inbox: InboxTarget, pki = trust.pki): Promise<Report> {
  await using server = await startEmbedded({ pki });
  const endpoint = server.endpoint();
  if (!endpoint.delivery) throw new Error('the embedded server delivers');
  const { report } = await gate({ ...endpoint, timeoutMs: 1000, delivery: { ...endpoint.delivery, inbox } });
  expect(letters(report.steps)).toMatch(/^pppp[fi]$/);
  expect(server.mailbox.messages).toEqual([]);
  return report;
}

/** The only finding, with its cause by name. */
function onlyFinding({ steps }: Report) {
  const [found, ...others] = steps[4]?.findings ?? [];
  expect(others).toEqual([]);
  if (!found) throw new Error('no finding');
  const { causes = {} }: CatalogEntry = CATALOG[found.code as keyof typeof CATALOG];
  const cause = Object.keys(causes).find((name) => causes[name]?.title === found.title);
  return { ...found, cause };
}

const said = ({ inboxTranscript = [] }: Report): string[] =>
  inboxTranscript.map(({ from, text }) => `${from === 'client' ? '>' : '<'} ${text}`);

const CAPABLE = { capabilities: 'IMAP4rev1 STARTTLS' };

test.each<[string, 'imap' | 'imaps', ImapScript, string, string, RegExp]>([
  [
    'has no such mailbox',
    'imaps',
    { replies: { SELECT: ['$ NO [NONEXISTENT] No such mailbox'] } },
    'mailbox-missing',
    'configuration',
    /: the login succeeded, but there is no mailbox "Team\/Gate", requested as "INBOX\/Team\/Gate": "NO \[NONEXISTENT\] No such mailbox"\.$/,
  ],
  [
    'does not allow the mailbox to be opened',
    'imaps',
    { replies: { LIST: ['* LIST () "/" Team/Gate', '$ OK Done'], SELECT: ['$ NO [NOPERM] Access denied'] } },
    'mailbox-refused',
    'inbox',
    /: the login succeeded, but the mailbox "Team\/Gate" cannot be opened: "NO \[NOPERM\] Access denied"\.$/,
  ],
  [
    'rejects the password',
    'imaps',
    { replies: { LOGIN: ['$ NO [AUTHENTICATIONFAILED] Wrong'] } },
    'login-refused',
    'configuration',
    / rejected the login: "Wrong"\.$/,
  ],
  [
    'announces LOGINDISABLED',
    'imaps',
    { capabilities: 'IMAP4rev1 LOGINDISABLED' },
    'login-disabled',
    'inbox',
    /: the server announces LOGINDISABLED, and no login mechanism that the gate supports\.$/,
  ],
  [
    'cannot reach its user database',
    'imaps',
    { replies: { LOGIN: ['$ NO [UNAVAILABLE] Backend down'] } },
    'login-unavailable',
    'inbox',
    /: the server cannot check the login now: "NO \[UNAVAILABLE\] Backend down"\.$/,
  ],
  [
    'allows no more logins now',
    'imaps',
    { replies: { LOGIN: ['$ NO [LIMIT] Too many sessions'] } },
    'too-many-sessions',
    'configuration',
    /: the server does not allow a login now: "NO \[LIMIT\] Too many sessions"\.$/,
  ],
  [
    'has too many connections, in words',
    'imaps',
    { replies: { LOGIN: ['$ NO Too many simultaneous connections'] } },
    'too-many-sessions',
    'configuration',
    /: the server does not allow a login now: "NO Too many simultaneous connections"\.$/,
  ],
  [
    'accepts the password of an account that may not use IMAP',
    'imaps',
    { replies: { LOGIN: ['$ NO [AUTHORIZATIONFAILED] No IMAP for you'] } },
    'login-not-authorized',
    'inbox',
    /: the server rejected the login: "NO \[AUTHORIZATIONFAILED\] No IMAP for you"\.$/,
  ],
  [
    'rejects a password that has expired',
    'imaps',
    { replies: { LOGIN: ['$ NO [EXPIRED] Choose a new one'] } },
    'password-expired',
    'configuration',
    /: the server rejected the login: "NO \[EXPIRED\] Choose a new one"\.$/,
  ],
  [
    'regards the session as unencrypted',
    'imaps',
    { replies: { LOGIN: ['$ NO [PRIVACYREQUIRED] Use TLS'] } },
    'login-requires-encryption',
    'inbox',
    /: the server rejected the login: "NO \[PRIVACYREQUIRED\] Use TLS"\.$/,
  ],
  [
    'refers to its administrator',
    'imaps',
    { replies: { LOGIN: ['$ NO [CONTACTADMIN] Locked'] } },
    'account-needs-administrator',
    'inbox',
    /: the server rejected the login: "NO \[CONTACTADMIN\] Locked"\.$/,
  ],
  [
    'has the mailbox open in another session',
    'imaps',
    { replies: { LIST: ['* LIST () "/" Team/Gate', '$ OK Done'], SELECT: ['$ NO [INUSE] Locked'] } },
    'mailbox-in-use',
    'configuration',
    /: the mailbox "Team\/Gate" is not available now: "NO \[INUSE\] Locked"\.$/,
  ],
  [
    'does not open a mailbox over its quota',
    'imaps',
    { replies: { LIST: ['* LIST () "/" Team/Gate', '$ OK Done'], SELECT: ['$ NO [OVERQUOTA] Full'] } },
    'over-quota',
    'inbox',
    /: the login succeeded, but the mailbox "Team\/Gate" cannot be opened: "NO \[OVERQUOTA\] Full"\.$/,
  ],
  [
    'does not reply to LOGIN',
    'imaps',
    { replies: { LOGIN: 'silence' } },
    'no-reply',
    'inbox',
    /: the server did not reply in time to LOGIN\.$/,
  ],
  [
    'does not reply to SELECT',
    'imaps',
    { replies: { SELECT: 'silence' } },
    'no-reply',
    'inbox',
    /: the server did not reply in time to SELECT\.$/,
  ],
  [
    'closes the connection after SELECT',
    'imaps',
    { replies: { SELECT: 'close' } },
    'connection-lost',
    'inbox',
    /: the connection was lost after SELECT\.$/,
  ],
  [
    'accepts the login, but cannot open the mail of the user (Dovecot)',
    'imaps',
    {
      replies: {
        LOGIN: ['$ OK Logged in, but initialization failed.', '* BYE Internal error occurred. Refer to server log.'],
      },
    },
    'mailbox-not-opened',
    'inbox',
    /: the server accepted the login with "Logged in, but initialization failed\.", and then closed the connection: "Internal error occurred\. Refer to server log\."\.$/,
  ],
  [
    'has an internal error after the login',
    'imaps',
    { replies: { SELECT: ['* BYE Internal error occurred. Refer to server log.'] } },
    'mailbox-not-opened',
    'inbox',
    /: the server accepted the login with "\[CAPABILITY IMAP4rev1 IDLE UIDPLUS\] Welcome", and then closed the connection: "Internal error occurred\. Refer to server log\."\.$/,
  ],
  [
    'closes the connection after LOGIN and says why',
    'imaps',
    { replies: { LOGIN: ['* BYE Too many connections from your address'] } },
    'connection-lost',
    'inbox',
    /: the server closed the connection after LOGIN: "Too many connections from your address"\.$/,
  ],
  [
    'is silent',
    'imap',
    { greeting: 'silence' },
    'no-greeting',
    'configuration',
    /: the server sent no greeting in time\.$/,
  ],
  [
    'refuses the connection in its greeting',
    'imap',
    { greeting: ['* BYE Too many connections'] },
    'greeting-refused',
    'inbox',
    /: the server refused the connection with the greeting "BYE Too many connections"\.$/,
  ],
  [
    'is an SMTP server',
    'imap',
    { greeting: ['220 mail.example.test ESMTP'] },
    'other-protocol',
    'configuration',
    /: the server is not an IMAP server: "220 mail\.example\.test ESMTP" \(SMTP or FTP\)\.$/,
  ],
  [
    'is an SMTP server over TLS',
    'imaps',
    { greeting: ['220 mail.example.test ESMTP'] },
    'other-protocol',
    'configuration',
    /: the server is not an IMAP server: "220 mail\.example\.test ESMTP" \(SMTP or FTP\)\.$/,
  ],
  [
    'is a POP3 server',
    'imap',
    { greeting: ['+OK ready'] },
    'other-protocol',
    'configuration',
    /: the server is not an IMAP server: "\+OK ready" \(POP3\)\.$/,
  ],
  [
    'greets with something unknown',
    'imap',
    { greeting: ['* HELLO'] },
    'other-protocol',
    'configuration',
    /: the server is not an IMAP server: "\* HELLO"\.$/,
  ],
  ['has no STARTTLS', 'imap', {}, 'starttls-not-offered', 'inbox', /: the server does not offer STARTTLS\.$/],
  [
    'refuses STARTTLS',
    'imap',
    { ...CAPABLE, replies: { STARTTLS: ['$ NO TLS is not available'] } },
    'starttls-refused',
    'inbox',
    /: the server replied to STARTTLS with "NO TLS is not available"\.$/,
  ],
  [
    'sends data after it accepted STARTTLS',
    'imap',
    { ...CAPABLE, replies: { STARTTLS: ['$ OK Begin', '* CAPABILITY IMAP4rev1'] } },
    'data-after-starttls',
    'network',
    /: the server sent unencrypted data after it accepted STARTTLS\.$/,
  ],
  [
    'accepts STARTTLS and is silent',
    'imap',
    { ...CAPABLE, replies: { STARTTLS: ['$ OK Begin'] } },
    'handshake-timeout',
    'inbox',
    /: the server did not complete the TLS handshake in time\.$/,
  ],
  [
    'is logged in from the start',
    'imap',
    { greeting: ['* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Hello'] },
    'preauth',
    'inbox',
    /: the server greets with PREAUTH, after which STARTTLS is not possible\.$/,
  ],
  [
    'sends too much',
    'imaps',
    { replies: { LOGIN: [`* OK ${'x'.repeat(40_000)}`, '$ OK Done'] } },
    'too-much-data',
    'inbox',
    /: the server sent more than 32768 bytes before the mailbox was open\.$/,
  ],
])('an IMAP server that %s', async (_, scheme, script, cause, party, message) => {
  await using server = await startScriptedImap({ ...script, ...(scheme === 'imaps' && { identity: trust.identity }) });
  const report = await gated(mailboxAt(server.port, scheme, 'Team/Gate'));
  const found = onlyFinding(report);
  const url = `${scheme}://${HOST}:${server.port}`;
  expect(found).toMatchObject({ cause, party, evidence: { inbox: url, user: USER, mailbox: 'Team/Gate' } });
  expect(found.message).toMatch(message);
  expect(found.message).toContain(
    `The inbox ${url} ${cause === 'login-refused' ? 'rejected the login' : 'cannot be used'}: `,
  );
  expect(JSON.stringify(report)).not.toMatch(/Maybe|\(unknown\)/);
  expect(JSON.stringify(report)).not.toContain(PASSWORD);
});

const WITH_PREFIX = 'IMAP4rev1 NAMESPACE';

test.each<[string, string, ImapScript, string, string | undefined, RegExp]>([
  [
    'with another separator',
    'INBOX/Gate',
    { capabilities: WITH_PREFIX, replies: { NAMESPACE: ['* NAMESPACE (("INBOX." ".")) NIL NIL', '$ OK Done'] } },
    'mailbox-separator',
    'INBOX.INBOX/Gate',
    /^Change the mailbox in the path of `delivery\.inbox` to "INBOX\.Gate": this server separates the parts of a name with "\."/,
  ],
  [
    'with another separator and no prefix',
    'Team.Gate',
    { capabilities: WITH_PREFIX, replies: { NAMESPACE: ['* NAMESPACE (("" "/")) NIL NIL', '$ OK Done'] } },
    'mailbox-separator',
    undefined,
    /^Change the mailbox in the path of `delivery\.inbox` to "Team\/Gate": /,
  ],
  [
    'with a prefix',
    'Gate',
    { capabilities: WITH_PREFIX, replies: { NAMESPACE: ['* NAMESPACE (("INBOX." ".")) NIL NIL', '$ OK Done'] } },
    'mailbox-missing',
    'INBOX.Gate',
    /^Correct the mailbox in the path of `delivery\.inbox`: the server has no "INBOX\.Gate"/,
  ],
  [
    'that puts no prefix before INBOX',
    'INBOX',
    { capabilities: WITH_PREFIX, replies: { NAMESPACE: ['* NAMESPACE (("INBOX." ".")) NIL NIL', '$ OK Done'] } },
    'mailbox-missing',
    undefined,
    /^Correct the mailbox in the path of `delivery\.inbox`: the server has no "INBOX"/,
  ],
])('a mailbox that does not exist on a server %s', async (_, mailbox, script, cause, requested, fix) => {
  const [SELECT, LIST] = [['$ NO [CANNOT] Invalid mailbox name'], ['$ OK Done']];
  await using server = await startScriptedImap({
    ...script,
    identity: trust.identity,
    replies: { ...script.replies, SELECT, LIST },
  });
  const report = await gated(mailboxAt(server.port, 'imaps', mailbox));
  const found = onlyFinding(report);
  expect(found).toMatchObject({ code: 'inbox-rejected', cause, party: 'configuration' });
  expect(found.evidence?.requested).toBe(requested);
  expect(found.remedy).toMatch(fix);
  expect(said(report).join('\n')).toContain(` SELECT ${requested ?? mailbox}`);
});

test('the fix for a login that the server cannot check does not touch the password', async () => {
  const replies = { LOGIN: ['$ NO [UNAVAILABLE] Temporary authentication failure'] };
  await using server = await startScriptedImap({ replies, identity: trust.identity });
  const report = await gated(mailboxAt(server.port, 'imaps'));
  expect(onlyFinding(report).remedy).toMatch(/^Look in the inbox server's log .* do not change it\./);
});

const AS_MAILBOX = { security: 'stls' } as const;

test.each<[string, Omit<Pop3Script, 'identity'>, string, string, RegExp]>([
  [
    'rejects the password',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR Wrong'] } },
    'login-refused',
    'configuration',
    / rejected the login: "-ERR Wrong"\.$/,
  ],
  [
    'is locked',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [IN-USE] Locked'] } },
    'busy',
    'inbox',
    /: the server does not allow a login now: "-ERR \[IN-USE\] Locked"\.$/,
  ],
  [
    'has a temporary problem',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [SYS/TEMP] later'] } },
    'server-error',
    'inbox',
    /: the server does not allow a login now: "-ERR \[SYS\/TEMP\] later"\.$/,
  ],
  [
    'cannot open the mail of the user (Dovecot)',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [SYS/TEMP] Internal error occurred. Refer to server log.'] } },
    'mailbox-not-opened',
    'inbox',
    /: the server replied to PASS with "-ERR \[SYS\/TEMP\] Internal error occurred\. Refer to server log\."\.$/,
  ],
  [
    'requires a minimum time between logins',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [LOGIN-DELAY] Wait'] } },
    'login-delay',
    'configuration',
    /: the server does not allow a login now: "-ERR \[LOGIN-DELAY\] Wait"\.$/,
  ],
  [
    'has too many connections of the account',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR Maximum number of connections exceeded'] } },
    'too-many-sessions',
    'configuration',
    /: the server does not allow a login now: "-ERR Maximum number of connections exceeded"\.$/,
  ],
  [
    'refers to its administrator',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [SYS/PERM] Damaged'] } },
    'account-needs-administrator',
    'inbox',
    /: the server rejected the login: "-ERR \[SYS\/PERM\] Damaged"\.$/,
  ],
  [
    'rejects the credentials',
    { ...AS_MAILBOX, replies: { PASS: ['-ERR [AUTH] Wrong'] } },
    'login-refused',
    'configuration',
    / rejected the login: "-ERR \[AUTH\] Wrong"\.$/,
  ],
  [
    'refuses the connection in its greeting',
    { ...AS_MAILBOX, greeting: ['-ERR Blocked'] },
    'greeting-refused',
    'inbox',
    /: the server refused the connection with the greeting "-ERR Blocked"\.$/,
  ],
  [
    'is an IMAP server',
    { ...AS_MAILBOX, greeting: ['* OK IMAP4rev1 ready'] },
    'other-protocol',
    'configuration',
    /: the server is not a POP3 server: "\* OK IMAP4rev1 ready" \(IMAP\)\.$/,
  ],
  ['is silent', { ...AS_MAILBOX, greeting: 'silence' }, 'no-greeting', 'configuration', /no greeting in time\.$/],
  [
    'refuses STLS',
    { ...AS_MAILBOX, replies: { STLS: ['-ERR No certificate'] } },
    'starttls-refused',
    'inbox',
    /: the server replied to STLS with "-ERR No certificate"\.$/,
  ],
  [
    'sends data after it accepted STLS',
    { ...AS_MAILBOX, replies: { STLS: ['+OK Begin', '+OK Injected'] } },
    'data-after-starttls',
    'network',
    /: the server sent unencrypted data after its reply to STLS: "\+OK Injected/,
  ],
  [
    'has no UIDL',
    { ...AS_MAILBOX, replies: { UIDL: ['-ERR Unknown'] } },
    'command-refused',
    'inbox',
    /: the server rejected the request for the list of messages: "-ERR Unknown"\.$/,
  ],
  [
    'does not reply to UIDL',
    { ...AS_MAILBOX, replies: { UIDL: 'silence' } },
    'no-reply',
    'inbox',
    /: the server did not reply in time to UIDL\.$/,
  ],
  [
    'closes the connection after PASS',
    { ...AS_MAILBOX, replies: { PASS: 'close' } },
    'connection-lost',
    'inbox',
    /: the connection was lost after PASS/,
  ],
])('a POP3 server that %s', async (_, script, cause, party, message) => {
  await using server = await startScriptedPop3({ ...script, identity: trust.identity });
  const report = await gated(mailboxAt(server.port, 'pop3'));
  const found = onlyFinding(report);
  expect(found).toMatchObject({ cause, party, evidence: { inbox: `pop3://${HOST}:${server.port}`, user: USER } });
  expect(found.message).toMatch(message);
  expect(JSON.stringify(report)).not.toContain(PASSWORD);
});

test.each([
  ['outlook.office365.com', 'Microsoft accepts no passwords for IMAP and POP3', /^Use a mailbox elsewhere/],
  ['imap-mail.outlook.com', 'Microsoft accepts no passwords for IMAP and POP3', /`delivery\.expect: accepted`/],
  ['imap.gmail.com', 'Provider of the inbox rejects the login', /^Use an app password, .*check `delivery\.username`/],
  ['imap.gmx.net', 'Provider of the inbox rejects the login', /^Enable access by POP3 and IMAP/],
  ['outlook.office365.com.example.test', 'Inbox rejects the login', /^Check `delivery\.username`/],
])('what the provider %s accepts comes before a wrong password', (host, title, fix) => {
  const failure = { kind: 'rejected', reason: 'login-refused', detail: own`"AUTHENTICATE failed."` } as const;
  const found = completeFinding(inboxFinding(failure, { ...mailboxAt(993, 'imaps'), host }), EXACTLY);
  expect(found).toMatchObject({ title, party: 'configuration' });
  expect(found.remedy).toMatch(fix);
});

test('an HTTP server that is not a mail catcher, and one that is no HTTP server', async () => {
  await using smtp = await startScriptedImap({ greeting: ['220 mail.example.test ESMTP'] });
  await using imap = await startMailbox({ security: 'none' });
  await using mailpit = await startMailpit({ replies: { 'GET /api/v1/messages': { status: 404 } } });
  const at = (port: number): InboxTarget => ({ scheme: 'mailpit+http', host: HOST, port, basePath: '' });
  for (const [port, cause, message] of [
    [
      smtp.port,
      'other-protocol',
      /: the server is not an HTTP server: "220 mail\.example\.test ESMTP" \(SMTP or FTP\)\.$/,
    ],
    [imap.port, 'other-protocol', /: the server is not an HTTP server: "\* OK .*" \(IMAP\)\.$/],
    [mailpit.port, 'unknown-api', /: the server does not have the API of Mailpit\.$/],
  ] as const) {
    const report = await gated(at(port));
    const found = onlyFinding(report);
    expect(found).toMatchObject({ cause, party: 'configuration' });
    expect(found.message).toMatch(message);
    expect(said(report)[0]).toBe('> GET /api/v1/messages?limit=1');
  }
});

test('a mail catcher that is not supported is named by its page', async () => {
  const server = createHttpServer((request, response) => {
    const isApi = request.url?.startsWith('/api/v1/messages') === true;
    response.writeHead(200, { 'content-type': isApi ? 'text/json' : 'text/html', server: 'mh' });
    response.end(isApi ? '[]' : '<html><head><title>MailHog</title>');
  }).listen(0, HOST);
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const found = onlyFinding(await gated({ scheme: 'mailpit+http', host: HOST, port, basePath: '' }));
    expect(found).toMatchObject({
      cause: 'other-catcher',
      remedy: expect.stringMatching(/^Replace this mail catcher with Mailpit/) as string,
      evidence: { inboxReply: 'status 200, text/json, Server: mh, body: []' },
      reproduceShows: '[]',
    });
    expect(found.reproduce).toMatch(`http://${HOST}:${port}/api/v1/messages`);
    expect(found.message).toMatch(/: the server is MailHog, which does not have the API of Mailpit\.$/);
  } finally {
    server.close();
  }
});

test.each<[string, ImapScript, string, string]>([
  // With the prefix of its namespace, like the gate.
  [
    'the missing mailbox',
    { replies: { SELECT: ['$ NO [NONEXISTENT] No such mailbox'] } },
    'INBOX/Missing',
    'No such mailbox',
  ],
  ['the rejected login', { replies: { LOGIN: ['$ NO [AUTHENTICATIONFAILED] Wrong'] } }, 'Missing', 'Wrong'],
  [
    'the temporary problem',
    { replies: { LOGIN: ['$ NO [UNAVAILABLE] Backend down [imap1:2026-11-28 17:00:00]'] } },
    'Missing',
    'Backend down',
  ],
])('a command shows %s in the dialogue with the inbox', async (_, script, mailbox, shown) => {
  await using server = await startScriptedImap({ ...script, identity: trust.identity });
  const { reproduce, reproduceShows } = onlyFinding(await gated(mailboxAt(server.port, 'imaps', 'Missing')));
  expect(reproduce).toMatch(new RegExp(`curl -v .*-X 'EXAMINE "${mailbox}"' imaps://${HOST}:${server.port}/`));
  expect(reproduce).not.toContain(PASSWORD);
  expect(reproduceShows).toBe(shown);
});

test('no command sends a password to an inbox whose certificate is not valid', async () => {
  const certs = await createCertificateFixtures();
  await using server = await startMailbox({ identity: certs.selfSigned });
  const { reproduce } = onlyFinding(await gated(mailboxAt(server.port, 'imaps'), certs.pki));
  expect(reproduce).toMatch(/^openssl s_client /);
  expect(reproduce).not.toContain(USER);
});

describe('the TLS of an inbox', () => {
  const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

  test.each(['implicit', 'starttls'] as const)(
    'over %s that is too old is named with its version',
    async (security) => {
      await using server = await startMailbox({ security, tls: OLD });
      const report = await gated(mailboxAt(server.port, security === 'starttls' ? 'imap' : 'imaps'));
      const found = onlyFinding(report);
      expect(found).toMatchObject({
        cause: 'tls-version',
        party: 'inbox',
        certainty: 'certain',
        evidence: { negotiated: 'TLSv1.1', required: 'TLSv1.2' },
      });
      expect(found.message).toMatch(
        /cannot be used: the server supports TLSv1\.1, but TLSv1\.2 or later is required: /,
      );
      expect(found.remedy).toMatch(/^Enable TLS 1\.2 or later on the inbox server\./);
    },
  );

  test('without a cipher suite in common is named with the one that the server selects', async () => {
    const tls = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0' } as const;
    await using server = await startMailbox({ tls });
    const found = onlyFinding(await gated(mailboxAt(server.port, 'imaps')));
    expect(found).toMatchObject({ cause: 'tls-failed', party: 'inbox' });
    expect(found.message).toMatch(/the server selects TLSv1\.2 with TLS_ECDHE_ECDSA_WITH_NULL_SHA\.$/);
  });

  test('is missing on a port for which the URL says implicit TLS', async () => {
    await using server = await startScriptedImap({});
    const found = onlyFinding(await gated(mailboxAt(server.port, 'imaps')));
    expect(found).toMatchObject({ cause: 'not-tls', party: 'configuration' });
    expect(found.reproduce).toMatch(/^openssl s_client /);
    expect(found.reproduceShows).toBe('wrong version number');
    expect(found.message).toMatch(/: the server sent unencrypted data instead of TLS: "\* OK IMAP4rev1 ready"\.$/);
  });

  test.each<[CertificateName, string, string, RegExp, string | undefined]>([
    [
      'expired',
      'Certificate expired',
      'inbox',
      /^Check whether the certificate file on the inbox server has already been renewed/,
      'certificate has expired',
    ],
    ['soon', 'Certificate expires soon', 'inbox', /^First check whether the certificate file/, 'NotAfter'],
    [
      'wrongHost',
      'Certificate does not match the host name',
      'configuration',
      /as the host in `delivery\.inbox`/,
      'mismatch',
    ],
    [
      'selfSigned',
      'Self-signed certificate',
      'inbox',
      /^Use a certificate from a public CA\./,
      'self-signed certificate',
    ],
    [
      'selfSignedExpired',
      'Self-signed certificate',
      'inbox',
      /^Replace the certificate of the inbox with one that is valid now and was issued by a CA/,
      'self-signed certificate',
    ],
    [
      'incomplete',
      'Intermediate certificate missing',
      'inbox',
      /^Append the certificate of /,
      'unable to get local issuer',
    ],
    [
      'untrusted',
      'Private CA not trusted',
      'configuration',
      /^Add the root of this private CA/,
      'unable to get local issuer',
    ],
    [
      'expiredIntermediate',
      'Issuer certificate expired',
      'inbox',
      /^Replace the expired intermediate /,
      'certificate has expired',
    ],
    ['issuerNoCa', 'Issuer is not a CA', 'inbox', /^Do not trust /, 'invalid CA certificate'],
    [
      'commonNameOnly',
      'Certificate has no usable name',
      'inbox',
      /A different name in `delivery\.inbox` does not help/,
      undefined,
    ],
    [
      'everything',
      'Intermediate certificate missing',
      'inbox',
      /^Append the certificate of /,
      'unable to get local issuer',
    ],
    ['clientOnly', 'Certificate not valid for a server', 'inbox', /extended key usage/, undefined],
  ])(
    'with the certificate %s has the cause and the fix of a certificate finding',
    async (name, title, party, remedy, shown) => {
      const certs = await createCertificateFixtures();
      await using server = await startMailbox({ identity: certs[name] });
      const report = await gated(mailboxAt(server.port, 'imaps'), certs.pki);
      const found = onlyFinding(report);
      expect(found).toMatchObject({ title: `Inbox ${HOST}: ${title}`, party });
      expect(found.remedy).toMatch(remedy);
      expect(found.remedy).not.toMatch(/servername|pin/);
      expect([found.reproduce?.split(' ', 1)[0], found.reproduceShows]).toEqual(
        shown === undefined ? [undefined, undefined] : ['openssl', expect.stringContaining(shown)],
      );
      // Nothing was said but the handshake.
      expect(report.inboxTranscript).toBeUndefined();
    },
  );

  test('with a self-signed CA certificate in `ca` has a fix that works, and receives no password before', async () => {
    const reportWith = async (ca: boolean) => {
      const identity = await issue({ commonName: HOST, addresses: [HOST], ca });
      await using server = await startEmbedded({ pki: trust.pki, imap: { identity } });
      const { tls } = server.endpoint();
      const { report } = await gate(server.endpoint({ tls: { ...tls, ca: [...tls.ca, identity.cert] } }));
      return { report, imapLogins: server.logins.filter(({ at }) => at === 'imap') };
    };
    const { report, imapLogins } = await reportWith(true);
    expect(letters(report.steps)).toBe('ppppf');
    expect(imapLogins).toEqual([]);
    const { remedy, ...found } = onlyFinding(report);
    expect(found).toMatchObject({
      code: 'inbox-unreachable',
      title: `Inbox ${HOST}: Self-signed CA certificate used as server certificate`,
      party: 'inbox',
    });
    expect(found.message).toMatch(/it is a CA certificate/);
    expect(remedy).toMatch(
      /`openssl req -x509 .* -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=IP:127\.0\.0\.1"/,
    );
    expect(remedy).not.toMatch(/servername|pin/);

    const fixed = await reportWith(false);
    expect(letters(fixed.report.steps)).toBe('ppppp');
    expect(fixed.imapLogins).not.toEqual([]);
  });
});

test('a connection that is refused', async () => {
  const found = onlyFinding(await gated(mailboxAt(await closedPort(), 'imap')));
  expect(found).toMatchObject({ cause: 'refused', party: 'inbox' });
  expect(found.message).toMatch(/: the connection to 127\.0\.0\.1 was refused \(ECONNREFUSED\)\.$/);
});

test('a connection that is closed before the greeting', async () => {
  await using server = await startScriptedImap({ greeting: 'close' });
  const found = onlyFinding(await gated(mailboxAt(server.port, 'imap')));
  expect(found).toMatchObject({ cause: 'connection-lost', party: 'inbox' });
  expect(found.message).toMatch(/: the connection was lost before the greeting/);
});

describe('the dialogue with the inbox', () => {
  test('is in the report, from the greeting to the refusal, without the password', async () => {
    await using server = await startScriptedImap({
      identity: trust.identity,
      replies: { SELECT: ['$ NO [NONEXISTENT] No such mailbox'] },
    });
    const report = await gated(mailboxAt(server.port, 'imaps', 'Missing'));
    const lines = said(report);
    expect(lines.slice(0, 6)).toEqual([
      '< * OK IMAP4rev1 ready',
      '> 1 CAPABILITY',
      '< * CAPABILITY IMAP4rev1 IDLE UIDPLUS',
      '< 1 OK Done',
      `> 2 LOGIN "${USER}" <redacted>`,
      '< 2 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] Welcome',
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^< \d+ NO \[NONEXISTENT\] No such mailbox$/));
    expect(JSON.stringify(report)).not.toContain(PASSWORD);
  });

  test.each([['AUTH=PLAIN'], ['AUTH=PLAIN SASL-IR'], ['AUTH=LOGIN'], ['LITERAL+']])(
    'has no form of the password: %s',
    async (capabilities) => {
      const wrong = ['* BAD Wrong', '* BYE Wrong'];
      const inBase64 = (text: string): string => Buffer.from(text).toString('base64').toUpperCase();
      await using server = await startScriptedImap({
        identity: trust.identity,
        capabilities: `IMAP4rev1 ${capabilities}`,
        replies: {
          AUTHENTICATE: ['+ VXNlcm5hbWU6'],
          [inBase64(USER)]: ['+ UGFzc3dvcmQ6'],
          [inBase64(PASSWORD)]: wrong,
          [inBase64(`\0${USER}\0${PASSWORD}`)]: wrong,
          LOGIN: ['$ NO Wrong'],
        },
      });
      const report = await gated(mailboxAt(server.port, 'imaps'));
      const text = said(report).join('\n');
      expect(text).toContain('<redacted>');
      for (const form of [PASSWORD, `\0${USER}\0${PASSWORD}`]) {
        expect(text).not.toContain(form);
        expect(text).not.toContain(Buffer.from(form).toString('base64'));
      }
    },
  );

  test('with POP3 has commands and status lines, without the password and without messages', async () => {
    await using server = await startScriptedPop3({
      identity: trust.identity,
      security: 'implicit',
      replies: { UIDL: ['-ERR Not today'] },
    });
    expect(said(await gated(mailboxAt(server.port, 'pop3s')))).toEqual([
      '< +OK ready',
      `> USER ${USER}`,
      '< +OK',
      '> PASS <redacted>',
      '< +OK Welcome',
      '> UIDL',
      '< -ERR Not today',
      '> QUIT',
      '< +OK Bye',
    ]);
  });

  test('is bounded', async () => {
    const reply = `* OK ${'x'.repeat(3000)}`;
    await using server = await startScriptedImap({
      identity: trust.identity,
      replies: {
        LOGIN: [...Array.from({ length: 9 }, () => reply), '$ NO Wrong'],
        CAPABILITY: ['* CAPABILITY IMAP4rev1', '$ OK Done'],
      },
    });
    const { inboxTranscript = [] } = await gated(mailboxAt(server.port, 'imaps'));
    expect(JSON.stringify(inboxTranscript).length).toBeLessThan(40_000);
  });

  test('is missing if no finding is about the inbox', async () => {
    await using server = await startEmbedded();
    const { report } = await gate(server.endpoint());
    expect([letters(report.steps), report.inboxTranscript]).toEqual(['ppppp', undefined]);
  });
});

test('the command for a mailbox that is in use shows the response code', () => {
  const { reproduce } = CATALOG['inbox-unreachable'].causes.busy;
  expect(reproduce.shows({ inboxReply: '-ERR [IN-USE] Mailbox is locked by session 7.' })).toBe('-ERR [IN-USE]');
  expect(reproduce.shows({ inboxReply: '-ERR later' })).toBe('');
});
