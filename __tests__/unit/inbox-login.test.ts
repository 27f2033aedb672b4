import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { connectError } from '../../src/inbox/imap/opening-error.js';
import { ImapLog } from '../../src/inbox/imap/log.js';
import { busy, isTransient, rejected, temporary, type InboxError } from '../../src/inbox/failure.js';
import { imapLoginProblem, pop3LoginProblem } from '../../src/inbox/response-codes.js';
import { Transcript } from '../../src/net/transcript.js';
import type { MailboxTarget } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { inboxFinding } from '../../src/steps/delivery/inbox-finding.js';
import { own } from '../../src/text/own.js';
import { testEndpoint } from '../support/gate.js';

/** What servers and providers reply to a login at an inbox, in their own words, and what to do about each. */

const OBSERVED: Observed = {
  step: 'delivery',
  endpoint: testEndpoint(587),
  capabilities: [],
  redact: (text) => text,
};

function target(scheme: 'imaps' | 'pop3s', host: string): MailboxTarget {
  const login = { username: 'reader@example.com', password: new Secret('correct horse') };
  return { scheme, host, port: scheme === 'imaps' ? 993 : 995, mailbox: 'INBOX', ...login };
}

function found({ failure }: InboxError, inbox: MailboxTarget) {
  const endpoint = { ...OBSERVED.endpoint, delivery: { from: 'a@a.test', to: 'b@b.test', expect: 'received', inbox } };
  return completeFinding(inboxFinding(failure, inbox), { ...OBSERVED, endpoint });
}

/** As the client parses it: the text is what follows the response code. */
function imapError(refusal: string): InboxError {
  const [, status = '', text = ''] = /^(NO|BAD) (?:\[[^\]]*\] ?)?(.*)$/.exec(refusal) ?? [];
  const error = Object.assign(new Error('login'), {
    ...{ authenticationFailed: true, responseStatus: status, responseText: text },
  });
  return connectError(error, Object.assign(new ImapLog(new Transcript(), 'INBOX'), { command: 'LOGIN', refusal }));
}

function pop3Error(reply: string): InboxError {
  const problem = pop3LoginProblem(reply);
  if (problem === undefined) return rejected('login-refused', own`"${reply}"`, reply);
  if (problem === 'account-needs-administrator') return rejected(problem, own`"${reply}"`, reply);
  return problem === 'login-throttled'
    ? temporary(problem, own`"${reply}"`, reply)
    : busy(own`"${reply}"`, problem, reply);
}

const REFUSED = 'Inbox rejects the login';
const PROVIDER = 'Provider of the inbox rejects the login';
const UNAVAILABLE = 'Inbox cannot check the login now';
const SESSIONS = 'Too many sessions with the inbox';
const THROTTLED = 'Inbox temporarily blocks logins';
const APP_PASSWORD = 'Inbox requires an app password';
const BROWSER = 'Inbox requires a login in a browser first';
const DISABLED = 'IMAP or POP3 disabled for the inbox';
const DISABLED_BY_ORGANIZATION = 'IMAP or POP3 disabled by the organization of the inbox';
const LOCKED = 'Account of the inbox is locked or disabled';
const ADMINISTRATOR = 'Account of the inbox requires its administrator';
const UNENCRYPTED = 'Inbox regards the session as unencrypted';
const NO_PASSWORDS = 'Microsoft accepts no passwords for IMAP and POP3';
const BROKEN = 'Inbox has a temporary problem';
const IN_USE = 'Mailbox is in use';

