import { listOf } from '../../text/lists.js';
import { isOfPublicCa } from '../public-cas.js';
import { entriesOf, type CatalogEntry, type Reproduction, type Values } from './entry.js';
import { fields } from './evidence.js';
import { KNOWN_ISSUER, knownIssuers } from './known-issuers.js';

const { error } = entriesOf(['certificate'], fields('keyType'));

/** Evidence of the findings about the chain. */
export const CHAIN_EVIDENCE = fields('issuer', 'openssl', 'certificatesSent');
export const DEAD_END = { ...fields('missingIssuer', 'caIssuers', 'nameConflict', 'trusted'), ...KNOWN_ISSUER };
export const UNTRUSTED = fields(
  'chain',
  'root',
  'rootSha256',
  'reason',
  'badIssuer',
  'issuerValidTo',
  'issuerKeyId',
  'sentKeyId',
  'wrongSha256',
);
const CONFIGURED = { configured: 'the file of `ca` that has the certificate of the server' };

/** What OpenSSL prints for its errors, by the names that Node has for them. It has none for some of them. */
const OPENSSL_TEXTS: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_CHAIN_TOO_LONG: 'certificate chain too long',
  PATH_LENGTH_EXCEEDED: 'path length constraint exceeded',
  INVALID_CA: 'invalid CA certificate',
  INVALID_PURPOSE: 'certificate purpose',
};

const SAME_ERROR: Reproduction = {
  command: 'openssl',
  shows: ({ openssl = '' }: Values) => (Object.hasOwn(OPENSSL_TEXTS, openssl) ? (OPENSSL_TEXTS[openssl] ?? '') : ''),
};

/** OpenSSL accepts a wildcard whose names are excluded, but shows the constraint of a certificate that is sent. */
const EXCLUDED: Reproduction = {
  command: 'chain-text',
  shows: ({ chain = '', badIssuer = '' }: Values) => (chain.includes(`: ${badIssuer}, issuer `) ? 'Excluded:' : ''),
};

/** What OpenSSL reports if it knows no issuer of the last certificate that was sent. */
const NO_ISSUER = 'unable to get local issuer certificate';
/** If key identifiers do not show that a certificate is the wrong one, OpenSSL reports that its key did not make the signature. */
const BAD_SIGNATURE = 'certificate signature failure';
const UNKNOWN_ROOT = 'self-signed certificate in certificate chain';

const FULL_CHAIN_EXAMPLE = 'certbot: use `fullchain.pem`, not `cert.pem`.';

const byTrustedCa = 'was issued by a CA that its clients trust';

/** The intermediate that the chain lacks, and where its certificate says that it is available. The gate does not fetch it. */
function appendIssuer({ missingIssuer = '', caIssuers }: Values): string {
  const from = caIssuers === undefined ? '' : `, available at ${caIssuers},`;
  const ofPrivateCa = isOfPublicCa(caIssuers)
    ? 'The CA delivers it together with the certificate.'
    : 'If that is the root of a private CA, add it to `ca` instead.';
  return `Append the certificate of ${missingIssuer}${from} to the server's certificate file, after its own certificate, and reload the server. ${ofPrivateCa}`;
}

/** The CA has renewed its key, and the server sends the certificate of the old one, or of a newer one. */
function replaceIssuer({ missingIssuer = '', caIssuers, issuerKeyId }: Values): string {
  const from = caIssuers === undefined ? '' : ` It is available at ${caIssuers}.`;
  const which = issuerKeyId === undefined ? '' : ` The right one has the subject key identifier \`${issuerKeyId}\`.`;
  return `Replace the certificate of ${missingIssuer} in the server's certificate file with the one that issued the certificate before it, and reload the server.${which}${from} The one that the server sends has the same name but a different key: the CA has probably renewed its key.`;
}

/** The CA has several intermediates, and has issued the certificate with another one than before. */
function replaceIntermediate({ missingIssuer = '', caIssuers, badIssuer = '' }: Values): string {
  const from = caIssuers === undefined ? '' : `, available at ${caIssuers}`;
  return `Replace ${badIssuer} in the server's certificate file with ${missingIssuer}${from}, and reload the server. The CA delivers the right intermediate together with the certificate. Do not add ${missingIssuer} to \`ca\`: mail clients would still reject the chain.`;
}

/** A certificate that OpenSSL selects, so that it does not find the path that is valid. */
function removeFromChain({ badIssuer = '', wrongSha256 = '' }: Values): string {
  return `Remove ${badIssuer} (SHA-256 ${wrongSha256}) from the server's certificate file, or move it to the end, and reload the server.`;
}

