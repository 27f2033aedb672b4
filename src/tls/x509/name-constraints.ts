import type { X509Certificate } from 'node:crypto';
import { addressOf } from '../names.js';
import { DerError, derWithin, type DerElement } from './der.js';
import { nameInWords, relativeNames } from './distinguished-names.js';
import { subjectName } from './encoding.js';
import { NAME_TAG, nameConstraints, subjectAltNames } from './extensions.js';
import { invalid, nameOf, orMalformed } from './own-checks.js';
import { VALID, allOf, notEvaluated, type PathVerdict } from './verdict.js';

/*
 * Name constraints (RFC 5280 section 4.2.1.10) of DNS names, IP addresses and distinguished names. If an issuer has others,
 * and a certificate below it has a name of such a type, the path is not evaluated.
 */

interface NameType<Name> {
  readonly tag: number;
  /** @param name the content of the GeneralName @throws {DerError} */
  readonly normalize: (name: Buffer) => Name;
  /** @returns whether a normalized name is within the subtree @throws {DerError} */
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
  normalize: (name) => {
    if (name.length !== 4 && name.length !== 16) throw new DerError(`an IP address has ${name.length} bytes`);
    return name;
  },
  matcher: networkMatcher,
  nameText: addressOf,
  subtreeText: (subtree) => network(subtree).map(addressOf).join('/'),
};