test.each<[string, string, string, string?]>([
  // Dovecot.
  ['NO [AUTHENTICATIONFAILED] Authentication failed.', REFUSED, 'configuration'],
  ['NO [UNAVAILABLE] Temporary authentication failure. [mx1:2026-11-29 05:00:00]', UNAVAILABLE, 'inbox'],
  ['NO [UNAVAILABLE] Internal error occurred. Refer to server log for more information.', UNAVAILABLE, 'inbox'],
  [
    'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    UNENCRYPTED,
    'inbox',
  ],
  [
    'NO [AUTHENTICATIONFAILED] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
    UNENCRYPTED,
    'inbox',
  ],
  [
    'NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    SESSIONS,
    'configuration',
  ],
  ['NO [ALERT] Maximum number of connections from user+IP exceeded', SESSIONS, 'configuration'],
  ['NO [AUTHORIZATIONFAILED] Access to this service denied', 'Account may not use the inbox', 'inbox'],
  ['NO Login disabled for this account', LOCKED, 'inbox'],
  ['NO [EXPIRED] Password expired', 'Password of the inbox has expired', 'configuration'],
  ['NO [CONTACTADMIN] Mailbox is corrupt', ADMINISTRATOR, 'inbox'],
  ['NO [INUSE] Mailbox is locked by another process', 'Mailbox is open in another session', 'configuration'],
  ['NO [SERVERBUG] Internal error', BROKEN, 'inbox'],
  // Cyrus.
  ['NO Login failed: authentication failure', REFUSED, 'configuration'],
  ['NO Login only available under a layer', UNENCRYPTED, 'inbox'],
  ['NO [LIMIT] Too many open connections', SESSIONS, 'configuration'],
  // Courier, hMailServer, MDaemon, Zimbra, Stalwart.
  ['NO LOGIN failed', REFUSED, 'configuration'],
  ['NO Invalid user name or password.', REFUSED, 'configuration'],
  ['NO Access denied, IMAP not enabled for this account', DISABLED, 'inbox'],
  ['NO LOGIN failed: account is frozen', LOCKED, 'inbox'],
  ['NO [LIMIT] Too many authentication requests from this IP address.', THROTTLED, 'configuration'],
  // Gmail.
  ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', PROVIDER, 'configuration', 'imap.gmail.com'],
  [
    'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    APP_PASSWORD,
    'configuration',
    'imap.gmail.com',
  ],
  [
    'NO [WEBALERT https://accounts.google.com/signin/continue] Web login required.',
    BROWSER,
    'configuration',
    'imap.gmail.com',
  ],
  [
    'NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)',
    BROWSER,
    'configuration',
    'imap.gmail.com',
  ],
  [
    'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)',
    DISABLED,
    'inbox',
    'imap.gmail.com',
  ],
  [
    'NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)',
    DISABLED_BY_ORGANIZATION,
    'inbox',
    'imap.gmail.com',
  ],
  ['NO [ALERT] Too many simultaneous connections. (Failure)', SESSIONS, 'configuration', 'imap.gmail.com'],
  [
    'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
    THROTTLED,
    'configuration',
    'imap.gmail.com',
  ],
  // Exchange and Microsoft 365.
  ['NO LOGIN failed.', NO_PASSWORDS, 'configuration', 'outlook.office365.com'],
  ['NO AUTHENTICATE failed.', NO_PASSWORDS, 'configuration', 'imap-mail.outlook.com'],
  ['NO LOGIN failed.', REFUSED, 'configuration', 'mail.corp.example'],
  // Yahoo and AOL.
  ['NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials', PROVIDER, 'configuration', 'imap.mail.yahoo.com'],
  ['NO [LIMIT] LOGIN Rate limit hit.', THROTTLED, 'configuration', 'imap.mail.yahoo.com'],
  ['NO [SERVERBUG] LOGIN Server error - Please try again later', BROKEN, 'inbox', 'imap.aol.com'],
  // iCloud, Fastmail, GMX, Zoho.
  ['NO [AUTHENTICATIONFAILED] Authentication Failed', PROVIDER, 'configuration', 'imap.mail.me.com'],
  [
    'NO [AUTHENTICATIONFAILED] Incorrect username, password or access token',
    PROVIDER,
    'configuration',
    'imap.fastmail.com',
  ],
  ["NO [ALERT] Your plan doesn't include IMAP access", DISABLED, 'inbox', 'imap.fastmail.com'],
  ['NO IMAP is not enabled for this account', DISABLED, 'inbox', 'imap.gmx.net'],
  ['NO [AUTHENTICATIONFAILED] authentication failed', PROVIDER, 'configuration', 'imap.web.de'],
  [
    'NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)',
    DISABLED_BY_ORGANIZATION,
    'inbox',
    'imappro.zoho.com',
  ],
  ['NO [AUTHENTICATIONFAILED] Invalid credentials(Failure)', PROVIDER, 'configuration', 'imap.zoho.eu'],
  // Others.
  ['NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=AbC', REFUSED, 'configuration'],
  ['NO Application password is REQUIRED', APP_PASSWORD, 'configuration'],
  [
    'NO [AUTHENTICATIONFAILED] Authentication failed. Please verify your account by going to https://account.example/login',
    BROWSER,
    'configuration',
  ],
  [
    'NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.',
    REFUSED,
    'configuration',
  ],
  ['NO no such user', REFUSED, 'configuration'],
  ['NO [ALERT] Too many failed login attempts. Try again in 15 minutes.', THROTTLED, 'configuration'],
  ['NO [AUTHENTICATIONFAILED] Your account has been temporarily blocked', THROTTLED, 'configuration'],
  ['NO Account suspended, contact support', LOCKED, 'inbox'],
])('IMAP: %s', (refusal, title, party, host = 'imap.example.com') => {
  const one = found(imapError(refusal), target('imaps', host));
  expect(one).toMatchObject({ title, party });
  expect(one.reproduce).toMatch(/^echo .* curl .* -X 'EXAMINE "INBOX"' /);
  expect(one.reproduceShows).not.toBe('');
});

