import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid, type DerElement } from './der.js';

/*
 * The encoded parts of a certificate (RFC 5280 section 4.1) that Node does not expose, or for which it does not
 * distinguish between malformed and absent.
 */

/** Tag bytes of universal types, and the context tags of a TBSCertificate. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** @throws {DerError} */
export function tbsCertificate({ raw }: X509Certificate): DerElement[] {
  return derElements(part(derWithin(raw), 0, 'TBSCertificate').content);
}

/** The algorithm of the signature on a certificate, and its parameters. @throws {DerError} */
export function signatureAlgorithm({ raw }: X509Certificate): DerElement[] {
  return derElements(part(derWithin(raw), 1, 'signature algorithm').content);
}

/** The type of the key that made the signature, as Node names it; undefined if it is not known here. @throws {DerError} */
export function signatureKeyType(certificate: X509Certificate): string | undefined {
  const [algorithm] = signatureAlgorithm(certificate);
  const id = algorithm ? oid(algorithm.content) : '';
  if (id.startsWith('1.2.840.113549.1.1.')) return 'rsa';
  if (id.startsWith('1.2.840.10045.4.')) return 'ec';
  return EDWARDS[id];
}

const EDWARDS: Readonly<Record<string, string>> = { '1.3.101.112': 'ed25519', '1.3.101.113': 'ed448' };

/** The whole SubjectPublicKeyInfo. @throws {DerError} */
export function subjectPublicKeyInfo(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 4, 'public key').whole;
}

/** RFC 5480 section 2.1.1 forbids explicit curve parameters, which may be of a different curve. @throws {DerError} */
export function hasExplicitCurve(certificate: X509Certificate): boolean {
  const [algorithm] = derWithin(subjectPublicKeyInfo(certificate));
  const [id, parameters] = derElements(algorithm?.content ?? Buffer.alloc(0));
  return id?.tag === TAG.oid && oid(id.content) === EC_PUBLIC_KEY && parameters?.tag === TAG.sequence;
}

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

/** 1 for version 1, which has no extensions (RFC 5280 section 4.1.2.1). @throws {DerError} */
export function versionOf(certificate: X509Certificate): number {
  const version = tbsCertificate(certificate).find(({ tag }) => tag === TAG.version);
  return version ? (derWithin(version.whole)[0]?.content.at(-1) ?? 0) + 1 : 1;
}

/** @throws {DerError} */
export function serialNumber(certificate: X509Certificate): Buffer {
  const numbers = tbsCertificate(certificate).filter(({ tag }) => tag === TAG.integer);
  return part(numbers, 0, 'serial number').content;
}

/** @throws {DerError} */
export function issuerName(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 1, 'issuer').content;
}

/** @throws {DerError} */
export function subjectName(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 3, 'subject').content;
}

/** The whole subject, which is how a directoryName contains a name. @throws {DerError} */
export function encodedSubject(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 3, 'subject').whole;
}

/**
 * RFC 5280 section 4.1.2.5. In Node's text of a date the year has any number of digits, so it could be read as a year
 * of a different century.
 * @throws {DerError} if a date has neither of the two forms, or does not exist
 */
export function validityOf(certificate: X509Certificate): { from: Date; to: Date } {
  const dates = derElements(sequenceOfTbs(certificate, 2, 'validity').content);
  return { from: date(part(dates, 0, 'notBefore'), 'notBefore'), to: date(part(dates, 1, 'notAfter'), 'notAfter') };
}

/** The sequences of a TBSCertificate are signature, issuer, validity, subject and subjectPublicKeyInfo. */
function sequenceOfTbs(certificate: X509Certificate, index: number, name: string): DerElement {
  const sequences = tbsCertificate(certificate).filter(({ tag }) => tag === TAG.sequence);
  return part(sequences, index, name);
}

function part(elements: readonly DerElement[], index: number, name: string): DerElement {
  const element = elements[index];
  if (!element) throw new DerError(`the ${name} is missing`);
  return element;
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

function date({ tag, content }: DerElement, name: string): Date {
  const text = content.toString('latin1');
  const [, year, month, day, hour, minute, second] = TIME.exec(withCentury(tag, text)) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const moment = new Date(iso);
  // Date reads a day that does not exist, such as 30 February, as one of the next month.
  if (Number.isNaN(moment.getTime()) || moment.toISOString() !== iso) {
    throw new DerError(`${name} is not a valid date: ${JSON.stringify(text)}`);
  }
  return moment;
}

/** A UTCTime has two digits for the years from 1950 to 2049. */
function withCentury(tag: number, text: string): string {
  if (tag === TAG.utcTime) return `${text < '50' ? '20' : '19'}${text}`;
  return tag === TAG.generalizedTime ? text : '';
}

/** A search for a path reads the same certificate many times, and the peer decides how much there is to read. */
export function memoize<T>(read: (certificate: X509Certificate) => T): (certificate: X509Certificate) => T {
  const cache = new WeakMap<X509Certificate, { readonly value: T }>();
  return (certificate) => {
    const cached = cache.get(certificate) ?? { value: read(certificate) };
    cache.set(certificate, cached);
    return cached.value;
  };
}
