import type { X509Certificate } from 'node:crypto';
import { DerError, derElements, derWithin, oid, type DerElement } from './der.js';
import { TAG, memoize, tbsCertificate } from './encoding.js';
import { distributionPoints } from './syntax/distribution-points.js';
import { NAME_TAG, generalNames, readGeneralName } from './syntax/names.js';
import { bitsIn, boolean, integer, listOf, objectIdentifier, sequenceOf, type Syntax } from './syntax/parts.js';

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const NAME_CONSTRAINTS = '2.5.29.30';
const CRL_DISTRIBUTION_POINTS = '2.5.29.31';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const AUTHORITY_INFORMATION_ACCESS = '1.3.6.1.5.5.7.1.1';
export const KEY_USAGE = '2.5.29.15';
/** Netscape's predecessor of the extended key usage. */
export const NETSCAPE_CERT_TYPE = '2.16.840.1.113730.1.1';

/**
 * RFC 5280 section 4.2. A value is the content of the OCTET STRING.
 * @throws {DerError} also if an extension occurs twice: implementations differ in which one they use
 */
export const extensionsOf = memoize((certificate) => {
  const list = tbsCertificate(certificate).find(({ tag }) => tag === TAG.extensions);
  const extensions = derWithin(list?.content ?? Buffer.alloc(0)).map(({ content }) => {
    const parts = derElements(content);
    const part = (tag: number) => parts.find((element) => element.tag === tag)?.content ?? Buffer.alloc(0);
    // OpenSSL reads every byte but zero as TRUE.
    return { id: oid(part(TAG.oid)), critical: (part(TAG.boolean)[0] ?? 0) !== 0, value: part(TAG.octetString) };
  });
  const seen = new Set<string>();
  for (const { id } of extensions) {
    if (seen.has(id)) throw new DerError(`the extension ${id} occurs twice`);
    seen.add(id);
  }
  return extensions;
});

const BASIC_CONSTRAINTS_SYNTAX = sequenceOf('the basic constraints have', [
  { tag: TAG.boolean, syntax: boolean },
  { tag: TAG.integer, syntax: integer },
]);

/** Basic constraints (RFC 5280 section 4.2.1.9); undefined if there are none. `pathLength` is how many more CAs may follow. */
export const basicConstraints = memoize((certificate) => {
  const elements = elementsOf(certificate, BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_SYNTAX);
  if (!elements) return undefined;
  const isCa = (elements.find(({ tag }) => tag === TAG.boolean)?.content[0] ?? 0) !== 0;
  const limit = elements.find(({ tag }) => tag === TAG.integer)?.content;
  if (!limit) return { isCa, pathLength: Infinity };
  const [first] = limit;
  if (first === undefined || first >= 0x80) throw new DerError('the path length is negative or empty');
  return { isCa, pathLength: Number(`0x${limit.toString('hex')}`) };
});

/** The identifier of the certificate's own key (RFC 5280 section 4.2.1.2). @throws {DerError} */
export function subjectKeyIdentifier(certificate: X509Certificate): Buffer | undefined {
  return contentOf(certificate, SUBJECT_KEY_IDENTIFIER, TAG.octetString, 'an OCTET STRING');
}

/** The context tags of the parts of an authority key identifier. */
const KEY_IDENTIFIER = 0x80;
const ISSUER_NAMES = 0xa1;
const SERIAL_NUMBER = 0x82;

const AUTHORITY_KEY_IDENTIFIER_SYNTAX = sequenceOf('the authority key identifier has', [
  { tag: KEY_IDENTIFIER },
  { tag: ISSUER_NAMES, syntax: generalNames },
  { tag: SERIAL_NUMBER, syntax: integer },
]);

/** What identifies the key that has signed a certificate (RFC 5280 section 4.2.1.1). @throws {DerError} */
export const authorityKeyIdentifier = memoize((certificate) => {
  const parts = elementsOf(certificate, AUTHORITY_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER_SYNTAX) ?? [];
  const part = (tag: number) => parts.find((element) => element.tag === tag)?.content;
  return {
    keyIdentifier: part(KEY_IDENTIFIER),
    issuerNames: derElements(part(ISSUER_NAMES) ?? Buffer.alloc(0)),
    serial: part(SERIAL_NUMBER),
  };
});

const EXTENDED_KEY_USAGE_SYNTAX = listOf('the extended key usage has', TAG.oid, objectIdentifier);

