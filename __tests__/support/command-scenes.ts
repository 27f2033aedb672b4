import type { FindingCode } from '../../src/findings/codes.js';
import { Secret } from '../../src/secrets/secret.js';
import { inDays, issue } from '../../src/servers/pki.js';
import { SERVFAIL, type Zone } from './name-server.js';
import { HOST, type CertificateName } from './certificate-fixtures.js';
import {
  close,
  raw,
  reset,
  silence,
  startTls,
  wait,
  type Dialogue,
  type Reply,
  type Sasl,
  type Verb,
} from './dialogue.js';
import { DKIM_KEYS, resulting, signingWith } from './finding-examples/delivery.js';
import { MX_RECORDS } from './finding-examples/mx.js';
import { replyToAnything, startTlsReadingOnce } from './first-segment.js';
import { AUTH, DELIVERY } from './gate.js';
import { Mailbox } from './imap/mailbox.js';
import { SCENE_TIMEOUT_MS, type Scene } from './scene.js';

const signsIn = { auth: AUTH };
const sends = { auth: AUTH, delivery: DELIVERY };

const TOKEN = {
  username: 'joe@example.test',
  kind: 'access-token',
  secret: new Secret('ya29.token'),
  expect: 'accepted',
} as const;

/** A JWT whose audience is a different service. */
const FOR_GRAPH = [{ alg: 'RS256' }, { aud: 'https://graph.microsoft.com', roles: ['Mail.Send'] }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

/** A server without pipelining that gives this reply to one command. */
const replying = (verb: Verb | `plain:${Verb}` | `tls:${Verb}`, reply: Reply): Dialogue => ({
  offersInTls: ['AUTH PLAIN LOGIN'],
  replies: { [verb]: reply },
});

/** A mechanism that rejects everyone without a challenge. */
// eslint-disable-next-line require-yield -- it yields no challenge
const refusing: Sasl = function* () {
  return '535 5.7.8 Authentication failed';
};

const SHORT_ROOT = await issue({
  commonName: 'Short Root CA',
  ca: true,
  notBefore: inDays(-900),
  notAfter: inDays(30),
});

/** A scene, and a similar server against which its commands do not show the problem. */
interface CommandScene extends Scene {
  /** What is different from a good server. */
  readonly twin?: Dialogue;
  /** Why a good server sends the same text. */
  readonly alsoShown?: string;
}

/** Servers whose findings have causes that the examples do not have. */
export const COMMAND_SCENES: readonly CommandScene[] = [
  {
    name: 'has a certificate for the host, and `servername` is a different name',
    endpoint: { host: 'mail.example.test', servername: 'mail.staging.test' },
    run: { resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
    alsoShown: 'the setting is wrong, not the server',
  },
  {
    name: 'has a name whose lookup fails',
    endpoint: { host: 'broken.example.test' },
    run: { resolver: () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EAI_AGAIN' })) },
    alsoShown: 'the command asks only DNS',
  },
  {
    name: 'does not begin TLS on a port for implicit TLS',
    server: { greeting: silence },
    endpoint: { transport: 'implicit' },
    twin: { implicit: true },
  },
  { name: 'greets as an IMAP server', server: { greeting: '* OK IMAP4rev1 ready' } },
  { name: 'greets in no known protocol', server: { greeting: 'Hello, who are you?' } },
  { name: 'sends a greeting with a code that is not allowed', server: { greeting: '354 Go ahead' } },
  {
    name: 'rejects the connection over implicit TLS',
    server: { implicit: true, greeting: '554 5.7.1 Go away' },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'rejects EHLO over implicit TLS',
    server: { implicit: true, replies: { EHLO: '550 5.7.1 Bad name' } },
    endpoint: { transport: 'implicit' },
  },
  { name: 'closes the connection on EHLO', server: replying('plain:EHLO', close) },
  { name: 'resets the connection on EHLO', server: replying('plain:EHLO', reset) },
  { name: 'closes the connection on EHLO over TLS', server: replying('tls:EHLO', close) },
  { name: 'closes the connection on AUTH', server: replying('AUTH', close), endpoint: signsIn },
  { name: 'closes the connection on RCPT', server: replying('RCPT', close), endpoint: sends },
  {
    name: 'rejects the credentials at one of several addresses',
    server: replying('AUTH', '535 5.7.8 Unknown here'),
    endpoint: { ...signsIn, addresses: 'all', host: 'multi.example.test' },
    run: { resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
  },
  {
    name: 'rejects an access token',
    server: {
      offersInTls: ['AUTH XOAUTH2'],
      replies: { AUTH: '334 eyJzdGF0dXMiOiI0MDAifQ==', CREDENTIALS: '535 5.7.8 Token expired' },
    },
    endpoint: { auth: TOKEN },
    twin: { offersInTls: ['AUTH XOAUTH2'], replies: { AUTH: '235 2.7.0 Accepted' } },
  },
  {
    name: 'rejects an access token for a different service',
    server: {
      greeting: '220 fr0p281ca0001.outlook.office365.com Microsoft ESMTP MAIL Service ready',
      offersInTls: ['AUTH LOGIN XOAUTH2'],
      replies: { AUTH: '535 5.7.3 Authentication unsuccessful' },
    },
    endpoint: { auth: { ...TOKEN, secret: new Secret(FOR_GRAPH) } },
    alsoShown: 'the command reads the token, and asks no server',
  },
  {
    name: 'has no mechanism for access tokens',
    server: { offersInTls: ['AUTH PLAIN LOGIN'] },
    endpoint: { auth: TOKEN },
    twin: { offersInTls: ['AUTH XOAUTH2'] },
  },
  {
    name: 'does not offer AUTH to a client with an access token',
    server: { offersInTls: ['8BITMIME'] },
    endpoint: { auth: TOKEN },
    twin: { offers: ['STARTTLS', '8BITMIME'], offersInTls: ['AUTH XOAUTH2'] },
  },
  {
    name: 'offers AUTH only before TLS to a client with an access token',
    server: { offers: ['STARTTLS', 'AUTH XOAUTH2'], offersInTls: ['8BITMIME'] },
    endpoint: { auth: TOKEN },
    twin: { offersInTls: ['AUTH XOAUTH2'] },
  },
  {
    name: 'rejects PLAIN, and accepts LOGIN',
    server: {
      offersInTls: ['AUTH PLAIN LOGIN'],
      sasl: { PLAIN: refusing },
      user: { username: AUTH.username, password: AUTH.secret.reveal() },
    },
    endpoint: signsIn,
    twin: {
      offersInTls: ['AUTH PLAIN LOGIN'],
      user: { username: AUTH.username, password: AUTH.secret.reveal() },
    },
  },
  {
    name: 'accepts no login after too many failures',
    server: replying('AUTH', '535 5.7.0 Too many failed login attempts'),
    endpoint: signsIn,
  },
  {
    name: 'rejects SCRAM without a challenge, and accepts the password',
    server: {
      offersInTls: ['AUTH PLAIN SCRAM-SHA-256'],
      sasl: { 'SCRAM-SHA-256': refusing },
    },
    endpoint: signsIn,
    twin: { offersInTls: ['AUTH PLAIN'], replies: { AUTH: '535 5.7.8 Authentication failed' } },
  },
  {
    name: 'rejects SCRAM without a challenge, and offers nothing else',
    server: { offersInTls: ['AUTH SCRAM-SHA-256'], replies: { AUTH: '535 5.7.8 Authentication failed' } },
    endpoint: signsIn,
    twin: { offersInTls: ['AUTH SCRAM-SHA-256'], replies: { AUTH: '334 cj1h' } },
  },
  {
    name: 'does not offer SMTPUTF8 for an address that requires it',
    server: { offersInTls: ['AUTH PLAIN LOGIN'] },
    endpoint: { auth: AUTH, delivery: { ...DELIVERY, to: 'gr\u00fc\u00dfe@example.test' } },
    twin: { offersInTls: ['AUTH PLAIN LOGIN', 'SMTPUTF8'] },
  },
  {
    name: 'files the message into a different folder',
    embedded: () => {
      const folders = { Notifications: new Mailbox() };
      const deliver = (raw: Buffer): void => {
        folders.Notifications.append(raw);
      };
      return { imap: { folders }, smtp: { deliver } };
    },
    delivery: { withinMs: 300 },
    alsoShown: 'the command asks the same inbox',
  },
  {
    name: 'ends its greeting with a bare LF',
    server: { greeting: raw('220 mail.example.test ESMTP\n') },
  },
  {
    name: 'ends its reply to STARTTLS with a bare LF',
    server: replying('STARTTLS', [raw('220 2.0.0 Ready\n'), startTls]),
  },
  {
    name: 'ends its greeting over TLS with a bare LF',
    server: { implicit: true, greeting: raw('220 mail.example.test ESMTP\n') },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'ends its lines over TLS with a bare LF',
    server: replying('tls:EHLO', raw('250-mail.example.test\n250 AUTH PLAIN\n')),
  },
  {
    name: 'signs with a DKIM key that is not in DNS',
    ...signingWith('nobody'),
    alsoShown: 'the command asks only DNS',
  },
  {
    name: 'signs with a short DKIM key',
    ...signingWith('weak'),
    alsoShown: 'the command asks only DNS',
  },
  {
    name: 'is not in the SPF record of the sender',
    ...resulting('spf', 'fail'),
    alsoShown: 'the command asks only DNS',
  },
  {
    name: 'finds no DMARC record of the sender',
    ...resulting('dmarc', 'none'),
    alsoShown: 'the command asks only DNS',
  },
  {
    name: 'greets twice',
    server: { greeting: ['220 mail.example.test ESMTP', '500 5.5.2 Command not recognized'] },
  },
  {
    name: 'sends an unsolicited reply after the one to EHLO',
    server: replying('plain:EHLO', ['250-mail.example.test', '250 STARTTLS', '250 2.0.0 Another reply']),
  },
  {
    name: 'sends an unsolicited reply after the one to EHLO over TLS',
    server: replying('tls:EHLO', ['250-mail.example.test', '250 AUTH PLAIN', '250 2.0.0 Another reply']),
  },
  {
    name: 'greets twice over implicit TLS',
    server: { implicit: true, greeting: ['220 mail.example.test ESMTP', '500 5.5.2 Command not recognized'] },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'is an IMAP server with implicit TLS, and STARTTLS is configured',
    server: { implicit: true, greeting: '* OK [CAPABILITY IMAP4rev1] ready' },
    twin: { implicit: true },
  },
  {
    name: 'is an IMAP server with implicit TLS',
    server: { implicit: true, greeting: '* OK [CAPABILITY IMAP4rev1] ready' },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'speaks SMTP over implicit TLS, and STARTTLS is configured',
    server: { implicit: true },
  },
  { name: 'never replies to AUTH', server: replying('AUTH', silence), endpoint: signsIn },
  { name: 'never replies to MAIL', server: replying('MAIL', silence), endpoint: sends },
  { name: 'never replies to the message', server: replying('MESSAGE', silence), endpoint: sends },
  {
    name: 'replies to the message after the timeout',
    server: replying('MESSAGE', [wait(SCENE_TIMEOUT_MS + 1000), '250 2.0.0 Queued']),
    endpoint: sends,
  },
  { name: 'closes the connection after the message', server: replying('MESSAGE', close), endpoint: sends },
  {
    name: 'has a problem after the message',
    server: replying('MESSAGE', '421 4.3.0 Internal error'),
    endpoint: sends,
  },
  {
    name: 'rejects every message for now',
    server: replying('MESSAGE', '451 4.3.0 Temporary local problem'),
    endpoint: sends,
  },
  {
    name: 'rejects every message and does not say why',
    server: replying('MESSAGE', '554 Transaction failed'),
    endpoint: sends,
  },
  {
    name: 'dies at EHLO over TLS, and then does not greet for a while',
    server: [replying('tls:EHLO', reset), { greeting: silence }, replying('tls:EHLO', reset)],
    retries: 1,
  },
  {
    name: 'accepts a sender and a recipient with the same words, although it must reject the recipient',
    server: { replies: { MAIL: '250 Ok', RCPT: '250 Ok' } },
    endpoint: { delivery: { ...DELIVERY, expect: 'refused' } },
    twin: { replies: { MAIL: '250 Ok', RCPT: '550 5.7.1 Relaying denied' } },
  },
  {
    name: 'has a problem after AUTH',
    server: replying('AUTH', ['235 2.7.0 Ok', '421 4.4.0 Failed to connect to relay server']),
    endpoint: sends,
  },
  {
    name: 'has a problem at MAIL',
    server: replying('MAIL', '421 4.3.0 Internal error'),
    endpoint: sends,
  },
  { name: 'rejects EHLO because of the name', server: replying('plain:EHLO', '501 5.5.2 Invalid domain name') },
  { name: 'replies to EHLO with several lines of text', server: replying('plain:EHLO', ['550-No.', '550 Not here']) },
  { name: 'accepts STARTTLS without offering it', server: { offers: ['PIPELINING'] } },
  { name: 'replies to STARTTLS with 250', server: replying('STARTTLS', '250 2.0.0 Ok') },
  { name: 'does not implement the STARTTLS that it offers', server: replying('STARTTLS', '502 5.5.1 Unknown command') },
  { name: 'closes the connection when TLS begins', server: replying('STARTTLS', ['220 2.0.0 Ready', close]) },
  {
    name: 'sends an error after its 220',
    server: replying('STARTTLS', ['220 2.0.0 Ready', '454 4.7.0 TLS not available', silence]),
  },
  {
    name: 'replies to the ClientHello with an error',
    server: replying('STARTTLS', [
      '220 2.0.0 Ready',
      startTlsReadingOnce((socket) => socket.write('454 4.3.3 TLS not available after start\r\n'), 0),
    ]),
  },
  {
    name: 'starts TLS as a client after its 220',
    server: replying('STARTTLS', [raw(Buffer.from('220 go\r\n\x16\x03\x01\x00\xc8', 'latin1')), silence]),
  },
  {
    name: 'has a CA in `ca` that expires before its certificate',
    certificate: () => issue({ names: [HOST], issuer: SHORT_ROOT }),
    policy: () => ({ ca: [SHORT_ROOT.cert] }),
    alsoShown: 'the command reads only the file of `ca`',
  },
  {
    name: 'is a web server',
    server: { greeting: [replyToAnything('HTTP/1.1 400 Bad Request\r\n\r\n')] },
  },
  {
    name: 'is a web server, and implicit TLS is configured',
    server: { greeting: [replyToAnything('HTTP/1.1 400 Bad Request\r\n\r\n')] },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'is an AMQP server',
    server: { greeting: [replyToAnything('AMQP\0\0\t\x01')] },
  },
  {
    name: 'is a Redis server',
    server: { greeting: [replyToAnything("-ERR unknown command 'EHLO'\r\n")] },
  },
  {
    name: 'reads the ClientHello as a command',
    server: replying('STARTTLS', [
      '220 2.0.0 Ready',
      startTlsReadingOnce((socket) => socket.write('500 5.5.1 Unknown command\r\n'), 0),
    ]),
  },
  {
    name: 'supports only cipher suites without encryption',
    server: { tls: { maxVersion: 'TLSv1.2', ciphers: 'NULL:@SECLEVEL=0' } },
  },
  {
    name: 'supports at most TLS 1.2, and TLS 1.3 is required',
    server: { tls: { maxVersion: 'TLSv1.2' } },
    policy: () => ({ minVersion: 'TLSv1.3' }),
  },
  {
    name: 'supports TLS 1.2 and requires a client certificate',
    server: { tls: { maxVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: true } },
    // The command waits until the server closes the connection.
    twin: { replies: { STARTTLS: ['220 2.0.0 Ready', startTls, close] } },
  },
  {
    name: 'greets as an IMAP server on a port for implicit TLS',
    server: { greeting: '* OK IMAP4rev1 ready' },
    endpoint: { transport: 'implicit' },
  },
  {
    name: 'is addressed by an IP address that is not in its certificate',
    endpoint: { servername: '127.0.0.1' },
    alsoShown: 'the good certificate has no IP address either',
  },
  {
    name: 'has a self-signed CA certificate that is in `ca`',
    certificate: 'caAsLeaf',
    policy: ({ caAsLeaf }) => ({ ca: [caAsLeaf.cert] }),
  },
  { name: 'rejects EHLO over TLS', server: replying('tls:EHLO', '550 5.7.1 Not again') },
  {
    name: 'lists STARTTLS last over TLS',
    server: { offersInTls: ['AUTH PLAIN LOGIN', 'STARTTLS'] },
  },
  {
    name: 'offers AUTH only before TLS',
    server: { offers: ['STARTTLS', 'AUTH PLAIN'], offersInTls: [] },
    endpoint: signsIn,
  },
  {
    name: 'rejects AUTH LOGIN',
    server: { offersInTls: ['AUTH LOGIN'], replies: { CREDENTIALS: '535 5.7.8 Wrong' } },
    endpoint: signsIn,
  },
  { name: 'says that the quota is exceeded', server: replying('AUTH', '535 5.7.0 Quota exceeded'), endpoint: signsIn },
  {
    name: 'requires AUTH before AUTH',
    server: replying('AUTH', '530 5.7.0 Authentication required'),
    endpoint: signsIn,
  },
  {
    name: 'does not allow the sender',
    server: replying('MAIL', '553 5.7.1 Sender not owned by user'),
    endpoint: sends,
  },
  { name: 'denies relaying', server: replying('RCPT', '554 5.7.1 Relay access denied'), endpoint: sends },
  {
    name: 'denies relaying in two lines',
    server: replying('RCPT', ['554-5.7.1 No', '554 5.7.1 relaying']),
    endpoint: sends,
  },
  {
    name: 'greets a client that is on a blocklist',
    server: { greeting: ['554-mail.example.test', '554 Blocked - see https://ipcheck.example.test/?ip=192.0.2.1'] },
  },
  {
    name: 'quotes an error of a blocklist',
    server: replying('RCPT', '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver'),
    endpoint: sends,
  },
  {
    name: 'accepts the message only for a verified recipient',
    server: replying(
      'MESSAGE',
      `554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: ${DELIVERY.to}`,
    ),
    endpoint: sends,
  },
  {
    name: 'is in a sandbox at MAIL',
    server: replying('MAIL', '421 Sandbox subdomains are for test purposes only.'),
    endpoint: sends,
  },
  { name: 'cannot reach its filter', server: replying('STARTTLS', '454 4.3.0 Try again later') },
  { name: 'has no disk space', server: replying('MAIL', '452 4.3.1 Insufficient system storage'), endpoint: sends },
];

/** A name that is not that of a server, and what the resolver and the mail servers of the domain are for the gate. */
interface NameScene {
  readonly name: string;
  readonly host: string;
  readonly mailServers: readonly string[];
  /** The target of its CNAME record. */
  readonly alias?: string;
}

/** What the name server knows about the hosts of {@link NAME_SCENES}, and about a good one. */
export const NAMES: Zone = {
  ...DKIM_KEYS,
  ...MX_RECORDS,
  'example.test': 'v=spf1 -all',
  'domain.example.test': { MX: ['10 mx.example.test'] },
  'no-mail.example.test': { MX: ['0 .'] },
  'empty.example.test': {},
  'alias.example.test': { CNAME: 'gone.example.test' },
  'multicast.example.test': { A: '224.0.0.1' },
  'broken.example.test': { A: SERVFAIL, MX: SERVFAIL },
  'good.example.test': { A: '127.0.0.1', MX: ['10 mx.example.test'] },
};

export const NAME_SCENES: readonly NameScene[] = [
  { name: 'is that of a mail domain', host: 'domain.example.test', mailServers: ['mx.example.test'] },
  { name: 'is that of a domain with a null MX', host: 'no-mail.example.test', mailServers: [''] },
  { name: 'has no address and no MX records', host: 'empty.example.test', mailServers: [] },
  { name: 'is an alias for no name', host: 'alias.example.test', mailServers: [], alias: 'gone.example.test' },
];

const ONLY_DNS = 'the command asks only DNS, which does not change for the twin';
const SAME_SERVER = 'the twin is the same server with a configuration for which this is right';

/** Why the twin of an example sends the text that shows the problem. */
export const SHOWN_BY_TWIN: Partial<Record<FindingCode, string>> = {
  'connection-lost': 'swaks says the same if the server closes the connection on QUIT',
  'dns-failed': 'only the gate has a resolver for the twin',
  'message-not-received': 'the command searches for the message of this run',
  'delivery-verdict-mismatch': 'the command asks only DNS, and the twin signs with a different key',
  'mx-not-found': ONLY_DNS,
  'mx-null': ONLY_DNS,
  'mx-is-alias': ONLY_DNS,
  'mx-is-address': ONLY_DNS,
  'mx-invalid': ONLY_DNS,
  'no-route': 'the twin has this IP address, too',
  'implicit-tls-port': SAME_SERVER,
  'starttls-not-advertised': SAME_SERVER,
  'plaintext-on-implicit-port': SAME_SERVER,
  'tls-handshake-failed': 'the name of the cipher suite in OpenSSL is not known, only the version',
  'certificate-expires-soon': SAME_SERVER,
  'certificate-renewal-due': 'both certificates expire on the same day, and only their lifetimes differ',
  'certificate-self-signed': SAME_SERVER,
  'certificate-chain-incomplete': SAME_SERVER,
  'certificate-pin-mismatch': SAME_SERVER,
};

/** The certificates of the fixtures whose problems have commands. */
export const CERTIFICATES_WITH_PROBLEMS: readonly CertificateName[] = [
  'expired',
  'notYetValid',
  'soon',
  'wrongHost',
  'selfSigned',
  'selfSignedExpired',
  'incomplete',
  'untrusted',
  'untrustedWithRoot',
  'commonNameOnly',
  'rsa1024',
  'sha1',
  'addressAsName',
  'caAsLeaf',
  'clientOnly',
  'expiredIntermediate',
  'issuerNoCa',
  'withUrl',
  'pssSha1',
  'signsCertificatesOnly',
  'anyPurpose',
  'netscapeClient',
  'emailOnly',
  'leafTwice',
  'outsideConstraints',
  'everything',
];
