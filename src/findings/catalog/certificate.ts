import { CERTIFICATE_CHAIN, CHAIN_EVIDENCE, DEAD_END, UNTRUSTED } from './certificate-chain.js';
import { alternativeName, CERTIFICATE_NAME } from './certificate-name.js';
import { entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['certificate'], fields('keyType'));

const VALIDITY = {
  evidence: fields('validFrom', 'validTo', 'now'),
  reference: 'RFC 5280 section 4.1.2.5',
} as const;

const IS_VALID_NOW = 'is valid now';

/** A date as `openssl s_client -showcerts` prints it, such as `NotAfter: Feb  2 08:00:00 2027 GMT`. */
function notAfter(iso = ''): string {
  const [, weekdayless = ''] = /^\w+, (.*)$/.exec(new Date(iso).toUTCString()) ?? [];
  const [day = '', month = '', year = '', time = ''] = weekdayless.split(' ');
  return `NotAfter: ${month} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}

/** Weak signatures as `openssl x509 -text` prints them. */
const SIGNATURES: Readonly<Record<string, string>> = {
  'RSA with MD5': 'md5WithRSAEncryption',
  'RSA with SHA-1': 'sha1WithRSAEncryption',
  'ECDSA with SHA-1': 'ecdsa-with-SHA1',
};

/** Findings of step 3 about the certificate. */
export const CERTIFICATE = {
  'certificate-expired': error(
    'Certificate expired',
    "The notAfter date of the server's certificate has passed.",
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: IS_VALID_NOW,
      remedy:
        'Compare the certificate file on the server with what it sends: often the certificate was renewed, but the mail server has not loaded it. Then reload the server. Otherwise renew the certificate, and find out why automatic renewal failed.',
      examples: 'Postfix: `postfix reload`. Dovecot: `systemctl reload dovecot`.',
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
      certainty: 'certain',
      newCertificate: IS_VALID_NOW,
      remedy:
        'Install a certificate that is valid now, such as the previous one. If it should be valid already, check the clock of the machine that issued it.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
    },
    {
      ...VALIDITY,
      resultType: 'validation-failure',
      causes: {
        clock: {
          title: 'Certificate not yet valid, or a wrong clock',
          party: 'server',
          certainty: 'likely',
          remedy: ({ validFrom = '', now = '' }: Values) =>
            `Compare the clock of this machine with the correct time: it was ${now} in UTC during the test. If it is right, the machine that issued the certificate has a wrong clock or time zone: correct that, and issue the certificate again, or wait until ${validFrom}.`,
          reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
        },
      },
    },
  ),
  'certificate-expires-soon': error(
    'Certificate expires soon',
    'The certificate is valid for fewer days than `min-valid-days` requires.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: 'is valid for longer than `min-valid-days`',
      remedy:
        'Renew the certificate now and reload the server. If renewal is automatic, find out why it is late, or whether the server has not loaded the new certificate yet. If short lifetimes are by design, lower `min-valid-days`.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: ({ validTo }: Values) => notAfter(validTo) },
    },
    VALIDITY,
  ),
  ...CERTIFICATE_NAME,
  ...CERTIFICATE_CHAIN,
  'certificate-wrong-purpose': error(
    'Certificate not valid for a server',
    'The certificate is not meant to authenticate a server. Its extended key usage lacks serverAuth, its key usage allows neither digital signatures nor key exchange, its Netscape certificate type is not that of a server, or it is a CA certificate. OpenSSL does not accept anyExtendedKeyUsage instead of serverAuth, but it does accept a CA certificate, which other TLS libraries reject.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: 'is for TLS servers',
      remedy:
        'Get a certificate that is not a CA, with key usage "Digital Signature" and extended key usage "TLS Web Server Authentication".',
      setting: 'certificate',
      reproduce: { command: 'certificate-purpose', shows: 'SSL server : No' },
    },
    {
      evidence: fields('reason', 'subject', 'expected', 'pin'),
      reference: 'RFC 5280 sections 4.2.1.3 and 4.2.1.12',
      resultType: 'validation-failure',
      causes: {
        'self-signed-ca': {
          title: 'Self-signed CA certificate used as server certificate',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'is not a CA certificate',
          remedy: ({ expected = '', pin = '' }: Values) =>
            `\`openssl req -x509\` creates a CA certificate unless it is told not to. \`ca\` can make it a trusted CA, but not a certificate for a server. Create it again with the same key: \`openssl req -x509 -new -key server.key -days 365 -subj "/CN=${expected}" -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=${alternativeName(expected)}" -out server.crt\`, install it, and use it in \`ca\`. Or keep it and pin its key: \`tls.pin: ${pin}\`.`,
          reproduce: { command: 'certificate-text', shows: 'CA:TRUE' },
        },
        'ca-certificate': {
          title: 'CA certificate used as server certificate',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'is not a CA certificate',
          remedy:
            'Get a certificate for this server from the CA (basic constraints `CA:FALSE`), and configure the server to use that. Keep the key of a CA off the mail server.',
          setting: 'certificate',
          reproduce: { command: 'certificate-text', shows: 'CA:TRUE' },
        },
      },
    },
  ),
  'certificate-malformed': error(
    'Malformed certificate',
    "A certificate that the server sends is not encoded as RFC 5280 requires: a date that does not exist, an extension that occurs twice or extends past its end. The gate's TLS library ignored this, but others do not. The gate cannot judge a certificate that it cannot parse, so this certificate does not authenticate the server, even if its key is pinned. If it is the server's own certificate, there are no other findings about it, and the report has no `tls`.",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'The evidence says what is malformed. Get a certificate from software that encodes it correctly. `openssl x509 -text` and `openssl asn1parse` show the current one.',
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
      causes: {
        issuer: {
          title: 'Malformed issuer certificate',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ subject = '' }: Values) =>
            `The evidence says what is malformed. The CA must reissue ${subject} with software that encodes it correctly. If the certificate of the server has other issuers too, remove this one from the chain.`,
        },
      },
    },
  ),
  'certificate-weak-key': error(
    'Weak key',
    'A key in the chain is shorter than 2048 bits (RSA) or 224 bits (elliptic curve). If there is a path to a trusted CA, other certificates that the server sends are ignored.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: 'has a key of at least 2048 bits (RSA) or on P-256',
      remedy: 'Create a new key, at least EC P-256 or RSA 2048, and get a certificate for it.',
      setting: 'certificate',
      reproduce: { command: 'certificate-text', shows: publicKeyBits },
    },
    {
      evidence: { key: 'type and size of the key', ...fields('subject') },
      reference: 'RFC 9325 section 4.5',
      resultType: 'validation-failure',
      causes: {
        issuer: {
          title: 'Weak key of an issuer',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ subject = '' }: Values) =>
            `The key of the CA ${subject} is too short, so a new key for the server does not help. Get the certificate from a CA, or with an intermediate, that has at least RSA 2048 or EC P-256. If the CA is your own, create a new one.`,
        },
      },
    },
  ),
  'certificate-weak-signature': error(
    'Weak signature',
    'A certificate in the chain is signed with SHA-1 or MD5, which can be forged. If there is a path to a trusted CA, other certificates that the server sends are ignored.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: 'is signed with SHA-256 or better',
      remedy: 'Have the certificate reissued with SHA-256 or better. The key can stay the same.',
      examples: 'In a CA of your own: `openssl x509 -req -sha256`, or `default_md = sha256` in `openssl.cnf`.',
      setting: 'certificate',
      reproduce: { command: 'certificate-text', shows: ({ signature = '' }: Values) => SIGNATURES[signature] ?? '' },
    },
    {
      evidence: { signature: 'the signature algorithm', ...fields('subject') },
      reference: 'RFC 9325 section 4.5; RFC 9155',
      resultType: 'validation-failure',
      causes: {
        issuer: {
          title: 'Weak signature of an intermediate',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ subject = '' }: Values) =>
            `The certificate of the intermediate ${subject} is weakly signed, so a new certificate for the server alone does not help. Install the current intermediate if the CA publishes one with SHA-256 or better; otherwise the CA must reissue it.`,
        },
      },
    },
  ),
  'certificate-pin-mismatch': error(
    'Key does not match the pin',
    'The public key of the server is not one of those in `tls.pin`.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: ({ pin = '' }: Values) =>
        `The certificate is not valid either, so nothing shows that this is your server: find out who operates it before you change the pin. If the key was changed on purpose, compare it with the key on the server, and set \`tls.pin\` to ${pin}.`,
      reproduce: { command: 'pin', shows: pinDigest },
    },
    {
      evidence: { ...fields('pin'), pinned: 'the pins in `tls.pin`' },
      reference: 'RFC 7469 section 2.6',
      causes: {
        'valid-certificate': {
          title: 'Key does not match the pin, but the certificate is valid',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ pin = '' }: Values) =>
            `A trusted CA has confirmed this key for this name, so the key was probably changed when the certificate was renewed. Ask whoever runs the server. Then add ${pin} to \`tls.pin\`, and remove the old pin when its key is no longer in use. To keep the pin in the future, renew with the same key.`,
          examples: 'certbot: `--reuse-key`.',
          reproduce: { command: 'pin', shows: pinDigest },
        },
      },
    },
  ),
  'certificate-issuer-expires-first': warning(
    'Issuer expires before the certificate',
    "An intermediate certificate on the path, or the trusted CA, expires before the server's certificate, and from then on the server's certificate is not trusted either. If that is in fewer days than `min-valid-days`, it is an error.",
    {
      party: 'server',
      certainty: 'certain',
      remedy: ({ issuer = '' }: Values) =>
        `Replace the intermediate ${issuer} with the one that the CA publishes now, or have the certificate reissued under it, before that day.`,
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: ({ issuerValidTo }: Values) => notAfter(issuerValidTo) },
    },
    {
      evidence: {
        issuer: 'the subject of the certificate that expires first',
        ...fields('issuerValidTo'),
        validTo: "the notAfter date of the server's certificate",
      },
      reference: 'RFC 5280 section 6.1.3',
      causes: {
        'trusted-ca': {
          title: 'Trusted CA expires before the certificate',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ issuer = '' }: Values) =>
            `The CA ${issuer} needs a new certificate before that day, and every mail client must trust the new one by then (the gate: with \`ca\`). If the CA is not yours, get the next certificate of the server from one that is valid for longer.`,
        },
      },
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
        ...fields('certificatesSent'),
      },
      reference: 'RFC 8446 section 4.4.2',
      causes: {
        repeated: {
          title: 'Certificate sent more than once',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Remove the duplicate. Often the certificate is in the file of the chain too, and both files are configured.',
          setting: 'certificate',
        },
        'too-many': {
          title: 'Too many certificates sent',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Configure the server to send its own certificate and its intermediates. Often the list of all trusted CAs is configured as the chain.',
          setting: 'certificate',
        },
      },
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
        "Run the gate again. If it persists, exempt the runner's IP address from connection limits, or set `tls.check: single` for this endpoint.",
    },
    {
      evidence: { outcome: 'how the additional connection ended' },
      reference: 'RFC 8446 section 4.4.2.2',
      causes: {
        'client-certificate': {
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'The server requires a client certificate, which the gate does not send on this connection. Set `tls.check: single` for this endpoint, and check the second certificate with `openssl s_client`.',
        },
        'tls-1.3-only': {
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'If the server has one certificate, set `tls.check: single` for this endpoint: a server that supports only TLS 1.3 always gets this warning unless it shows both certificates.',
        },
      },
    },
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
      evidence: {
        ...CHAIN_EVIDENCE,
        ...UNTRUSTED,
        ...DEAD_END,
        ...fields('expected', 'names', 'finding', 'subject', 'pin'),
      },
      reference: 'RFC 7435 section 3',
    },
  ),
} as const satisfies Record<string, CatalogEntry>;

/** As `openssl x509 -text` prints the size of a key: `Public-Key: (1024 bit)`. */
function publicKeyBits({ key = '' }: Values): string {
  const bits = / (\d+)$/.exec(key)?.[1];
  return bits === undefined ? '' : `Public-Key: (${bits} bit)`;
}

function pinDigest({ pin = '' }: Values): string {
  return pin.replace('sha256/', '');
}
