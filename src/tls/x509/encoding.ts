import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid } from './der.js';
import type { DerElement } from './der.js';

/*
 * The parts of a certificate (RFC 5280 section 4.1) as they are encoded, where Node does not tell of them, or tells
 * as little of one that it cannot read as of one that is absent.
 */

/** Tags as they are encoded: of universal types, and the context tag of `extensions` in a TBSCertificate. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  extensions: 0xa3,
} as const;

/** @throws {DerError} */
export function tbsCertificate({ raw }: X509Certificate): DerElement[] {
  return derElements(part(derWithin(raw), 0, 'TBSCertificate').content);
}

/**
 * The AlgorithmIdentifier of the signature on a certificate: the algorithm, and its parameters.
 * @throws {DerError}
 */
export function signatureAlgorithm({ raw }: X509Certificate): DerElement[] {
  return derElements(part(derWithin(raw), 1, 'signature algorithm').content);
}

/**
 * The whole SubjectPublicKeyInfo.
 * @throws {DerError}
 */
export function subjectPublicKeyInfo(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 4, 'public key').whole;
}

/**
 * Whether the key of a certificate brings the parameters of its curve along in place of the curve's name, which
 * RFC 5480 section 2.1.1 forbids: they can be those of another curve.
 * @throws {DerError}
 */
export function hasExplicitCurve(certificate: X509Certificate): boolean {
  const [algorithm] = derWithin(subjectPublicKeyInfo(certificate));
  const [id, parameters] = derElements(algorithm?.content ?? Buffer.alloc(0));
  return id?.tag === TAG.oid && oid(id.content) === EC_PUBLIC_KEY && parameters?.tag === TAG.sequence;
}

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

/**
 * What the issuer's distinguished name consists of; empty where it has no part.
 * @throws {DerError}
 */
export function issuerName(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 1, 'issuer').content;
}

/**
 * What the subject's distinguished name consists of; empty where it has no part.
 * @throws {DerError}
 */
export function subjectName(certificate: X509Certificate): Buffer {
  return sequenceOfTbs(certificate, 3, 'subject').content;
}

/** When a certificate is valid, both ends included. */
export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The dates of a certificate, in the two forms that RFC 5280 section 4.1.2.5 allows. Node's text of a date has a
 * year of any length, which would be read as a year of another century, and "Bad time value" for what is none.
 * @throws {DerError} if they are in no such form, or name no day that there is
 */
export function validityOf(certificate: X509Certificate): Validity {
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
  if (!element) throw new DerError(`no ${name}`);
  return element;
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

function date({ tag, content }: DerElement, name: string): Date {
  const text = content.toString('latin1');
  const [, year, month, day, hour, minute, second] = TIME.exec(withCentury(tag, text)) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const moment = new Date(iso);
  // A day that there is not, such as 30 February, may be taken for one of the next month.
  if (Number.isNaN(moment.getTime()) || moment.toISOString() !== iso) {
    throw new DerError(`${name} is no date: ${JSON.stringify(text)}`);
  }
  return moment;
}

/** A UTCTime has two digits for the years from 1950 to 2049. */
function withCentury(tag: number, text: string): string {
  switch (tag) {
    case TAG.utcTime:
      return `${text < '50' ? '20' : '19'}${text}`;
    case TAG.generalizedTime:
      return text;
    default:
      return '';
  }
}
