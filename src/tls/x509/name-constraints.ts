import type { X509Certificate } from 'node:crypto';
import { addressOf } from '../names.js';
import { DerError, type DerElement } from './der.js';
import { subjectName } from './encoding.js';
import { NAME_TAG, nameConstraints, subjectAltNames } from './extensions.js';

/** Why a path through an issuer is not valid. */
export interface PathError {
  /** A clause that may contain text from the peer. */
  readonly message: string;
  /** Whether this search only lacks support for something. OpenSSL may support it. */
  readonly isUnsupported: boolean;
  /** The issuer and its problem, if they are known more exactly. */
  readonly problem?: { readonly kind: IssuerProblem; readonly issuer: X509Certificate };
}

/** `not-allowed`: a CA that may not issue this certificate, by limits other than its name constraints. */
export type IssuerProblem = 'expired' | 'not-yet-valid' | 'not-a-ca' | 'not-allowed' | 'name-constraints';

interface NameType<Name> {
  readonly tag: number;
  readonly normalize: (name: Buffer) => Name;
  /** @returns whether a normalized name is within the subtree */
  readonly matcher: (subtree: Buffer) => (name: Name) => boolean;
  readonly nameText: (name: Buffer) => string;
  readonly subtreeText: (subtree: Buffer) => string;
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

const DNS: NameType<string> = {
  tag: NAME_TAG.dnsName,
  normalize: (name) => latin1(name).toLowerCase(),
  matcher: domainMatcher,
  nameText: latin1,
  subtreeText: (subtree) => latin1(subtree) || 'every name',
};

const IP_ADDRESS: NameType<Buffer> = {
  tag: NAME_TAG.ipAddress,
  normalize: (name) => name,
  matcher: networkMatcher,
  nameText: addressOf,
  subtreeText: (subtree) => network(subtree).map(addressOf).join('/'),
};

/** Per search: a hundred names with a hundred constraints, six times. A peer can send thousands of each. */
const MAX_COMPARISONS = 2 ** 16;

/** How many comparisons of names with constraints a search may still make. */
export class Comparisons {
  #left = MAX_COMPARISONS;

  /** @returns whether so many more may be made */
  take(number: number): boolean {
    this.#left -= number;
    return this.#left >= 0;
  }
}

/**
 * Whether an issuer's constraints exclude a DNS name or IP address of one below it (RFC 5280 section 4.2.1.10).
 * @returns an error whose message follows the name of the issuer
 * @throws {DerError}
 */
export function constraintError(
  issuer: X509Certificate,
  certificate: X509Certificate,
  comparisons: Comparisons,
): PathError | undefined {
  return (
    errorOfType(DNS, issuer, certificate, comparisons) ?? errorOfType(IP_ADDRESS, issuer, certificate, comparisons)
  );
}

function errorOfType<Name>(
  type: NameType<Name>,
  issuer: X509Certificate,
  certificate: X509Certificate,
  comparisons: Comparisons,
): PathError | undefined {
  const constraints = nameConstraints(issuer);
  if (!constraints) return undefined;
  const ofType = (elements: readonly DerElement[]): Buffer[] =>
    elements.filter(({ tag }) => tag === type.tag).map(({ content }) => content);
  const subtrees = (elements: readonly DerElement[]) =>
    ofType(elements).map((subtree) => ({ subtree, matches: type.matcher(subtree) }));
  const excluded = subtrees(constraints.excluded);
  const permitted = subtrees(constraints.permitted);
  const names = ofType(subjectAltNames(certificate));
  if (!comparisons.take(names.length * (excluded.length + permitted.length))) {
    return { message: 'has too many name constraints to compare with all the names below it', isUnsupported: true };
  }
  const notAllowed = (name: Buffer, constraint: string): PathError => ({
    message: `may not issue certificates for ${type.nameText(name)}: its name constraints ${constraint}`,
    isUnsupported: false,
  });
  for (const encoded of names) {
    const name = type.normalize(encoded);
    const exclusion = excluded.find(({ matches }) => matches(name));
    if (exclusion) return notAllowed(encoded, `exclude ${type.subtreeText(exclusion.subtree)}`);
    if (permitted.length > 0 && !permitted.some(({ matches }) => matches(name))) {
      return notAllowed(encoded, `permit only ${permitted.map(({ subtree }) => type.subtreeText(subtree)).join(', ')}`);
    }
  }
  return undefined;
}

/** Attributes of a subject that are compared with constraints, like alternative names. */
const EMAIL_ADDRESS = Buffer.from('06092a864886f70d010901', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/**
 * Whether an issuer constrains names of a type that is not evaluated, and a certificate below it has such a name.
 * @param isLeaf whether it is the certificate of the server. If that has no DNS name, OpenSSL uses its common name.
 * @throws {DerError}
 */
export function hasUnsupportedConstraint(
  issuer: X509Certificate,
  certificate: X509Certificate,
  isLeaf: boolean,
): boolean {
  const constraints = nameConstraints(issuer);
  if (!constraints) return false;
  const subject = subjectName(certificate);
  const present = new Set(subjectAltNames(certificate).map(({ tag }) => tag));
  return [...constraints.permitted, ...constraints.excluded].some(({ tag }) => {
    if (tag === NAME_TAG.ipAddress) return false;
    if (tag === NAME_TAG.dnsName) return isLeaf && !present.has(tag) && subject.includes(COMMON_NAME);
    const isInSubject =
      (tag === NAME_TAG.directoryName && subject.length > 0) ||
      (tag === NAME_TAG.rfc822Name && subject.includes(EMAIL_ADDRESS));
    return isInSubject || present.has(tag);
  });
}

/** A subtree is a domain and everything below it; with a leading dot, only what is below. */
function domainMatcher(subtree: Buffer): (name: string) => boolean {
  const domain = DNS.normalize(subtree);
  if (domain === '' || domain.startsWith('.')) return (name) => name.endsWith(domain);
  const below = `.${domain}`;
  return (name) => name === domain || name.endsWith(below);
}

/** A subtree is an IP address, followed by a mask of the same length. */
function networkMatcher(subtree: Buffer): (name: Buffer) => boolean {
  const [address, mask] = network(subtree);
  return (name) =>
    name.length === address.length && name.every((byte, i) => ((byte ^ (address[i] ?? 0)) & (mask[i] ?? 0)) === 0);
}

function network(subtree: Buffer): [address: Buffer, mask: Buffer] {
  const half = subtree.length / 2;
  if (half !== 4 && half !== 16) throw new DerError('an IP address constraint has an invalid length');
  return [subtree.subarray(0, half), subtree.subarray(half)];
}
