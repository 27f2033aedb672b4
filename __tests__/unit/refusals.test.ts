import { refusalMeaningOf, type RefusedAt, type RefusedClient } from '../../src/steps/delivery/refusal-meaning.js';
import { refusesCredentials } from '../../src/steps/authentication/refused-credentials.js';
import { refusesRecipient } from '../../src/steps/delivery/refused-recipient.js';
import { ReplyParser, type Reply } from '../../src/smtp/reply.js';
import { computing } from '../support/time.js';

/** Lines of a reply are separated by `|`. */
function replyOf(text: string): Reply {
  const parser = new ReplyParser();
  parser.push(Buffer.from(`${text.replaceAll('|', '\r\n')}\r\n`));
  const reply = parser.take();
  if (!reply) throw new Error(`not a reply: ${text}`);
  return reply;
}

describe('a refusal of AUTH is about the credentials', () => {
  const about = (text: string): string | undefined => refusesCredentials(replyOf(text), 'app@example.com');

  test.each([
    '535',
    '535 no',
    '535 5.7.8',
    '535 5.7.8 Error',
    '535 5.7.8 Error: authentication failed:',
    '535 5.7.8 Error: authentication failed: authentication failure', // Postfix with Cyrus SASL
    '535 5.7.8 Error: authentication failed: (reason unavailable)', // Postfix with Dovecot
    '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6', // Postfix, the last prompt of LOGIN
    '535 5.7.8 Error: authentication failed: cj1mT3RhdmlvYW5vbmNlMTIzLHM9c2FsdCxpPTQwOTY=', // the same, SCRAM
    '535 5.7.8 Error: authentication failed: eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=', // the same, XOAUTH2
    '535 5.7.8 Your credentials were rejected',
    '535 5.7.8 Authentication failed', // Haraka
    '535 Authentication failed', // OpenSMTPD
    '535 Authentication failed.', // Courier
    '535 5.7.0 authentication failed', // Sendmail
    '535 authentication failed (#5.7.1)', // qmail
    '535 5.7.1 Authentication failed',
    '535 Authentication failed. Restarting authentication process.', // hMailServer
    '535 5.7.8 PLAIN authentication failed',
    '535 5.7.8 Authentication failed for <app@example.com>',
    '535 5.7.8 Authentication failed for "app@example.com".',
    '535 5.7.8 app@example.com: authentication failed',
    '535 Authentication failed. Please verify your username and password.',
    '535-Authentication failed|535 Please try again',
  ])('without a reason: %s', (text) => {
    expect(about(text)).toBe('general');
  });

  test.each([
    '535 Incorrect authentication data', // Exim
    '535 Login incorrect',
    '535 5.7.8 Error: authentication failed: user not found', // Cyrus SASL
    '535 5.7.8 Authentication credentials invalid', // RFC 4954, Dovecot, Stalwart
    '535 Authentication Credentials Invalid', // Amazon SES
    '535-5.7.8 Username and Password not accepted. For more information, go to|535 5.7.8  https://support.google.com/mail/?p=BadCredentials ffacd0b85a97d-3a1b2c3d4e5sm1234567f8f.9 - gsmtp',
    '535-5.7.8 Username and Password not accepted. Learn more at|535 5.7.8  https://support.google.com/mail/?p=BadCredentials c1sm2440729ljb.78 - gsmtp',
    '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [AM0PR01CA0123.eurprd01.prod.exchangelabs.com]',
    '535 5.7.3 Authentication unsuccessful', // Exchange
    '535 5.7.3 Authentication unsuccessful [AM0PR01CA0123.eurprd01.prod.exchangelabs.com 2026-03-20T10:11:12.345Z 08DB28A0B2AA2B50]',
    '535 Authentication failed: Bad username / password', // SendGrid
    '535 5.7.0 Mailgun is not loving your login or password',
    '535 5.7.8 Error: authentication failed: Invalid user or password! 1693420222-KhXm2lDWvuQ0-Q2a9kvyc', // Yandex
    '535 5.7.8 (#MBR1212) Incorrect username or password', // Yahoo
    '535 5.7.8 Incorrect username or password',
    '535 5.7.8 Sorry, your password is not correct. Please try again.',
    '535 5.7.8 The username or password you entered is incorrect',
    '535 5.7.8 Invalid token',
    '535 Authentication failed: The provided authorization grant is invalid, expired, or revoked', // SendGrid
    '535 5.7.8 Error: authentication failed: wrong user/password',
    '535 Authentication failed -- invalid credentials',
    '535 5.7.3 Logon failure: unknown user name or bad password', // Exchange
    '535 5.7.8 Bad username or password (Authentication failed).',
    '525 5.7.13 User account disabled', // RFC 5248
    '550 5.7.0 Invalid credentials',
    '554 5.7.0 account locked',
    '535 5.7.0 (#AUTH005) Too many bad auth attempts.', // Yahoo
    '535 5.7.0 Error: too many failed attempts, try again later',
    '535 Authentication failed: API key has been revoked',
    '535 5.7.8 Credentials have been revoked',
    '535 5.7.8 User does not exist',
    '535-5.7.8 Authentication failed|535 5.7.8 Invalid credentials',
  ])('and gives the reason: %s', (text) => {
    expect(about(text)).toBe('named');
  });

  test.each([
    // Quoted names, addresses and links may contain the reason.
    '535 5.7.8 Authentication failed: java.net.SocketTimeoutException',
    '535 5.7.8 Authentication failed (java.net.SocketTimeoutException)',
    '535 5.7.8 Invalid credentials: java.net.SocketTimeoutException',
    '535 5.7.8 Authentication failed [192.0.2.1]',
    '535 5.7.8 1.2.3.4 rejected',
    '535 Authentication failed: https://x.example/your-ip-is-blocked',
    '535 Authentication failed. See https://x.example/your-ip-is-blocked',
    '535 5.7.8 <LDAPerror>',
    '535 5.7.8 <error>',
    '535 5.7.8 sql.error',
    '535 5.7.8 error.no',
    '535 client.example rejected',
    '535 Authentication failed: mysql@localhost',
    '535 5.7.8 Authentication failed: other@example.com',
    '535 5.7.8 Authentication failed for other@example.com',
    '535 5.7.8 Authentication failed (#5.7.9)',
    '535 sorry (#5.7.9)',
    '535-5.7.9 Authentication failed|535 5.7.8 Authentication failed',
    // What Cyrus SASL and Postfix report if nothing was compared.
    '535 5.7.8 Error: authentication failed: mechanism too weak for this user',
    '535 5.7.8 Error: authentication failed: no memory available',
    '535 5.7.8 Error: authentication failed: generic failure',
    '535 5.7.8 Error: authentication failed: no mechanism available',
    '535 5.7.8 Error: authentication failed: bad protocol / cancel',
    '535 5.7.8 Error: authentication failed: invalid parameter supplied',
    '535 5.7.8 Error: authentication failed: remote authentication server unavailable',
    '535 5.7.8 Error: authentication failed: user exists, but no verifier for user',
    '535 5.7.8 Error: authentication failed: encryption needed to use mechanism',
    '535 5.7.8 Error: authentication failed: passphrase expired, has to be reset',
    '535 5.7.8 Error: authentication failed: Connection lost to authentication server',
    '535 5.7.8 Error: authentication failed: another step is needed in authentication',
    '535 5.7.8 Error: authentication failed: <timeout waiting for backend>',
    '535 5.7.8 LDAP error',
    '535 5.7.8 Authentication failed: LDAP error',
    '535 5.7.8 Server is busy',
    '535 Server is busy',
    '535 5.7.8 Authentication failed, try again later',
    '535 5.7.8 Authentication failed: temporary failure',
    '535 Temporary authentication failure',
    '535 5.7.8 Database unavailable',
    '535 5.7.8 Internal server error',
    '535 5.7.8 Two-factor authentication is required',
    '535 5.7.8 Authentication failed: two-factor authentication is required',
    '535 5.7.8 2FA',
    '535 5.7.8 Application-specific password required',
    '535 5.7.0 Access denied from your IP address',
    '535 5.7.8 Access denied from your IP address',
    '535 Access denied',
    '535 5.7.8 Login from this country is not allowed',
    '535 5.7.8 Authentication failed: your IP is blocked',
    '535 client blocked',
    '535 5.7.8 Account not allowed to use SMTP',
    '535 5.7.8 Authentication is disabled',
    '535 5.7.8 Authentication not enabled for this port',
    '535 5.7.8 Authentication required',
    '535 5.7.8 Authentication mechanism is not supported',
    '535 5.7.8 Invalid authentication mechanism',
    '535 5.7.8 Could not decode AUTH PLAIN',
    '535 5.7.8 TLS required',
    '535 5.7.8 Must issue a STARTTLS command first',
    '535 5.7.8 too many connections',
    '535 5.7.0 Too many login attempts',
    '535 5.7.8 Too many failed logins from your network',
    '535 5.7.8 Rate limit exceeded',
    '535 5.7.8 Policy violation',
    '535 5.7.8 You have reached your sending quota',
    '535 5.7.8 Authentication failed: Maximum credits exceeded',
    '535 5.7.8 Username and Password not accepted because of a lookup failure',
    '535 5.7.8 The password could not be checked',
    '535 5.7.8 https://example.com/?p=blocked',
    '535 5.7.8 Fehler im Verzeichnisdienst',
    '535 Error: authentication failed, system busy', // QQ
    '535 Login Fail. Please enter your authorization code to login. More information in https://example.com', // QQ
    '535 5.7.0 Application password is REQUIRED', // mail.ru
    '535 5.7.8 Error: authentication failed: This user does not have access rights to this service', // Yandex
    '535 5.7.8 Error: authentication failed: cannot connect to saslauthd server: Permission denied',
    '535 5.7.8 Username and Password not accepted over an insecure channel',
    '535 5.7.8 ldap-error-0049',
    '535 5.7.8 Your password has expired',
    '535 5.7.8 Account not activated',
    '535 5.7.8 Captcha required',
    '535 5.7.8 Service suspended',
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy",
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant',
    '535 5.7.139 Authentication unsuccessful, basic authentication is disabled',
    '535 5.7.139 Authentication unsuccessful, federated STS service was unreachable.',
    '535 5.7.139 Authentication unsuccessful, the federated STS URL does not support HTTPS.',
    '550 5.7.30 Basic authentication is not supported for Client Submission.',
    '535 5.7.139 Authentication unsuccessful',
    '535-5.7.8 Authentication failed.|535 5.7.8 The authentication service is down',
    '535 5.7.9 Authentication failed',
    '535 5.7.12 Invalid credentials',
    '534 5.7.9 Authentication mechanism is too weak',
    '534 5.7.8 Invalid credentials',
    '535 5.7.1',
    '535 5.7.5 Authentication failed',
    '550 5.7.8 Authentication failed',
    '550',
    '554 5.7.0 Authentication failed',
    '454 4.7.8 Authentication failed',
    '454 Invalid credentials',
    '432 4.7.12 Invalid credentials',
  ])('unless it is %s', (text) => {
    expect(about(text)).toBeUndefined();
  });
});

