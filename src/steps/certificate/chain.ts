import type { FindingCode } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import { MAX_CERTIFICATES } from '../../tls/handshake.js';
import { distinguishedName, fingerprint } from '../../tls/x509/certificate.js';
import { firstOutOfOrder, type ChainResult, type PathEnd } from '../../tls/x509/chain.js';
import { parse, type Presented } from './presented.js';

/**
 * OpenSSL's errors that other findings explain. OpenSSL reports only the last of several errors, so that an expired
 * leaf hides an unknown issuer. If it reports one, our own search for a path decides, unless no finding explains the
 * error.
 */
const EXPLAINED_BY: Readonly<Record<string, readonly FindingCode[]>> = {
  CERT_HAS_EXPIRED: ['certificate-expired'],
  CERT_NOT_YET_VALID: ['certificate-not-yet-valid'],
  INVALID_PURPOSE: ['certificate-wrong-purpose'],
  // Node's name for errors that it has no name for, such as OpenSSL's "EE certificate key too weak".
  UNSPECIFIED: ['certificate-weak-key', 'certificate-weak-signature'],
};

/**
 * Whether the chain leads to a trust anchor (RFC 5280 section 6.1).
 * @param others the findings about keys, dates and purpose, which may explain OpenSSL's error
 */
export function judgeChain(
  { sent, verifyError }: Presented,
  chain: ChainResult,
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
      return [finding('certificate-self-signed', 'The certificate is self-signed.', { evidence })];
    case 'incomplete': {
      const message = `The server sends only its own certificate, and its issuer, ${issuer}, is not a trusted CA.`;
      const details = { cause: causeOf(chain), evidence: { ...evidence, ...missingIssuer(chain) } };
      return [finding('certificate-chain-incomplete', message, details)];
    }
    case 'untrusted':
      return [untrusted(chain, evidence)];
  }
}

function untrusted(
  chain: ChainResult & { kind: 'untrusted' },
  evidence: Readonly<{ issuer: string; openssl: string; certificatesSent: string }>,
): KnownFinding {
  const { end, isRoot, hasNameConflict, path } = chain;
  const name = nameOf(end.subject);
  if (chain.reason !== undefined) {
    const reason = excerpt(chain.reason);
    const message = path
      ? `The chain leads to a trusted CA, but is not valid: ${reason}. OpenSSL rejects it, too (${evidence.openssl}).`
      : `The chain does not lead to a trusted CA: ${reason}.`;
    return finding('certificate-untrusted', message, { evidence: { ...evidence, reason } });
  }
  // By its fingerprint, a root can be compared with the one that it should be.
  const root = isRoot ? { root: name, rootSha256: fingerprint(end) } : {};
  if (isRoot && !hasNameConflict) {
    return finding('certificate-untrusted', `The chain ends in a root that is not trusted: ${name}.`, {
      cause: 'unknown-root',
      evidence: { ...evidence, ...root },
    });
  }
  const reason = hasNameConflict
    ? `the trusted CA ${nameOf(end.issuer)} has a different key than the one that signed ${name}`
    : `${name} is not trusted and was not issued by a trusted CA`;
  return finding('certificate-untrusted', `The chain does not lead to a trusted CA: ${reason}.`, {
    cause: causeOf(chain),
    evidence: { ...evidence, reason, ...root, ...missingIssuer(chain) },
  });
}

/** The gate does not fetch the missing certificate from its URL. */
function missingIssuer({ end, hasNameConflict }: PathEnd): Record<string, string> {
  const parsed = parse(end);
  const [url] = parsed.ok ? parsed.facts.caIssuers : [];
  return {
    missingIssuer: nameOf(end.issuer),
    ...(url !== undefined && { caIssuers: excerpt(url) }),
    ...(hasNameConflict && { nameConflict: 'a trusted CA has the name of the issuer, but a different key' }),
  };
}

function causeOf({ hasNameConflict }: PathEnd): 'missing-issuer' | 'same-name' {
  return hasNameConflict ? 'same-name' : 'missing-issuer';
}

/** Whether each certificate that was sent has issued the one before it (RFC 8446 section 4.4.2). */
export function judgeOrder({ sent }: Presented): KnownFinding[] {
  if (sent.length > MAX_CERTIFICATES) {
    const certificatesSent = `more than ${MAX_CERTIFICATES}`;
    const message = `The server sends ${certificatesSent} certificates. The gate ignored the rest.`;
    return [finding('certificate-chain-disordered', message, { evidence: { certificatesSent } })];
  }
  const misplaced = firstOutOfOrder(sent);
  if (!misplaced) return [];
  const subject = nameOf(misplaced.subject);
  const evidence = { subject, certificatesSent: String(sent.length) };
  const message = `${subject} has not issued the certificate sent before it.`;
  return [finding('certificate-chain-disordered', message, { evidence })];
}

function nameOf(multiLine: string | undefined): string {
  return excerpt(distinguishedName(multiLine));
}
