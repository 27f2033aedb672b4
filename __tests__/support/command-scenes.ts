import type { CertificateName } from './certificate-fixtures.js';
import { close, reset, silence, type Dialogue, type Reply, type Verb } from './dialogue.js';
import { AUTH, DELIVERY } from './gate.js';
import type { Scene } from './scene.js';

const signsIn = { auth: AUTH };
const sends = { auth: AUTH, delivery: DELIVERY };

/** A server without pipelining that gives this reply to one command. */
const replying = (verb: Verb | `plain:${Verb}` | `tls:${Verb}`, reply: Reply): Dialogue => ({
  offersInTls: ['AUTH PLAIN LOGIN'],
  replies: { [verb]: reply },
});

/** Servers whose findings have causes that the examples do not have. */
export const COMMAND_SCENES: readonly Scene[] = [
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
    name: 'greets twice',
    server: { greeting: ['220 mail.example.test ESMTP', '500 5.5.2 Command not recognized'] },
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
  },
  {
    name: 'greets as an IMAP server on a port for implicit TLS',
    server: { greeting: '* OK IMAP4rev1 ready' },
    endpoint: { transport: 'implicit' },
  },
  { name: 'is addressed by an IP address that is not in its certificate', endpoint: { servername: '127.0.0.1' } },
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
  { name: 'has no disk space', server: replying('MAIL', '452 4.3.1 Insufficient system storage'), endpoint: sends },
];

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
