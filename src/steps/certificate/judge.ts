import type { X509Certificate } from 'node:crypto';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { TlsPolicy } from '../../plan/endpoint.js';
import type { CertificateReport } from '../../report/report.js';
import { visible } from '../../text/peer.js';
import { shortenList } from '../../text/shorten.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { verifyChain, type ChainResult } from '../../tls/x509/chain.js';
import { isOutdated, judgeChain, judgeOrder } from './chain.js';
import { daysLeft, judgeDates, judgeIssuerDates, judgeLifetime } from './dates.js';
import { judgeName, judgePurpose } from './name.js';
import { parse, type Presented, type VerifyOptions } from './presented.js';
import { judgeStrength } from './strength.js';
import { own } from '../../text/own.js';

export interface PeerJudgment {
  readonly findings: readonly KnownFinding[];
  /** The chain and the name are valid, or a pin matches, and nothing is malformed. A waiver does not make it true. */
  readonly isVerified: boolean;
  /** Whether the chain leads to an anchor of the default store. */
  readonly endsInDefaultStore: boolean;
  /** The subjects of the certificates as they were sent, for the report. */
  readonly subjects: readonly string[];
  /** Undefined if the peer's own certificate is malformed. */
  readonly certificate?: CertificateReport;
}

/**
 * Makes every check separately, so that a certificate can be expired, misnamed and without its chain at once (RFC 5280
 * section 6, RFC 9525, RFC 9325). Never throws, even if certificates are malformed.
 * @param presented at least one certificate
 */
export function judgePeer(presented: Presented, options: VerifyOptions): PeerJudgment {
  const { trust, policy, now } = options;
  const chain = verifyChain(presented.sent, trust.anchors(policy.ca), options);
  const path = pathOf(chain, presented);
  // If there is a path, other certificates that were sent do not matter.
  const [own, ...issuers] = (path ?? presented.sent).map(parse);
  if (!own) throw new RangeError('a peer without a certificate');
  const unreadable = [own, ...issuers].flatMap((result) => {
    if (result.ok) return [];
    return [result === own ? result.malformed : { ...result.malformed, cause: 'issuer' }];
  });
  const subjects = shortenList(presented.sent.map(({ subject }) => visible((subject as string | undefined) ?? '')));
  if (!own.ok) return { findings: unreadable, isVerified: false, endsInDefaultStore: false, subjects };

  const { facts } = own;
  const anchor = path?.at(-1);
  const above = issuers.filter((issuer) => issuer.ok);
  const strength = judgeStrength([own, ...above], anchor);
  const dates = judgeDates(facts, options);
  const purpose = judgePurpose(own, options);
  const name = judgeName(own, options);
  const trusted = judgeChain(presented, chain, [...strength, ...dates, ...purpose], options);
  const identity = [...trusted, ...name, ...purpose];

  const pinned = policy.pins.includes(facts.spki);
  const mismatch = policy.pins.length > 0 && !pinned ? [pinMismatch(facts, policy, identity.length === 0)] : [];
  return {
    findings: [
      ...unreadable,
      ...dates,
      ...mismatch,
      ...(pinned ? identity.map((found) => (options.waived(found.code) ? found : asNotice(found))) : identity),
      ...strength,
      ...(path ? judgeIssuerDates(facts, above, anchor, options) : []),
      ...judgeOrder(presented, chain, options),
      ...judgeLifetime(facts, anchor, options),
    ],
    isVerified: unreadable.length === 0 && (pinned || identity.length === 0),
    endsInDefaultStore: anchor !== undefined && trust.isDefault(anchor),
    subjects,
    certificate: certificateReport(facts, now),
  };
}

/** The path to the trust anchor: ours, or one that only OpenSSL could verify completely, and has. */
function pathOf(chain: ChainResult, { verifyError }: Presented): readonly X509Certificate[] | undefined {
  if (chain.kind === 'trusted') return chain.path;
  if (chain.kind !== 'untrusted' || verifyError !== undefined) return undefined;
  // OpenSSL reads more certificates than the gate, so it may have taken a different issuer than an expired one.
  return isOutdated(chain.verdict) ? undefined : chain.path;
}

/** @param isValid whether chain, name and purpose are valid, so that a CA has confirmed the new key for this name */
function pinMismatch({ spki }: CertificateFacts, { pins }: TlsPolicy, isValid: boolean): KnownFinding {
  return finding('certificate-pin-mismatch', own`The server's key, sha256/${spki}, is not pinned.`, {
    evidence: { pin: `sha256/${spki}`, pinned: pins.map((pin) => `sha256/${pin}`).join(', ') },
    ...(isValid && { cause: 'valid-certificate' as const }),
  });
}

function asNotice({ code, message, evidence }: KnownFinding): KnownFinding {
  return finding('certificate-pinned', own`Ignored because the key is pinned: ${message}`, {
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
    daysLeft: daysLeft(facts.validTo, now),
    key: facts.key.name,
    signature: facts.signature.name,
    sha256: facts.sha256,
    pin: `sha256/${facts.spki}`,
  };
}