describe('a refusal of RCPT is about the recipient', () => {
  const about = (text: string, isSignedIn = false): boolean =>
    refusesRecipient(replyOf(text), { to: 'stranger@example.net', isSignedIn });

  test.each([
    '550',
    '550 no',
    '550 5.1.1',
    '554 5.1.1 <stranger@example.net>',
    // Postfix
    '550 5.1.1 <stranger@example.net>: Recipient address rejected: User unknown in local recipient table',
    '550 5.1.1 <stranger@example.net>: Recipient address rejected: User unknown in virtual mailbox table',
    '550 5.1.1 <stranger>: Recipient address rejected: User unknown in relay recipient table',
    '554 5.7.1 <stranger@example.net>: Relay access denied',
    '554 5.7.1 <stranger@example.net>: Recipient address rejected: Access denied',
    '550 5.1.2 <stranger@example.net>: Recipient address rejected: Domain not found',
    // Exim
    '550 relay not permitted',
    '550 Unrouteable address',
    '550 Unknown user',
    '550 No Such User Here',
    // Sendmail
    '550 5.1.1 <stranger@example.net>... User unknown',
    '550 5.7.1 <stranger@example.net>... Relaying denied',
    '550 5.7.1 <stranger@example.net>... Relaying denied. Proper authentication required.',
    // OpenSMTPD, Dovecot, Courier, Haraka, hMailServer, Stalwart
    '550 Invalid recipient: <stranger@example.net>',
    "550 5.1.1 <stranger@example.net> User doesn't exist: stranger@example.net",
    '550 User unknown.',
    '513 Relaying denied.',
    '550 I cannot deliver mail for <stranger@example.net>',
    '550 Unknown user',
    '550 Delivery is not allowed to this address.',
    '550 5.1.2 Mailbox does not exist.',
    '550 5.1.2 Relay not allowed.',
    // qmail
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    '550 sorry, no mailbox here by that name. (#5.1.1)',
    // Elsewhere
    '550 Invalid recipient <stranger@example.net> (#5.1.1)',
    '550 Mailbox disabled for this recipient',
    '551 User not local. Relay denied',
    '550 5.7.1 <stranger@example.net>... We do not relay without RFC2554 authentication.',
    '550 No such person at this address.',
    '550 User (stranger@example.net) unknown.',
    '550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [L3Tk2bXyMmW7Ykh4fMJ5Ew.uk12]',
    '550-Please turn on SMTP Authentication in your mail client.|550-host.example.org (gate.example.test) [192.0.2.1]:54321 is not|550-permitted to relay through this server without|550 authentication.',
    '550 5.2.1 Mailbox disabled, not accepting messages',
    // Exchange
    '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
    '550 5.7.1 Unable to relay for stranger@example.net',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [AM0PR01CA0123.eurprd01.prod.outlook.com 2026-03-20T10:11:12.345Z 08DB28A0B2AA2B50]',
    '550 5.7.64 TenantAttribution; Relay Access Denied',
    // Gmail
    "550-5.1.1 The email account that you tried to reach does not exist. Please try|550-5.1.1 double-checking the recipient's email address for typos or|550-5.1.1 unnecessary spaces. For more information, go to|550 5.1.1  https://support.google.com/mail/?p=NoSuchUser ffacd0b85a97d-3a1b2c3d4e5sm1234567f8f.9 - gsmtp",
    '550 5.2.1 The email account that you tried to reach is disabled',
    '550 5.2.1 The account is disabled',
    // RFC 5321
    '550 No such user here',
    '550 Requested action not taken: mailbox unavailable',
    '551 User not local; please try <other@example.org>',
    '553 Requested action not taken: mailbox name not allowed',
    '550 5.1.1 No such user; see https://example.com/spf-and-dmarc',
    '550 5.1.0 No such user',
    // With the recipient, its local part or its domain
    '550 stranger@example.net: no such user',
    '550 5.1.1 "stranger@example.net" rejected.',
    '550 5.1.2 example.net',
    '550 5.1.1 <stranger@example.net>: Recipient address rejected: example.net',
    '550 5.2.1 stranger@example.net: account disabled',
    '550 5.7.1 Relaying to <stranger@example.net> denied',
    '550 5.7.1 <STRANGER@Example.Net>: Relay access denied',
    // With a host name in brackets, or a link
    '550 5.7.1 Relaying denied [192.0.2.1]',
    '550 5.7.1 Relaying denied; see https://example.com/relaying',
    // A line end may end a clause.
    '550-5.7.1 Relaying denied|550 5.7.1 see https://example.com/relaying',
    '550-Requested action not taken: mailbox unavailable|550 For explanation visit https://example.com/?c=1', // GMX
    '550-Relaying not permitted|550 relay not permitted',
    // Postfix, with its default smtpd_relay_restrictions
    '454 4.7.1 <stranger@example.net>: Relay access denied',
    '450 4.7.1 <stranger@example.net>: Relay access denied',
    '451 4.7.1 Relaying denied',
    // More wordings
    '550 #5.1.0 Address rejected.', // Cisco
    '550 #5.1.0 Address rejected stranger@example.net',
    '556 5.1.10 Recipient address has null MX', // RFC 7505
    '550 relay not permitted, authentication required',
    '550 5.7.1 Relaying denied; authenticate first',
    "553 sorry, that domain isn't in my list of allowed rcpthosts; no valid cert for gatewaying (#5.7.1)",
    '550 5.7.1 No relaying allowed',
    '550 Relaying not allowed',
    '530 Relaying not allowed',
    '550 Mailbox not available',
    '550 No such local user',
  ])('%s', (text) => {
    expect([about(text), about(text, true)]).toEqual([true, true]);
  });

  test.each([
    '530',
    '530 5.7.0 Authentication required',
    '530 5.7.0 Must authenticate',
    '530-5.7.0 Authentication Required. For more information, go to|530 5.7.0  https://support.google.com/a/answer/1 ffacd0b85a97d-3a1b2c3d4e5sm1234567f8f.9 - gsmtp',
    '530 SMTP authentication is required.', // hMailServer
    '530 5.7.57 Client not authenticated to send mail', // Exchange
    '530 5.7.57 Client not authenticated to send mail. [AM0PR01CA0123.eurprd01.prod.outlook.com 2026-03-20T10:11:12.345Z 08DB28A0B2AA2B50]',
    '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [AM0PR01CA0123.eurprd01.prod.outlook.com]',
    '550 5.7.1 Authentication required',
    '550 authentication required', // Exim
  ])('for an unauthenticated client: %s', (text) => {
    expect([about(text), about(text, true)]).toEqual([true, false]);
  });

  test.each([
    // Quoted names, addresses and links may contain the reason.
    '550 Rejected: zen.spamhaus.org',
    '550 Rejected [zen.spamhaus.org]',
    '550 1.2.3.4 refused',
    '550 gate@example.com rejected',
    '550 5.1.1 <gate@example.com> rejected',
    '550 <gate@example.com> user unknown',
    '550 5.1.1 User unknown: gate@example.com',
    '550 <gate>: no such user',
    '550 5.1.2 gate.example',
    '550 5.1.2 dns.timeout',
    '550 User unknown: dns.timeout',
    '550 5.1.1 error.no',
    '550 5.1.1 <client[1.2.3.4]>',
    '550 5.1.1 <error>',
    '550 5.1.1 [192.0.2.1]',
    '550 5.2.1 gate@example.com: account disabled',
    '550 5.2.1 Account disabled (gate.example)',
    '550 5.2.1 Account disabled https://example.com/?why=blocked',
    '550 Mailbox unavailable https://x/blocked-ip',
    '550 Mailbox unavailable. See https://x/blocked-ip',
    '550 Mailbox unavailable (192.0.2.1)',
    '550 sorry, refused (#5.7.1)',
    '550-5.7.1 Refused|550 5.1.1 Refused',
    '550 Blocked',
    '550 TLS required',
    '550 Too many recipients today',
    '550 5.1.1 Too many recipients today',
    '550 5.1.1 User unknown: directory lookup failed',
    '550 5.1.1 LDAP error',
    '550 5.1.1 Temporary lookup failure',
    '550 5.1.1 Try again later',
    '550 5.1.1 Blocked',
    '550 5.1.1 Access denied',
    '550 5.1.1 https://example.com/?why=blocked',
    '550 No such account',
    '550 Out of memory',
    '550 Server is busy',
    '550 Access denied',
    '550 5.7.1 Access denied',
    '550 5.7.1',
    '550 5.7.1 Message rejected due to policy',
    '550 5.7.1 Your IP has a poor reputation',
    '550 5.7.1 Relaying denied. IP name lookup failed [192.0.2.1]',
    '550 5.7.1 Relaying denied until you issue STARTTLS',
    '550 Relay not permitted: your host name does not resolve',
    '550 Recipient rejected: rate limit exceeded',
    '550 Recipient address rejected: Greylisted',
    '550 5.7.1 Your IP is not permitted to relay through this server',
    '550 Sender is not permitted to relay through this server.',
    '550 Mailbox unavailable or access denied',
    '550 Command rejected for policy reasons',
    '550 Too many invalid recipients',
    '550 5.2.1 Mailbox temporarily disabled',
    '550 5.2.1 The user you are trying to contact is receiving mail too quickly',
    '550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy',
    '550 user unknown in whitelist',
    '550 No such host',
    '550 5.1.1 <stranger@example.net>: Recipient address rejected: unverified address: Address verification in progress',
    '554 5.7.1 <stranger@example.net>: Recipient address rejected: SPF fail',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied',
    '550-Verification failed for <gate@example.test>|550-Unrouteable address|550 Sender verify failed', // Exim
    '550 5.1.0 <gate@example.test>: Sender address rejected: User unknown in relay recipient table',
    '550 5.1.1 Unknown sender',
    '550 Sender unknown',
    '550 5.1.0 Address rejected',
    '550 Account disabled',
    '550 User inactive',
    '550 Your account is disabled',
    '550 Administrative prohibition',
    '550 rDNS lookup failed: host not found',
    '550 Mailbox unavailable: over quota',
    '552 5.2.2 Over quota',
    '550 5.5.0 Requested action not taken: mailbox unavailable',
    '530 5.7.0 Must issue a STARTTLS command first',
    '530 Blocked',
    '550 Authentication required: too many connections',
    '550 5.7.0 Invalid recipient count',
    '550 5.1.1 Empfänger gesperrt',
    '550 https://example.com/?why=blocked',
    '500 5.5.1 Command unrecognized',
    '501 5.1.3 Bad recipient address syntax',
    '503 5.5.1 Need MAIL before RCPT',
    '554',
    '554 5.3.0 no',
    '554 Transaction failed',
    '450 4.1.1 User unknown',
    '450 User unknown',
    '454 4.7.0 Relay access denied',
    '454 Relay access denied',
    '421 4.7.1 Relay access denied',
    '452 4.7.1 Relay access denied',
    '450 4.7.1 User unknown',
    '450 4.7.1 <stranger@example.net>: Recipient address rejected: Greylisted',
    '450 4.7.1 Relay access denied: greylisted',
    '451 4.7.1',
    '454 4.7.1 Relay access denied; try again later',
    '454 4.7.1 <gate@example.com>: Relay access denied',
    '530 Relaying not allowed until you issue STARTTLS',
    '550 #5.1.0 Address rejected gate@example.com',
    '550-Mailbox unavailable|550 https://example.com/?why=blocked',
    '550-Mailbox unavailable|550 See https://example.com/?why=blocked',
    '550-User unknown|550 in blocklist',
  ])('unless it is %s', (text) => {
    expect([about(text), about(text, true)]).toEqual([false, false]);
  });
});

