import type { X509Certificate } from 'node:crypto';
import type { CauseOf, Evidence } from '../../findings/catalog.js';
import type { FindingCode } from '../../findings/codes.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import { MAX_CERTIFICATES } from '../../tls/handshake.js';
import { fingerprint } from '../../tls/x509/certificate.js';
import { firstOutOfOrder, type ChainResult, type Detour, type PathEnd, type Untrusted } from '../../tls/x509/chain.js';
import { isSelfIssued } from '../../tls/x509/distinguished-names.js';
import { authorityKeyId, subjectKeyId } from '../../tls/x509/key-identifiers.js';
import type { Invalid, NotEvaluated, PathProblem } from '../../tls/x509/verdict.js';
import { anchorsInWords, chainInWords, nameOf } from './chain-evidence.js';
import { day, isClockLikely, timeBetween } from './dates.js';
import { parse, type Presented, type VerifyOptions } from './presented.js';
import { knownIssuerIn } from './known-issuers.js';
import { isOfPublicCa } from '../../findings/public-cas.js';
import { formerInCa, serverInCa } from './certificates-in-ca.js';
import { wrongIntermediate } from './wrong-intermediate.js';
import { own, type OwnText } from '../../text/own.js';

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
  options: VerifyOptions,
): KnownFinding[] {
  if (verifyError === undefined && !isExcludedWildcard(chain)) return [];
  const issuer = nameOf(sent[0]?.issuer);
  const evidence = { issuer, openssl: verifyError ?? 'OK', certificatesSent: String(sent.length) };
  const trusted = anchorsInWords(options.trust, options.policy);
  const known = knownIssuerIn(sent);
  switch (chain.kind) {
    case 'trusted': {
      const explanations = EXPLAINED_BY[evidence.openssl] ?? [];
      if (others.some(({ code }) => explanations.includes(code))) return [];
      return [
        finding('certificate-untrusted', own`OpenSSL does not accept the chain: ${evidence.openssl}.`, { evidence }),
      ];
    }
    case 'self-signed': {
      const pin = pinOf(sent[0]);
      const details = {
        evidence: {
          ...evidence,
          ...(pin !== undefined && known?.cause !== 'default-certificate' && { pin }),
          ...known?.evidence,
        },
      };
      const former = known ? undefined : formerInCa(sent, options);
      if (former) {
        const evidence = { ...details.evidence, ...former.evidence };
        return [finding('certificate-self-signed', former.message, { evidence, cause: 'replaced' })];
      }
      const message = own`The certificate is self-signed.${known?.remark ?? own``}`;
      return [finding('certificate-self-signed', message, { ...details, ...(known && { cause: known.cause }) })];
    }
    case 'incomplete': {
      const message = known
        ? own`The issuer of the certificate, ${issuer}, is not a trusted CA, and intermediates would not help.${known.remark}`
        : own`The server sends only its own certificate, whose issuer, ${issuer}, is not a trusted CA.`;
      const ofServer = serverInCa(sent, options);
      if (ofServer && !known) {
        return [
          finding('certificate-chain-incomplete', ofServer.message, {
            evidence: { ...evidence, ...missingIssuer(chain), trusted, configured: ofServer.configured },
            cause: 'server-in-ca',
          }),
        ];
      }
      const cause = missingCause(chain);
      const details = {
        evidence: { ...evidence, ...missingIssuer(chain), trusted, ...known?.evidence },
        ...(cause && { cause }),
        ...(known && { cause: known.cause }),
      };
      return [finding('certificate-chain-incomplete', message, details)];
    }
    case 'untrusted':
      return [untrusted(sent, chain, { ...evidence, chain: chainInWords(sent), trusted }, options)];
  }
}

/** The only reason for which the gate rejects a chain that OpenSSL accepts. */
function isExcludedWildcard(chain: ChainResult): boolean {
  return chain.kind === 'untrusted' && chain.verdict !== undefined && isOfWildcard(chain.verdict);
}

function isOfWildcard(verdict: Invalid | NotEvaluated): boolean {
  return verdict.kind === 'invalid' && verdict.problem === 'excluded-wildcard';
}

type TrustEvidence = Readonly<Record<'issuer' | 'openssl' | 'certificatesSent' | 'chain' | 'trusted', string>>;

