import type { FindingCode } from '../findings/catalogue.js';
import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import type { TlsPolicy } from '../plan/endpoint.js';
import type { CertificateReport } from '../report/report.js';
import { brief, visible } from '../text/peer.js';
import { certificateFacts } from '../tls/certificate.js';
import type { CertificateFacts } from '../tls/certificate.js';
import { firstOutOfOrder, followChain } from '../tls/chain.js';
import type { TlsChannel } from '../tls/handshake.js';
import { carries, referenceIdentity } from '../tls/names.js';
import type { TrustStore } from '../tls/trust.js';

/** What a peer presented, and what OpenSSL thought of it. */
export type Presented = Pick<TlsChannel, 'sent' | 'verifyError'>;

/** What is demanded of a peer. */
export interface PeerDemands {
  readonly policy: TlsPolicy;
  /** The name that the certificate must carry. */
  readonly name: string;
  readonly now: Date;
  readonly trust: TrustStore;
  /** Whether a finding is waived. */
  readonly waived: (code: FindingCode) => boolean;
}

export interface PeerJudgement {
  readonly findings: readonly KnownFinding[];
  /** The chain and the name hold, or a pin matches. No waiver makes it so. */
  readonly authenticated: boolean;
  readonly certificate: CertificateReport;
}

const DAY_MS = 86_400_000;

/**
 * Judges what a peer presented, every question by itself, so that a certificate can be expired and misnamed and
 * without its chain at once (RFC 5280 section 6, RFC 9525, RFC 9325).
 * @param presented at least one certificate
 */
export function judgePeer(presented: Presented, demands: PeerDemands): PeerJudgement {
  const [leaf] = presented.sent;
  if (!leaf) throw new RangeError('a peer without a certificate');
  const facts = certificateFacts(leaf);

  const strength = judgeStrength(presented);
  const dates = judgeDates(facts, demands);
  const purpose = judgePurpose(facts);
  const name = judgeName(facts, demands);
  const chain = judgeChain(presented, demands, [...strength, ...dates, ...purpose]);
  const identity = [...chain, ...name, ...purpose];

  const pinned = demands.policy.pins.includes(facts.spki);
  const mismatch = demands.policy.pins.length > 0 && !pinned ? [pinMismatch(facts, demands)] : [];
  return {
    findings: [
      ...dates,
      ...mismatch,
      ...(pinned ? identity.map((found) => (demands.waived(found.code) ? found : asNotice(found))) : identity),
      ...strength,
      ...judgeIssuerDates(presented, facts, demands),
      ...judgeOrder(presented),
      ...judgeLifetime(presented, facts, demands),
    ],
    authenticated: pinned || identity.length === 0,
    certificate: certificateReport(facts, demands.now),
  };
}