test.each<[string, string, string, string?]>([
  ['-ERR [AUTH] Authentication failed.', REFUSED, 'configuration'],
  ['-ERR Logon failure: unknown user name or bad password.', REFUSED, 'configuration'],
  ['-ERR [AUTH] Username and password not accepted.', PROVIDER, 'configuration', 'pop.gmail.com'],
  [
    '-ERR [AUTH] Web login required: https://support.google.com/mail/answer/78754',
    BROWSER,
    'configuration',
    'pop.gmail.com',
  ],
  [
    '-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.',
    DISABLED,
    'inbox',
    'pop.gmail.com',
  ],
  ['-ERR [AUTH] Application-specific password required', APP_PASSWORD, 'configuration', 'pop.gmail.com'],
  ['-ERR [SYS/PERM] Mailbox does not exist', ADMINISTRATOR, 'inbox'],
  ['-ERR [SYS/TEMP] Temporary system problem. Try again later.', BROKEN, 'inbox'],
  ['-ERR [IN-USE] Do you have another POP session running?', IN_USE, 'inbox'],
  ['-ERR maildrop already locked', IN_USE, 'inbox'],
  ['-ERR Unable to lock maildrop: Mailbox is locked by POP server', IN_USE, 'inbox'],
  [
    '-ERR [LOGIN-DELAY] minimum time between mail checks violation',
    'Logins to the inbox too frequent',
    'configuration',
  ],
  [
    '-ERR Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server.',
    THROTTLED,
    'configuration',
  ],
  ['-ERR Too many simultaneous logins', SESSIONS, 'configuration'],
  ['-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.', UNENCRYPTED, 'inbox'],
  ['-ERR POP3 access is not allowed for this user', DISABLED, 'inbox'],
])('POP3: %s', (reply, title, party, host = 'pop.example.com') => {
  const one = found(pop3Error(reply), target('pop3s', host));
  expect(one).toMatchObject({ title, party });
});

test.each([
  ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure). Too many login attempts', undefined],
  ['NO [AUTHENTICATIONFAILED] Authentication failed: command line length limit', undefined],
  ['NO [AUTHENTICATIONFAILED] Invalid credentials; too many connections', undefined],
  ['NO [AUTHENTICATIONFAILED] Invalid credentials; service UNAVAILABLE', undefined],
  ['NO invalid credentials; service UNAVAILABLE', undefined],
  ['NO [EXPIRED] Password expired, too many attempts', 'password-expired'],
  ['NO [CONTACTADMIN] Account temporarily locked', 'account-needs-administrator'],
  ['NO [AUTHORIZATIONFAILED] Too many connections', 'login-not-authorized'],
  ['NO UNAVAILABLE Directory is down', 'login-unavailable'],
])('a response code of IMAP counts more than words: %s', (refusal, reason) => {
  expect(imapLoginProblem(refusal)?.reason).toBe(reason);
});

test.each([
  ['-ERR [AUTH] Invalid password. Too many failed attempts', undefined],
  ['-ERR [AUTH] Invalid password. Too many connections', undefined],
  ['-ERR [AUTH] Account temporarily locked', 'login-throttled'],
])('a response code of POP3 counts more than words: %s', (reply, problem) => {
  expect(pop3LoginProblem(reply)).toBe(problem);
});

test('words that are far apart are not about the same thing', () => {
  const far = 'word '.repeat(20);
  expect(imapLoginProblem(`NO login ${far}limit`)).toBeUndefined();
  expect(pop3LoginProblem(`-ERR mailbox ${far}locked`)).toBeUndefined();
});

test('the gate does not log in again at a server that blocks logins', () => {
  expect(isTransient(imapError('NO [ALERT] Too many failed login attempts.').failure)).toBe(false);
  expect(isTransient(imapError('NO [UNAVAILABLE] Backend down').failure)).toBe(true);
});

test.each([
  ['Initialization failed: mkdir(/var/mail/reader) failed: Permission denied', /^Correct the path or the permissions/],
  ['Permission denied for your IP address', /^Allow the gate's IP address/],
])('the fix for the last words of an inbox is right: %s', (reply, fix) => {
  const lost = temporary('connection-lost', own`the server closed the connection after LOGIN: "${reply}"`, reply);
  expect(found(lost, target('imaps', 'imap.example.com')).remedy).toMatch(fix);
});
