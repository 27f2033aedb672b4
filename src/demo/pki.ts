import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Extension, JsonGeneralNames, X509Certificate } from '@peculiar/x509';

cryptoProvider.set(webcrypto);

const DAY_MS = 86_400_000;

/** With digitalSignature, so that TLS libraries do not stop at a CA that plays a server before anybody can judge it. */
const SIGNS_ALL = (KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature) as KeyUsageFlags;

const KEYS = {
  ec: { name: 'ECDSA', namedCurve: 'P-256' },
  ed25519: { name: 'Ed25519' },
  rsa2048: rsa(2048),
  rsa1024: rsa(1024),
  rsaPss: { ...rsa(2048), name: 'RSA-PSS' },
  rsaPssSha1: { ...rsa(2048), name: 'RSA-PSS', hash: 'SHA-1' },
} as const;

export type KeyKind = keyof typeof KEYS;

/** What a certificate says; whatever is left out is as a well-made server certificate has it. */
export interface CertificateOptions {
  /** The subject's common name; default `STARTTLS Gate demo`. */
  readonly commonName?: string;
  /** DNS entries of the subject alternative name. */
  readonly names?: readonly string[];
  /** Address entries of the subject alternative name. */
  readonly addresses?: readonly string[];
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: in 90 days. */
  readonly notAfter?: Date;
  /** Default: `ec` (P-256). */
  readonly key?: KeyKind;
  /** The hash that an ECDSA issuer signs with; default SHA-256. An RSA issuer signs with the hash of its key. */
  readonly hash?: 'SHA-1' | 'SHA-256';
  /** Extended key usage; default `['serverAuth']`, and none at all for a CA. */
  readonly usage?: readonly ('serverAuth' | 'clientAuth')[];
  /** Whether it is a certification authority; default false. */
  readonly ca?: boolean;
  /** How many further CAs may stand below this one; default: any. */
  readonly pathLength?: number;
  /** Extensions beyond the usual ones. */
  readonly further?: readonly Extension[];
  /** Who signs; default: it signs itself. */
  readonly issuer?: Identity;
  /** What a server sends after the certificate itself; default: the issuer where that is no self-signed root. */
  readonly sends?: readonly Identity[];
}

/** A certificate with its private key. */
export interface Identity {
  /** The private key, PKCS #8 in PEM. */
  readonly key: string;
  /** The certificate alone, in PEM. */
  readonly cert: string;
  /** What a server sends, in PEM: the certificate, then what goes with it. */
  readonly chain: string;
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

/** A throw-away authority, made anew each time so that its dates are always right. */
export interface Pki {
  readonly root: Identity;
  readonly intermediate: Identity;
  /** Issues a server certificate under the intermediate, unless `options` say otherwise. */
  issue(options: CertificateOptions): Promise<Identity>;
}

/**
 * Makes a root and an intermediate authority of its own.
 * @param name distinguishes the subjects of several authorities
 */
export async function createPki(name = 'Demo'): Promise<Pki> {
  const root = await issue({
    commonName: `${name} Root CA`,
    ca: true,
    notBefore: inDays(-900),
    notAfter: inDays(3000),
  });
  const intermediate = await issue({
    commonName: `${name} Intermediate CA`,
    ca: true,
    notBefore: inDays(-900),
    notAfter: inDays(2000),
    issuer: root,
  });
  return { root, intermediate, issue: (options) => issue({ issuer: intermediate, ...options }) };
}

/**
 * Makes one key and one certificate for it.
 * @throws what WebCrypto throws where it does not know the algorithm
 */
export async function issue(options: CertificateOptions): Promise<Identity> {
  const { issuer, ca = false } = options;
  const keys = (await webcrypto.subtle.generateKey(KEYS[options.key ?? 'ec'], true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const subject = [{ CN: [options.commonName ?? 'STARTTLS Gate demo'] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
    subject,
    issuer: issuer?.certificate.subjectName.toJSON() ?? subject,
    notBefore: options.notBefore ?? inDays(-1),
    notAfter: options.notAfter ?? inDays(90),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: signing((issuer?.keys ?? keys).privateKey, options.hash ?? 'SHA-256'),
    extensions: await extensions(options, keys, issuer),
  });
  const cert = pem(certificate);
  const sends = options.sends ?? (issuer && !(await issuer.certificate.isSelfSigned()) && !ca ? [issuer] : []);
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${wrapped(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))}\n-----END PRIVATE KEY-----\n`,
    cert,
    chain: [cert, ...sends.map((identity) => identity.cert)].join(''),
    certificate,
    keys,
  };
}

/** A moment so many days from now; negative for the past. */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

async function extensions(options: CertificateOptions, keys: CryptoKeyPair, issuer?: Identity): Promise<Extension[]> {
  const { ca = false, usage = ca ? [] : ['serverAuth'] } = options;
  const names: JsonGeneralNames = [
    ...(options.names ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(options.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    new BasicConstraintsExtension(ca, options.pathLength, true),
    new KeyUsagesExtension(ca ? SIGNS_ALL : KeyUsageFlags.digitalSignature, true),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create((issuer?.keys ?? keys).publicKey),
    ...(usage.length > 0 ? [new ExtendedKeyUsageExtension(usage.map((name) => ExtendedKeyUsage[name]))] : []),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ...(options.further ?? []),
  ];
}

function signing(key: CryptoKey, hash: 'SHA-1' | 'SHA-256'): EcdsaParams | RsaPssParams | Algorithm {
  switch (key.algorithm.name) {
    case 'ECDSA':
      return { name: 'ECDSA', hash };
    case 'RSA-PSS':
      return { ...key.algorithm, saltLength: 32 };
    default:
      return key.algorithm;
  }
}

function rsa(modulusLength: number): RsaHashedKeyGenParams {
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent: new Uint8Array([1, 0, 1]) };
}

function pem(certificate: X509Certificate): string {
  return `-----BEGIN CERTIFICATE-----\n${wrapped(certificate.rawData)}\n-----END CERTIFICATE-----\n`;
}

function wrapped(der: ArrayBuffer): string {
  return (
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n');
}