const DIRECTORY_NAME: NameType<readonly string[]> = {
  tag: NAME_TAG.directoryName,
  normalize: (name) => relativeNames(derWithin(name)),
  matcher: (subtree) => {
    const base = relativeNames(derWithin(subtree));
    return (name) => base.length <= name.length && base.every((part, i) => part === name[i]);
  },
  nameText: (name) => nameInWords(derWithin(name)),
  subtreeText: (subtree) => nameInWords(derWithin(subtree)) || 'every name',
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

/** Reads the constraints of an issuer. @throws {DerError} if they are malformed */
export function checkConstraints(issuer: X509Certificate): void {
  const { permitted = [], excluded = [] } = nameConstraints(issuer) ?? {};
  for (const { tag, content } of [...permitted, ...excluded]) {
    if (tag === DIRECTORY_NAME.tag) DIRECTORY_NAME.normalize(content);
  }
}

/** A certificate that an issuer constrains. */
export interface Constrained {
  readonly certificate: X509Certificate;
  /** Set for the certificate of the server: the name that it must have. */
  readonly required?: string;
}

/**
 * Whether an issuer's constraints allow the names of a certificate below it.
 * @param issuer one whose constraints are not malformed
 */
export function constraintVerdict(
  issuer: X509Certificate,
  { certificate, required }: Constrained,
  comparisons: Comparisons,
): PathVerdict {
  const constraints = nameConstraints(issuer);
  if (!constraints) return VALID;
  return orMalformed(certificate, () => {
    const subject = subjectName(certificate);
    const names = [
      ...subjectAltNames(certificate),
      ...(subject.length > 0 ? [{ tag: NAME_TAG.directoryName, content: whole(subject) }] : []),
    ];
    const of =
      <Name>(type: NameType<Name>) =>
      () =>
        ofType(type, issuer, { names, comparisons });
    const checks = [of(DNS), of(IP_ADDRESS), of(DIRECTORY_NAME)];
    return allOf(
      lazily([
        ...checks,
        () => (required === undefined ? VALID : ofWildcard(issuer, certificate, required)),
        () => ofOtherNames(issuer, certificate, { names, isLeaf: required !== undefined }),
      ]),
    );
  });
}

function* lazily(checks: readonly (() => PathVerdict)[]): Generator<PathVerdict> {
  for (const check of checks) yield check();
}

type Name = Pick<DerElement, 'tag' | 'content'>;

function subtreesOf(issuer: X509Certificate, list: 'permitted' | 'excluded', tag: number): Buffer[] {
  return (nameConstraints(issuer)?.[list] ?? []).flatMap((element) => (element.tag === tag ? [element.content] : []));
}

function ofType<Normalized>(
  type: NameType<Normalized>,
  issuer: X509Certificate,
  { names, comparisons }: { readonly names: readonly Name[]; readonly comparisons: Comparisons },
): PathVerdict {
  const encodedNames = names.filter(({ tag }) => tag === type.tag).map(({ content }) => content);
  if (encodedNames.length === 0) return VALID;
  const number = subtreesOf(issuer, 'excluded', type.tag).length + subtreesOf(issuer, 'permitted', type.tag).length;
  if (number === 0) return VALID;
  if (!comparisons.take(encodedNames.length * number)) {
    return notEvaluated(`${nameOf(issuer)} has too many name constraints to compare with all the names below it`);
  }
  const all = encodedNames.map((encoded) => ({ encoded, name: type.normalize(encoded) }));
  // A malformed constraint is the problem of the issuer, and a malformed name that of the certificate.
  return orMalformed(issuer, () => compare(type, issuer, all));
}

function compare<Normalized>(
  type: NameType<Normalized>,
  issuer: X509Certificate,
  names: readonly { readonly encoded: Buffer; readonly name: Normalized }[],
): PathVerdict {
  const subtrees = (list: 'permitted' | 'excluded') =>
    subtreesOf(issuer, list, type.tag).map((subtree) => ({ subtree, matches: type.matcher(subtree) }));
  const [excluded, permitted] = [subtrees('excluded'), subtrees('permitted')];
  for (const { encoded, name } of names) {
    const exclusion = excluded.find(({ matches }) => matches(name));
    if (exclusion) {
      return invalid(
        issuer,
        'name-constraints',
        notAllowed(type.nameText(encoded), exclusionIn(type, exclusion.subtree)),
      );
    }
    if (permitted.length > 0 && !permitted.some(({ matches }) => matches(name))) {
      const only = permitted.map(({ subtree }) => type.subtreeText(subtree)).join(', ');
      return invalid(issuer, 'name-constraints', notAllowed(type.nameText(encoded), `permit only ${only}`));
    }
  }
  return VALID;
}

function notAllowed(name: string, constraint: string): string {
  return `may not issue certificates for ${name}: its name constraints ${constraint}`;
}

function exclusionIn({ subtreeText }: Pick<NameType<never>, 'subtreeText'>, subtree: Buffer): string {
  return `exclude ${subtreeText(subtree)}`;
}

/** A wildcard must not stand for a name that is excluded (CVE-2025-61727), although it does not match the constraint. */
function ofWildcard(issuer: X509Certificate, certificate: X509Certificate, required: string): PathVerdict {
  const name = DNS.normalize(Buffer.from(required));
  const parent = name.slice(name.indexOf('.'));
  const isWildcard = subjectAltNames(certificate).some(
    ({ tag, content }) => tag === DNS.tag && DNS.normalize(content) === `*${parent}`,
  );
  if (!isWildcard) return VALID;
  const exclusion = subtreesOf(issuer, 'excluded', DNS.tag).find((subtree) => DNS.matcher(subtree)(name));
  return exclusion ? invalid(issuer, 'excluded-wildcard', notAllowed(required, exclusionIn(DNS, exclusion))) : VALID;
}

/** Attributes of a subject that are compared with constraints, like alternative names. */
const EMAIL_ADDRESS = Buffer.from('06092a864886f70d010901', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const IA5_STRING = 0x16;
/** An email address may also be one (SmtpUTF8Mailbox, RFC 9598). */
const OTHER_NAME = 0xa0;

const EVALUATED: readonly number[] = [DNS.tag, IP_ADDRESS.tag, DIRECTORY_NAME.tag];

/** @param isLeaf whether it is the certificate of the server. If that has no DNS name, OpenSSL uses its common name. */
function ofOtherNames(
  issuer: X509Certificate,
  certificate: X509Certificate,
  { names, isLeaf }: { readonly names: readonly Name[]; readonly isLeaf: boolean },
): PathVerdict {
  const { permitted = [], excluded = [] } = nameConstraints(issuer) ?? {};
  const constrained = [...permitted, ...excluded].map(({ tag }) => tag);
  const subject = subjectName(certificate);
  const present = new Set(names.map(({ tag }) => tag));
  const isConstrained = constrained.some((tag) => {
    if (tag === DNS.tag) return isLeaf && !present.has(tag) && subject.includes(COMMON_NAME);
    if (EVALUATED.includes(tag)) return false;
    if (tag === NAME_TAG.rfc822Name && (subject.includes(EMAIL_ADDRESS) || present.has(OTHER_NAME))) return true;
    return present.has(tag);
  });
  return isConstrained || hasUnusualEmailAddress(subject)
    ? notEvaluated(`${nameOf(issuer)} has name constraints of a type that this check does not support`)
    : VALID;
}

/** OpenSSL rejects such an address below any name constraints: it must be an IA5String (RFC 5280 appendix A). */
function hasUnusualEmailAddress(subject: Buffer): boolean {
  const at = subject.indexOf(EMAIL_ADDRESS);
  return at >= 0 && subject[at + EMAIL_ADDRESS.length] !== IA5_STRING;
}

/** The content of a SEQUENCE as a whole, which is how a directoryName contains it. */
function whole(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.of(0x30, 0x84), length, content]);
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

/** @throws {DerError} */
function network(subtree: Buffer): [address: Buffer, mask: Buffer] {
  const half = subtree.length / 2;
  if (half !== 4 && half !== 16) throw new DerError('an IP address constraint has an invalid length');
  return [subtree.subarray(0, half), subtree.subarray(half)];
}