describe('a refusal has a fix for each cause', () => {
  const ACCOUNT: RefusedClient = {
    hasAuthenticated: true,
    offersAuth: true,
    from: 'gate@example.com',
    to: 'user@example.net',
  };
  const STRANGER: RefusedClient = {
    hasAuthenticated: false,
    offersAuth: true,
    from: 'gate@example.com',
    to: 'user@example.net',
  };

  test.each<[string, RefusedAt, string, RefusedClient, string | undefined]>([
    ['AUTH is offered', 'RCPT', '454 4.7.1 <a@b.c>: Relay access denied', STRANGER, 'relay-denied'],
    [
      'no AUTH is offered',
      'RCPT',
      '454 4.7.1 <a@b.c>: Relay access denied',
      { ...STRANGER, offersAuth: false },
      'relay-denied-without-auth',
    ],
    ['authenticated', 'RCPT', '454 4.7.1 <a@b.c>: Relay access denied', ACCOUNT, 'relay-denied-to-account'],
    [
      'by the server behind a proxy',
      'RCPT',
      '554 5.7.1 <a@b.c>: Relay access denied',
      { ...ACCOUNT, isProxied: true },
      'relay-denied-to-proxy',
    ],
    ['of Zoho', 'MESSAGE', '553 Relaying disallowed as gate@example.com', ACCOUNT, 'account-may-not-send-as'],
    ['of Zoho', 'MAIL', '553 Relaying disallowed as gate@example.com', ACCOUNT, 'account-may-not-send-as'],
    [
      'of Postfix',
      'RCPT',
      '553 5.7.1 <gate@example.com>: Sender address rejected: not owned by user app@example.com',
      ACCOUNT,
      'account-may-not-send-as',
    ],
    [
      'in unknown words that quote the sender',
      'MESSAGE',
      '550 No way, gate@example.com',
      { ...ACCOUNT, account: 'app@example.com' },
      'account-may-not-send-as',
    ],
    [
      'that quotes the sender, which is the account',
      'MESSAGE',
      '550 No way, gate@example.com',
      { ...ACCOUNT, account: 'gate@example.com' },
      undefined,
    ],
    ['to another domain', 'RCPT', '550 Invalid recipient: <a@b.c>', ACCOUNT, 'recipient-or-relay'],
    [
      'to the own domain',
      'RCPT',
      '550 Invalid recipient: <a@b.c>',
      { ...ACCOUNT, to: 'user@example.com' },
      'recipient-not-accepted',
    ],
    ['not authenticated', 'RCPT', '550 Invalid recipient: <a@b.c>', STRANGER, 'recipient-not-accepted'],
    [
      'Barracuda',
      'MESSAGE',
      '550 permanent failure for one or more recipients (a@b.c:blocked)',
      STRANGER,
      'blocked-by-gateway',
    ],
    ['Mimecast', 'RCPT', '550 Administrative prohibition - envelope blocked', STRANGER, 'blocked-by-gateway'],
    ['Mimecast', 'MESSAGE', '550 Rejected by header based Anti-Spoofing policy: x', STRANGER, 'blocked-by-gateway'],
    ['Exchange Online', 'RCPT', '550 5.4.1 Recipient address rejected: Access denied.', STRANGER, 'not-in-directory'],
    ['Cisco', 'RCPT', '550 #5.1.0 Address rejected.', STRANGER, 'recipient-refused'],
    [
      'Proofpoint',
      'RCPT',
      '550 5.7.1 : Recipient address rejected: User email address is marked as invalid',
      STRANGER,
      'not-in-directory',
    ],
    ['with its code', 'RCPT', '550 5.1.1 Invalid recipient: <a@b.c>', ACCOUNT, 'recipient-unknown'],
    ['from a client', 'MESSAGE', '550 5.7.26 DMARC policy', STRANGER, 'sender-authentication'],
    ['from an account', 'MESSAGE', '550 5.7.26 DMARC policy', ACCOUNT, 'account-without-spf'],
    ['from a client', 'MAIL', '550 5.7.60 Not permitted to send as this sender', STRANGER, 'sender-not-allowed'],
    ['from an account', 'MESSAGE', '554 5.2.252 SendAsDenied; app@b.c', ACCOUNT, 'account-may-not-send-as'],
    [
      'of Exchange Online',
      'MESSAGE',
      '430 4.2.0 STOREDRV; mailbox logon failure; STOREDRV.Submission.Exception:ConnectionFailedTransientException.MapiExceptionLogonFailed; Failed to process message due to a transient exception with message [BeginDiagnosticData]Cannot open mailbox.',
      ACCOUNT,
      'mailbox-access',
    ],
    [
      'of Exchange Online',
      'MESSAGE',
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
      ACCOUNT,
      'account-may-not-send-as',
    ],
    [
      'in the reply to RCPT',
      'RCPT',
      '550-Verification failed for <gate@b.c>|550-Unrouteable address|550 Sender verify failed',
      ACCOUNT,
      'sender-unknown',
    ],
    [
      'about the domain',
      'RCPT',
      '450 4.1.8 <a@b.c>: Sender address rejected: Domain not found',
      ACCOUNT,
      'sender-domain-unknown',
    ],
    [
      'after the final dot',
      'MESSAGE',
      '451 Temporary local problem - please try later',
      ACCOUNT,
      'scanner-unavailable',
    ],
    [
      'after the final dot',
      'MESSAGE',
      '451 4.7.1 Service unavailable - try again later',
      ACCOUNT,
      'scanner-unavailable',
    ],
    ['before the message', 'RCPT', '451 Temporary local problem - please try later', ACCOUNT, 'server-problem'],
    [
      'before the message',
      'RCPT',
      '451 4.3.5 <a@b.c>: Recipient address rejected: Server configuration problem',
      ACCOUNT,
      'configuration-problem',
    ],
    ['before the message', 'RCPT', '451 4.3.0 <a@b.c>: Temporary lookup failure', STRANGER, 'server-problem'],
    ['of postscreen', 'RCPT', '450 4.3.2 Service currently unavailable', STRANGER, 'greylisting'],
    [
      'from an account',
      'RCPT',
      '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver',
      ACCOUNT,
      'blocklist-query-refused',
    ],
    ['from a client', 'RCPT', '550 listed at zin.spamhaus.org (127.255.255.252)', STRANGER, 'blocklist-gone'],
    [
      'from a client',
      'MAIL',
      '550 5.7.1 Unfortunately, messages from [192.0.2.1] were not sent (S3150).',
      STRANGER,
      'client-reputation',
    ],
    [
      'from a client',
      'MAIL',
      '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
      STRANGER,
      'client-reputation',
    ],
    ['at MAIL', 'MAIL', '452 4.3.1 Insufficient system storage', ACCOUNT, 'disk-full'],
  ])('%s: %s replied with %s', (_, at, text, client, cause) => {
    expect(refusalMeaningOf(at, replyOf(text), client)?.cause).toBe(cause);
  });
});

