import { entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['certificate'], fields('keyType'));

const CHAIN = { ...fields('issuer', 'openssl'), certificatesSent: 'how many certificates were sent' };
const DEAD_END = fields('missingIssuer', 'caIssuers', 'nameConflict');
const PRIVATE_ROOT = { root: 'the private root in which the chain ends', rootSha256: 'its fingerprint' };
const VALIDITY = {
  evidence: fields('validFrom', 'validTo', 'now'),
  reference: 'RFC 5280 section 4.1.2.5',
} as const;
const NAMES = { expected: 'the expected name', names: 'the subject alternative names' };

const SEND_WHOLE_CHAIN =
  'Configure the server to send the full chain, leaf first (certbot: `fullchain.pem`, not `cert.pem`), and reload it. If the issuer is a private root, add it to `ca`.';
const TRUST_ISSUER =
  'If the issuer is a private CA, add its root to `ca`. If it is a public CA, the chain is outdated or one of its issuers has expired: install the chain that the CA publishes now.';

/** The issuer that the chain lacks, and where its certificate says that it is available. The gate does not fetch it. */
function appendIssuer({ missingIssuer = '', caIssuers }: Values): string {
  const from = caIssuers === undefined ? '' : `, available at ${caIssuers},`;
  return `Append the certificate of ${missingIssuer}${from} to the server's certificate file.`;
}

/** A new root with the name of a trusted one looks the same as one that an interceptor has made. */
const SAME_NAME_OTHER_KEY =
  'Either the CA has renewed its key, or this is not your server. Find out which before you add anything to `tls.ca`: compare the fingerprint with those that the CA publishes, and check from another network.';

