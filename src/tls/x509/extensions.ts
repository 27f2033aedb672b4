import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid } from './der.js';
import type { DerElement } from './der.js';
import { TAG, tbsCertificate } from './encoding.js';
import { remembered } from './memoize.js';

/** One extension of a certificate (RFC 5280 section 4.2). */
export interface Extension {
  readonly id: string;
  readonly critical: boolean;
  /** What the OCTET STRING holds. */
  readonly value: Buffer;
}

const SUBJECT_ALT_NAME = '2.5.29.17';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const NAME_CONSTRAINTS = '2.5.29.30';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const NETSCAPE_CERT_TYPE = '2.16.840.1.113730.1.1';
const AUTHORITY_INFORMATION_ACCESS = '1.3.6.1.5.5.7.1.1';

/**
 * The extensions of a certificate, in their order.
 * @throws {DerError} where the encoding is odd, or an extension is there twice, of which each reader would take another
 */
export const extensionsOf = remembered((certificate): readonly Extension[] => {
  const list = tbsCertificate(certificate).find(({ tag }) => tag === TAG.extensions);
  const extensions = derWithin(list?.content ?? Buffer.alloc(0)).map(({ content }) => {
    const parts = derElements(content);
    const part = (tag: number) => parts.find((element) => element.tag === tag)?.content ?? Buffer.alloc(0);
    // OpenSSL takes every octet but zero for TRUE.
    return { id: oid(part(TAG.oid)), critical: (part(TAG.boolean)[0] ?? 0) !== 0, value: part(TAG.octets) };
  });
  const seen = new Set<string>();
  for (const { id } of extensions) {
    if (seen.has(id)) throw new DerError(`the extension ${id} is there twice`);
    seen.add(id);
  }
  return extensions;
});

/**
 * How many further issuers may stand between this one and the leaf (RFC 5280 section 4.2.1.9).
 * @throws {DerError}
 */
export function pathLength(certificate: X509Certificate): number {
  const limit = elementsOf(certificate, BASIC_CONSTRAINTS)?.find(({ tag }) => tag === TAG.integer)?.content;
  if (!limit) return Infinity;
  const [first] = limit;
  if (first === undefined || first >= 0x80) throw new DerError('a path length that is no count');
  return Number(`0x${limit.toString('hex')}`);
}

/**
 * The purposes of the key (RFC 5280 section 4.2.1.12), as object identifiers; undefined where nothing is said.
 * @throws {DerError}
 */
export function extendedKeyUsage(certificate: X509Certificate): string[] | undefined {
  return elementsOf(certificate, EXTENDED_KEY_USAGE)?.map(({ content }) => oid(content));
}

/**
 * What the key may be used for (RFC 5280 section 4.2.1.3): the first octet, digitalSignature its highest bit; undefined
 * where nothing is said.
 * @throws {DerError}
 */
export function keyUsage(certificate: X509Certificate): number | undefined {
  return bitsOf(certificate, KEY_USAGE);
}

/**
 * What Netscape once had in place of the extended key usage, sslClient the highest bit; undefined where nothing is said.
 * @throws {DerError}
 */
export function netscapeCertType(certificate: X509Certificate): number | undefined {
  return bitsOf(certificate, NETSCAPE_CERT_TYPE);
}

/** The names that an issuer may vouch for, and those that it may not, as GeneralNames. */
export interface NameConstraints {
  readonly permitted: readonly DerElement[];
  readonly excluded: readonly DerElement[];
}

/** The context tags of the two lists. */
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;

/**
 * The name constraints of an issuer (RFC 5280 section 4.2.1.10); undefined where it has none.
 * @throws {DerError} also where a minimum or maximum is given, which there must not be
 */
export const nameConstraints = remembered((certificate): NameConstraints | undefined => {
  const lists = elementsOf(certificate, NAME_CONSTRAINTS);
  if (!lists) return undefined;
  const subtrees = (list: number): DerElement[] =>
    lists
      .filter(({ tag }) => tag === list)
      .flatMap(({ content }) => derElements(content))
      .map(({ content }) => {
        const [base, ...bounds] = derElements(content);
        if (!base || bounds.length > 0) throw new DerError('a name constraint without a name, or with bounds');
        return base;
      });
  return { permitted: subtrees(PERMITTED), excluded: subtrees(EXCLUDED) };
});

/** Context tags of a GeneralName (RFC 5280 section 4.2.1.6), as they are encoded. */
export const NAME_TAG = {
  rfc822Name: 0x81,
  dnsName: 0x82,
  uri: 0x86,
  ipAddress: 0x87,
  directoryName: 0xa4,
} as const;

/**
 * The GeneralNames of the subject (RFC 5280 section 4.2.1.6), with their context tags.
 * @throws {DerError}
 */
export const subjectAltNames = remembered(
  (certificate): readonly DerElement[] => elementsOf(certificate, SUBJECT_ALT_NAME) ?? [],
);

const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

/**
 * Where the certificate of the issuer is to be had, by the certificate's own word (RFC 5280 section 4.2.2.1).
 * @throws {DerError}
 */
export function caIssuers(certificate: X509Certificate): string[] {
  return (elementsOf(certificate, AUTHORITY_INFORMATION_ACCESS) ?? []).flatMap(({ content }) => {
    const [method, location] = derElements(content);
    const isUrl = method && oid(method.content) === CA_ISSUERS && location?.tag === NAME_TAG.uri;
    return isUrl ? [location.content.toString('latin1')] : [];
  });
}

/** The first octet of an extension that is a BIT STRING; undefined where it is absent. */
function bitsOf(certificate: X509Certificate, id: string): number | undefined {
  const extension = extensionsOf(certificate).find((one) => one.id === id);
  if (!extension) return undefined;
  const [whole] = derElements(extension.value);
  if (whole?.tag !== TAG.bits) throw new DerError(`the extension ${id} is no bit string`);
  // The first octet of the content counts the bits that are not used.
  return whole.content[1] ?? 0;
}

/** What an extension consists of, being a SEQUENCE; undefined where it is absent. */
function elementsOf(certificate: X509Certificate, id: string): DerElement[] | undefined {
  const extension = extensionsOf(certificate).find((one) => one.id === id);
  if (!extension) return undefined;
  const [whole] = derElements(extension.value);
  if (whole?.tag !== TAG.sequence) throw new DerError(`the extension ${id} is no sequence`);
  return derElements(whole.content);
}
