import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid, type DerElement } from './der.js';
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

/** Whether an encoded Name is that of the issuer of a certificate. */
export function isIssuerOf(certificate: X509Certificate, name: Buffer): boolean {
  const given = unlessMalformed(() => relativeNames(derWithin(name)).join());
  return given !== undefined && given === normalizedIssuer(certificate);
}

const normalizedIssuer = memoize((certificate) =>
  unlessMalformed(() => relativeNames(derElements(issuerName(certificate))).join()),
);
const normalizedSubject = memoize((certificate) =>
  unlessMalformed(() => relativeNames(derElements(subjectName(certificate))).join()),
);

/**
 * The relative distinguished names of a name in order, in a form that can be compared.
 * @param parts the elements of the RDNSequence
 * @throws {DerError}
 */
export function relativeNames(parts: readonly DerElement[]): string[] {
  return parts.map(({ content }) =>
    JSON.stringify(
      derElements(content)
        .map((attribute) => derElements(attribute.content).map(normalizedElement).join('='))
        // The parts of a relative distinguished name are a set.
        .toSorted(),
    ),
  );
}

/** A name as people write it, such as `O=Example, CN=x`. @throws {DerError} */
export function nameInWords(parts: readonly DerElement[]): string {
  return parts
    .flatMap(({ content }) => derElements(content))
    .map(({ content }) => {
      const [type, value] = derElements(content);
      const id = type ? oid(type.content) : '';
      return `${ATTRIBUTES[id] ?? id}=${value ? textOf(value) : ''}`;
    })
    .join(', ');
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.25': 'DC',
};

function unlessMalformed(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

/** String types that OpenSSL compares by their text: a UTF8String can be equal to a PrintableString. */
const TEXTS: Readonly<Record<number, (content: Buffer) => string>> = {
  0x0c: (content) => content.toString('utf8'),
  0x13: latin1,
  0x14: latin1,
  0x16: latin1,
  0x1a: latin1,
  /** UniversalString and BMPString: UTF-32 and UTF-16, big-endian. */
  0x1c: (content) => codePoints(content, 4),
  0x1e: (content) => codePoints(content, 2),
};

function latin1(content: Buffer): string {
  return content.toString('latin1');
}

/** @throws {DerError} if it is not a whole number of characters, or they do not exist */
function codePoints(content: Buffer, width: number): string {
  if (content.length % width > 0) throw new DerError('a name ends within a character');
  const points = Array.from({ length: content.length / width }, (_, i) => content.readUIntBE(i * width, width));
  if (points.some((point) => point > 0x10ffff)) throw new DerError('a name has a character that does not exist');
  return points.map((point) => String.fromCodePoint(point)).join('');
}

function textOf({ tag, content }: DerElement): string {
  return TEXTS[tag]?.(content) ?? `#${content.toString('hex')}`;
}

function normalizedElement({ tag, content }: DerElement): string {
  const text = TEXTS[tag]?.(content);
  if (text === undefined) return `#${tag}:${content.toString('hex')}`;
  return text
    .replace(/[ \t-\r]+/g, ' ')
    .replace(/^ | $/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
