import type { X509Certificate } from 'node:crypto';
import { addressOf } from './names.js';
import { DerError } from './der.js';
import type { DerElement } from './der.js';
import { subjectName } from './encoding.js';
import { nameConstraints, subjectAltNames } from './extensions.js';

/*
 * Name constraints (RFC 5280 section 4.2.1.10), of the two forms that a server has: DNS names and addresses.
 */

/** A form of names whose constraints are evaluated here. */
interface Form {
  readonly isWithin: (name: Buffer, subtree: Buffer) => boolean;
  /** Of a name. */
  readonly text: (name: Buffer) => string;
  readonly subtreeText: (subtree: Buffer) => string;
}

/** Context tags of a GeneralName (RFC 5280 section 4.2.1.6), as they are encoded. */
const RFC822_NAME = 0x81;
const DNS_NAME = 0x82;
const DIRECTORY_NAME = 0xa4;
const IP_ADDRESS = 0x87;

const FORMS: Readonly<Record<number, Form>> = {
  [DNS_NAME]: { isWithin: isWithinDomain, text: latin1, subtreeText: (subtree) => latin1(subtree) || 'every name' },
  [IP_ADDRESS]: { isWithin: isWithinNetwork, text: addressOf, subtreeText: networkText },
};

/** As many comparisons as OpenSSL makes for one certificate. */
const MAX_COMPARISONS = 2 ** 20;

/**
 * Whether a certificate carries a name that an issuer above it may not have vouched for.
 * @returns which name and which constraint, in words that follow upon the issuer's name; undefined where all is well
 * @throws {DerError}
 */
export function violation(issuer: X509Certificate, certificate: X509Certificate): string | undefined {
  const constraints = nameConstraints(issuer);
  if (!constraints) return undefined;
  const { permitted, excluded } = constraints;
  const names = subjectAltNames(certificate);
  if (names.length * (permitted.length + excluded.length) > MAX_COMPARISONS) {
    throw new DerError('more names than can be held against name constraints');
  }
  for (const { tag, content } of names) {
    const form = FORMS[tag];
    if (!form) continue;
    const holds = (subtree: DerElement): boolean => form.isWithin(content, subtree.content);
    const ofForm = (subtrees: readonly DerElement[]): DerElement[] => subtrees.filter((subtree) => subtree.tag === tag);
    const name = form.text(content);
    const not = ofForm(excluded).find(holds);
    if (not) return `may not issue for ${name}: its name constraints exclude ${form.subtreeText(not.content)}`;
    const only = ofForm(permitted);
    if (only.length > 0 && !only.some(holds)) {
      const list = only.map((subtree) => form.subtreeText(subtree.content)).join(', ');
      return `may not issue for ${name}: its name constraints permit ${list}`;
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
  const names = subjectAltNames(certificate);
  const carries = (form: number): boolean => names.some(({ tag }) => tag === form);
  return [...constraints.permitted, ...constraints.excluded].some(({ tag }) => {
    switch (tag) {
      case IP_ADDRESS:
        return false;
      case DNS_NAME:
        return isLeaf && !carries(DNS_NAME) && subject.includes(COMMON_NAME);
      case DIRECTORY_NAME:
        return subject.length > 0 || carries(tag);
      case RFC822_NAME:
        return subject.includes(EMAIL_ADDRESS) || carries(tag);
      default:
        return carries(tag);
    }
  });
}

function latin1(octets: Buffer): string {
  return octets.toString('latin1');
}

/** The domain and all that is below it; with a dot before it, only what is below. */
function isWithinDomain(name: Buffer, subtree: Buffer): boolean {
  const [whole, domain] = [latin1(name).toLowerCase(), latin1(subtree).toLowerCase()];
  if (domain === '' || domain.startsWith('.')) return whole.endsWith(domain);
  return whole === domain || whole.endsWith(`.${domain}`);
}

/** An address and a mask of the same length behind it. */
function isWithinNetwork(name: Buffer, subtree: Buffer): boolean {
  const { address, mask } = network(subtree);
  return (
    name.length === address.length && name.every((octet, i) => ((octet ^ (address[i] ?? 0)) & (mask[i] ?? 0)) === 0)
  );
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
