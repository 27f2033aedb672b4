import {
  X509Certificate,
  createHash,
  generateKeyPair,
  randomBytes,
  sign,
  type KeyObject,
  type KeyPairKeyObjectResult,
  type SignKeyObjectInput,
} from 'node:crypto';
import { isIPv4 } from 'node:net';
import { promisify } from 'node:util';
import { bitString, element, integer, objectIdentifier, sequence, time } from './der.js';

const DAY_MS = 86_400_000;

/** How a certificate is signed: the identifier that it contains, and the parameters of the signing function. */
export interface Signature {
  readonly algorithm: Buffer;
  readonly digest: string | null;
  readonly how?: Omit<SignKeyObjectInput, 'key'>;
}

/** How a key is generated, and how it signs. */
export interface KeyType {
  readonly generate: () => Promise<KeyPairKeyObjectResult>;
  readonly signature: Signature;
}

const generate = promisify(generateKeyPair);

const P256: KeyType = {
  generate: () => generate('ec', { namedCurve: 'P-256' }),
  // ECDSA with SHA-256 (RFC 5758 section 3.2).
  signature: { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')), digest: 'SHA256' },
};

/** What differs from a good server certificate. */
export interface CertificateOptions {
  /** The subject's common name; default `STARTTLS Gate demo`. */
  readonly commonName?: string;
  /** DNS names and IP addresses in the subject alternative name. */
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: in 90 days. */
  readonly notAfter?: Date;
  /** Default: P-256. */
  readonly key?: KeyType;
  /** Default: that of the issuer's key. */
  readonly signature?: Signature;
  /** Extended key usage; default `['serverAuth']`, and none at all for a CA. */
  readonly usage?: readonly ('serverAuth' | 'clientAuth')[];
  readonly ca?: boolean;
  /** How many CAs may follow below this one; default: any number. */
  readonly pathLength?: number;
  /** Additional extensions, in DER. */
  readonly further?: readonly { readonly rawData: ArrayBuffer | Uint8Array }[];
  /** Who signs it; default: itself. */
  readonly issuer?: Identity;
  /** What a server sends after the certificate; default: the issuer, unless that is a self-signed root. */
  readonly sends?: readonly Identity[];
}

/** A certificate with its private key. */
export interface Identity {
  /** PKCS #8 in PEM. */
  readonly key: string;
  /** In PEM. */
  readonly cert: string;
  /** What a server sends, in PEM: the certificate, then its issuers. */
  readonly chain: string;
  readonly certificate: X509Certificate;
  readonly commonName: string;
  readonly keys: KeyPairKeyObjectResult & { readonly type: KeyType };
}

/** New in each run, so that its dates are always right. */
export interface Pki {
  readonly root: Identity;
  readonly intermediate: Identity;
  /** Issues a server certificate from the intermediate CA, unless `options` has a different one. */
  issue(options: CertificateOptions): Promise<Identity>;
}

/** @param name distinguishes the subjects of several PKIs */
export async function createPki(name = 'Demo'): Promise<Pki> {
  const ca = { ca: true, notBefore: inDays(-900) };
  const root = await issue({ ...ca, commonName: `${name} Root CA`, notAfter: inDays(3000) });
  const intermediate = await issue({
    ...ca,
    commonName: `${name} Intermediate CA`,
    notAfter: inDays(2000),
    issuer: root,
  });
  return { root, intermediate, issue: (options) => issue({ issuer: intermediate, ...options }) };
}

/** Generates a key and issues a certificate for it (RFC 5280 section 4.1). */
export async function issue(options: CertificateOptions): Promise<Identity> {
  const { commonName = 'STARTTLS Gate demo', key: type = P256, issuer, ca = false } = options;
  const keys = { type, ...(await type.generate()) };
  const signing = issuer?.keys ?? keys;
  const { algorithm, digest, how } = options.signature ?? signing.type.signature;
  const tbs = sequence(
    element(VERSION, integer(2)),
    integer(1, ...randomBytes(15)),
    algorithm,
    nameOf(issuer?.commonName ?? commonName),
    sequence(time(options.notBefore ?? inDays(-1)), time(options.notAfter ?? inDays(90))),
    nameOf(commonName),
    spki(keys.publicKey),
    element(EXTENSIONS, sequence(...extensions(options, keys.publicKey, signing.publicKey))),
  );
  const signed = sign(digest, tbs, { key: signing.privateKey, ...how });
  const certificate = new X509Certificate(sequence(tbs, algorithm, bitString(signed)));
  const cert = certificate.toString();
  const sends = options.sends ?? (issuer && !isSelfSigned(issuer) && !ca ? [issuer] : []);
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert,
    chain: [cert, ...sends.map((identity) => identity.cert)].join(''),
    certificate,
    commonName,
    keys,
  };
}

/** @param days negative for the past */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

/** Tags of the optional parts of a certificate. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

function isSelfSigned({ certificate }: Identity): boolean {
  return certificate.verify(certificate.publicKey);
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function nameOf(commonName: string): Buffer {
  const utf8 = element(0x0c, Buffer.from(commonName));
  return sequence(element(0x31, sequence(objectIdentifier('2.5.4.3'), utf8)));
}

const PURPOSES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

/** With digitalSignature too: otherwise TLS libraries refuse a CA as a server before the gate can judge it. */
const SIGNS_ALL = bitString(Buffer.of(0x84), 2);
const SIGNS_HANDSHAKES = bitString(Buffer.of(0x80), 7);

/** The extensions of RFC 5280 section 4.2.1. */
function extensions(options: CertificateOptions, own: KeyObject, signing: KeyObject): Uint8Array[] {
  const { ca = false, pathLength, usage = ca ? [] : ['serverAuth'], names = [], addresses = [] } = options;
  const basic = [
    ...(ca ? [element(0x01, Buffer.of(0xff))] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  ];
  const altNames = [
    ...names.map((name) => element(0x82, Buffer.from(name, 'latin1'))),
    ...addresses.map((address) => element(0x87, bytesOf(address))),
  ];
  const purposes = usage.map((name) => objectIdentifier(PURPOSES[name]));
  return [
    extension('2.5.29.19', sequence(...basic), 'critical'),
    extension('2.5.29.15', ca ? SIGNS_ALL : SIGNS_HANDSHAKES, 'critical'),
    extension('2.5.29.14', element(0x04, keyIdentifier(own))),
    extension('2.5.29.35', sequence(element(0x80, keyIdentifier(signing)))),
    ...(purposes.length > 0 ? [extension('2.5.29.37', sequence(...purposes))] : []),
    ...(altNames.length > 0 ? [extension('2.5.29.17', sequence(...altNames))] : []),
    ...(options.further ?? []).map(({ rawData }) => new Uint8Array(rawData)),
  ];
}

/** An extension in DER (RFC 5280 section 4.1). @param id such as `2.5.29.17` */
export function extension(id: string, value: Uint8Array, critical?: 'critical'): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [element(0x01, Buffer.of(0xff))] : []), element(0x04, value));
}

/** The fourth method of RFC 7093 section 2. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key)).digest();
}

/** The bytes of an IP address, as a certificate contains them. */
function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const groups = (part = ''): string[] => part.split(':').filter((group) => group !== '');
  const [before, after] = address.split('::');
  const [left, right] = [groups(before), groups(after)];
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
