import { createHash } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { derElements, oid } from './der.js';
import type { DerElement } from './der.js';
import { addressOf } from './names.js';
import type { PresentedIdentifiers } from './names.js';

/** What a certificate says, without any judgement of it. Texts are the peer's. */
export interface CertificateFacts extends PresentedIdentifiers {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly key: PublicKeyFacts;
  readonly signature: SignatureFacts;
  readonly isCa: boolean;
  /** Whether the extended key usage allows a TLS server; true where the extension is absent. */
  readonly forServers: boolean;
  /** Fingerprint, lower-case hexadecimal without colons. */
  readonly sha256: string;
  /** Base64 of the SHA-256 of the SubjectPublicKeyInfo (RFC 7469 section 2.4). */
  readonly spki: string;
}

export interface PublicKeyFacts {
  /** Such as `RSA 2048`, `EC P-256` or `Ed25519`. */
  readonly name: string;
  /** Below 2048 bits of RSA or DSA, or 224 of elliptic curve (RFC 9325 section 4.5, NIST SP 800-131A). */
  readonly weak: boolean;
}

export interface SignatureFacts {
  /** Such as `RSA with SHA-256`; the object identifier where it is not known here. */
  readonly name: string;
  /** Made with SHA-1 or older. */
  readonly weak: boolean;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_PURPOSE = '2.5.29.37.0';
const SUBJECT_ALT_NAME = '2.5.29.17';

/** Context tags of TBSCertificate and GeneralName (RFC 5280 sections 4.1 and 4.2.1.6), as they are encoded. */
const TAG = { oid: 0x06, sequence: 0x30, octets: 0x04, extensions: 0xa3, dnsName: 0x82, ipAddress: 0x87 } as const;

/** Reads what there is to know of a certificate. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  // Absent where the extension is, whatever the types say.
  const purposes = (certificate as Partial<X509Certificate>).keyUsage;
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    ...presentedIdentifiers(certificate),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    key: keyFacts(certificate),
    signature: signatureFacts(certificate),
    isCa: certificate.ca,
    forServers: purposes?.some((purpose) => purpose === SERVER_AUTH || purpose === ANY_PURPOSE) ?? true,
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    spki: spkiPin(certificate),
  };
}

/** One line such as `C=DE, O=Example, CN=mail.example.com`. */
function distinguishedName(multiLine: string | undefined): string {
  return (multiLine ?? '').replaceAll('\n', ', ');
}

/**
 * The subject alternative names, from the encoding itself: Node's rendering as one line of text has to be taken
 * apart again, and names that hold commas or quotes have made that go wrong (CVE-2021-44532).
 */
function presentedIdentifiers(certificate: X509Certificate): PresentedIdentifiers {
  const names = subjectAltNames(certificate.raw);
  return {
    dnsNames: names.filter(({ tag }) => tag === TAG.dnsName).map(({ content }) => content.toString('latin1')),
    ipAddresses: names.filter(({ tag }) => tag === TAG.ipAddress).map(({ content }) => addressOf(content)),
  };
}

function subjectAltNames(der: Buffer): DerElement[] {
  const extensions = tbsCertificate(der).find(({ tag }) => tag === TAG.extensions);
  const list = extensions ? (derElements(extensions.content)[0]?.content ?? Buffer.alloc(0)) : Buffer.alloc(0);
  for (const extension of derElements(list)) {
    const parts = derElements(extension.content);
    const id = parts.find(({ tag }) => tag === TAG.oid);
    const value = parts.find(({ tag }) => tag === TAG.octets);
    if (id && value && oid(id.content) === SUBJECT_ALT_NAME) {
      return derElements(derElements(value.content)[0]?.content ?? Buffer.alloc(0));
    }
  }
  return [];
}

/** Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signatureValue } */
function certificateParts(der: Buffer): DerElement[] {
  return derElements(derElements(der)[0]?.content ?? Buffer.alloc(0));
}

function tbsCertificate(der: Buffer): DerElement[] {
  return derElements(certificateParts(der)[0]?.content ?? Buffer.alloc(0));
}

const MIN_RSA_BITS = 2048;
const MIN_EC_BITS = 224;
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp224r1: 'P-224',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function keyFacts(certificate: X509Certificate): PublicKeyFacts {
  const key = publicKeyOf(certificate);
  const type = key?.asymmetricKeyType;
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) {
    const family = type === 'rsa-pss' ? 'RSA-PSS' : (type ?? '').toUpperCase();
    return { name: `${family} ${modulusLength}`, weak: modulusLength < MIN_RSA_BITS };
  }
  if (namedCurve !== undefined) {
    const bits = Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0);
    return { name: `EC ${CURVES[namedCurve] ?? namedCurve}`, weak: bits < MIN_EC_BITS };
  }
  if (type === 'ed25519' || type === 'ed448') return { name: `Ed${type.slice(2)}`, weak: false };
  // A key that this TLS library cannot even read is not one to rely on.
  return { name: type ?? 'unknown', weak: !type?.startsWith('ml-dsa') };
}

function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** The SubjectPublicKeyInfo is the fifth SEQUENCE of a TBSCertificate: signature, issuer, validity, subject, it. */
function spkiPin(certificate: X509Certificate): string {
  const spki = tbsCertificate(certificate.raw).filter(({ tag }) => tag === TAG.sequence)[4];
  return createHash('sha256')
    .update(spki?.whole ?? Buffer.alloc(0))
    .digest('base64');
}

const WEAK_SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'RSA with MD2',
  '1.2.840.113549.1.1.4': 'RSA with MD5',
  '1.2.840.113549.1.1.5': 'RSA with SHA-1',
  '1.3.14.3.2.29': 'RSA with SHA-1',
  '1.2.840.10040.4.3': 'DSA with SHA-1',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
};
const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.113549.1.1.11': 'RSA with SHA-256',
  '1.2.840.113549.1.1.12': 'RSA with SHA-384',
  '1.2.840.113549.1.1.13': 'RSA with SHA-512',
  '1.2.840.10045.4.3.2': 'ECDSA with SHA-256',
  '1.2.840.10045.4.3.3': 'ECDSA with SHA-384',
  '1.2.840.10045.4.3.4': 'ECDSA with SHA-512',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

function signatureFacts(certificate: X509Certificate): SignatureFacts {
  const algorithm = derElements(certificateParts(certificate.raw)[1]?.content ?? Buffer.alloc(0))[0];
  const id = algorithm ? oid(algorithm.content) : 'unknown';
  return { name: WEAK_SIGNATURES[id] ?? SIGNATURES[id] ?? id, weak: id in WEAK_SIGNATURES };
}
