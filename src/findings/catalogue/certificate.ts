import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

const CHAIN = { ...fields('issuer', 'openssl'), sent: 'how many certificates were sent' };
const DEAD_END = fields('missing', 'caIssuers', 'namesake');
const PRIVATE_ROOT = {
  root: 'the private root in which the chain ends',
  rootSha256: 'its fingerprint',
};
const NAMES = { wanted: 'the name that was asked for', names: 'the subject alternative names' };

/** Findings of step 3: the handshake and the certificate. */
export const STEP_3 = {
  'tls-handshake-failed': {
    title: 'TLS handshake failed',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'Client and server could not agree on a TLS session.',
    evidence: {
      ...fields('alert', 'name', 'reason', 'code', 'octets'),
      spoken: 'what the server chooses when it is offered everything',
      signature: 'what it signs the handshake with',
      servername: 'the name that was sent as SNI',
    },
    remedy:
      'Compare protocol versions, cipher suites and key type on the server with what current clients offer. The message and the evidence (the alert, or the reason) say which side gave up.',
    reference: 'RFC 8446 section 6.2',
    resultType: 'validation-failure',
  },
  'handshake-timeout': {
    title: 'TLS handshake stalled',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server agreed to TLS and then did not finish the handshake within `timeout`.',
    evidence: fields('waited', 'attempt'),
    remedy:
      'Look at what the server does when it starts TLS: a blocked entropy source, an unreachable key store or OCSP responder; and for a middlebox that drops large handshake packets (path MTU).',
    reference: 'RFC 5321 section 4.5.3.2',
    resultType: 'validation-failure',
  },
  'tls-version-too-old': {
    title: 'TLS version too old',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server speaks no TLS version that the policy allows (`min-tls-version`).',
    evidence: {
      wanted: 'the oldest version that the policy allows',
      spoken: 'the version that the server speaks',
      ...fields('alert', 'name', 'reason', 'code', 'detail'),
    },
    remedy:
      'Enable TLS 1.2 and 1.3 on the server (Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2`). TLS 1.0 and 1.1 are deprecated by RFC 8996.',
    reference: 'RFC 8996; RFC 9325 section 3.1.1',
    resultType: 'validation-failure',
  },
  'client-certificate-required': {
    title: 'No client certificate that the server takes',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server ended the handshake because the client presented no certificate, or none that it takes.',
    evidence: fields('alert', 'name'),
    remedy:
      'Give the gate one with `tls.client-cert` and `tls.client-key`. If clients are not meant to have certificates, ask for them without insisting (Postfix: `smtpd_tls_req_ccert = no`), or use the port that does not.',
    reference: 'RFC 8446 section 4.4.2.4',
    resultType: 'validation-failure',
  },
  'plaintext-on-implicit-port': {
    title: 'The port greets in the clear',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The endpoint is addressed with TLS from the first byte, and the server starts to talk in the clear.',
    evidence: fields('octets', 'protocol'),
    remedy:
      'Set `transport: starttls` for this endpoint (usual on 587 and 25), or switch the service to implicit TLS (Postfix: `smtpd_tls_wrappermode = yes`).',
    reference: 'RFC 8314 section 3.3',
  },
  'certificate-expired': {
    title: 'Certificate expired',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The certificate of the server is past its notAfter date.',
    evidence: fields('validFrom', 'validTo', 'now', 'keyType'),
    remedy:
      'Renew it, make the server load the new file (`postfix reload`, `systemctl reload dovecot`), and find out why the automatic renewal did not: most often the certificate was renewed and the mail server never told.',
    reference: 'RFC 5280 section 4.1.2.5',
    resultType: 'certificate-expired',
  },
  'certificate-not-yet-valid': {
    title: 'Certificate not yet valid',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The notBefore date of the certificate is in the future.',
    evidence: fields('validFrom', 'validTo', 'now', 'keyType'),
    remedy: 'Use the certificate that is valid now; check the clock of the machine that issued it, and of this one.',
    reference: 'RFC 5280 section 4.1.2.5',
    resultType: 'validation-failure',
  },
  'certificate-expires-soon': {
    title: 'Certificate expires soon',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'Fewer days are left than `min-valid-days` asks for.',
    evidence: fields('validFrom', 'validTo', 'now', 'keyType'),
    remedy:
      'Renew the certificate now and reload the server. If renewal is automatic, find out why it is late; if short lives are by design, lower `min-valid-days`.',
    reference: 'RFC 5280 section 4.1.2.5',
  },
  'certificate-hostname-mismatch': {
    title: 'Certificate does not carry the name',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'None of the subject alternative names matches the name that was asked for. The common name is not consulted, a wildcard stands for one whole left-most label, and an address matches only an address entry.',
    evidence: { ...NAMES, ...fields('subject', 'keyType') },
    remedy:
      'Have the certificate issued for the name that clients use, or address the server by a name that it has; `servername` says which name is expected if it differs from `host`.',
    reference: 'RFC 9525 section 6',
    resultType: 'certificate-host-mismatch',
  },
  'certificate-self-signed': {
    title: 'Certificate signed by itself',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The certificate of the server is its own issuer, so nobody vouches for it. Debian\'s "snakeoil" default looks like this.',
    evidence: { ...CHAIN, ...fields('keyType') },
    remedy:
      'Use a certificate of a public CA. For a private server, pin its key with `tls.pin`, or issue it from a private CA and name that in `ca`.',
    reference: 'RFC 5280 section 6.1',
    resultType: 'certificate-not-trusted',
  },
  'certificate-chain-incomplete': {
    title: 'Intermediate certificate not sent',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The server sends only its own certificate, and no trust anchor issued it. Browsers and some systems fetch or remember the intermediate, mail clients do not, so it works for some and not for others.',
    evidence: { ...CHAIN, ...DEAD_END, ...fields('keyType') },
    remedy:
      'Configure the file with the whole chain, leaf first (certbot: `fullchain.pem`, not `cert.pem`), and reload. If the issuer is a private root, name it in `ca`.',
    reference: 'RFC 8446 section 4.4.2',
    resultType: 'certificate-not-trusted',
  },
  'certificate-untrusted': {
    title: 'Issuer not trusted',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server sends its issuers, and they lead to no trust anchor that this machine knows.',
    evidence: { ...CHAIN, ...DEAD_END, ...PRIVATE_ROOT, ...fields('reason', 'keyType') },
    remedy:
      'If the issuer is a private CA, put its root into `ca`. If it is a public one, the chain is outdated or an issuer in it is expired: install the chain that the CA publishes now.',
    reference: 'RFC 5280 section 6.1',
    resultType: 'certificate-not-trusted',
  },
  'certificate-wrong-purpose': {
    title: 'Certificate not for a server',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The certificate is not meant to authenticate a server: its extended key usage lacks serverAuth (anyExtendedKeyUsage in its place is not taken by OpenSSL), its key usage allows neither a digital signature nor a key exchange, its Netscape certificate type is not that of a server, or it is the certificate of a CA.',
    evidence: fields('reason', 'subject', 'keyType'),
    remedy:
      'Have a certificate issued with key usage "Digital Signature" and extended key usage "TLS Web Server Authentication", that is no CA.',
    reference: 'RFC 5280 sections 4.2.1.3 and 4.2.1.12',
    resultType: 'validation-failure',
  },
  'certificate-malformed': {
    title: 'Certificate cannot be read',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'A certificate that the server sends is not encoded as RFC 5280 wants it: a date that there is no such day for, an extension that is there twice or runs beyond its end. The TLS library passed over it, and others will not. What cannot be read cannot be judged, so it authenticates nobody, not even with a pin. Where it is the certificate of the server itself, nothing more is said of it, and the report has no `tls`.',
    evidence: {
      odd: 'what cannot be read',
      sha256: 'the fingerprint of the certificate',
      ...fields('subject', 'keyType'),
    },
    remedy:
      'The evidence says what is odd. Have the certificate issued anew by software that is known to do it right; `openssl x509 -text` and `openssl asn1parse` show the present one.',
    reference: 'RFC 5280 section 4.1',
    resultType: 'validation-failure',
  },
  'certificate-weak-key': {
    title: 'Key too weak',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'A key in the chain is shorter than 2048 bits (RSA) or 224 bits (elliptic curve). Where there is a path to a trust anchor, what was sent beside it does not count.',
    evidence: { key: 'kind and size of the key', ...fields('subject', 'keyType') },
    remedy: 'Make a new key, EC P-256 or RSA 2048 at least, and have the certificate issued for it.',
    reference: 'RFC 9325 section 4.5',
    resultType: 'validation-failure',
  },
  'certificate-weak-signature': {
    title: 'Signature too weak',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'A certificate in the chain is signed with SHA-1 or MD5, which can be forged. Where there is a path to a trust anchor, what was sent beside it does not count.',
    evidence: { signature: 'the algorithm of the signature', ...fields('subject', 'keyType') },
    remedy: 'Have the certificate issued again with SHA-256 or better.',
    reference: 'RFC 9325 section 4.5; RFC 9155',
    resultType: 'validation-failure',
  },
  'certificate-pin-mismatch': {
    title: 'Key is not the pinned one',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The public key of the server is none of those in `tls.pin`.',
    evidence: { pin: 'the pin of the key that the server has', pinned: 'those in `tls.pin`', ...fields('keyType') },
    remedy:
      'If the key was changed on purpose, add the pin in the evidence to `tls.pin` (and take the old one out when it is gone). If not, find out who answers here.',
    reference: 'RFC 7469 section 2.6',
  },
  'certificate-issuer-expires-first': {
    title: 'Issuer expires before the certificate',
    severity: 'warning',
    steps: ['certificate'],
    explanation:
      'An intermediate certificate on the path, or the trust anchor, ends before the certificate of the server does, and takes it along on that day. Where that is in fewer days than `min-valid-days` it is an error.',
    evidence: {
      issuer: 'the subject of the one that ends first',
      issuerValidTo: 'its notAfter date',
      validTo: 'that of the certificate of the server',
      ...fields('keyType'),
    },
    remedy:
      'Install the intermediate that the CA publishes now, or have the certificate issued anew under it. Where the trust anchor itself ends, the CA needs a new root, and whoever connects needs it in `tls.ca` in time.',
    reference: 'RFC 5280 section 6.1.3',
  },
  'certificate-chain-disordered': {
    title: 'Chain out of order',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'Each certificate that the server sends should have issued the one before it. One of these has not: it is in the wrong place, or does not belong to the chain. Most clients cope, some embedded ones do not.',
    evidence: { subject: 'the first certificate that is out of order', sent: CHAIN.sent, ...fields('keyType') },
    remedy: 'Put the chain in order, leaf first, each followed by its issuer, and take out what does not belong.',
    reference: 'RFC 8446 section 4.4.2',
  },
  'certificate-lifetime-long': {
    title: 'Certificate issued for very long',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'The certificate is valid for longer than public CAs may issue them at its date. The next one will live for a much shorter time, so renewal had better be automatic by then.',
    evidence: fields('validFrom', 'validTo', 'keyType'),
    remedy: 'Automate renewal (ACME), the reload of the mail server included.',
    reference: 'CA/Browser Forum Baseline Requirements section 6.3.2',
  },
  'certificate-unchecked': {
    title: 'Other certificate not looked at',
    severity: 'warning',
    steps: ['certificate'],
    explanation:
      'With `tls.check: both` the gate makes an additional connection to find out whether the server has another certificate, with the other kind of key. Only a server that ends this connection with the alert "handshake failure", or continues with the certificate that it has, is known to have no other. This server closed the connection, did not answer, gave another answer, or requires a client certificate, which the gate does not send on this connection. Or it speaks only TLS 1.3: such a server may hide a certificate whose issuer has a key of another kind, because it assumes that the client cannot verify it.',
    evidence: { outcome: 'how the further connection ended', ...fields('keyType') },
    remedy:
      'Run the gate again. If it persists, exempt the address of the runner from connection limits, or set `tls.check: single` for this endpoint. A server that speaks only TLS 1.3 always gets this warning unless it shows both certificates.',
    reference: 'RFC 8446 section 4.4.2.2',
  },
  'certificate-pinned': {
    title: 'Key pinned; chain and name not counted',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'The key of the server matches a pin, which authenticates it whatever its chain and names say. What they say is told for information.',
    evidence: {
      ...CHAIN,
      ...DEAD_END,
      ...PRIVATE_ROOT,
      ...NAMES,
      ...fields('finding', 'reason', 'subject', 'keyType'),
    },
    remedy: 'Nothing to do, unless clients that have no pin use this server too.',
    reference: 'RFC 7435 section 3',
  },
} as const satisfies Record<string, CatalogueEntry>;
