import type { CERTIFICATE } from '../../../src/findings/catalogue/certificate.js';
import type { HANDSHAKE } from '../../../src/findings/catalogue/handshake.js';
import { inDays, issue } from '../../../src/servers/pki.js';
import type { CertificateOptions, Identity } from '../../../src/servers/pki.js';
import { close, silence, startTls, wait } from '../dialogue.js';
import { HOST } from '../certificate-fixtures.js';
import { LONG_MS, pin } from './finding-example.js';
import type { FindingExamples } from './finding-example.js';

const names = [HOST];

/** Issued when 398 days were the limit, which no later rule changes. */
const TWENTY_FIVE_YEARS = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2050-01-01T00:00:00Z') };
const LATE = new Date('2051-01-01T00:00:00Z');
/** For "no end" (RFC 5280 section 4.1.2.5). */
const LAST_DAY = new Date('9999-12-31T23:59:59Z');

async function issuedUnder(root: Identity, notAfter: Date, options: CertificateOptions = {}): Promise<Identity> {
  const commonName = 'Test Other Intermediate CA';
  const issuer = await issue({ commonName, ca: true, issuer: root, notBefore: inDays(-900), notAfter });
  return issue({ names, issuer, ...options });
}

/** Step 3: the handshake and the certificate. */
export const OF_STEP_3: FindingExamples<keyof typeof HANDSHAKE | keyof typeof CERTIFICATE> = {
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
      server: { replies: { STARTTLS: ['220 2.0.0 Ready', wait(LONG_MS), startTls] } },
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
    twinRaises: ['certificate-issuer-expires-first'],
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
    raising: { name: 'another key is pinned', policy: (certs) => ({ pins: [pin(certs.rsa2048)] }) },
    twin: { name: 'another key and its own are', policy: (certs) => ({ pins: [pin(certs.rsa2048), pin(certs.good)] }) },
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
    raises: ['certificate-issuer-expires-first', 'certificate-lifetime-long'],
    twin: {
      name: 'its certificate lives for 25 years, and its authority is named in `ca`',
      certificate: ({ pki }) => issuedUnder(pki.root, LATE, TWENTY_FIVE_YEARS),
    },
    twinRaises: ['certificate-issuer-expires-first'],
  },
  'certificate-unchecked': {
    raising: {
      name: 'has a 421 for the look at the certificate of the other kind',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      policy: () => ({ dualCertificates: true }),
    },
    twin: { name: 'has one kind of certificate', policy: () => ({ dualCertificates: true }) },
  },
  'certificate-pinned': {
    raising: {
      name: 'its certificate is signed by itself, and its key is pinned',
      certificate: 'selfSigned',
      policy: ({ selfSigned }) => ({ pins: [pin(selfSigned)] }),
    },
    twin: { name: 'its certificate holds, and its key is pinned', policy: ({ good }) => ({ pins: [pin(good)] }) },
  },
};
