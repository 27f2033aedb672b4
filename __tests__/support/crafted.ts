import { X509Certificate, createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bitString, element, integer, objectIdentifier, sequence, time } from '../../src/servers/der.js';
import { extension, inDays } from '../../src/servers/pki.js';

/*
 * Certificates from any parts, including those that no CA would put together. The keys are of P-256, and every signature
 * is valid unless it is said otherwise.
 */

export interface Crafted {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The encoded subject. */
  readonly name: Buffer;
  readonly serial: Buffer;
}

export interface Parts {
  /** Default: the name `CN=Crafted`. */
  readonly name?: Buffer;
  /** Default: none, for version 3. */
  readonly extensions?: readonly Buffer[];
  /** Version 1 has no extensions. Default: 3. */
  readonly version?: 1 | 3;
  /** Who signs it; default: itself. */
  readonly issuer?: Crafted;
  /** The encoded issuer; default: the issuer's subject. */
  readonly issuerName?: Buffer;
  /** Whose key it is for; default: a new key. */
  readonly key?: Pick<Crafted, 'privateKey' | 'publicKey'>;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Set for a signature that is not valid. */
  readonly isForged?: true;
  /** The hash of its signature. Default: SHA-256. */
  readonly digest?: keyof typeof ECDSA;
}

const ECDSA = {
  sha1: sequence(objectIdentifier('1.2.840.10045.4.1')),
  sha256: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
};

export function craft(parts: Parts): Crafted {
  const { name = commonName('Crafted'), version = 3, extensions = [], issuer, digest = 'sha256' } = parts;
  const algorithm = ECDSA[digest];
  const { privateKey, publicKey } = parts.key ?? newKey();
  const serial = Buffer.of(1, ...randomBytes(15));
  const tbs = sequence(
    ...(version === 1 ? [] : [element(0xa0, integer(2))]),
    integer(...serial),
    algorithm,
    parts.issuerName ?? issuer?.name ?? name,
    sequence(time(parts.notBefore ?? inDays(-1)), time(parts.notAfter ?? inDays(300))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(version === 1 ? [] : [element(0xa3, sequence(...extensions))]),
  );
  const signature = sign(digest, parts.isForged ? Buffer.alloc(1) : tbs, issuer?.privateKey ?? privateKey);
  const certificate = new X509Certificate(sequence(tbs, algorithm, bitString(signature)));
  return { certificate, pem: certificate.toString(), privateKey, publicKey, name, serial };
}

export function newKey(): Pick<Crafted, 'privateKey' | 'publicKey'> {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** @param tag of the string type: UTF8String by default */
export function commonName(text: string, tag = 0x0c, encoded = Buffer.from(text)): Buffer {
  return sequence(element(0x31, sequence(objectIdentifier('2.5.4.3'), element(tag, encoded))));
}

export const basicConstraints = (isCa: boolean): Buffer =>
  extension('2.5.29.19', sequence(...(isCa ? [element(0x01, Buffer.of(0xff))] : [])), 'critical');
/** digitalSignature, and keyCertSign for a CA. */
export const keyUsage = (bits: number, unused: number): Buffer =>
  extension('2.5.29.15', bitString(Buffer.of(bits), unused), 'critical');
export const SIGNS_CERTIFICATES = keyUsage(0x84, 2);
export const SIGNS_DATA = keyUsage(0x80, 7);
export const FOR_SERVERS = extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1')));

export function keyIdentifierOf({ publicKey }: Pick<Crafted, 'publicKey'>): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

export const subjectKeyIdentifier = (id: Buffer, critical?: 'critical'): Buffer =>
  extension('2.5.29.14', element(0x04, id), critical);
export const authorityKeyIdentifier = (id: Buffer, critical?: 'critical'): Buffer =>
  extension('2.5.29.35', sequence(element(0x80, id)), critical);

/** @param names each the tag of a GeneralName and its content */
export const alternativeNames = (...names: readonly (readonly [number, Buffer])[]): Buffer =>
  extension('2.5.29.17', sequence(...names.map(([tag, content]) => element(tag, content))));

/** One or both lists, each entry the tag of a GeneralName and its content. */
export function nameConstraints(
  permitted: readonly (readonly [number, Buffer])[],
  excluded: readonly (readonly [number, Buffer])[] = [],
): Buffer {
  const list = (tag: number, names: readonly (readonly [number, Buffer])[]): Buffer[] =>
    names.length === 0 ? [] : [element(tag, ...names.map(([type, content]) => sequence(element(type, content))))];
  return extension('2.5.29.30', sequence(...list(0xa0, permitted), ...list(0xa1, excluded)), 'critical');
}