function untrusted(
  sent: Presented['sent'],
  chain: Untrusted,
  evidence: TrustEvidence,
  options: VerifyOptions,
): KnownFinding {
  const { end, isRoot, hasNameConflict, namesake, verdict, detour } = chain;
  const name = nameOf(end.subject);
  // OpenSSL may have found the issuer among the others.
  if (sent.length > MAX_CERTIFICATES && (!verdict || isOutdated(verdict))) {
    const reason = own`the server sends more than ${MAX_CERTIFICATES} certificates, and the gate does not read the rest`;
    return notEvaluated(evidence, reason);
  }
  if (detour) return otherPath(chain, detour, evidence, options);
  if (verdict && !(verdict.kind === 'invalid' && verdict.problem === 'bad-signature')) {
    const reason = excerpt(verdict.message);
    if (verdict.kind === 'invalid') return pathProblem(verdict, { ...evidence, reason }, options);
    return notEvaluated(evidence, reason);
  }
  // By its fingerprint, a root can be compared with the one that it should be.
  const root = isRoot ? { root: name, rootSha256: fingerprint(end) } : {};
  const known = knownIssuerIn(sent);
  if (known) {
    const message = own`The chain does not lead to a trusted CA: it ends with ${name}.${known.remark}`;
    return finding('certificate-untrusted', message, {
      cause: known.cause,
      evidence: { ...evidence, ...root, ...known.evidence },
    });
  }
  if (isRoot && !hasNameConflict) {
    const isPublic = sent.some((certificate) => isOfPublicCa(issuerUrl(certificate)));
    return finding('certificate-untrusted', own`The chain ends in a root that is not trusted: ${name}.`, {
      cause: isPublic ? 'public-root' : 'unknown-root',
      evidence: { ...evidence, ...root },
    });
  }
  const ofServer = hasNameConflict || namesake ? undefined : serverInCa(sent, options);
  if (ofServer) {
    return finding('certificate-untrusted', ofServer.message, {
      evidence: { ...evidence, ...root, ...missingIssuer(chain), configured: ofServer.configured },
      cause: 'server-in-ca',
    });
  }
  if (namesake && !hasNameConflict) return wrongIssuer(namesake, chain, { ...evidence, ...missingIssuer(chain) });
  const wrong = hasNameConflict ? undefined : wrongIntermediate(sent, chain, options.trust.anchors(options.policy.ca));
  if (wrong) return otherIntermediate(wrong, chain, { ...evidence, ...missingIssuer(chain) });
  const reason = hasNameConflict
    ? own`the trusted CA ${nameOf(end.issuer)} has a different key than the one that signed ${name}`
    : own`${name} is not trusted and was not issued by a trusted CA`;
  return finding('certificate-untrusted', own`The chain does not lead to a trusted CA: ${reason}.`, {
    cause: missingCause(chain) ?? 'missing-issuer',
    evidence: { ...evidence, reason, ...root, ...missingIssuer(chain) },
  });
}

/** Whether an issuer is not valid now. OpenSSL takes it only if it knows no other one. */
export function isOutdated(verdict: Untrusted['verdict']): boolean {
  return verdict?.kind === 'invalid' && (verdict.problem === 'expired' || verdict.problem === 'not-yet-valid');
}

function notEvaluated(evidence: TrustEvidence, reason: string | OwnText): KnownFinding {
  const message = own`The gate cannot evaluate the chain, and OpenSSL rejects it (${evidence.openssl}): ${reason}.`;
  return finding('certificate-untrusted', message, { evidence: { ...evidence, reason } });
}

/** The server sends a certificate with the name of the issuer, so the issuer does not seem to be missing. */
function wrongIssuer(
  namesake: X509Certificate,
  { end }: PathEnd,
  shared: Evidence<'certificate-untrusted'>,
): KnownFinding {
  const [needed, sent] = [authorityKeyId(end), subjectKeyId(namesake)];
  const evidence = {
    ...shared,
    ...(needed !== undefined && { issuerKeyId: excerpt(needed) }),
    ...(sent !== undefined && { sentKeyId: excerpt(sent) }),
  };
  const [issuer, subject] = [nameOf(namesake.subject), nameOf(end.subject)];
  if (needed !== undefined && needed === sent) {
    const message = own`The signature of ${subject} is not valid: it was not made with the key of its issuer, ${issuer}.`;
    return finding('certificate-untrusted', message, { evidence, cause: 'bad-signature' });
  }
  const message = own`The chain does not lead to a trusted CA: the server sends ${issuer} as the issuer of ${subject}, but with a different key than the one that signed it.`;
  const cause = needed === undefined || sent === undefined ? 'wrong-issuer' : 'wrong-issuer-key';
  return finding('certificate-untrusted', message, { evidence, cause });
}