function removeFromCa({ badIssuer = '', wrongSha256 = '' }: Values): string {
  return `Remove ${badIssuer} (SHA-256 ${wrongSha256}) from \`ca\`.`;
}

const WILDCARD_CLIENTS = 'clients that compare wildcards with name constraints';

function withinConstraints({ badIssuer = '' }: Values): string {
  return `Get a certificate from an intermediate whose name constraints allow the names in it, and install both. Or use only names that ${badIssuer} may certify. Only the CA can change the constraints, with a new certificate for ${badIssuer}. Adding ${badIssuer} to \`ca\` does not help.`;
}

const MISSING_INTERMEDIATE = {
  party: 'server',
  certainty: 'likely',
  remedy: appendIssuer,
  examples: FULL_CHAIN_EXAMPLE,
  setting: 'certificate',
  reproduce: { command: 'openssl', shows: NO_ISSUER },
} as const;

const PRIVATE_ROOT = {
  title: 'Private CA not trusted',
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ missingIssuer = '' }: Values) =>
    listOf(
      `Add the root of this private CA to \`ca\`: ${missingIssuer} is probably that root, and \`trusted\` in the evidence lists what is in \`ca\` now.`,
      [
        "The file must contain the root itself, not the server's certificate. Having the server send the root does not help.",
        `If ${missingIssuer} is an intermediate, the server must send it, after its own certificate.`,
      ],
    ),
  reproduce: { command: 'openssl', shows: NO_ISSUER },
} as const;

/** Clients trust a new root only through a certificate for it that an older root has signed. */
const PUBLIC_ROOT = {
  title: 'Chain of a public CA ends in an untrusted root',
  party: 'server',
  certainty: 'likely',
  remedy: ({ root, missingIssuer = root ?? 'the root' }: Values) =>
    listOf(
      `Configure the complete chain exactly as the CA delivers it, and reload the server: clients do not trust ${missingIssuer} yet, or no longer trust it.`,
      [
        `For a new root, the chain ends with a certificate for ${missingIssuer} that an older root has signed (cross-signed). The self-signed one does not help.`,
        'If an old chain is configured, replace it together with the certificate.',
        `Do not add ${missingIssuer} to \`ca\`: the gate would pass, but mail clients would still reject the chain.`,
      ],
    ),
  examples: FULL_CHAIN_EXAMPLE,
  setting: 'certificate',
  reproduce: { command: 'openssl', shows: ({ root }: Values) => (root === undefined ? NO_ISSUER : UNKNOWN_ROOT) },
} as const;

/** The file of `ca` has no CA. */
const SERVER_IN_CA = {
  title: 'ca has the certificate of the server, not of its CA',
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ configured = 'ca', missingIssuer = '' }: Values) =>
    `Replace the certificate in ${configured} with the root certificate of the CA: ${missingIssuer} is the issuer that is missing, and probably that root. The certificate of a server does not verify another one, so this would also fail after each renewal.`,
  reproduce: { command: 'openssl', shows: NO_ISSUER },
} as const;

/** A new root with the name of a trusted one looks the same as one that an interceptor has made. */
const SAME_NAME = {
  title: 'Issuer has the name of a trusted CA, but a different key',
  party: 'server',
  certainty: 'likely',
  remedy:
    'Before you add anything to `ca`, compare the fingerprint of this issuer with those that the CA publishes, and test from another network: either the CA has renewed its key, or this is not your server. If your own CA has a new key, replace its old certificate in `ca` with the new one.',
  reproduce: { command: 'openssl', shows: ({ root }: Values) => (root === undefined ? NO_ISSUER : UNKNOWN_ROOT) },
} as const;

