import type { X509Certificate } from 'node:crypto';
import { addressOf } from '../names.js';
import { DerError } from './der.js';
import type { DerElement } from './der.js';
import { subjectName } from './encoding.js';
import { NAME_TAG, nameConstraints, subjectAltNames } from './extensions.js';

/*
 * Name constraints (RFC 5280 section 4.2.1.10), of the two forms that a server has: DNS names and addresses.
 */

/** A form of names whose constraints are evaluated here. */
interface Form<Name> {
  readonly tag: number;
  /** A name as it is compared. */
  readonly name: (octets: Buffer) => Name;
  /** Makes the question whether a name is within a subtree. */
  readonly within: (subtree: Buffer) => (name: Name) => boolean;
  /** Of a name. */
  readonly text: (octets: Buffer) => string;
  readonly subtreeText: (subtree: Buffer) => string;
}

const DNS: Form<string> = {
  tag: NAME_TAG.dnsName,
  name: (octets) => latin1(octets).toLowerCase(),
  within: withinDomain,
  text: latin1,
  subtreeText: (subtree) => latin1(subtree) || 'every name',
};

const ADDRESS: Form<Buffer> = {
  tag: NAME_TAG.ipAddress,
  name: (octets) => octets,
  within: withinNetwork,
  text: addressOf,
  subtreeText: networkText,
};

/**
 * A search for a chain holds as many names against constraints, all its certificates together: a hundred names against
 * a hundred constraints, six times. A peer can send thousands of each, and every comparison costs time.
 */
const MAX_COMPARISONS = 2 ** 16;

/** What one search for a chain may yet compare. */
export class Comparisons {
  #left = MAX_COMPARISONS;

  /** @returns whether so many more may be made */
  take(count: number): boolean {
    this.#left -= count;
    return this.#left >= 0;
  }
}

/** What an issuer's name constraints are against. */
export interface Violation {
  /** Which name and which constraint, in words that follow upon the issuer's name. */
  readonly words: string;
  /** Whether it surely is one; otherwise there was too much to compare. */
  readonly isCertain: boolean;
}

/**
 * Whether a certificate carries a name that an issuer above it may not have vouched for.
 * @param comparisons of the search, from which what this takes is taken
 * @returns undefined where all is well
 * @throws {DerError}
 */
export function violation(
  issuer: X509Certificate,
  certificate: X509Certificate,
  comparisons: Comparisons,
): Violation | undefined {
  return violationOf(DNS, issuer, certificate, comparisons) ?? violationOf(ADDRESS, issuer, certificate, comparisons);
}

function violationOf<Name>(
  form: Form<Name>,
  issuer: X509Certificate,
  certificate: X509Certificate,
  comparisons: Comparisons,
): Violation | undefined {
  const constraints = nameConstraints(issuer);
  if (!constraints) return undefined;
  const ofForm = (elements: readonly DerElement[]): Buffer[] =>
    elements.filter(({ tag }) => tag === form.tag).map(({ content }) => content);
  const subtrees = (elements: readonly DerElement[]) =>
    ofForm(elements).map((subtree) => ({ subtree, holds: form.within(subtree) }));
  const excluded = subtrees(constraints.excluded);
  const permitted = subtrees(constraints.permitted);
  const names = ofForm(subjectAltNames(certificate));
  if (!comparisons.take(names.length * (excluded.length + permitted.length))) {
    return { words: 'has more name constraints, for the names below it, than are compared here', isCertain: false };
  }
  const mayNot = (octets: Buffer, which: string): Violation => ({
    words: `may not issue for ${form.text(octets)}: its name constraints ${which}`,
    isCertain: true,
  });
  for (const octets of names) {
    const name = form.name(octets);
    const not = excluded.find(({ holds }) => holds(name));
    if (not) return mayNot(octets, `exclude ${form.subtreeText(not.subtree)}`);
    if (permitted.length > 0 && !permitted.some(({ holds }) => holds(name))) {
      return mayNot(octets, `permit ${permitted.map(({ subtree }) => form.subtreeText(subtree)).join(', ')}`);
    }
  }
  return undefined;
}

/** What stands in a subject and is held against constraints like an alternative name: emailAddress and commonName. */
const EMAIL_ADDRESS = Buffer.from('06092a864886f70d010901', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/**
 * Whether an issuer constrains names of a form that is not evaluated here, and a certificate below it has such a name.
 * @param isLeaf whether it is the certificate of the server, whose common name OpenSSL takes for a DNS name if it has none
 * @throws {DerError}
 */
export function isBeyondUs(issuer: X509Certificate, certificate: X509Certificate, isLeaf: boolean): boolean {
  const constraints = nameConstraints(issuer);
  if (!constraints) return false;
  const subject = subjectName(certificate);
  const carried = new Set(subjectAltNames(certificate).map(({ tag }) => tag));
  return [...constraints.permitted, ...constraints.excluded].some(({ tag }) => {
    switch (tag) {
      case NAME_TAG.ipAddress:
        return false;
      case NAME_TAG.dnsName:
        return isLeaf && !carried.has(tag) && subject.includes(COMMON_NAME);
      case NAME_TAG.directoryName:
        return subject.length > 0 || carried.has(tag);
      case NAME_TAG.rfc822Name:
        return subject.includes(EMAIL_ADDRESS) || carried.has(tag);
      default:
        return carried.has(tag);
    }
  });
}

function latin1(octets: Buffer): string {
  return octets.toString('latin1');
}

/** The domain and all that is below it; with a dot before it, only what is below. */
function withinDomain(subtree: Buffer): (name: string) => boolean {
  const domain = DNS.name(subtree);
  if (domain === '' || domain.startsWith('.')) return (name) => name.endsWith(domain);
  const below = `.${domain}`;
  return (name) => name === domain || name.endsWith(below);
}

/** An address and a mask of the same length behind it. */
function withinNetwork(subtree: Buffer): (name: Buffer) => boolean {
  const { address, mask } = network(subtree);
  return (name) =>
    name.length === address.length && name.every((octet, i) => ((octet ^ (address[i] ?? 0)) & (mask[i] ?? 0)) === 0);
}

function network(subtree: Buffer): { address: Buffer; mask: Buffer } {
  const half = subtree.length / 2;
  if (half !== 4 && half !== 16) throw new DerError('a constraint of addresses that has an odd length');
  return { address: subtree.subarray(0, half), mask: subtree.subarray(half) };
}

function networkText(subtree: Buffer): string {
  const { address, mask } = network(subtree);
  return `${addressOf(address)}/${addressOf(mask)}`;
}
