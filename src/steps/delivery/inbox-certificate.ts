import { CATALOG } from '../../findings/catalog.js';
import type { FindingCode } from '../../findings/codes.js';
import type { KnownFinding } from '../../findings/finding.js';
import { inboxCause } from '../../findings/inbox-certificate.js';
import { causeOf } from '../../findings/cause.js';
import { needsOf } from '../../findings/shared-fix.js';
import type { Objection } from '../../inbox/failure.js';
import { renderAll } from '../../text/own.js';

/** The chain comes first: without a trusted issuer, dates and names prove nothing. */
const ORDER = [
  'certificate-malformed',
  'certificate-self-signed',
  'certificate-chain-incomplete',
  'certificate-untrusted',
  'certificate-wrong-purpose',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-expires-soon',
  'certificate-hostname-mismatch',
];

/**
 * What a finding about an inbox says about its certificate: the cause of the first problem, with its evidence. If one
 * certificate fixes several problems, as with a placeholder, also what that must be.
 * @param objections at least one
 * @param evidence of the inbox
 */
export function aboutCertificate(
  objections: readonly Objection[],
  evidence: NonNullable<KnownFinding['evidence']>,
): Pick<KnownFinding, 'cause' | 'evidence'> {
  const rank = ({ code }: Objection): number => (ORDER.includes(code) ? ORDER.indexOf(code) : ORDER.length);
  const [first] = objections.toSorted((a, b) => rank(a) - rank(b));
  if (!first) return { evidence };
  const problems = objections.map((each) => ({
    ...each,
    code: each.code as FindingCode,
    evidence: renderAll(each.evidence ?? {}, (value) => value),
  }));
  const fixable = problems.filter(({ code, cause }) => causeOf(code, cause).newCertificate !== undefined);
  const isOneFix = fixable.length > 1 && fixable.some(({ code }) => code === first.code);
  const known = Object.keys(CATALOG['inbox-unreachable'].evidence);
  const details = Object.entries(first.evidence ?? {}).filter(([field]) => known.includes(field));
  return {
    cause: inboxCause(first.code, first.cause),
    evidence: {
      ...Object.fromEntries(details),
      ...evidence,
      ...(isOneFix && { needs: needsOf(fixable) }),
    },
  };
}