/** Reads the extensions that OpenSSL reads of every certificate in a chain. @throws {DerError} if it would reject one */
export function readExtensions(certificate: X509Certificate): void {
  basicConstraints(certificate);
  nameConstraints(certificate);
  subjectKeyIdentifier(certificate);
  authorityKeyIdentifier(certificate);
  subjectAltNames(certificate);
  elementsOf(certificate, EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_SYNTAX);
  elementsOf(certificate, CRL_DISTRIBUTION_POINTS, distributionPoints);
  bitsOf(certificate, NETSCAPE_CERT_TYPE);
  // There are nine key usages.
  const usage = bitString(certificate, KEY_USAGE)?.subarray(0, 2);
  if (usage?.every((byte) => byte === 0)) throw new DerError('the key usage is empty');
}

/** The context tags of the two lists. */
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
/** The context tag of `minimum`. */
const MINIMUM = 0x80;
const ZERO = Buffer.of(0);

const NAME_CONSTRAINTS_SYNTAX = sequenceOf('the name constraints have', [
  { tag: PERMITTED, syntax: listOf('the name constraints have', TAG.sequence) },
  { tag: EXCLUDED, syntax: listOf('the name constraints have', TAG.sequence) },
]);

/**
 * The names that an issuer may and may not issue certificates for, as GeneralNames (RFC 5280 section 4.2.1.10).
 * @throws {DerError} also if a constraint has a minimum or maximum, which RFC 5280 forbids
 */
export const nameConstraints = memoize((certificate) => {
  const lists = elementsOf(certificate, NAME_CONSTRAINTS, NAME_CONSTRAINTS_SYNTAX);
  if (!lists) return undefined;
  const subtrees = (list: number): DerElement[] =>
    lists
      .filter(({ tag }) => tag === list)
      .flatMap(({ content }) => derElements(content))
      .map(({ content }) => {
        const [base, ...bounds] = derElements(content);
        // An explicit minimum of 0 is the default.
        const [bound] = bounds;
        const isDefault = bounds.length === 1 && bound?.tag === MINIMUM && bound.content.equals(ZERO);
        if (!base || !(isDefault || bounds.length === 0)) {
          throw new DerError('a name constraint has no name, or has bounds');
        }
        readGeneralName(base);
        return base;
      });
  return { permitted: subtrees(PERMITTED), excluded: subtrees(EXCLUDED) };
});

/** @throws {DerError} */
export const subjectAltNames = memoize((certificate) => elementsOf(certificate, SUBJECT_ALT_NAME, generalNames) ?? []);

const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

/** The URLs of the issuer's certificate, according to this one (RFC 5280 section 4.2.2.1). @throws {DerError} */
export function caIssuers(certificate: X509Certificate): string[] {
  return (elementsOf(certificate, AUTHORITY_INFORMATION_ACCESS) ?? []).flatMap(({ content }) => {
    const [method, location] = derElements(content);
    const isUrl = method && oid(method.content) === CA_ISSUERS && location?.tag === NAME_TAG.uri;
    return isUrl ? [location.content.toString('latin1')] : [];
  });
}

/** The first byte of an extension that is a BIT STRING; undefined if it is absent. @throws {DerError} */
export function bitsOf(certificate: X509Certificate, id: string): number | undefined {
  const bits = bitString(certificate, id);
  return bits && (bits[0] ?? 0);
}

function bitString(certificate: X509Certificate, id: string): Buffer | undefined {
  const content = contentOf(certificate, id, TAG.bitString, 'a BIT STRING');
  return content && bitsIn(content);
}

/** The elements of an extension that is a SEQUENCE; undefined if it is absent. @throws {DerError} */
export function elementsOf(certificate: X509Certificate, id: string, syntax?: Syntax): DerElement[] | undefined {
  const content = contentOf(certificate, id, TAG.sequence, 'a SEQUENCE');
  if (content) syntax?.(content);
  return content && derElements(content);
}

function contentOf(certificate: X509Certificate, id: string, tag: number, type: string): Buffer | undefined {
  const extension = extensionsOf(certificate).find((one) => one.id === id);
  if (!extension) return undefined;
  const [whole] = derElements(extension.value);
  if (whole?.tag !== tag) throw new DerError(`the extension ${id} is not ${type}`);
  return whole.content;
}
