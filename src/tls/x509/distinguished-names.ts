import type { X509Certificate } from 'node:crypto';
import { DerError, derElements } from './der.js';
import type { DerElement } from './der.js';
import { issuerName, subjectName } from './encoding.js';
import { remembered } from './memoize.js';

/*
 * How distinguished names are compared (RFC 5280 section 7.1): without case, and a run of blanks is one blank.
 */

/**
 * Whether a certificate names another one as its issuer. A name that cannot be read is nobody's.
 * @param certificate whose issuer field is read
 * @param issuer whose subject field is read
 */
export function namesAsIssuer(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const name = comparableIssuer(certificate);
  return name !== undefined && name === comparableSubject(issuer);
}

/** Whether a certificate is self-issued (RFC 5280 section 3.2): it names itself as its issuer, whoever signed it. */
export function isSelfIssued(certificate: X509Certificate): boolean {
  return namesAsIssuer(certificate, certificate);
}

const comparableIssuer = remembered((certificate) => unlessOdd(() => comparable(issuerName(certificate))));
const comparableSubject = remembered((certificate) => unlessOdd(() => comparable(subjectName(certificate))));

/** Two names are the same where this is. @throws {DerError} */
function comparable(name: Buffer): string {
  const parts = derElements(name).map(({ content }) =>
    derElements(content)
      .map((attribute) => derElements(attribute.content).map(comparableElement))
      // The parts of a relative distinguished name are a set.
      .map((attribute) => attribute.join('='))
      .toSorted(),
  );
  return JSON.stringify(parts);
}

/** Strings of which OpenSSL compares the text, as UTF-8String here and PrintableString there are the same. */
const TEXTS: Readonly<Record<number, BufferEncoding>> = {
  0x0c: 'utf8',
  0x13: 'latin1',
  0x14: 'latin1',
  0x16: 'latin1',
  0x1a: 'latin1',
};

function comparableElement({ tag, content }: DerElement): string {
  const encoding = TEXTS[tag];
  if (encoding === undefined) return `#${tag}:${content.toString('hex')}`;
  return content
    .toString(encoding)
    .replace(/[ \t-\r]+/g, ' ')
    .replace(/^ | $/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function unlessOdd<T>(reading: () => T): T | undefined {
  try {
    return reading();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}
