import type { X509Certificate } from 'node:crypto';
import { derElements, derWithin, oid } from './der.js';
import type { DerElement } from './der.js';

/** One extension of a certificate (RFC 5280 section 4.2). */
export interface Extension {
  readonly id: string;
  readonly critical: boolean;
  /** What the OCTET STRING holds. */
  readonly value: Buffer;
}

/** Tags as they are encoded: of universal types, and the context tag of `extensions` in a TBSCertificate. */
export const TAG = { boolean: 0x01, integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30, extensions: 0xa3 } as const;

export const EXTENSION = {
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
} as const;

/** Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signatureValue } */
export function certificateParts({ raw }: X509Certificate): DerElement[] {
  return derWithin(raw);
}

/** @throws {DerError} */
export function tbsCertificate(certificate: X509Certificate): DerElement[] {
  return derElements(certificateParts(certificate)[0]?.content ?? Buffer.alloc(0));
}

/**
 * The extensions of a certificate, in their order.
 * @throws {DerError} where the encoding is odd
 */
export function extensionsOf(certificate: X509Certificate): Extension[] {
  const list = tbsCertificate(certificate).find(({ tag }) => tag === TAG.extensions);
  return derWithin(list?.content ?? Buffer.alloc(0)).map(({ content }) => {
    const parts = derElements(content);
    const part = (tag: number) => parts.find((element) => element.tag === tag)?.content ?? Buffer.alloc(0);
    return { id: oid(part(TAG.oid)), critical: part(TAG.boolean)[0] === 0xff, value: part(TAG.octets) };
  });
}

/**
 * How many further issuers may stand between this one and the leaf (RFC 5280 section 4.2.1.9).
 * @throws {DerError}
 */
export function pathLength(certificate: X509Certificate): number {
  const constraints = extensionsOf(certificate).find(({ id }) => id === EXTENSION.basicConstraints);
  const limit = derWithin(constraints?.value ?? Buffer.alloc(0)).find(({ tag }) => tag === TAG.integer);
  return limit ? Number(`0x${limit.content.toString('hex') || '0'}`) : Infinity;
}