function judgeDates({ validFrom, validTo }: CertificateFacts, { now, policy }: PeerDemands): KnownFinding[] {
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
  if (validTo.getTime() - now.getTime() < policy.minValidDays * DAY_MS) {
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

function judgeName(facts: CertificateFacts, { name }: PeerDemands): KnownFinding[] {
  if (carries(facts, referenceIdentity(name))) return [];
  const names = [...facts.dnsNames, ...facts.ipAddresses];
  const has = names.length === 0 ? 'has no subject alternative name at all' : `carries ${brief(names.join(', '))}`;
  return [
    finding('certificate-hostname-mismatch', `The certificate ${has}, and not ${name}.`, {
      evidence: { wanted: name, names: brief(names.join(', ')) || 'none', subject: brief(facts.subject) },
    }),
  ];
}

function judgePurpose({ isCa, forServers, subject }: CertificateFacts): KnownFinding[] {
  const reasons = [
    ...(forServers ? [] : ['its extended key usage does not allow a TLS server']),
    ...(isCa ? ['it is the certificate of a CA'] : []),
  ];
  if (reasons.length === 0) return [];
  return [
    finding('certificate-wrong-purpose', `The certificate is not for a server: ${reasons.join(', and ')}.`, {
      evidence: { reason: reasons.join('; '), subject: brief(subject) },
    }),
  ];
}

/** The keys and signatures of all that was sent; a root's own signature proves nothing and is not asked. */
function judgeStrength({ sent }: Presented): KnownFinding[] {
  const chain = sent.map((certificate) => certificateFacts(certificate));
  const weakKey = chain.find(({ key }) => key.weak);
  const weakSignature = chain.find(({ signature, subject, issuer }) => signature.weak && subject !== issuer);
  return [
    ...(weakKey
      ? [
          finding('certificate-weak-key', `The key of ${brief(weakKey.subject)} is ${weakKey.key.name}.`, {
            evidence: { key: weakKey.key.name, subject: brief(weakKey.subject) },
          }),
        ]
      : []),
    ...(weakSignature
      ? [
          finding(
            'certificate-weak-signature',
            `${brief(weakSignature.subject)} is signed by ${weakSignature.signature.name}.`,
            { evidence: { signature: weakSignature.signature.name, subject: brief(weakSignature.subject) } },
          ),
        ]
      : []),
  ];
}

/**
 * OpenSSL's errors that say what a finding of ours says already. It reports the last of several only, so that
 * an expired leaf would hide an unknown issuer: where it is not content, our own search for a path decides,
 * unless it complains of something that nothing found here explains.
 */
const EXPLAINED_BY: Readonly<Record<string, readonly FindingCode[]>> = {
  CERT_HAS_EXPIRED: ['certificate-expired'],
  CERT_NOT_YET_VALID: ['certificate-not-yet-valid'],
  INVALID_PURPOSE: ['certificate-wrong-purpose'],
  // Node's name for what it has no name for, such as OpenSSL's "EE certificate key too weak".
  UNSPECIFIED: ['certificate-weak-key', 'certificate-weak-signature'],
};

function judgeChain(
  { sent, verifyError }: Presented,
  { trust, policy, now }: PeerDemands,
  others: readonly KnownFinding[],
): KnownFinding[] {
  if (verifyError === undefined) return [];
  const facts = followChain(sent, trust.anchors(policy.ca), now);
  const issuer = brief((sent[0]?.issuer ?? '').replaceAll('\n', ', '));
  const evidence = { issuer, openssl: verifyError, sent: String(sent.length) };
  switch (facts.kind) {
    case 'trusted': {
      const explanations = EXPLAINED_BY[verifyError] ?? [];
      if (others.some(({ code }) => explanations.includes(code))) return [];
      return [finding('certificate-untrusted', `OpenSSL does not accept the chain: ${verifyError}.`, { evidence })];
    }
    case 'self-signed':
      return [finding('certificate-self-signed', 'The certificate is signed with its own key.', { evidence })];
    case 'incomplete':
      return [
        finding(
          'certificate-chain-incomplete',
          `The server sends its own certificate alone, and its issuer, ${issuer}, is no trust anchor here.`,
          { evidence: { ...evidence, ...caIssuers(sent) } },
        ),
      ];
    case 'untrusted':
      return [
        finding('certificate-untrusted', `The chain leads to no trust anchor: ${brief(facts.reason)}.`, {
          evidence: { ...evidence, reason: brief(facts.reason) },
        }),
      ];
  }
}

/** Whether an issuer that is needed ends before the leaf does; one that only was sent along does not matter. */
function judgeIssuerDates(
  { sent }: Presented,
  leaf: CertificateFacts,
  { trust, policy, now }: PeerDemands,
): KnownFinding[] {
  const endsFirst = sent.slice(1).filter(({ validTo }) => new Date(validTo) < leaf.validTo);
  if (endsFirst.length === 0) return [];
  const chain = followChain(sent, trust.anchors(policy.ca), now);
  const needed = chain.kind === 'trusted' ? endsFirst.find((issuer) => chain.path.includes(issuer)) : undefined;
  if (!needed) return [];
  const { subject, validTo } = certificateFacts(needed);
  return [
    finding(
      'certificate-issuer-expires-first',
      `The issuer ${brief(subject)} expires on ${day(validTo)}, the certificate itself on ${day(leaf.validTo)}.`,
      {
        evidence: { issuer: brief(subject), issuerValidTo: validTo.toISOString(), validTo: leaf.validTo.toISOString() },
      },
    ),
  ];
}

function judgeOrder({ sent }: Presented): KnownFinding[] {
  const astray = firstOutOfOrder(sent);
  if (!astray) return [];
  const { subject } = certificateFacts(astray);
  return [
    finding('certificate-chain-disordered', `${brief(subject)} has not issued the certificate sent before it.`, {
      evidence: { subject: brief(subject), sent: String(sent.length) },
    }),
  ];
}

/** The longest lives that public CAs may give, by the day of issue (CA/Browser Forum ballot SC-081v3). */
const LONGEST_LIVES: readonly { readonly from: string; readonly days: number }[] = [
  { from: '2029-03-15', days: 47 },
  { from: '2027-03-15', days: 100 },
  { from: '2026-03-15', days: 200 },
  { from: '2020-09-01', days: 398 },
];

/** Only where the path ends in a public CA: what a private one issues is its own business. */
function judgeLifetime({ sent }: Presented, leaf: CertificateFacts, demands: PeerDemands): KnownFinding[] {
  const { trust, policy, now } = demands;
  const limit = LONGEST_LIVES.find(({ from }) => day(leaf.validFrom) >= from);
  const days = daysBetween(leaf.validFrom, leaf.validTo);
  if (!limit || days <= limit.days) return [];
  const chain = followChain(sent, trust.anchors(policy.ca), now);
  const anchor = chain.kind === 'trusted' ? chain.path.at(-1) : undefined;
  if (!anchor || !trust.isPublic(anchor)) return [];
  return [
    finding(
      'certificate-lifetime-long',
      `The certificate lives for ${days} days; public CAs may issue ${limit.days}.`,
      {
        evidence: { validFrom: leaf.validFrom.toISOString(), validTo: leaf.validTo.toISOString() },
      },
    ),
  ];
}

/** Where the missing issuer is to be had, by the certificate's own word (RFC 5280 section 4.2.2.1); nobody fetches it. */
function caIssuers([leaf]: Presented['sent']): { caIssuers?: string } {
  const url = /^CA Issuers - URI:(\S+)/m.exec(leaf?.infoAccess ?? '')?.[1];
  return url === undefined ? {} : { caIssuers: brief(url) };
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
    names: [...facts.dnsNames, ...facts.ipAddresses].map((name) => visible(name)),
    validFrom: facts.validFrom.toISOString(),
    validTo: facts.validTo.toISOString(),
    daysLeft: daysBetween(now, facts.validTo),
    key: facts.key.name,
    signature: facts.signature.name,
    sha256: facts.sha256,
    pin: `sha256/${facts.spki}`,
  };
}

function daysBetween(from: Date, to: Date): number {
  return Math.trunc((to.getTime() - from.getTime()) / DAY_MS);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
