import { CERTIFICATE_CHAIN, CHAIN_EVIDENCE, DEAD_END, UNTRUSTED } from './certificate-chain.js';
import { alternativeName, CERTIFICATE_NAME, ONLY_WITH_SNI } from './certificate-name.js';
import { listOf } from '../../text/lists.js';
import { entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['certificate'], fields('keyType'));

const VALIDITY = {
  evidence: fields('validFrom', 'validTo', 'now'),
  reference: 'RFC 5280 section 4.1.2.5',
} as const;

const IS_VALID_NOW = 'is valid now';
const FAR_FROM_EXPIRY = 'does not expire soon';

const RENEW = listOf(
  'First check whether the certificate file on the server is newer than the certificate that it sends.',
  [
    'If so, reload the mail server, and configure the renewal to do that every time.',
    'If not, renew the certificate; if renewal is automatic, find out why it failed or did not run.',
  ],
);
const RENEWAL_EXAMPLES =
  'certbot: check `systemctl list-timers`, run `certbot renew --dry-run`, and reload with `--deploy-hook`. acme.sh: check `crontab -l`, run `acme.sh --cron`, and reload with `--reloadcmd`.';

/** @param effect what happens to each certificate with this lifetime */
function tooManyDays(name: string, effect: string): string {
  return `Set \`${name}\` (or \`tls.${name}\`, if this endpoint sets it) to \`auto\`, which depends on the lifetime of the certificate. Certificates are usually renewed when a third of their lifetime or less is left, so with this number, every certificate with this lifetime ${effect} before its renewal.`;
}

/** A date as `openssl s_client -showcerts` prints it, such as `NotAfter: Feb  2 08:00:00 2027 GMT`. */
function notAfter(iso?: string): string {
  return `NotAfter: ${opensslDate(iso)}`;
}

