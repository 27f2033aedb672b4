import type { X509Certificate } from 'node:crypto';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import type { PeerDemands } from './verify-options.js';
import type { Legible } from './malformed.js';

const DAY_MS = 86_400_000;

/** Whole days from one moment to another; negative where that is earlier. */
export function daysBetween(from: Date, to: Date): number {
  return Math.trunc((to.getTime() - from.getTime()) / DAY_MS);
}

/** Such as `2027-02-22`, in UTC. */
function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Whether the certificate of the peer is valid now, and for as long as is wanted (RFC 5280 section 4.1.2.5). */
export function judgeDates({ validFrom, validTo }: CertificateFacts, demands: PeerDemands): KnownFinding[] {
  const { now, policy } = demands;
  const evidence = { validFrom: validFrom.toISOString(), validTo: validTo.toISOString(), now: now.toISOString() };
  const days = Math.abs(daysBetween(now, validTo));
  if (validTo < now) {
    return [
      finding('certificate-expired', `The certificate expired on ${day(validTo)}, ${days} days ago.`, { evidence }),
    ];
  }
  if (validFrom > now) {
    return [
      finding('certificate-not-yet-valid', `The certificate is not valid before ${validFrom.toISOString()}.`, {
        evidence,
      }),
    ];
  }
  if (endsTooSoon(validTo, demands)) {
    return [
      finding(
        'certificate-expires-soon',
        `The certificate expires on ${day(validTo)}, in ${days} days; at least ${policy.minValidDays} are wanted.`,
        { evidence },
      ),
    ];
  }
  return [];
}

function endsTooSoon(validTo: Date, { now, policy }: PeerDemands): boolean {
  return validTo.getTime() - now.getTime() < policy.minValidDays * DAY_MS;
}

/**
 * Whether an issuer that is needed ends before the certificate of the peer does; an error where that is sooner than the
 * certificate itself may end. OpenSSL asks for the dates of the trust anchor too.
 * @param above the certificates above it, up to the trust anchor
 */
export function judgeIssuerDates(
  leaf: CertificateFacts,
  above: readonly Legible[],
  demands: PeerDemands,
): KnownFinding[] {
  const [endsFirst] = above
    .map(({ facts }) => facts)
    .filter(({ validTo }) => validTo < leaf.validTo)
    .toSorted((a, b) => a.validTo.getTime() - b.validTo.getTime());
  if (!endsFirst) return [];
  const { subject, validTo } = endsFirst;
  const { now, policy } = demands;
  const tooSoon = endsTooSoon(validTo, demands);
  const wanted = `, in ${daysBetween(now, validTo)} days, and at least ${policy.minValidDays} are wanted`;
  return [
    finding(
      'certificate-issuer-expires-first',
      `The issuer ${brief(subject)} expires on ${day(validTo)}${tooSoon ? wanted : ''}; the certificate itself on ${day(leaf.validTo)}.`,
      {
        evidence: { issuer: brief(subject), issuerValidTo: validTo.toISOString(), validTo: leaf.validTo.toISOString() },
        ...(tooSoon && { severity: 'error' }),
      },
    ),
  ];
}

/** The longest lives that public CAs may give, by the day of issue (CA/Browser Forum ballot SC-081v3). */
const LONGEST_LIVES: readonly { readonly from: string; readonly days: number }[] = [
  { from: '2029-03-15', days: 47 },
  { from: '2027-03-15', days: 100 },
  { from: '2026-03-15', days: 200 },
  { from: '2020-09-01', days: 398 },
];

/**
 * Whether the certificate of the peer lives for longer than a public CA may let it.
 * @param anchor where its path ends: what a private CA issues is its own business
 */
export function judgeLifetime(
  { validFrom, validTo }: CertificateFacts,
  anchor: X509Certificate | undefined,
  { trust }: PeerDemands,
): KnownFinding[] {
  const limit = LONGEST_LIVES.find(({ from }) => day(validFrom) >= from);
  const days = daysBetween(validFrom, validTo);
  if (!limit || days <= limit.days || !anchor || !trust.isPublic(anchor)) return [];
  return [
    finding(
      'certificate-lifetime-long',
      `The certificate lives for ${days} days; public CAs may issue ${limit.days}.`,
      { evidence: { validFrom: validFrom.toISOString(), validTo: validTo.toISOString() } },
    ),
  ];
}
