import type { CERTIFICATE } from '../../../src/findings/catalog/certificate.js';
import type { HANDSHAKE } from '../../../src/findings/catalog/handshake.js';
import { inDays, issue, type CertificateOptions, type Identity } from '../../../src/servers/pki.js';
import { close, silence, startTls, wait } from '../dialogue.js';
import { HOST } from '../certificate-fixtures.js';
import { startTlsReadingOnce } from '../first-segment.js';
import { LONG_MS, pin, type FindingExamples } from './finding-example.js';

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
      name: 'supports only cipher suites that clients no longer offer',
      server: { tls: { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0' } },
    },
    twin: {
      name: 'supports only one cipher suite, but all clients offer it',
      server: { tls: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } },
    },
  },
  'handshake-timeout': {
    raising: {
      name: 'never starts TLS after its 220',
      server: { replies: { STARTTLS: ['220 2.0.0 Ready', silence] } },
    },
    twin: {
      name: 'starts TLS slowly, but within the timeout',
      server: { replies: { STARTTLS: ['220 2.0.0 Ready', wait(LONG_MS), startTls] } },
    },
  },
  'client-hello-intolerant': {
    raising: {
      name: 'reads at most 1,400 bytes of the ClientHello, and closes the connection if there are more',
      server: { replies: { STARTTLS: ['220 2.0.0 Ready', startTlsReadingOnce((socket) => socket.end())] } },
    },
    twin: {
      name: 'reads a ClientHello of any size, but closes the connection during the first handshake',
      server: [{ replies: { STARTTLS: ['220 2.0.0 Ready', close] } }, {}],
    },
    twinRaises: ['connection-lost'],
  },
  'tls-version-too-old': {
    raising: {
      name: 'supports at most TLS 1.1',
      server: { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'supports at most TLS 1.2', server: { tls: { maxVersion: 'TLSv1.2' } } },
  },
  'tls-old-versions-accepted': {
    raising: {
      name: 'accepts TLS 1.1 from clients that support nothing newer',
      server: { tls: { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } },
      policy: () => ({ oldVersions: true }),
    },
    twin: { name: 'accepts only TLS 1.2 and 1.3', policy: () => ({ oldVersions: true }) },
  },
  'client-certificate-required': {
    raising: {
      name: 'requires a client certificate',
      server: { tls: { requestCert: true, rejectUnauthorized: true } },
    },
    twin: {
      name: 'requests a client certificate but does not require it',
      server: { tls: { requestCert: true, rejectUnauthorized: false } },
    },
  },
  'plaintext-on-implicit-port': {
    raising: {
      name: 'sends an unencrypted greeting, and the endpoint is configured for implicit TLS',
      endpoint: { transport: 'implicit' },
    },
    twin: { name: 'sends an unencrypted greeting, and the endpoint is configured for STARTTLS' },
  },
  'certificate-expired': {
    raising: { name: 'has a certificate that expired two days ago', certificate: 'expired' },
    twin: {
      name: 'has a certificate that expires in five days',
      certificate: 'soon',
      policy: () => ({ minValidDays: 3, warnValidDays: 0 }),
    },
  },
  'certificate-not-yet-valid': {
    raising: { name: 'has a certificate that becomes valid in 30 days', certificate: 'notYetValid' },
    twin: { name: 'has a certificate that became valid yesterday' },
  },
  'certificate-expires-soon': {
    raising: { name: 'has a certificate that expires in five days, and 14 are required', certificate: 'soon' },
    twin: {
      name: 'has a certificate that expires in five days, and three are required',
      certificate: 'soon',
      policy: () => ({ minValidDays: 3, warnValidDays: 3 }),
    },
  },
  'certificate-renewal-due': {
    raising: {
      name: 'has a 90-day certificate that expires in 18 days',
      certificate: ({ pki }) => pki.issue({ names, notBefore: inDays(-71.5), notAfter: inDays(18.5) }),
    },
    twin: {
      name: 'has a 45-day certificate that expires in 18 days',
      certificate: ({ pki }) => pki.issue({ names, notBefore: inDays(-26.5), notAfter: inDays(18.5) }),
    },
  },
  'certificate-hostname-mismatch': {
    raising: { name: 'has a certificate with the host name only in the common name', certificate: 'commonNameOnly' },
    twin: { name: 'has a certificate with a wildcard for the leftmost label', certificate: 'wildcard' },
  },
  'certificate-self-signed': {
    raising: { name: 'has a self-signed certificate', certificate: 'selfSigned' },
    twin: {
      name: 'has a self-signed certificate that is in `ca`',
      certificate: 'selfSigned',
      policy: ({ selfSigned }) => ({ ca: [selfSigned.cert] }),
    },
  },
  'certificate-chain-incomplete': {
    raising: { name: 'does not send the intermediate certificate', certificate: 'incomplete' },
    twin: {
      name: 'does not send the intermediate certificate, which is in `ca`',
      certificate: 'incomplete',
      policy: ({ pki }) => ({ ca: [pki.intermediate.cert] }),
    },
  },
  'certificate-untrusted': {
    raising: { name: 'sends a complete chain to a root that is not trusted', certificate: 'untrustedWithRoot' },
    twin: {
      name: 'sends a complete chain to a root that is trusted',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.intermediate, pki.root] }),
    },
  },
  'certificate-wrong-purpose': {
    raising: { name: 'has a certificate for clients', certificate: 'clientOnly' },
    twin: {
      name: 'has a certificate for servers and clients',
      certificate: ({ pki }) => pki.issue({ names, usage: ['serverAuth', 'clientAuth'] }),
    },
  },
  'certificate-malformed': {
    raising: { name: 'has a certificate that expires in month 99', certificate: 'noSuchDate' },
    twin: {
      name: 'has a certificate that expires in the year 9999',
      certificate: ({ pki }) => issuedUnder(pki.root, LAST_DAY, { notAfter: LAST_DAY }),
    },
    twinRaises: ['certificate-issuer-expires-first'],
  },
  'certificate-weak-key': {
    raising: {
      name: 'has a 1024-bit RSA key',
      certificate: 'rsa1024',
      server: { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'has a 2048-bit RSA key', certificate: 'rsa2048' },
  },
  'certificate-weak-signature': {
    raising: {
      name: 'has a certificate that is signed with SHA-1',
      certificate: 'sha1',
      server: { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } },
    },
    twin: { name: 'has a certificate that is signed with SHA-256' },
  },
  'certificate-pin-mismatch': {
    raising: { name: 'has a key other than the pinned one', policy: (certs) => ({ pins: [pin(certs.rsa2048)] }) },
    twin: { name: 'has one of two pinned keys', policy: (certs) => ({ pins: [pin(certs.rsa2048), pin(certs.good)] }) },
  },
  'certificate-issuer-expires-first': {
    raising: {
      name: 'has an intermediate certificate that expires in 30 days, before its own, which expires in 90',
      certificate: ({ pki }) => issuedUnder(pki.root, inDays(30)),
    },
    twin: {
      name: 'has an intermediate certificate that expires in 100 days, after its own, which expires in 90',
      certificate: ({ pki }) => issuedUnder(pki.root, inDays(100)),
    },
  },
  'certificate-chain-disordered': {
    raising: {
      name: 'sends the root before the intermediate certificate',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.root, pki.intermediate] }),
    },
    twin: {
      name: 'sends the root after the intermediate certificate',
      certificate: ({ pki }) => pki.issue({ names, sends: [pki.intermediate, pki.root] }),
    },
  },
  'certificate-lifetime-long': {
    raising: {
      name: 'has a certificate with a lifetime of 25 years from a public CA',
      certificate: ({ pki }) => issuedUnder(pki.root, LATE, TWENTY_FIVE_YEARS),
      publicAuthority: true,
    },
    raises: ['certificate-issuer-expires-first', 'certificate-lifetime-long'],
    twin: {
      name: 'has a certificate with a lifetime of 25 years from a CA in `ca`',
      certificate: ({ pki }) => issuedUnder(pki.root, LATE, TWENTY_FIVE_YEARS),
    },
    twinRaises: ['certificate-issuer-expires-first'],
  },
  'certificate-unchecked': {
    raising: {
      name: 'replies with 421 to the connection that checks for a second certificate',
      server: [{}, { greeting: ['421 4.7.0 One at a time', close] }],
      policy: () => ({ dualCertificates: true }),
    },
    twin: { name: 'has one certificate', policy: () => ({ dualCertificates: true }) },
  },
  'certificate-pinned': {
    raising: {
      name: 'has a self-signed certificate, and its key is pinned',
      certificate: 'selfSigned',
      policy: ({ selfSigned }) => ({ pins: [pin(selfSigned)] }),
    },
    twin: { name: 'has a valid certificate, and its key is pinned', policy: ({ good }) => ({ pins: [pin(good)] }) },
  },
};