describe('a mail service does not let the account send', () => {
  const ours = { from: 'orders@example.com', to: 'Gate@example.net' };
  const SES =
    '554 Message rejected: Email address is not verified. The following identities failed the check in region';

  test.each([
    [`${SES} EU-WEST-1: gate@example.net`, 'recipient-not-authorized'],
    [`${SES} EU-WEST-1: example.net`, 'recipient-not-authorized'],
    [`${SES} EU-WEST-1: orders@example.com`, 'sender-not-verified'],
    [`${SES} EU-WEST-1: gate@example.net, orders@example.com`, 'sender-not-verified'],
    [`${SES} EU-WEST-1: arn:aws:ses:eu-west-1:123456789012:identity/example.com`, 'sender-not-verified'],
    [`${SES} EU-WEST-1: other@example.org...`, 'sender-not-verified'],
    [
      '554 Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized recipients in Account Settings.',
      'recipient-not-authorized',
    ],
    [
      "550 While your account is pending approval, all recipient addresses must share the same domain as the 'From' address.",
      'recipient-not-authorized',
    ],
    ['550 You can only send testing emails to your own email address (owner@example.com).', 'recipient-not-authorized'],
    ["450 Trial accounts can only send emails to the administrator's email. #MS42225", 'recipient-not-authorized'],
    ['550 Demo domains can only be used to send emails to account owners', 'recipient-not-authorized'],
    [
      '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the Sender Identity requirements',
      'sender-not-verified',
    ],
    ["550 The 'From' address you supplied is not a Sender Signature on your account.", 'sender-not-verified'],
    [
      '550-From header sender domain not verified.|550-On your Settings > Sender Domains page|550 verify the sender domain to be allowed to send.',
      'sender-not-verified',
    ],
    [
      '550 The example.com domain is not verified. Please, add and verify your domain on https://resend.com/domains',
      'sender-not-verified',
    ],
    ['450 The from.email domain must be verified in your account to send emails. #MS42207', 'sender-not-verified'],
    ['550 5.7.1 Unconfigured Sending Domain <example.com>', 'sender-not-verified'],
    ['550 This domain is not associated with your account', 'sender-not-verified'],
    ['550 5.7.750 Service unavailable. Client blocked from sending from unregistered domain.', 'sender-not-verified'],
    ['530 From/Sender name is not valid', 'sender-not-verified'],
    ['454 Throttling failure: Daily message quota exceeded', 'sending-limit'],
    [
      '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail|550 5.4.5  sending limits go to https://support.google.com/a/answer/166852 x-1.2 - gsmtp',
      'sending-limit',
    ],
    ['550 5.4.5 Daily SMTP relay sending limit exceeded for user.', 'sending-limit'],
    [
      "550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending email to external recipients",
      'sending-limit',
    ],
    ['554 5.2.0 SubmissionQuotaExceededException; submission quota exceeded', 'sending-limit'],
    ['550 Maximum credits exceeded', 'sending-limit'],
    [
      '550 Domain example.com has exceeded the max emails per hour (25/25 (100%)) allowed. Message discarded.',
      'sending-limit',
    ],
    [
      '502 5.7.0 Your SMTP account is not yet activated. Please contact us at contact@brevo.com to request activation',
      'account-not-active',
    ],
    ['554 Message rejected: Sending paused for this account.', 'account-not-active'],
    ['550 5.1.8 Access denied, bad outbound sender AS(42004)', 'account-blocked'],
    ['550 5.7.705 Access denied, tenant has exceeded threshold', 'organization-blocked'],
    ['550 5.4.6 Unusual sending activity detected. Please try after sometime.', 'account-blocked'],
    ['550 Your account has been suspended', 'account-not-active'],
    [
      "550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've registered doesn't match|550 5.7.1 the account. Present one of your domain names in the HELO or EHLO command.",
      'account-not-identified',
    ],
    // Otherwise, the words are not about the account.
    ['454 Throttling failure: Maximum sending rate exceeded', 'rate-limit'],
    ['552 5.2.2 Over quota', 'mailbox-full'],
    ['550 5.2.1 The account is disabled', 'mailbox-disabled'],
    ['550 5.1.1 Account disabled', 'recipient-unknown'],
    [
      '450 4.1.1 <gate@example.net>: Recipient address rejected: unverified address: Address verification in progress',
      'recipient-unverified',
    ],
    ['552 5.3.4 Message size exceeds limit', 'message-too-large'],
  ])('%s', (text, cause) => {
    const client = { hasAuthenticated: true, offersAuth: true, ...ours };
    expect(refusalMeaningOf('RCPT', replyOf(text), client)?.cause).toBe(cause);
  });
});

