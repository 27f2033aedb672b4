import { createHash } from 'node:crypto';
import { inDays, issue } from '../../src/demo/pki.js';
import type { CertificateOptions, Identity } from '../../src/demo/pki.js';
import type { FindingCode } from '../../src/findings/catalogue.js';
import { failureOf } from '../../src/net/connect.js';
import type { Resolver } from '../../src/net/connect.js';
import { Secret } from '../../src/text/secret.js';
import { close, handshake, raw, silence, wait } from './dialogue.js';
import type { Scene } from './scene.js';
import { SCENE_TIMEOUT_MS } from './scene.js';
import { HOST } from './zoo.js';

/** One server that must raise a finding, and beside it a near twin that must not. */
export interface Exhibit {
  readonly raising: Scene;
  /** What the raising server is found to be, in order; default: the exhibit's own code. Waived ones in parentheses. */
  readonly raises?: readonly string[];
  readonly twin: Scene;
  /** What the twin is found to be instead; default: nothing. */
  readonly twinRaises?: readonly string[];
}

const LONG = SCENE_TIMEOUT_MS / 2;
const names = [HOST];

const resolvesTo =
  (...addresses: readonly string[]): Resolver =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 as const })));

const missing: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' }));

/** No packet leaves for a multicast address: TCP has no use for it, and the system says that it has no route. */
const NOWHERE = '224.0.0.1';
/** A loopback address on which no server of the tests listens. */
const DESERTED = '127.0.0.8';
const LOOPBACK = '127.0.0.1';

const pin = ({ certificate }: Identity): string =>
  createHash('sha256').update(Buffer.from(certificate.publicKey.rawData)).digest('base64');

const waive = (finding: FindingCode, until: string) => [{ finding, until, reason: 'the certificate is on order' }];
const FAR = '2099-12-31';

/** Issued when 398 days were the limit, which no later rule changes. */
const TWENTY_FIVE_YEARS = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2050-01-01T00:00:00Z') };
const LATE = new Date('2051-01-01T00:00:00Z');
/** For "no end" (RFC 5280 section 4.1.2.5). */
const LAST_DAY = new Date('9999-12-31T23:59:59Z');

/** Refuses all that the probes try, so that they pass. */
const STRICT = {
  'plain:AUTH': '530 5.7.0 TLS first',
  'plain:MAIL': '530 5.7.0 TLS first',
  'tls:MAIL': '530 5.7.0 AUTH',
};

