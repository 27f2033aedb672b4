import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid, type DerElement } from './der.js';
import { TAG, issuerName, memoize, subjectName } from './encoding.js';
import { bitsIn } from './syntax/parts.js';
import { textOf } from './syntax/texts.js';

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

function unlessMalformed(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

/** Whether names of a certificate have values that cannot be compared as OpenSSL does. */
export function hasUnusualNames(certificate: X509Certificate): boolean {
  return normalizedSubject(certificate) === undefined || normalizedIssuer(certificate) === undefined;
}

/** A part of a name, such as `CN=x`. */
export interface Attribute {
  /** The content of an OBJECT IDENTIFIER. */
  readonly type: Buffer;
  readonly value: DerElement;
}

/** @param relativeName the content of a RelativeDistinguishedName @throws {DerError} */
function attributesIn(relativeName: Buffer): Attribute[] {
  return derElements(relativeName).map(({ content }) => {
    const [type, value] = derElements(content);
    if (!type || !value) throw new DerError('an attribute has no type or no value');
    return { type: type.content, value };
  });
}

/** The parts of the subject, in order. @throws {DerError} */
export const subjectAttributes = memoize((certificate) =>
  derElements(subjectName(certificate)).flatMap(({ content }) => attributesIn(content)),
);

/**
 * The relative distinguished names of a name in order, in a form that can be compared. Two of them are equal if and only
 * if they are equal for OpenSSL, which ignores empty ones.
 * @param parts the elements of the RDNSequence
 * @throws {DerError} also if a value cannot be compared with certainty
 */
export function relativeNames(parts: readonly DerElement[]): string[] {
  return parts
    .map(({ content }) => attributesIn(content))
    .filter(({ length }) => length > 0)
    .map((attributes) =>
      // The parts of a relative distinguished name are a set.
      attributes
        .map(({ type, value }) => `${type.toString('hex')}=${normalizedValue(value)}`)
        .toSorted()
        .join('+'),
    );
}

/** A name as people write it, such as `O=Example, CN=x`. @throws {DerError} */
export function nameInWords(parts: readonly DerElement[]): string {
  return parts
    .flatMap(({ content }) => attributesIn(content))
    .map(({ type, value }) => {
      const id = oid(type);
      return `${ATTRIBUTES[id] ?? id}=${textOf(value) ?? `#${value.content.toString('hex')}`}`;
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

const CONSTRUCTED = 0x20;
const UTF8_STRING = 0x0c;

function normalizedValue(value: DerElement): string {
  const { tag, content, whole } = value;
  const inForm = (type: number, bytes: Buffer) => `${type}:${bytes.toString('hex')}`;
  const text = textOf(value);
  if (text !== undefined) return inForm(UTF8_STRING, Buffer.from(normalizedText(text)));
  if (tag === TAG.sequence) return inForm(tag, whole);
  if ((tag & CONSTRUCTED) !== 0) throw new DerError('a string in a name is constructed of several parts');
  return inForm(tag, tag === TAG.bitString ? usedBits(content) : content);
}

function usedBits(content: Buffer): Buffer {
  return Buffer.concat([content.subarray(0, 1), bitsIn(content)]);
}

function normalizedText(text: string): string {
  return text
    .replace(/[ \t-\r]+/g, ' ')
    .replace(/^ | $/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
