import type { X509Certificate } from 'node:crypto';
import { count } from '../../text/count.js';
import { excerpt, visible } from '../../text/peer.js';
import { shorten } from '../../text/shorten.js';
import type { TrustStore } from '../../tls/trust.js';
import { distinguishedName } from '../../tls/x509/certificate.js';

/** How many certificates are described, and with how many characters of each name: longer chains are rare. */
const DESCRIBED = 6;
const NAME_CHARACTERS = 80;

/**
 * The certificates that a server sent, in one line: `1: CN=mail, issuer CN=CA, valid until 2027-02-22, not a CA / 2: …`.
 */
export function chainInWords(sent: readonly X509Certificate[]): string {
  const lines = sent.slice(0, DESCRIBED).map((certificate, i) => {
    const end = new Date(certificate.validTo);
    const until = Number.isNaN(end.getTime()) ? 'an invalid date' : end.toISOString().slice(0, 10);
    const parts = [
      `${i + 1}: ${shortName(certificate.subject)}`,
      `issuer ${shortName(certificate.issuer)}`,
      `valid until ${until}`,
      certificate.ca ? 'CA' : 'not a CA',
    ];
    return parts.join(', ');
  });
  const more = sent.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${count(more, 'more certificate')}`] : [])].join(' / ');
}

/** The trusted CAs, and where they come from: `default store: 142 certificates; ca: CN=Example Root`. */
export function anchorsInWords(trust: TrustStore, ca: readonly string[]): string {
  const added = trust.parsed(ca);
  const names = added.slice(0, DESCRIBED).map(({ subject }) => shortName(subject));
  const more = added.length - names.length;
  const list = [...names, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  return `default store: ${count(trust.defaultCount, 'certificate')}; ca: ${list || 'none'}`;
}

function shortName(multiLine: string | undefined): string {
  return shorten(visible(distinguishedName(multiLine)), NAME_CHARACTERS) || '(no name)';
}

/** The name of a certificate or of its issuer. */
export function nameOf(multiLine: string | undefined): string {
  return excerpt(distinguishedName(multiLine));
}