/** The exhibits of steps 1 to 3, in the order of the catalogue. */
export const EXHIBITS: Readonly<Partial<Record<FindingCode, Exhibit>>> = {
  // Any step
  'connection-lost': {
    raising: { name: 'hangs up where its greeting is due', server: { greeting: close } },
    twin: { name: 'hangs up on QUIT, when all is said', server: { replies: { QUIT: close } } },
  },
  'reply-timeout': {
    raising: { name: 'says nothing', server: { greeting: silence } },
    twin: { name: 'greets late, and in time', server: { greeting: [wait(LONG), '220 mail.example.test ESMTP'] } },
  },
  'protocol-error': {
    raising: {
      name: 'changes the code within a reply',
      server: { replies: { 'plain:EHLO': ['250-mail.example.test', '220 STARTTLS'] } },
    },
    twin: { name: 'greets with a bare code', server: { greeting: '220' } },
  },
  'bare-line-feed': {
    raising: {
      name: 'ends its lines in LF',
      server: { replies: { 'plain:EHLO': raw('250-mail.example.test\n250 STARTTLS\n') } },
    },
    twin: {
      name: 'ends them in CR LF, each half of a line in a packet of its own',
      server: { replies: { 'plain:EHLO': [raw('250-mail.exam'), wait(50), raw('ple.test\r\n250 STARTTLS\r\n')] } },
    },
  },
  throttled: {
    raising: { name: 'greets with 421', server: { greeting: ['421 4.3.2 Too many connections', close] } },
    twin: { name: 'greets with 554', server: { greeting: '554 5.7.1 Not you' } },
    twinRaises: ['greeting-rejected'],
  },
  'probe-inconclusive': {
    raising: {
      name: 'has a 421 for the connection of the probe',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      endpoint: { probes: ['plaintext-auth'] },
    },
    twin: {
      name: 'refuses what the probe tries',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-auth'] },
    },
  },

  // Connecting
  'dns-failed': {
    raising: {
      name: 'its name does not exist',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: missing },
    },
    twin: {
      name: 'its name has an address',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(LOOPBACK) },
    },
  },
  'no-route': {
    raising: {
      name: 'its only address cannot be reached from here',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(NOWHERE) },
    },
    twin: {
      name: 'one of its two addresses can be reached',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(NOWHERE, LOOPBACK) },
    },
  },
  'connection-failed-locally': {
    raising: {
      name: 'this machine has no file descriptor left for it',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: () => Promise.reject(failureOf({ code: 'EMFILE' }, LOOPBACK)) },
    },
    twin: {
      name: 'this machine has none left for the lookup of its name',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EMFILE' })) },
    },
    twinRaises: ['dns-failed'],
  },
  'connection-refused': {
    raising: { name: 'nobody listens', instead: 'nobody' },
    twin: {
      name: 'nobody listens on the first of its two addresses',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(DESERTED, LOOPBACK) },
    },
  },
  'connection-timeout': {
    raising: { name: 'does not answer the connection request', instead: { fullPort: 0 } },
    twin: { name: 'refuses it at once', instead: 'nobody' },
    twinRaises: ['connection-refused'],
  },
  'egress-blocked': {
    raising: {
      name: 'does not answer on port 25, seen from a hosted runner',
      instead: { fullPort: 25 },
      world: { hostedRunner: true },
    },
    twin: {
      name: 'does not answer on another port, seen from a hosted runner',
      instead: { fullPort: 0 },
      world: { hostedRunner: true },
    },
    twinRaises: ['connection-timeout'],
  },

  // Step 1
  'greeting-rejected': {
    raising: { name: 'greets with 554', server: { greeting: '554 5.7.1 No mail service here' } },
    twin: { name: 'greets with 450', server: { greeting: '450 4.7.1 Come back later' } },
    twinRaises: ['throttled'],
  },
  'not-smtp': {
    raising: { name: 'is an SSH server', server: { greeting: 'SSH-2.0-OpenSSH_9.2p1' } },
    twin: {
      name: 'is an SMTP server whose greeting names other protocols',
      server: { greeting: '220 imap.example.test SSH-free ESMTP' },
    },
  },
  'ehlo-rejected': {
    raising: { name: 'knows HELO only', server: { replies: { 'plain:EHLO': '502 5.5.1 Unknown command' } } },
    twin: { name: 'knows EHLO only', server: { replies: { HELO: '502 5.5.1 Unknown command' } } },
  },
  'implicit-tls-port': {
    raising: { name: 'speaks TLS from the first byte', server: { implicit: true } },
    twin: {
      name: 'speaks TLS from the first byte, and is addressed so',
      server: { implicit: true },
      endpoint: { transport: 'implicit' },
    },
  },
  'starttls-not-advertised': {
    raising: { name: 'has no TLS', certificate: 'none' },
    twin: { name: 'lists STARTTLS in lower case, last', server: { offers: ['8BITMIME', 'starttls'] } },
  },
  'starttls-stripped': {
    raising: {
      name: 'has its STARTTLS written over by a firewall',
      server: { offers: ['PIPELINING', 'XXXXXXXA', '8BITMIME'] },
    },
    twin: {
      name: 'has an extension whose name begins with X, and no TLS',
      certificate: 'none',
      server: { offers: ['PIPELINING', 'XCLIENT NAME ADDR', '8BITMIME'] },
    },
    twinRaises: ['starttls-not-advertised'],
  },
  'plaintext-auth-advertised': {
    raising: { name: 'offers AUTH before TLS', server: { offers: ['STARTTLS', 'AUTH PLAIN LOGIN'] } },
    twin: { name: 'offers AUTH inside TLS only', server: { offersInTls: ['AUTH PLAIN LOGIN'] } },
  },
  'plaintext-auth-accepted': {
    raising: {
      name: 'answers AUTH before TLS with 334',
      server: [{}, { replies: { ...STRICT, 'plain:AUTH': '334 ' } }],
      endpoint: { probes: ['plaintext-auth'] },
    },
    twin: {
      name: 'answers it with 530',
      server: [{}, { replies: STRICT }],
      endpoint: { probes: ['plaintext-auth'] },
    },
  },
  'plaintext-mail-accepted': {
    raising: {
      name: 'takes MAIL before TLS',
      server: [{}, { replies: { 'tls:MAIL': STRICT['tls:MAIL'] } }],
      endpoint: { probes: ['plaintext-mail'] },
    },
    twin: { name: 'refuses it', server: [{}, { replies: STRICT }], endpoint: { probes: ['plaintext-mail'] } },
  },

  // Step 2
  'starttls-refused': {
    raising: {
      name: 'answers STARTTLS with 454',
      server: { replies: { STARTTLS: '454 4.7.0 TLS not available due to local problem' } },
    },
    twin: {
      name: 'answers it with a 220 of two lines',
      serverWith: (tls) => ({ replies: { STARTTLS: ['220-2.0.0 Ready', '220 2.0.0 to start TLS', handshake(tls)] } }),
    },
  },
  'plaintext-after-starttls': {
    raising: {
      name: 'has a second reply behind the 220, in the same packet',
      server: { replies: { STARTTLS: [raw('220 2.0.0 Ready\r\n250 2.0.0 injected\r\n'), silence] } },
    },
    twin: {
      name: 'sends its 220 in two packets, and nothing behind it',
      serverWith: (tls) => ({ replies: { STARTTLS: [raw('220 2.0'), wait(50), raw('.0 Ready\r\n'), handshake(tls)] } }),
    },
  },
  'starttls-command-injection': {
    raising: {
      name: 'obeys inside TLS what came in the clear behind STARTTLS',
      injectable: 'keeps',
      endpoint: { probes: ['command-injection'] },
    },
    twin: { name: 'drops it', injectable: 'drops', endpoint: { probes: ['command-injection'] } },
  },

  // Step 3
  'tls-handshake-failed': {
    raising: {
      name: 'knows only cipher suites that nobody offers any more',
      server: { tls: { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0' } },
    },
    twin: {
      name: 'knows a single one that everybody offers',
      server: { tls: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } },
    },
  },
  'handshake-timeout': {
    raising: { name: 'says 220 and no more', server: { replies: { STARTTLS: ['220 2.0.0 Ready', silence] } } },
    twin: {
      name: 'begins TLS late, and in time',
      serverWith: (tls) => ({ replies: { STARTTLS: ['220 2.0.0 Ready', wait(LONG), handshake(tls)] } }),
    },
  },
  'tls-version-too-old': {
    raising: {
      name: 'speaks TLS 1.1 at most',
      server: { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'speaks TLS 1.2 at most', server: { tls: { maxVersion: 'TLSv1.2' } } },
  },
  'client-certificate-required': {
    raising: {
      name: 'asks for a client certificate and insists',
      server: { tls: { requestCert: true, rejectUnauthorized: true } },
    },
    twin: {
      name: 'asks for one and does not insist',
      server: { tls: { requestCert: true, rejectUnauthorized: false } },
    },
  },
  'plaintext-on-implicit-port': {
    raising: { name: 'greets in the clear, addressed as implicit TLS', endpoint: { transport: 'implicit' } },
    twin: { name: 'greets in the clear, addressed as STARTTLS' },
  },
  'certificate-expired': {
    raising: { name: 'its certificate ended two days ago', certificate: 'expired' },
    twin: { name: 'its certificate ends in five days', certificate: 'soon', policy: () => ({ minValidDays: 3 }) },
  },
  'certificate-not-yet-valid': {
    raising: { name: 'its certificate begins in 30 days', certificate: 'notYetValid' },
    twin: { name: 'its certificate began yesterday' },
  },
  'certificate-expires-soon': {
    raising: { name: 'its certificate ends in five days, and 14 are wanted', certificate: 'soon' },
    twin: {
      name: 'its certificate ends in five days, and three are wanted',
      certificate: 'soon',
      policy: () => ({ minValidDays: 3 }),
    },
  },
  'certificate-hostname-mismatch': {
    raising: { name: 'its certificate has the name as common name only', certificate: 'commonNameOnly' },
    twin: { name: 'its certificate has a wildcard for the left-most label', certificate: 'wildcard' },
  },
  'certificate-self-signed': {
    raising: { name: 'its certificate is signed by itself', certificate: 'selfSigned' },
    twin: {
      name: 'the same, named in `ca`',
      certificate: 'selfSigned',
      policy: ({ selfSigned }) => ({ ca: [selfSigned.cert] }),
    },
  },
  'certificate-chain-incomplete': {
    raising: { name: 'sends no intermediate', certificate: 'incomplete' },
    twin: {
      name: 'sends none, and the intermediate is named in `ca`',
      certificate: 'incomplete',
      policy: ({ pki }) => ({ ca: [pki.intermediate.cert] }),
    },
  },
  'certificate-untrusted': {
    raising: { name: 'has a whole chain, to a root that is not in the store', certificate: 'untrustedWithRoot' },
    twin: {
      name: 'has a whole chain, to one that is',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.intermediate, pki.root] }),
    },
  },
  'certificate-wrong-purpose': {
    raising: { name: 'its certificate is for clients', certificate: 'clientOnly' },
    twin: {
      name: 'its certificate is for servers and clients',
      certificate: ({ pki }) => pki.issue({ names, usage: ['serverAuth', 'clientAuth'] }),
    },
  },
  'certificate-malformed': {
    raising: { name: 'its certificate ends in the 99th month', certificate: 'noSuchDate' },
    twin: {
      name: 'its certificate ends in the year 9999',
      certificate: ({ pki }) => issuedUnder(pki.root, LAST_DAY, { notAfter: LAST_DAY }),
    },
  },
  'certificate-weak-key': {
    raising: {
      name: 'its key is RSA 1024',
      certificate: 'rsa1024',
      server: { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'its key is RSA 2048', certificate: 'rsa2048' },
  },
  'certificate-weak-signature': {
    raising: {
      name: 'its certificate is signed with SHA-1',
      certificate: 'sha1',
      server: { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'its certificate is signed with SHA-256' },
  },
  'certificate-pin-mismatch': {
    raising: { name: 'another key is pinned', policy: (zoo) => ({ pins: [pin(zoo.rsa2048)] }) },
    twin: { name: 'another key and its own are', policy: (zoo) => ({ pins: [pin(zoo.rsa2048), pin(zoo.good)] }) },
  },
  'certificate-issuer-expires-first': {
    raising: {
      name: 'its intermediate ends in 30 days, the certificate in 90',
      certificate: ({ pki }) => issuedUnder(pki.root, inDays(30)),
    },
    twin: {
      name: 'its intermediate ends in 100 days, the certificate in 90',
      certificate: ({ pki }) => issuedUnder(pki.root, inDays(100)),
    },
  },
  'certificate-chain-disordered': {
    raising: {
      name: 'sends the root before the intermediate',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.root, pki.intermediate] }),
    },
    twin: {
      name: 'sends it behind the intermediate',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.intermediate, pki.root] }),
    },
  },
  'certificate-lifetime-long': {
    raising: {
      name: 'its certificate lives for 25 years, and its authority is public',
      certificate: ({ pki }) => issuedUnder(pki.root, LATE, TWENTY_FIVE_YEARS),
      publicAuthority: true,
    },
    twin: {
      name: 'its certificate lives for 25 years, and its authority is named in `ca`',
      certificate: ({ pki }) => issuedUnder(pki.root, LATE, TWENTY_FIVE_YEARS),
    },
  },
  'certificate-unchecked': {
    raising: {
      name: 'has a 421 for the look at the certificate of the other kind',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      policy: () => ({ bothKeys: true }),
    },
    twin: { name: 'has one kind of certificate', policy: () => ({ bothKeys: true }) },
  },
  'certificate-pinned': {
    raising: {
      name: 'its certificate is signed by itself, and its key is pinned',
      certificate: 'selfSigned',
      policy: ({ selfSigned }) => ({ pins: [pin(selfSigned)] }),
    },
    twin: { name: 'its certificate holds, and its key is pinned', policy: ({ good }) => ({ pins: [pin(good)] }) },
  },

  // The run
  'waiver-expired': {
    raising: {
      name: 'its certificate ended, and so did the waiver',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired', '2026-01-31') },
    },
    raises: ['certificate-expired', 'waiver-expired'],
    twin: {
      name: 'its certificate ended, and the waiver did not',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired', FAR) },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'waiver-unused': {
    raising: {
      name: 'its certificate holds, and has a waiver',
      endpoint: { waive: waive('certificate-expired', FAR) },
    },
    twin: {
      name: 'its certificate is needed by the waiver',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired', FAR) },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'internal-error': {
    raising: {
      name: 'the gate comes upon a client certificate that cannot be one, though the plan should have refused it',
      policy: () => ({ client: { certificate: 'no certificate', key: new Secret('no key') } }),
    },
    twin: {
      name: 'the client certificate is one',
      policy: ({ good }) => ({ client: { certificate: good.cert, key: new Secret(good.key) } }),
    },
  },
};

async function issuedUnder(root: Identity, notAfter: Date, options: CertificateOptions = {}): Promise<Identity> {
  const commonName = 'Test Other Intermediate CA';
  const issuer = await issue({ commonName, ca: true, issuer: root, notBefore: inDays(-900), notAfter });
  return issue({ names, issuer, ...options });
}