/** The server sends an intermediate of a trusted CA, but not the one that is needed. */
function otherIntermediate(
  wrong: X509Certificate,
  { end }: PathEnd,
  shared: Evidence<'certificate-untrusted'>,
): KnownFinding {
  const badIssuer = nameOf(wrong.subject);
  const message = own`The chain does not lead to a trusted CA: the server sends ${badIssuer}, which did not issue ${nameOf(end.subject)}. The issuer is ${nameOf(end.issuer)}.`;
  return finding('certificate-untrusted', message, {
    evidence: { ...shared, badIssuer },
    cause: 'other-intermediate',
  });
}

/** For a problem that OpenSSL does not report. */
const OF_WILDCARD = own` The certificate has a wildcard that covers this name. OpenSSL accepts that, but some TLS libraries do not.`;

/** OpenSSL does not go back if the issuer that it takes turns out to be wrong. Other TLS libraries do. */
function otherPath(
  { verdict }: Untrusted,
  { wrong, below }: Detour,
  shared: TrustEvidence,
  { trust, policy }: VerifyOptions,
): KnownFinding {
  const reason = verdict ? excerpt(verdict.message) : 'no trusted CA has issued it';
  const [wrongName, belowName] = [nameOf(wrong.subject), nameOf(below.subject)];
  const isConfigured = trust.parsed(policy.ca).some(({ fingerprint256 }) => fingerprint256 === wrong.fingerprint256);
  const source = isConfigured ? own` from ca` : own``;
  const selected = own`OpenSSL selects ${wrongName}${source} as the issuer of ${belowName}, but that path is not valid: ${reason}.`;
  const evidence = { ...shared, reason, badIssuer: wrongName, wrongSha256: fingerprint(wrong) };
  if (verdict && isOfWildcard(verdict)) {
    const cause = isConfigured ? 'wildcard-path-in-ca' : 'wildcard-path';
    const message = own`${selected}${OF_WILDCARD} Another path is valid.`;
    return finding('certificate-untrusted', message, { evidence, cause });
  }
  const cause = isConfigured ? 'other-path-in-ca' : 'other-path';
  const message = own`${selected} Another path is valid, but OpenSSL does not backtrack to find it.`;
  return finding('certificate-untrusted', message, { evidence, cause });
}

const CAUSES = {
  malformed: undefined,
  'explicit-curve': undefined,
  'bad-signature': 'bad-signature',
  'critical-extension': 'critical-extension',
  'not-a-ca': 'issuer-not-a-ca',
  'no-certificate-signing': 'issuer-may-not-sign',
  'key-identifier': 'key-identifier-mismatch',
  'seems-self-signed': 'seems-self-signed',
  'not-allowed': 'issuer-not-allowed',
  'path-length': 'path-length',
  'name-constraints': 'name-constraints',
  'excluded-wildcard': 'excluded-wildcard',
} as const satisfies Partial<Record<PathProblem, CauseOf<'certificate-untrusted'> | undefined>>;