describe('a reply of the maximum size is classified in linear time', () => {
  // With a pattern that can match in two ways, each repetition doubles the time: 30 of the first took minutes.
  test.each([
    'username and ',
    'user credentials or ',
    'account name & ',
    'your ',
    'login ',
    'plain login ',
    'authentication ',
    'invalid or ',
    'relay access ',
    'recipient address ',
    'mailbox ',
    'user unknown in ',
    'too many failed ',
    'exceeds ',
    '<a> ',
    'https://x/ ',
    'a.b ',
    'your account ',
    'outgoing mail from ',
    'sender verified ',
    'lost connection to ',
    'too many new ',
    'exceeded your message ',
    'sender address not ',
    'daily ',
    'sending limit ',
    '://a/1',
    'remove it from ',
    "' ",
    '- ',
  ])('%j repeatedly', (words) => {
    const text = words.repeat(Math.floor(3500 / words.length));
    const computed = computing();
    for (const code of ['535 5.7.8', '550 5.1.1', '550']) {
      const reply = replyOf(`${code} ${text}x`);
      refusesCredentials(reply, 'user');
      refusesRecipient(reply, { to: 'a@example.test', isSignedIn: false });
      refusalMeaningOf('RCPT', reply, {
        hasAuthenticated: false,
        offersAuth: true,
        from: 'gate@example.com',
        to: 'user@example.net',
      });
    }
    expect(computed()).toBeLessThan(2000);
  });
});