/** Findings of step 3 about the issuers of the certificate. */
export const CERTIFICATE_CHAIN = {
  'certificate-self-signed': error(
    'Self-signed certificate',
    'The server\'s certificate is signed with its own key, so no CA vouches for it. Debian\'s "snakeoil" default is such a certificate.',
    {
      party: 'server',
      certainty: 'certain',
      newCertificate: byTrustedCa,
      remedy: ({ pin = '' }: Values) =>
        listOf('Use a certificate from a public CA.', [
          'For a private server, issue one from a private CA, and add the root of that CA to `ca`.',
          `Or compare the key with that on the server, and pin it: \`tls.pin: ${pin}\`.`,
        ]),
      setting: 'certificate',
      reproduce: { command: 'openssl', shows: 'self-signed certificate' },
    },
    {
      about: 'tls.ca',
      evidence: {
        ...CHAIN_EVIDENCE,
        ...KNOWN_ISSUER,
        ...fields('pin'),
        ...CONFIGURED,
        sha256: 'the SHA-256 fingerprint of the certificate, if `ca` has another one with its name',
      },
      reference: 'RFC 5280 section 6.1',
      resultType: 'certificate-not-trusted',
      causes: {
        ...knownIssuers('self-signed certificate'),
        // An impostor can use the same name.
        replaced: {
          title: 'Self-signed certificate was replaced',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ configured = 'ca', sha256 = '', pin = '' }: Values) =>
            listOf(
              `Compare the fingerprint (SHA-256 ${sha256}) with that of the certificate on the server. If they match, replace the certificate in ${configured} with the new one: the server has probably generated it.`,
              [
                'If the server generates a certificate at every start, install one from a private CA instead, and add the root of that CA to `ca`.',
                `If only its key stays the same, pin that: \`tls.pin: ${pin}\`.`,
                'If they differ, this is not your server.',
              ],
            ),
          reproduce: { command: 'openssl', shows: 'self-signed certificate' },
        },
      },
    },
  ),
  'certificate-chain-incomplete': error(
    'Intermediate certificate missing',
    'The server sends only its own certificate, which was not issued directly by a trusted CA. Browsers and some systems fetch or cache the intermediate, but mail clients do not. So TLS verification succeeds only for some clients.',
    MISSING_INTERMEDIATE,
    {
      about: 'tls.ca',
      evidence: { ...CHAIN_EVIDENCE, ...DEAD_END, ...CONFIGURED },
      reference: 'RFC 8446 section 4.4.2',
      resultType: 'certificate-not-trusted',
      causes: {
        'private-root': PRIVATE_ROOT,
        'public-root': PUBLIC_ROOT,
        'server-in-ca': SERVER_IN_CA,
        'same-name': SAME_NAME,
        ...knownIssuers(NO_ISSUER),
      },
    },
  ),
  'certificate-untrusted': error(
    'Certificate issuer not trusted',
    'The server sends the issuers of its certificate, but the chain does not lead to a trusted CA, or an issuer is not valid.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Install the chain that the CA publishes now. If the certificate itself has the problem that the message describes, have it reissued without the problem.',
      setting: 'certificate',
      reproduce: SAME_ERROR,
    },
    {
      about: 'tls.ca',
      evidence: { ...CHAIN_EVIDENCE, ...UNTRUSTED, ...DEAD_END, ...CONFIGURED },
      reference: 'RFC 5280 section 6.1',
      resultType: 'certificate-not-trusted',
      causes: {
        'missing-issuer': { ...MISSING_INTERMEDIATE, title: 'Intermediate certificate missing' },
        'private-root': PRIVATE_ROOT,
        'public-root': PUBLIC_ROOT,
        'server-in-ca': SERVER_IN_CA,
        'unknown-root': {
          title: 'Private root not trusted',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ rootSha256 = '' }: Values) =>
            listOf(
              `If the CA is your own, add its root to \`ca\`, after you have compared the fingerprint (SHA-256 ${rootSha256}).`,
              [
                'If mail clients outside your organization use this server, get a certificate from a public CA instead.',
                'If nobody knows this CA, a device that inspects TLS, or an impostor, is probably responding in place of the server: do not trust the CA.',
              ],
            ),
          reproduce: { command: 'openssl', shows: UNKNOWN_ROOT },
        },
        'same-name': SAME_NAME,
        ...knownIssuers(({ root }) => (root === undefined ? NO_ISSUER : UNKNOWN_ROOT)),
        'wrong-issuer-key': {
          title: 'Wrong intermediate certificate sent',
          party: 'server',
          certainty: 'likely',
          remedy: replaceIssuer,
          examples: FULL_CHAIN_EXAMPLE,
          setting: 'certificate',
          reproduce: { command: 'key-ids', shows: ({ sentKeyId = '' }: Values) => sentKeyId },
        },
        'other-intermediate': {
          title: 'Wrong intermediate certificate sent',
          party: 'server',
          certainty: 'likely',
          remedy: replaceIntermediate,
          examples: FULL_CHAIN_EXAMPLE,
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: NO_ISSUER },
        },
        // The certificates do not name their keys.
        'wrong-issuer': {
          title: 'Wrong intermediate certificate sent',
          party: 'server',
          certainty: 'likely',
          remedy: replaceIssuer,
          examples: FULL_CHAIN_EXAMPLE,
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: BAD_SIGNATURE },
        },
        'bad-signature': {
          title: 'Signature of the certificate not valid',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Compare the certificate with the one that the CA issued, install that one, and reload the server. If the CA did not issue this certificate, someone forged it, and is probably responding in place of the server: do not trust the certificate.',
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: BAD_SIGNATURE },
        },
        'issuer-expired': {
          title: 'Issuer certificate expired',
          party: 'server',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Replace the expired intermediate ${badIssuer} in the server's certificate file with the current one, which the CA publishes, and reload the server. If the CA has none for the same key, also renew the server's certificate. Adding the expired certificate to \`ca\` does not help.`,
          examples: 'certbot: `certbot renew --force-renewal` gets the current chain.',
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: 'certificate has expired' },
        },
        'root-expired': {
          title: 'Root certificate expired',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Ask whoever operates the CA ${badIssuer} for a new root certificate. With the same key and name, existing certificates stay valid; with a new key, the server's certificate must be reissued. Then replace the expired root, in \`ca\` and in every mail client. Adding the expired root to \`ca\` does not help.`,
          reproduce: { command: 'openssl', shows: 'certificate has expired' },
        },
        'configured-issuer-expired': {
          title: 'Trusted intermediate expired',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Replace ${badIssuer} in \`ca\`: with the root of this CA if the server sends the current intermediate, otherwise with the current intermediate.`,
          reproduce: { ...SAME_ERROR, command: 'openssl-partial-chain' },
        },
        'issuer-not-yet-valid': {
          title: 'Issuer certificate not yet valid',
          party: 'server',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Install the chain that is valid now, such as the previous one. If ${badIssuer} should be valid already, it was issued with a wrong date: the CA must reissue it.`,
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
        },
        'issuer-clock': {
          title: 'Issuer certificate not yet valid, or a wrong clock',
          party: 'server',
          certainty: 'likely',
          remedy: ({ badIssuer = '' }: Values) =>
            `Compare the clock of this machine (\`date -u\`) with the correct time. If the clock is right, wait until ${badIssuer} is valid. Or have the CA correct its own clock and reissue that certificate.`,
          reproduce: { command: 'openssl', shows: 'certificate is not yet valid' },
        },
        'issuer-not-a-ca': {
          title: 'Issuer is not a CA',
          party: 'server',
          certainty: 'likely',
          newCertificate: byTrustedCa,
          remedy: ({ badIssuer = '' }: Values) =>
            listOf(
              `Do not trust ${badIssuer}, and do not add it to \`ca\`: it may identify a server, but not issue certificates.`,
              [
                'If you built this chain yourself, get the certificate from a CA, or issue it with a CA certificate (basic constraints `CA:TRUE`, key usage `keyCertSign`).',
                'If nobody responsible for this server built it, treat it as a security incident: someone used that key to forge a certificate.',
              ],
            ),
          reproduce: { command: 'openssl', shows: 'invalid CA certificate' },
        },
        // Whoever runs the gate trusts it already, so it is not an impostor.
        'configured-issuer-not-a-ca': {
          title: 'Certificate of your own CA is not that of a CA',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Create the certificate of ${badIssuer} again, with the same key and name: \`openssl req -x509 -new -key ca.key -days 3650 -subj SUBJECT -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -out ca.crt\`. Then replace its file in \`ca\`, and in every mail client. The server's certificate can stay.`,
          reproduce: { command: 'openssl', shows: 'invalid CA certificate' },
        },
        'issuer-may-not-sign': {
          title: 'Issuer not allowed to sign certificates',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Ask whoever operates the CA ${badIssuer} for a CA certificate whose key usage has \`keyCertSign\`. With the same key and name, it replaces the present one, and the certificates that it has issued stay valid. Adding ${badIssuer} to \`ca\` does not help.`,
          reproduce: { command: 'openssl', shows: 'invalid CA certificate' },
        },
        'key-identifier-mismatch': {
          title: 'Key identifier of the issuer does not match',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Have the CA reissue one of the two certificates, so that the authority key identifier of the issued certificate matches the subject key identifier of ${badIssuer}. The signature itself is valid, but clients that look for the issuer by its key identifier do not find it.`,
          reproduce: { command: 'openssl', shows: NO_ISSUER },
        },
        'seems-self-signed': {
          title: 'Certificate has the same name as its issuer',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Have the certificate of ${badIssuer} reissued with a different subject than that of its issuer. If the names must be the same, as for a new key of the same CA, have it reissued with a subject key identifier and an authority key identifier. Until then, clients built on OpenSSL do not look for its issuer.`,
          reproduce: { command: 'openssl', shows: 'self-signed certificate' },
        },
        'critical-extension': {
          title: 'Critical extension that clients do not support',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            `Have the certificate of ${badIssuer} reissued without this extension, or with the extension not marked as critical: clients must reject a critical extension that they do not know.`,
          reproduce: { command: 'openssl', shows: 'unhandled critical extension' },
        },
        'other-path': {
          title: 'Wrong certificate makes OpenSSL reject the chain',
          party: 'server',
          certainty: 'certain',
          remedy: (evidence: Values) =>
            `${removeFromChain(evidence)} Clients built on OpenSSL reject the chain until then; others may accept it.`,
          setting: 'certificate',
          reproduce: SAME_ERROR,
        },
        'other-path-in-ca': {
          title: 'Wrong certificate in ca makes OpenSSL reject the chain',
          party: 'configuration',
          certainty: 'certain',
          remedy: (evidence: Values) =>
            `${removeFromCa(evidence)} Clients built on OpenSSL that trust this certificate reject the chain, too.`,
          reproduce: SAME_ERROR,
        },
        'wildcard-path': {
          title: 'Wrong certificate, whose name constraints exclude the server',
          party: 'server',
          certainty: 'certain',
          remedy: (evidence: Values) =>
            `${removeFromChain(evidence)} Until then, ${WILDCARD_CLIENTS} may reject the chain.`,
          setting: 'certificate',
          reproduce: EXCLUDED,
        },
        'wildcard-path-in-ca': {
          title: 'Wrong certificate in ca, whose name constraints exclude the server',
          party: 'configuration',
          certainty: 'certain',
          remedy: (evidence: Values) =>
            `${removeFromCa(evidence)} If they trust this certificate, ${WILDCARD_CLIENTS} may reject the chain, too.`,
          reproduce: { command: 'ca-text', shows: 'Excluded:' },
        },
        'issuer-not-allowed': {
          title: 'Issuer not allowed to issue this certificate',
          party: 'server',
          certainty: 'certain',
          newCertificate: byTrustedCa,
          remedy: ({ badIssuer = '' }: Values) =>
            `Get a certificate from an intermediate that may issue certificates for servers: the extended key usage of ${badIssuer} does not allow that. Only the CA can change the limit, with a new certificate for ${badIssuer}. Adding ${badIssuer} to \`ca\` does not help.`,
          setting: 'certificate',
          // The word before depends on the version of OpenSSL.
          reproduce: { command: 'openssl', shows: 'certificate purpose' },
        },
        'path-length': {
          title: 'Path length constraint of an issuer exceeded',
          party: 'certificate-authority',
          certainty: 'certain',
          remedy: ({ badIssuer = '' }: Values) =>
            listOf(
              `The administrator of the CA has to repair the chain: the path length constraint (pathlen) in the certificate of ${badIssuer} does not allow the CA certificates below it.`,
              [
                `Have the CA below ${badIssuer} certified by a CA that may do that, such as the root.`,
                `Or reissue the certificate of ${badIssuer} without the constraint, or with a larger one. If the key and the name stay the same, the certificates that it has issued remain valid.`,
                `Or issue the server's certificate directly from ${badIssuer}.`,
                `Then install the new chain on the server. Adding certificates to \`ca\` does not help other clients.`,
              ],
            ),
          reproduce: { command: 'openssl', shows: 'path length constraint exceeded' },
        },
        'name-constraints': {
          title: 'Name constraints of the issuer exclude this certificate',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'has only names that its issuers may certify',
          remedy: withinConstraints,
          setting: 'certificate',
          reproduce: { command: 'openssl', shows: constraintViolation },
        },
        'excluded-wildcard': {
          title: 'Name constraints of the issuer exclude the name of the server',
          party: 'server',
          certainty: 'certain',
          newCertificate: 'has only names that its issuers may certify',
          remedy: withinConstraints,
          setting: 'certificate',
          reproduce: EXCLUDED,
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;

/** What OpenSSL reports for a name outside of what an issuer may certify. */
function constraintViolation({ reason = '' }: Values): string {
  return `${reason.includes(': its name constraints exclude ') ? 'excluded' : 'permitted'} subtree violation`;
}
