import { isIP } from 'node:net';

/** The name that a certificate must carry: what the client meant to reach (RFC 9525 section 2). */
export type ReferenceIdentity =
  { readonly kind: 'dns'; readonly name: string } | { readonly kind: 'ip'; readonly address: string };

/** The names that a certificate carries: its subject alternative names of the two kinds that matter here. */
export interface PresentedIdentifiers {
  readonly dnsNames: readonly string[];
  /** As {@link addressOf} writes them. */
  readonly ipAddresses: readonly string[];
}

/** @param name a DNS name in A-labels, or an IP address without brackets */
export function referenceIdentity(name: string): ReferenceIdentity {
  return isIP(name) === 0
    ? { kind: 'dns', name: name.toLowerCase().replace(/\.$/, '') }
    : { kind: 'ip', address: canonical(name) };
}

/** What goes out as SNI: a name, and for an address nothing (RFC 6066 section 3). */
export function serverNameIndication(name: string): string | undefined {
  return isIP(name) === 0 ? name : undefined;
}

/**
 * Whether a certificate carries a name, by RFC 9525 section 6: DNS names label by label and without case, a
 * wildcard only as the whole left-most label and for exactly one label; an address only against an address entry.
 * The subject's common name is not asked.
 */
export function carries(presented: PresentedIdentifiers, reference: ReferenceIdentity): boolean {
  return reference.kind === 'ip'
    ? presented.ipAddresses.includes(reference.address)
    : presented.dnsNames.some((pattern) => matches(pattern, reference.name));
}

function matches(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.toLowerCase().split('.');
  const [label, ...domain] = name.split('.');
  if (rest.length !== domain.length || [first, ...rest].includes('')) return false;
  return rest.every((part, i) => part === domain[i]) && (first === label || (first === '*' && rest.length > 0));
}

/**
 * The textual form of the octets of an address entry, IPv6 in the canonical form of RFC 5952.
 * @param octets four or sixteen of them; what has another length is shown in hexadecimal and matches nothing
 */
export function addressOf(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return `0x${octets.toString('hex')}`;
  return canonical((octets.toString('hex').match(/.{4}/g) ?? []).join(':'));
}

function canonical(address: string): string {
  // WHATWG's URL parser writes IPv6 as RFC 5952 wants it.
  return isIP(address) === 6 ? new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1) : address;
}
