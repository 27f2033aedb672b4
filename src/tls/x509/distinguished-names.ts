import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, type DerElement } from './der.js';
import { issuerName, memoize, subjectName } from './encoding.js';

/*
 * Comparison of distinguished names (RFC 5280 section 7.1): case is ignored, and several spaces are the same as one.
 */

/** Whether a certificate names another one as its issuer. A malformed name is not equal to any other. */
export function namesAsIssuer(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const name = normalizedIssuer(certificate);
  return name !== undefined && name === normalizedSubject(issuer);
}

/** Whether a certificate names itself as its issuer (RFC 5280 section 3.2); it need not be signed with its own key. */
export function isSelfIssued(certificate: X509Certificate): boolean {
  return namesAsIssuer(certificate, certificate);
}

const normalizedIssuer = memoize((certificate) => normalized(() => issuerName(certificate)));
const normalizedSubject = memoize((certificate) => normalized(() => subjectName(certificate)));

/** @returns undefined if the name is malformed */
function normalized(read: () => Buffer): string | undefined {
  try {
    const parts = derElements(read()).map(({ content }) =>
      derElements(content)
        .map((attribute) => derElements(attribute.content).map(normalizedElement).join('='))
        // The parts of a relative distinguished name are a set.
        .toSorted(),
    );
    return JSON.stringify(parts);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

/** String types that OpenSSL compares by their text: a UTF8String can be equal to a PrintableString. */
const TEXTS: Readonly<Record<number, BufferEncoding>> = {
  0x0c: 'utf8',
  0x13: 'latin1',
  0x14: 'latin1',
  0x16: 'latin1',
  0x1a: 'latin1',
};

function normalizedElement({ tag, content }: DerElement): string {
  const encoding = TEXTS[tag];
  if (encoding === undefined) return `#${tag}:${content.toString('hex')}`;
  return content
    .toString(encoding)
    .replace(/[ \t-\r]+/g, ' ')
    .replace(/^ | $/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
