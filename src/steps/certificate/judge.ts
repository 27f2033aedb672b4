import type { X509Certificate } from 'node:crypto';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { CertificateReport } from '../../report/report.js';
import { visible } from '../../text/peer.js';
import { shortenList } from '../../text/shorten.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { followChain } from '../../tls/x509/chain.js';
import type { ChainFacts } from '../../tls/x509/chain.js';
import { judgeChain, judgeOrder } from './chain.js';
import { daysBetween, judgeDates, judgeIssuerDates, judgeLifetime } from './dates.js';
import type { PeerDemands, Presented } from './verify-options.js';
import { isLegible, malformed, read } from './malformed.js';
import { judgeName, judgePurpose } from './name.js';
import { judgeStrength } from './strength.js';

export type { PeerDemands, Presented } from './verify-options.js';

export interface PeerJudgement {
  readonly findings: readonly KnownFinding[];
  /** The chain and the name hold, or a pin matches, and nothing is malformed. No waiver makes it so. */
  readonly authenticated: boolean;
  /** Absent where the peer's own certificate cannot be read. */
  readonly certificate?: CertificateReport;
}

/**
 * Judges what a peer presented, every question by itself, so that a certificate can be expired and misnamed and
 * without its chain at once (RFC 5280 section 6, RFC 9525, RFC 9325). Never throws, be the certificates as they may.
 * @param presented at least one certificate
 */
export function judgePeer(presented: Presented, demands: PeerDemands): PeerJudgement {
  const { trust, policy, now } = demands;
  const chain = followChain(presented.sent, trust.anchors(policy.ca), now);
  const path = pathOf(chain, presented);
  // Where there is a path, nothing rests upon what else was sent.
  const [own, ...issuers] = (path ?? presented.sent).map(read);
  if (!own) throw new RangeError('a peer without a certificate');
  const odd = [own, ...issuers].flatMap((reading) => (isLegible(reading) ? [] : [malformed(reading)]));
  if (!isLegible(own)) return { findings: odd, authenticated: false };

  const { facts } = own;
  const anchor = path?.at(-1);
  const above = issuers.filter(isLegible);
  const strength = judgeStrength([own, ...above], anchor);
  const dates = judgeDates(facts, demands);
  const purpose = judgePurpose(facts);
  const name = judgeName(facts, demands);
  const holds = judgeChain(presented, chain, [...strength, ...dates, ...purpose]);
  const identity = [...holds, ...name, ...purpose];

  const pinned = policy.pins.includes(facts.spki);
  const mismatch = policy.pins.length > 0 && !pinned ? [pinMismatch(facts, demands)] : [];
  return {
    findings: [
      ...odd,
      ...dates,
      ...mismatch,
      ...(pinned ? identity.map((found) => (demands.waived(found.code) ? found : asNotice(found))) : identity),
      ...strength,
      ...(path ? judgeIssuerDates(facts, above, demands) : []),
      ...judgeOrder(presented),
      ...judgeLifetime(facts, anchor, demands),
    ],
    authenticated: odd.length === 0 && (pinned || identity.length === 0),
    certificate: certificateReport(facts, now),
  };
}

/** The path that the peer's certificate rests upon: ours, or one that we could not judge to the end and OpenSSL has. */
function pathOf(chain: ChainFacts, { verifyError }: Presented): readonly X509Certificate[] | undefined {
  if (chain.kind === 'trusted') return chain.path;
  return chain.kind === 'untrusted' && verifyError === undefined ? chain.path : undefined;
}

function pinMismatch({ spki }: CertificateFacts, { policy }: PeerDemands): KnownFinding {
  return finding('certificate-pin-mismatch', `The key of the server is sha256/${spki}, which is not pinned.`, {
    evidence: { pin: `sha256/${spki}`, pinned: policy.pins.map((pin) => `sha256/${pin}`).join(', ') },
  });
}

function asNotice({ code, message, evidence }: KnownFinding): KnownFinding {
  return finding('certificate-pinned', `The key is pinned, so this does not count: ${message}`, {
    evidence: { ...evidence, finding: code },
  });
}

function certificateReport(facts: CertificateFacts, now: Date): CertificateReport {
  return {
    subject: visible(facts.subject),
    issuer: visible(facts.issuer),
    names: shortenList([...facts.dnsNames, ...facts.ipAddresses].map((name) => visible(name))),
    validFrom: facts.validFrom.toISOString(),
    validTo: facts.validTo.toISOString(),
    daysLeft: daysBetween(now, facts.validTo),
    key: facts.key.name,
    signature: facts.signature.name,
    sha256: facts.sha256,
    pin: `sha256/${facts.spki}`,
  };
}
