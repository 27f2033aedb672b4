import type { X509Certificate } from 'node:crypto';
import type { FindingCode } from '../../findings/catalogue.js';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import { distinguishedName, fingerprint } from '../../tls/x509/certificate.js';
import { firstOutOfOrder } from '../../tls/x509/chain.js';
import type { ChainFacts, DeadEnd } from '../../tls/x509/chain.js';
import { MAX_CERTIFICATES } from '../../tls/handshake.js';
import type { Presented } from './verify-options.js';
import { isLegible, read } from './malformed.js';

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

/**
 * Whether the chain leads to a trust anchor (RFC 5280 section 6.1).
 * @param chain where our own search has led
 * @param others what was found of keys, dates and purpose, which may explain OpenSSL's complaint
 */
export function judgeChain(
  { sent, verifyError }: Presented,
  chain: ChainFacts,
  others: readonly KnownFinding[],
): KnownFinding[] {
  if (verifyError === undefined) return [];
  const issuer = nameOf(sent[0]?.issuer);
  const evidence = { issuer, openssl: verifyError, certificatesSent: String(sent.length) };
  switch (chain.kind) {
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
          {
            cause: causeOf(chain),
            evidence: { ...evidence, ...whereItEnds(chain) },
          },
        ),
      ];
    case 'untrusted':
      return [untrusted(chain, evidence)];
  }
}

function untrusted(
  chain: ChainFacts & { kind: 'untrusted' },
  evidence: Readonly<{ issuer: string; openssl: string; certificatesSent: string }>,
): KnownFinding {
  const { obstacle, end, isRoot, hasNamesake, path } = chain;
  const name = nameOf(end.subject);
  if (obstacle !== undefined) {
    const reason = brief(obstacle);
    const message = path
      ? `The chain leads to a trust anchor, and cannot be relied on: ${reason}; OpenSSL objects (${evidence.openssl}).`
      : `The chain leads to no trust anchor: ${reason}.`;
    return finding('certificate-untrusted', message, { evidence: { ...evidence, reason } });
  }
  if (isRoot && !hasNamesake) {
    return finding('certificate-untrusted', `The chain ends in a root that is no trust anchor here, ${name}.`, {
      cause: 'unknown-root',
      evidence: { ...evidence, ...rootAt(end) },
    });
  }
  const reason = hasNamesake
    ? `the one that is named ${nameOf(end.issuer)} has another key than the one that signed ${name}`
    : `no trust anchor is, or has issued, ${name}`;
  return finding('certificate-untrusted', `The chain leads to no trust anchor: ${reason}.`, {
    cause: causeOf(chain),
    evidence: { ...evidence, reason, ...(isRoot ? rootAt(end) : {}), ...whereItEnds(chain) },
  });
}

/** By its fingerprint a root can be compared with the one that it is taken for. */
function rootAt(end: X509Certificate): Record<string, string> {
  return { root: nameOf(end.subject), rootSha256: fingerprint(end) };
}

/** What is missing, and where it is to be had by the word of the certificate that needs it; nobody fetches it. */
function whereItEnds(deadEnd: DeadEnd): Record<string, string> {
  const url = urlOfIssuer(deadEnd);
  return {
    missingIssuer: nameOf(deadEnd.end.issuer),
    ...(url !== undefined && { caIssuers: url }),
    ...(deadEnd.hasNamesake && { nameConflict: 'a trusted CA has the name of the issuer, but another key' }),
  };
}

function causeOf({ hasNamesake }: DeadEnd): 'missing-issuer' | 'same-name' {
  return hasNamesake ? 'same-name' : 'missing-issuer';
}

function urlOfIssuer({ end }: DeadEnd): string | undefined {
  const reading = read(end);
  const [url] = isLegible(reading) ? reading.facts.caIssuers : [];
  return url === undefined ? undefined : brief(url);
}

/** Whether each certificate that was sent has issued the one before it (RFC 8446 section 4.4.2). */
export function judgeOrder({ sent }: Presented): KnownFinding[] {
  if (sent.length > MAX_CERTIFICATES) {
    const message = `The server sends more than ${MAX_CERTIFICATES} certificates, and those beyond were not looked at.`;
    return [
      finding('certificate-chain-disordered', message, {
        evidence: { certificatesSent: `more than ${MAX_CERTIFICATES}` },
      }),
    ];
  }
  const astray = firstOutOfOrder(sent);
  if (!astray) return [];
  const subject = nameOf(astray.subject);
  return [
    finding('certificate-chain-disordered', `${subject} has not issued the certificate sent before it.`, {
      evidence: { subject, certificatesSent: String(sent.length) },
    }),
  ];
}

function nameOf(multiLine: string | undefined): string {
  return brief(distinguishedName(multiLine));
}