function opensslDate(iso = ''): string {
  const [, weekdayless = ''] = /^\w+, (.*)$/.exec(new Date(iso).toUTCString()) ?? [];
  const [day = '', month = '', year = '', time = ''] = weekdayless.split(' ');
  return `${month} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}

const SHOWS_NOT_AFTER = {
  command: 'openssl',
  shows: ({ validTo }: Values) => notAfter(validTo),
} as const;

/** Weak signatures as `openssl x509 -text` prints them. */
const SIGNATURES: Readonly<Record<string, string>> = {
  'RSA with MD5': 'md5WithRSAEncryption',
  'RSA with SHA-1': 'sha1WithRSAEncryption',
  'ECDSA with SHA-1': 'ecdsa-with-SHA1',
};

const shownSignature = ({ signature = '' }: Values): string => SIGNATURES[signature] ?? '';
const SHOWS_SIGNATURES = { command: 'chain-text', shows: shownSignature } as const;

/** Findings of step 3 about the certificate. */
export const CERTIFICATE = {
  'certificate-expired': error(
    'Certificate expired',
    "The notAfter date of the server's certificate has passed.",
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: IS_VALID_NOW,
      remedy: listOf('Check whether the certificate file on the server has already been renewed.', [
        'If so, reload the mail server, which has not loaded the new file, and configure the renewal to do that every time.',
        'If not, renew the certificate, and find out why automatic renewal failed or did not run.',
      ]),
      examples: 'Postfix: `postfix reload`. Dovecot: `systemctl reload dovecot`.',
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'certificate has expired' },
    },
    {
      ...VALIDITY,
      evidence: { ...VALIDITY.evidence, ...fields('withoutSni') },
      resultType: 'certificate-expired',
      causes: {
        'only-with-sni': {
          ...ONLY_WITH_SNI,
          title: 'Certificate for this server name (SNI) expired',
          reproduce: { command: 'openssl', shows: 'certificate has expired' },
        },
      },
    },
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
            `Compare the clock of this machine with the correct time: it showed ${now} (UTC) during the test. If that is right, the machine that issued the certificate has a wrong clock or time zone: correct that, and issue the certificate again, or wait until ${validFrom}.`,
          reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
        },
      },
    },
  ),
  'certificate-expires-soon': error(
    'Certificate expires soon',
    'The certificate is not valid for as long as `min-valid-days` requires.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: FAR_FROM_EXPIRY,
      remedy: RENEW,
      examples: RENEWAL_EXAMPLES,
      setting: 'certificate',
      reproduce: SHOWS_NOT_AFTER,
    },
    {
      ...VALIDITY,
      causes: {
        'short-lived': {
          title: 'Lifetime too short for min-valid-days',
          about: 'tls.min-valid-days',
          party: 'configuration',
          certainty: 'likely',
          remedy: tooManyDays('min-valid-days', 'fails'),
          reproduce: SHOWS_NOT_AFTER,
        },
      },
    },
  ),
  'certificate-renewal-due': warning(
    'Certificate renewal due',
    'The certificate is not valid for as long as `warn-valid-days` asks for. ACME clients renew a certificate when about a third of its lifetime is left. With `auto`, a renewal that should be automatic has failed by then, or the mail server was not reloaded after it.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: FAR_FROM_EXPIRY,
      remedy: RENEW,
      examples: RENEWAL_EXAMPLES,
      setting: 'certificate',
      reproduce: SHOWS_NOT_AFTER,
    },
    {
      ...VALIDITY,
      causes: {
        'short-lived': {
          title: 'Lifetime too short for warn-valid-days',
          about: 'tls.warn-valid-days',
          party: 'configuration',
          certainty: 'likely',
          remedy: tooManyDays('warn-valid-days', 'causes this warning'),
          reproduce: SHOWS_NOT_AFTER,
        },
      },
    },
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
      evidence: {
        ...fields('reason', 'subject', 'expected', 'pin'),
        usage: 'the extended key usage of the certificate',
      },
      reference: 'RFC 5280 sections 4.2.1.3 and 4.2.1.12',
      resultType: 'validation-failure',
      causes: {
        'without-server-usage': {
          title: 'Certificate not valid for server authentication',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'has the extended key usage "TLS Web Server Authentication" (serverAuth)',
          remedy: ({ usage = '' }: Values) =>
            `Have the certificate reissued with the extended key usage "TLS Web Server Authentication" (serverAuth), and install it: this one has only ${usage}. The name is right, and the key can stay the same. In the CA, select a template or profile for web servers.`,
          examples: 'In a CA of your own: `extendedKeyUsage = serverAuth` in the `-extfile` of `openssl x509`.',
          setting: 'certificate',
          reproduce: { command: 'certificate-purpose', shows: 'SSL server : No' },
        },
        'other-purpose': {
          party: 'server',
          certainty: 'likely',
          newCertificate: 'is for TLS servers',
          remedy: ({ usage = '' }: Values) =>
            `Configure the server to use its own certificate: this one has neither the name nor the purpose of this server (extended key usage ${usage}), so it is probably the wrong file. If there is no other, get one with extended key usage "TLS Web Server Authentication".`,
          setting: 'certificate',
          reproduce: { command: 'certificate-purpose', shows: 'SSL server : No' },
        },
        'self-signed-ca': {
          title: 'Self-signed CA certificate used as server certificate',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'is not a CA certificate',
          remedy: ({ expected = '', pin = '' }: Values) =>
            `Create the certificate again with the same key, but not as a CA: \`openssl req -x509 -new -key server.key -days 365 -subj "/CN=${expected}" -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=${alternativeName(expected)}" -out server.crt\`, install it, and use it in \`ca\`. Or keep the present one and pin its key: \`tls.pin: ${pin}\`.`,
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
    "A certificate that the server sends is not encoded as RFC 5280 requires. Examples are a date that does not exist, an extension that occurs twice, and a length that extends past the end of the data. TLS libraries differ in what they ignore. The gate cannot judge a certificate that it cannot parse, so this certificate does not authenticate the server, even if its key is pinned. If it is the server's own certificate, there are no other findings about it, and the report has no `tls`.",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Have the certificate reissued with software that encodes it correctly: it cannot be repaired, because it is signed.',
      setting: 'certificate',
      reproduce: { command: 'certificate-text', shows: badTime },
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
            `Have the CA reissue ${subject} with software that encodes it correctly. If the server's certificate has another issuer too, remove this one from the chain.`,
          reproduce: { command: 'chain-text', shows: badTime },
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
      newCertificate: 'has an RSA key of at least 2048 bits or a P-256 key',
      remedy:
        'Create a new key, at least EC P-256 or RSA 2048, and get a certificate for it. Renewal with the same key does not help.',
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
            `Get the certificate from a CA or an intermediate whose key is at least RSA 2048 or EC P-256. The key of the CA ${subject} is too short, so a new key for the server does not help. If the CA is your own, create a new one.`,
          reproduce: { command: 'chain-text', shows: publicKeyBits },
        },
        'trusted-ca': {
          title: 'Weak key of a trusted CA',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ subject = '' }: Values) =>
            `Get the certificate from a CA whose key is at least RSA 2048 or EC P-256. The key of the trusted CA ${subject} is too short, so a new key for the server does not help. If the CA is your own, create a new one, and replace the old one in \`ca\` and in every mail client.`,
          reproduce: { command: 'ca-text', shows: publicKeyBits },
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
      remedy: ({ issuer = 'its CA' }: Values) =>
        `Have the certificate reissued with SHA-256 or better by ${issuer}, and install the new one. The key can stay the same. If this CA is your own, configure it to sign with SHA-256.`,
      examples:
        'OpenSSL: `openssl x509 -req -sha256`, or `default_md = sha256` in `openssl.cnf`. AD CS: `certutil -setreg ca\\csp\\CNGHashAlgorithm SHA256`, and restart the service.',
      reproduce: { command: 'certificate-text', shows: shownSignature },
    },
    {
      evidence: { signature: 'the signature algorithm', ...fields('subject', 'issuer') },
      reference: 'RFC 9325 section 4.5; RFC 9155',
      resultType: 'validation-failure',
      causes: {
        issuer: {
          title: 'Weak signature of an intermediate',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ subject = '' }: Values) =>
            `Install the current certificate of the intermediate ${subject}, if the CA publishes one with SHA-256 or better; otherwise the CA must reissue it. The present one is weakly signed, so a new certificate for the server alone does not help.`,
          reproduce: SHOWS_SIGNATURES,
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
        `Find out who operates this server before you change the pin: the certificate is not valid either, so nothing shows that it is yours. If the key was changed on purpose, compare it with the key on the server, and set \`tls.pin\` to ${pin}.`,
      reproduce: { command: 'pin', shows: pinDigest },
    },
    {
      about: 'tls.pin',
      evidence: { ...fields('pin'), pinned: 'the pins in `tls.pin`' },
      reference: 'RFC 7469 section 2.6',
      causes: {
        'valid-certificate': {
          title: 'Key does not match the pin, but the certificate is valid',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ pin = '' }: Values) =>
            `Ask whoever runs the server whether its key was changed, probably when the certificate was renewed: a trusted CA issued a certificate for this key and name. If so, add ${pin} to \`tls.pin\`, and remove the old pin when its key is no longer in use. To keep the pin in the future, renew with the same key.`,
          examples: 'certbot: `--reuse-key`.',
          reproduce: { command: 'pin', shows: pinDigest },
        },
      },
    },
  ),
  'certificate-issuer-expires-first': warning(
    'Issuer expires before the certificate',
    "An intermediate certificate on the path, or the trusted CA, expires before the server's certificate, and from then on the server's certificate is not trusted either. If that is sooner than `min-valid-days` allows, it is an error.",
    {
      party: 'server',
      certainty: 'certain',
      remedy: ({ issuer = '' }: Values) =>
        `Before that day, have the certificate reissued by an intermediate that is valid for longer, and install both. If the CA publishes a newer certificate of ${issuer} with the same key, it is enough to replace the old one in the server's certificate file; one with a different key breaks the chain.`,
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
          party: 'server',
          certainty: 'certain',
          remedy: ({ issuer = '' }: Values) =>
            `Have the server's certificate reissued so that it ends before the CA ${issuer} does, or get it from a CA that is valid for longer. If the CA is yours, create its next certificate before that day, and add it to every mail client (the gate: to \`ca\`).`,
          reproduce: {
            command: 'ca-text',
            shows: ({ issuerValidTo }: Values) => `Not After : ${opensslDate(issuerValidTo)}`,
          },
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
      remedy:
        'Put the chain in order, leaf first, each followed by its issuer, and remove what does not belong to it. The root can be left out.',
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
            'Remove the duplicate. Often the certificate is also in the chain file, and both files are configured.',
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
      remedy:
        'Replace the certificate: the CA was not allowed to issue it, and must revoke it as soon as it finds out. Automate renewal (ACME), including the reload of the mail server.',
    },
    { evidence: fields('validFrom', 'validTo'), reference: 'CA/Browser Forum Baseline Requirements section 6.3.2' },
  ),
  'certificate-unchecked': warning(
    'Second certificate not checked',
    'With `tls.check: both` or `all` the gate makes an additional connection to find out whether the server has a second certificate, with the other key type. Only the alert "handshake failure", or a handshake with the same certificate, shows that there is no second one. This server closed the connection, did not reply, replied with something else, or requires a client certificate, which the gate does not send on this connection. Or it supports only TLS 1.3: such a server might not send a certificate whose issuer has a different key type, because it assumes that the client cannot verify it.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: ({ keyType = 'RSA' }: Values) =>
        `Run the gate again. If it persists, exempt the gate's IP address from connection limits, or set \`tls.check: single\` for this endpoint and check the other certificate with \`openssl s_client -tls1_2 -cipher a${keyType}\`.`,
    },
    {
      about: 'tls.check',
      evidence: { outcome: 'how the additional connection ended' },
      reference: 'RFC 8446 section 4.4.2.2',
      causes: {
        'client-certificate': {
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Set `tls.check: single` for this endpoint, and check the second certificate with `openssl s_client`: the server requires a client certificate, which the gate does not send on this connection.',
        },
        'tls-1.3-only': {
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Set `tls.check: single` for this endpoint if the server has one certificate: a server that supports only TLS 1.3 always gets this warning unless it shows both certificates.',
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

/** OpenSSL shows no other problem of the encoding. */
function badTime({ malformed = '' }: Values): string {
  return malformed.includes(' is not a valid date: ') && /\d{12}Z/.test(malformed) ? 'Bad time value' : '';
}

function pinDigest({ pin = '' }: Values): string {
  return pin.replace('sha256/', '');
}