/** A path to a trust anchor that is not valid. */
function pathProblem(
  { problem, certificate: issuer }: Invalid,
  shared: TrustEvidence & { readonly reason: string },
  { trust, policy, now }: VerifyOptions,
): KnownFinding {
  const subject = nameOf(issuer.subject);
  const evidence = { ...shared, badIssuer: subject };
  const code = 'certificate-untrusted';
  const isConfiguredHere = (one: X509Certificate): boolean =>
    trust.parsed(policy.ca).some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256);
  if (problem !== 'expired' && problem !== 'not-yet-valid') {
    const isOwn = problem === 'not-a-ca' && isConfiguredHere(issuer);
    const cause = isOwn ? 'configured-issuer-not-a-ca' : CAUSES[problem];
    const message =
      problem === 'not-a-ca'
        ? isOwn
          ? own`${subject} in ca issued a certificate in this chain, but its own certificate is not that of a CA, so clients cannot trust what it issued.`
          : own`${subject} issued a certificate in this chain, but is not a CA.`
        : own`The chain is not valid: ${shared.reason}.${problem === 'excluded-wildcard' ? OF_WILDCARD : own``}`;
    return finding(code, message, { evidence, ...(cause && { cause }) });
  }
  const [from, to] = [new Date(issuer.validFrom), new Date(issuer.validTo)];
  if (problem === 'not-yet-valid') {
    const message = own`The issuer certificate ${subject} is not valid before ${from.toISOString()}.`;
    const cause = isClockLikely(from, now) ? 'issuer-clock' : 'issuer-not-yet-valid';
    return finding(code, message, { evidence, cause });
  }
  const isConfigured = isConfiguredHere(issuer);
  const isRoot = isSelfIssued(issuer);
  const source = isConfigured
    ? own`is configured as a trusted CA`
    : trust.isDefault(issuer)
      ? own`is in the default store`
      : own`the server sends`;
  const which = own`${isRoot ? own`a root` : own`an intermediate`} certificate that ${source}`;
  const message = own`The issuer certificate ${subject} expired on ${day(to)}, ${timeBetween(to, now)} ago. It is ${which}.`;
  return finding(code, message, {
    evidence: { ...evidence, issuerValidTo: to.toISOString() },
    cause: isRoot ? 'root-expired' : isConfigured ? 'configured-issuer-expired' : 'issuer-expired',
  });
}

/** The gate does not fetch the missing certificate from its URL. */
function missingIssuer({ end, hasNameConflict }: PathEnd): Record<string, string> {
  const url = issuerUrl(end);
  return {
    missingIssuer: nameOf(end.issuer),
    ...(url !== undefined && { caIssuers: excerpt(url) }),
    ...(hasNameConflict && { nameConflict: 'a trusted CA has the name of the issuer, but a different key' }),
  };
}

/**
 * What the missing issuer is, probably. A public CA writes the URL of an intermediate into the certificates that it
 * issues with it; a private CA usually has no such URL, and no intermediate. To append a root does not help, so in doubt
 * it is one.
 */
function missingCause({ end, hasNameConflict }: PathEnd): 'same-name' | 'private-root' | 'public-root' | undefined {
  if (hasNameConflict) return 'same-name';
  const name = nameOf(end.issuer);
  const url = issuerUrl(end);
  if (/\broot\b/i.test(name)) return isOfPublicCa(url) ? 'public-root' : 'private-root';
  return url !== undefined || INTERMEDIATE.test(name) ? undefined : 'private-root';
}

const INTERMEDIATE = /\b(?:intermediate|issuing|sub|subordinate)\b/i;

function issuerUrl(certificate: X509Certificate): string | undefined {
  const parsed = parse(certificate);
  return parsed.ok ? parsed.facts.caIssuers[0] : undefined;
}

function pinOf(certificate: X509Certificate | undefined): string | undefined {
  const parsed = certificate && parse(certificate);
  return parsed?.ok ? `sha256/${parsed.facts.spki}` : undefined;
}

/**
 * Whether each certificate that was sent has issued the one before it (RFC 8446 section 4.4.2).
 * @param chain a wrong issuer is a finding of {@link judgeChain}, and not a matter of the order
 */
export function judgeOrder({ sent }: Presented, chain: ChainResult, { trust, policy }: VerifyOptions): KnownFinding[] {
  if (sent.length > MAX_CERTIFICATES) {
    const certificatesSent = own`more than ${MAX_CERTIFICATES}`;
    const message = own`The server sends ${certificatesSent} certificates. The gate ignores the rest.`;
    return [finding('certificate-chain-disordered', message, { evidence: { certificatesSent }, cause: 'too-many' })];
  }
  const misplaced = firstOutOfOrder(sent);
  if (!misplaced || ('namesake' in chain && misplaced === chain.namesake)) return [];
  if (chain.kind === 'untrusted' && misplaced === wrongIntermediate(sent, chain, trust.anchors(policy.ca))) return [];
  const subject = nameOf(misplaced.subject);
  const evidence = { subject, certificatesSent: String(sent.length) };
  if (isRepeated(misplaced, sent)) {
    const message = own`The server sends the certificate ${subject} more than once.`;
    return [finding('certificate-chain-disordered', message, { evidence, cause: 'repeated' })];
  }
  const message = own`${subject} is not the issuer of the certificate sent before it.`;
  return [finding('certificate-chain-disordered', message, { evidence })];
}

function isRepeated(certificate: X509Certificate, sent: readonly X509Certificate[]): boolean {
  return sent.filter(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256).length > 1;
}
