import { addressOf } from '../../names.js';
import { DerError, derWithin } from '../der.js';
import { nameInWords, relativeNames } from '../distinguished-names.js';
import { NAME_TAG } from '../syntax/names.js';

/** A type of names, and how names of this type are compared with constraints. */
export interface NameType<Name> {
  readonly tag: number;
  /** @param name the content of the GeneralName @throws {DerError} */
  readonly normalize: (name: Buffer) => Name;
  /** @returns whether a normalized name is within the subtree @throws {DerError} */
  readonly matcher: (subtree: Buffer) => (name: Name) => boolean;
  readonly nameText: (name: Buffer) => string;
  readonly subtreeText: (subtree: Buffer) => string;
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

export const DNS: NameType<string> = {
  tag: NAME_TAG.dnsName,
  // Only ASCII letters have two cases.
  normalize: (name) => latin1(name).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  matcher: domainMatcher,
  nameText: latin1,
  subtreeText: (subtree) => latin1(subtree) || 'every name',
};

export const IP_ADDRESS: NameType<Buffer> = {
  tag: NAME_TAG.ipAddress,
  normalize: (name) => {
    if (name.length !== 4 && name.length !== 16) throw new DerError(`an IP address has ${name.length} bytes`);
    return name;
  },
  matcher: networkMatcher,
  nameText: addressOf,
  subtreeText: (subtree) => network(subtree).map(addressOf).join('/'),
};

export const DIRECTORY_NAME: NameType<readonly string[]> = {
  tag: NAME_TAG.directoryName,
  normalize: (name) => relativeNames(derWithin(name)),
  matcher: (subtree) => {
    const base = relativeNames(derWithin(subtree));
    return (name) => base.length <= name.length && base.every((part, i) => part === name[i]);
  },
  nameText: (name) => nameInWords(derWithin(name)),
  subtreeText: (subtree) => nameInWords(derWithin(subtree)) || 'every name',
};

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