/** Findings of step 3 about the certificate. */
export const CERTIFICATE = {
  'certificate-expired': error(
    'Certificate expired',
    "The notAfter date of the server's certificate has passed.",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Renew the certificate if it was not renewed, and reload the mail server (`postfix reload`, `systemctl reload dovecot`). The usual cause is a renewed certificate that the server has not loaded yet. If automatic renewal failed, find out why.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'certificate has expired' },
    },
    { ...VALIDITY, resultType: 'certificate-expired' },
  ),
  'certificate-not-yet-valid': error(
    'Certificate not yet valid',
    'The notBefore date of the certificate is in the future.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Install a certificate that is valid now. Check the clock of the machine that issued it, and of this machine.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
    },
    { ...VALIDITY, resultType: 'validation-failure' },
  ),
  'certificate-expires-soon': error(
    'Certificate expires soon',
    'The certificate is valid for fewer days than `min-valid-days` requires.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Renew the certificate now and reload the server. If renewal is automatic, find out why it is late. If short lifetimes are by design, lower `min-valid-days`.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'NotAfter: ' },
    },
    VALIDITY,
  ),
  'certificate-hostname-mismatch': error(
    'Certificate does not match the host name',
    'None of the subject alternative names matches the expected name. The common name is never used, a wildcard matches exactly one leftmost label, and an IP address matches only an IP address entry.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: 'Get a certificate that includes this name, or set `servername` to a name in the certificate.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'Verification error: hostname mismatch' },
    },
    {
      evidence: { ...NAMES, ...fields('subject') },
      reference: 'RFC 9525 section 6',
      resultType: 'certificate-host-mismatch',
    },
  ),
  'certificate-self-signed': error(
    'Self-signed certificate',
    'The server\'s certificate is signed with its own key, so no CA vouches for it. Debian\'s "snakeoil" default is such a certificate.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Use a certificate from a public CA. For a private server, pin its key with `tls.pin`, or issue a certificate from a private CA and add that CA to `ca`.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'self-signed certificate' },
    },
    { evidence: CHAIN, reference: 'RFC 5280 section 6.1', resultType: 'certificate-not-trusted' },
  ),
  'certificate-chain-incomplete': error(
    'Intermediate certificate missing',
    'The server sends only its own certificate, which was not issued directly by a trusted CA. Browsers and some systems fetch or cache the intermediate, but mail clients do not. So it works only for some clients.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: SEND_WHOLE_CHAIN,
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'unable to verify the first certificate' },
    },
    {
      evidence: { ...CHAIN, ...DEAD_END },
      reference: 'RFC 8446 section 4.4.2',
      resultType: 'certificate-not-trusted',
      causes: {
        'missing-issuer': {
          party: 'server',
          certainty: 'certain',
          remedy: (evidence: Values) => `${appendIssuer(evidence)} ${SEND_WHOLE_CHAIN}`,
        },
        'same-name': { party: 'server', certainty: 'certain', remedy: SAME_NAME_OTHER_KEY },
      },
    },
  ),
  'certificate-untrusted': error(
    'Certificate issuer not trusted',
    'The server sends the issuers of its certificate, but the chain does not lead to a trusted CA.',
    { party: 'server', certainty: 'likely', remedy: TRUST_ISSUER, setting: 'certificate' },
    {
      evidence: { ...CHAIN, ...DEAD_END, ...PRIVATE_ROOT, ...fields('reason') },
      reference: 'RFC 5280 section 6.1',
      resultType: 'certificate-not-trusted',
      causes: {
        'missing-issuer': {
          party: 'server',
          certainty: 'likely',
          remedy: (evidence: Values) => `${appendIssuer(evidence)} ${TRUST_ISSUER}`,
        },
        'unknown-root': {
          party: 'server',
          certainty: 'likely',
          remedy: `If this root is yours, add it to \`ca\`. If it is not, someone else may be responding in place of the server.`,
        },
        'same-name': { party: 'server', certainty: 'likely', remedy: SAME_NAME_OTHER_KEY },
      },
    },
  ),
  'certificate-wrong-purpose': error(
    'Certificate not valid for a server',
    'The certificate is not meant to authenticate a server. Its extended key usage lacks serverAuth, its key usage allows neither digital signatures nor key exchange, its Netscape certificate type is not that of a server, or it is a CA certificate. OpenSSL does not accept anyExtendedKeyUsage instead of serverAuth.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Get a certificate that is not a CA, with key usage "Digital Signature" and extended key usage "TLS Web Server Authentication".',
      setting: 'certificate',
    },
    {
      evidence: fields('reason', 'subject'),
      reference: 'RFC 5280 sections 4.2.1.3 and 4.2.1.12',
      resultType: 'validation-failure',
    },
  ),
  'certificate-malformed': error(
    'Malformed certificate',
    "A certificate that the server sends is not encoded as RFC 5280 requires: a date that does not exist, an extension that occurs twice or extends past its end. The gate's TLS library ignored this, but others do not. The gate cannot judge a certificate that it cannot parse, so this certificate does not authenticate the server, even if its key is pinned. If it is the server's own certificate, there are no other findings about it, and the report has no `tls`.",
    {
      party: 'certificate-authority',
      certainty: 'likely',
      remedy:
        'The evidence says what is malformed. Have the certificate reissued by software that encodes it correctly. `openssl x509 -text` and `openssl asn1parse` show the current one.',
      setting: 'certificate',
    },
    {
      evidence: {
        malformed: 'what is malformed',
        sha256: 'the fingerprint of the certificate',
        ...fields('subject'),
      },
      reference: 'RFC 5280 section 4.1',
      resultType: 'validation-failure',
    },
  ),
  'certificate-weak-key': error(
    'Weak key',
    'A key in the chain is shorter than 2048 bits (RSA) or 224 bits (elliptic curve). If there is a path to a trusted CA, other certificates that the server sends are ignored.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Create a new key, at least EC P-256 or RSA 2048, and get a certificate for it.',
      setting: 'certificate',
    },
    {
      evidence: { key: 'type and size of the key', ...fields('subject') },
      reference: 'RFC 9325 section 4.5',
      resultType: 'validation-failure',
    },
  ),
  'certificate-weak-signature': error(
    'Weak signature',
    'A certificate in the chain is signed with SHA-1 or MD5, which can be forged. If there is a path to a trusted CA, other certificates that the server sends are ignored.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Have the certificate reissued with SHA-256 or better.',
      setting: 'certificate',
    },
    {
      evidence: { signature: 'the signature algorithm', ...fields('subject') },
      reference: 'RFC 9325 section 4.5; RFC 9155',
      resultType: 'validation-failure',
    },
  ),
  'certificate-pin-mismatch': error(
    'Key does not match the pin',
    'The public key of the server is not one of those in `tls.pin`.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'If the key was changed on purpose, add the pin in the evidence to `tls.pin` (and remove the old one when it is no longer in use). If not, find out who operates this server.',
    },
    {
      evidence: { pin: "the pin of the server's key", pinned: 'the pins in `tls.pin`' },
      reference: 'RFC 7469 section 2.6',
    },
  ),
  'certificate-issuer-expires-first': warning(
    'Issuer expires before the certificate',
    "An intermediate certificate on the path, or the trusted CA, expires before the server's certificate, and from then on the server's certificate is not trusted either. If that is in fewer days than `min-valid-days`, it is an error.",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Install the intermediate that the CA publishes now, or have the certificate reissued under it. If the trusted CA itself expires, it needs a new root, and every mail client must trust the new root before that day (the gate: with `ca`).',
      setting: 'certificate',
    },
    {
      evidence: {
        issuer: 'the subject of the certificate that expires first',
        issuerValidTo: 'its notAfter date',
        validTo: "the notAfter date of the server's certificate",
      },
      reference: 'RFC 5280 section 6.1.3',
    },
  ),
  'certificate-chain-disordered': notice(
    'Certificate chain out of order',
    'Each certificate that the server sends should be the issuer of the one before it. One of them is not: it is in the wrong place, or does not belong to the chain. Most clients accept this, but some embedded clients do not.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Put the chain in order, leaf first, each followed by its issuer, and remove what does not belong to it.',
      setting: 'certificate',
    },
    {
      evidence: {
        subject: 'the first certificate that is out of order',
        certificatesSent: CHAIN.certificatesSent,
      },
      reference: 'RFC 8446 section 4.4.2',
    },
  ),
  'certificate-lifetime-long': notice(
    'Long certificate lifetime',
    'The certificate has a longer lifetime than public CAs were allowed to give it on its start date. The next one will be valid for a much shorter time, so automate renewal before then.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Automate renewal (ACME), including the reload of the mail server.',
    },
    { evidence: fields('validFrom', 'validTo'), reference: 'CA/Browser Forum Baseline Requirements section 6.3.2' },
  ),
  'certificate-unchecked': warning(
    'Second certificate not checked',
    'With `tls.check: both` the gate makes an additional connection to find out whether the server has a second certificate, with the other key type. Only the alert "handshake failure", or a handshake with the same certificate, shows that there is no second one. This server closed the connection, did not reply, replied with something else, or requires a client certificate, which the gate does not send on this connection. Or it supports only TLS 1.3: such a server might not send a certificate whose issuer has a different key type, because it assumes that the client cannot verify it.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Run the gate again. If it persists, exempt the runner's IP address from connection limits, or set `tls.check: single` for this endpoint. A server that supports only TLS 1.3 always gets this warning unless it shows both certificates.",
    },
    { evidence: { outcome: 'how the additional connection ended' }, reference: 'RFC 8446 section 4.4.2.2' },
  ),
  'certificate-pinned': notice(
    'Pinned key: chain, name and purpose ignored',
    'The key of the server matches a pin, which authenticates the server even if its chain, name or purpose is not valid. These problems are listed for information.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Nothing to do, unless clients without the pin use this server too.',
    },
    {
      evidence: { ...CHAIN, ...DEAD_END, ...PRIVATE_ROOT, ...NAMES, ...fields('finding', 'reason', 'subject') },
      reference: 'RFC 7435 section 3',
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
