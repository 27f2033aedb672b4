import { isIP } from 'node:net';

/** The subject alternative names of the two types that a server has. */
export interface PresentedIdentifiers {
  readonly dnsNames: readonly string[];
  /** In the form of {@link addressOf}. */
  readonly ipAddresses: readonly string[];
}

/** A DNS name in the form in which it is compared: in lower case, and without the dot of the DNS root at the end. */
export function comparableName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** SNI has no dot at the end, and is not sent for an IP address (RFC 6066 section 3). */
export function serverNameIndication(name: string): string | undefined {
  return isIP(name) === 0 ? name.replace(/\.$/, '') : undefined;
}

/**
 * RFC 9525 section 6. A wildcard must be the whole leftmost label, and matches exactly one label. An IP address matches
 * only an IP address entry. The subject's common name is never used.
 * @param expected a DNS name in A-labels, or an IP address without brackets
 */
export function matchesName({ dnsNames, ipAddresses }: PresentedIdentifiers, expected: string): boolean {
  if (isIP(expected) !== 0) return ipAddresses.includes(canonical(expected));
  const name = comparableName(expected);
  return dnsNames.some((pattern) => matchesPattern(pattern, name));
}

function matchesPattern(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.toLowerCase().split('.');
  const [label, ...domain] = name.split('.');
  if (rest.length !== domain.length || [first, ...rest].includes('')) return false;
  return rest.every((part, i) => part === domain[i]) && (first === label || (first === '*' && rest.length > 0));
}

/** An IP address, IPv6 in the form of RFC 5952; hexadecimal, which matches nothing, unless there are 4 or 16 bytes. */
export function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return `0x${bytes.toString('hex')}`;
  return canonical((bytes.toString('hex').match(/.{4}/g) ?? []).join(':'));
}

function canonical(address: string): string {
  // The URL parser of WHATWG writes IPv6 in the form of RFC 5952.
  return isIP(address) === 6 ? new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1) : address;
}

/** The last two labels of a name: usually the domain that one organization has registered. */
export function domainOf(name: string): string {
  return comparableName(name).split('.').slice(-2).join('.');
}
