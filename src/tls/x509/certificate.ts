import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { derElements, derWithin, oid } from './der.js';
import { signatureAlgorithm, subjectPublicKeyInfo, validityOf } from './encoding.js';
import { basicConstraints, caIssuers, readExtensions, subjectAltNames } from './extensions.js';
import { NAME_TAG } from './syntax/names.js';
import { addressOf, type PresentedIdentifiers } from '../names.js';
import { extendedKeyUsageError, purposeErrors } from './purpose.js';

/** The content of a certificate. Its texts come from the peer. */
export interface CertificateFacts extends PresentedIdentifiers {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Such as `RSA 2048`, `EC P-256` or `Ed25519`. */
  readonly key: Algorithm;
  /** Such as `RSA with SHA-256`; the object identifier if it is not known here. */
  readonly signature: Algorithm;
  readonly isCa: boolean;
  readonly purposeErrors: readonly string[];
  /** Whether its extended key usage excludes servers. */
  readonly isForOthers: boolean;
  /** Whether it has subject alternative names that are neither DNS names nor IP addresses. */
  readonly hasOtherNames: boolean;
  /** The URLs of the issuer's certificate. */
  readonly caIssuers: readonly string[];
  /** Fingerprint, lower-case hexadecimal without colons. */
  readonly sha256: string;
  /** Base64 of the SHA-256 of the SubjectPublicKeyInfo (RFC 7469 section 2.4). */
  readonly spki: string;
}

interface Algorithm {
  readonly name: string;
  readonly weak: boolean;
}

/** @throws {DerError} if a part of the certificate is malformed, which OpenSSL may have ignored */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  const { from, to } = validityOf(certificate);
  readExtensions(certificate);
  // From the encoding itself: names with commas or quotes cannot be split safely in Node's text (CVE-2021-44532).
  const names = subjectAltNames(certificate);
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    dnsNames: names.filter(({ tag }) => tag === NAME_TAG.dnsName).map(({ content }) => content.toString('latin1')),
    ipAddresses: names.filter(({ tag }) => tag === NAME_TAG.ipAddress).map(({ content }) => addressOf(content)),
    hasOtherNames: names.some(({ tag }) => tag !== NAME_TAG.dnsName && tag !== NAME_TAG.ipAddress),
    validFrom: from,
    validTo: to,
    key: publicKeyFacts(certificate),
    signature: signatureFacts(certificate),
    isCa: basicConstraints(certificate)?.isCa === true,
    purposeErrors: purposeErrors(certificate),
    isForOthers: extendedKeyUsageError(certificate) !== undefined,
    caIssuers: caIssuers(certificate),
    sha256: fingerprint(certificate),
    spki: createHash('sha256').update(subjectPublicKeyInfo(certificate)).digest('base64'),
  };
}

/** SHA-256 of a certificate, lower-case hexadecimal without colons. */
export function fingerprint({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex');
}

/** One line such as `C=DE, O=Example`, from Node's form, which is undefined if a name is empty or malformed. */
export function distinguishedName(multiLine: string | undefined): string {
  return (multiLine ?? '').replaceAll('\n', ', ');
}

/** The same for people, who must see that a name is empty. */
export function displayName(multiLine: string | undefined): string {
  return distinguishedName(multiLine) || '(no name)';
}

/** RFC 9325 section 4.5, NIST SP 800-131A. */
const MIN_RSA_BITS = 2048;
const MIN_EC_BITS = 224;
/** NIST's names for the curves of OpenSSL. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp224r1: 'P-224',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** The usual name of a curve, such as `P-256`. @param name OpenSSL's, such as `prime256v1` */
export function curveName(name: string): string {
  return CURVES[name] ?? name;
}

/** The key of a certificate. Never throws, even if the rest is malformed. */
export function publicKeyFacts(certificate: X509Certificate): Algorithm {
  const key = publicKeyOf(certificate);
  const type = key?.asymmetricKeyType;
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) {
    const family = type === 'rsa-pss' ? 'RSA-PSS' : (type ?? '').toUpperCase();
    return { name: `${family} ${modulusLength}`, weak: modulusLength < MIN_RSA_BITS };
  }
  if (namedCurve !== undefined) {
    const bits = Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0);
    return { name: `EC ${curveName(namedCurve)}`, weak: bits < MIN_EC_BITS };
  }
  if (type === 'ed25519' || type === 'ed448') return { name: `Ed${type.slice(2)}`, weak: false };
  // A key that this TLS library cannot read counts as weak.
  return { name: type ?? 'unknown', weak: !/^(?:ml|slh)-dsa/.test(type ?? '') };
}

function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

const WEAK_SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'RSA with MD2',
  '1.2.840.113549.1.1.4': 'RSA with MD5',
  '1.2.840.113549.1.1.5': 'RSA with SHA-1',
  '1.3.14.3.2.29': 'RSA with SHA-1',
  '1.2.840.10040.4.3': 'DSA with SHA-1',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
};
/** NIST's signature algorithms, whose identifiers are numbered. */
const NIST = '2.16.840.1.101.3.4.3.';
const SHA_3 = Object.fromEntries(
  ['224', '256', '384', '512'].flatMap((bits, i) => [
    [`${NIST}${9 + i}`, `ECDSA with SHA3-${bits}`],
    [`${NIST}${13 + i}`, `RSA with SHA3-${bits}`],
  ]),
);
const POST_QUANTUM = Object.fromEntries([
  ...[44, 65, 87].map((size, i) => [`${NIST}${17 + i}`, `ML-DSA-${size}`]),
  ...Array.from({ length: 12 }, (_, i) => [`${NIST}${20 + i}`, 'SLH-DSA']),
]) as Readonly<Record<string, string>>;

const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'RSA with SHA-256',
  '1.2.840.113549.1.1.12': 'RSA with SHA-384',
  '1.2.840.113549.1.1.13': 'RSA with SHA-512',
  '1.2.840.10045.4.3.2': 'ECDSA with SHA-256',
  '1.2.840.10045.4.3.3': 'ECDSA with SHA-384',
  '1.2.840.10045.4.3.4': 'ECDSA with SHA-512',
  '1.2.840.113549.1.1.14': 'RSA with SHA-224',
  '1.2.840.10045.4.3.1': 'ECDSA with SHA-224',
  ...SHA_3,
  ...POST_QUANTUM,
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

function signatureFacts(certificate: X509Certificate): Algorithm {
  const [algorithm, parameters] = signatureAlgorithm(certificate);
  const id = algorithm ? oid(algorithm.content) : 'unknown';
  if (id === RSA_PSS) {
    const hash = derElements(parameters?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === PSS_HASH);
    const [hashAlgorithm] = derWithin(hash?.content ?? Buffer.alloc(0));
    const name = PSS_HASHES[hashAlgorithm ? oid(hashAlgorithm.content) : ''];
    return { name: `RSA-PSS with ${name ?? 'SHA-1 or an unknown hash'}`, weak: name === undefined };
  }
  // A signature that is not known here counts as weak.
  const name = SIGNATURES[id];
  return { name: name ?? WEAK_SIGNATURES[id] ?? id, weak: name === undefined };
}

const RSA_PSS = '1.2.840.113549.1.1.10';
/** The context tag of `hashAlgorithm` in RSASSA-PSS-params (RFC 4055 section 3.1), whose default is SHA-1. */
const PSS_HASH = 0xa0;
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};
