import type { X509Certificate } from 'node:crypto';
import type { AnchorSource, TlsPolicy } from '../../plan/endpoint.js';
import { count } from '../../text/count.js';
import { excerpt, visible } from '../../text/peer.js';
import { shorten } from '../../text/shorten.js';
import type { TrustStore } from '../../tls/trust.js';
import { displayName } from '../../tls/x509/certificate.js';

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

/** The trusted CAs, and where they come from: `default store: 142 certificates; certs/ca.pem: CN=Example Root`. */
export function anchorsInWords(trust: TrustStore, { ca, anchorSources }: TlsPolicy): string {
  const sources: readonly AnchorSource[] = anchorSources ?? (ca.length > 0 ? [{ certificates: ca }] : []);
  const described = sources.slice(0, DESCRIBED).map(({ path = 'ca', certificates }: AnchorSource) => {
    const subjects = trust.parsed(certificates).map(({ subject }) => shortName(subject));
    return `${shorten(visible(path), NAME_CHARACTERS)}: ${inWords(subjects)}`;
  });
  const more = sources.length - described.length;
  const added = described.length === 0 ? ['ca: none'] : described;
  return [
    `default store: ${count(trust.defaultCount, 'certificate')}`,
    ...added,
    ...(more > 0 ? [`${more} more files`] : []),
  ].join('; ');
}

function inWords(subjects: readonly string[]): string {
  const more = subjects.length - DESCRIBED;
  return [...subjects.slice(0, DESCRIBED), ...(more > 0 ? [`and ${more} more`] : [])].join(' / ');
}

function shortName(multiLine: string | undefined): string {
  return shorten(visible(displayName(multiLine)), NAME_CHARACTERS);
}

/** The name of a certificate or of its issuer, for a message or as evidence. */
export function nameOf(multiLine: string | undefined): string {
  return excerpt(displayName(multiLine));
}
