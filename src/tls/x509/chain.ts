import type { X509Certificate } from 'node:crypto';
import { hasUnusualNames, namesAsIssuer } from './distinguished-names.js';
import { issued } from './issuer.js';
import { invalid, nameOf } from './own-checks.js';
import { pathOfOpenSsl } from './openssl-path.js';
import { PathEvaluation, type Path } from './path.js';
import { notEvaluated, type Invalid, type NotEvaluated } from './verdict.js';

export type ChainResult =
  | { readonly kind: 'trusted'; readonly path: Path }
  | { readonly kind: 'self-signed' }
  | ({ readonly kind: 'incomplete' } & PathEnd)
  | Untrusted;

export interface Untrusted extends PathEnd {
  readonly kind: 'untrusted';
  /** Why no path is valid. Undefined if no path leads to a trust anchor. */
  readonly verdict?: Invalid | NotEvaluated;
  /** A path that leads to a trust anchor. It may be valid if the verdict is that something is not evaluated. */
  readonly path?: Path;
  /** Set if `path` is valid, and OpenSSL takes a different one, about which the verdict is. */
  readonly detour?: Detour;
}

export interface Detour {
  /** The first certificate that OpenSSL takes and that is not part of `path`. */
  readonly wrong: X509Certificate;
  /** The certificate below it. */
  readonly below: X509Certificate;
}

/** Where the path from the leaf ends without a trust anchor. */
export interface PathEnd {
  /** The last certificate, which is not a trust anchor and not issued by one. */
  readonly end: X509Certificate;
  /** Whether it is a root: signed with its own key. */
  readonly isRoot: boolean;
  /** Whether a trust anchor has the name of its issuer, but a different key. */
  readonly hasNameConflict: boolean;
  /** A certificate that was sent with the name of its issuer, but whose key has not signed it. */
  readonly namesake?: X509Certificate;
}

/**
 * Searches for a path from the leaf to a trust anchor (RFC 5280 section 6.1). OpenSSL does this too, but reports only
 * its last error, so that an expired leaf hides an unknown issuer. The path that OpenSSL takes decides; only if it is not
 * valid, others are searched for.
 * @param sent the certificates as the server sent them, leaf first; at least one
 * @param now the time at which issuers must be valid; the dates of the leaf are judged separately
 * @param required the name that the leaf must have
 */
export function verifyChain(
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  { now, name: required }: { readonly now: Date; readonly name: string },
): ChainResult {
  const [leaf, ...others] = sent;
  if (!leaf) throw new RangeError('a chain without a leaf');
  // Some configurations name the file of the certificate twice, which sends no issuer.
  const issuers = others.filter(({ fingerprint256 }) => fingerprint256 !== leaf.fingerprint256);
  const unusual = [...sent, ...anchors].find(hasUnusualNames);
  if (unusual) return notComparable(unusual, leaf);
  const evaluation = new PathEvaluation(anchors, now, required);
  const taken = pathOfOpenSsl(leaf, issuers, anchors, now);
  const verdict = taken.isTrusted ? evaluation.verdict(taken.path) : undefined;
  if (verdict?.kind === 'valid') return { kind: 'trusted', path: withLatestAnchor(taken.path, anchors, evaluation) };
  if (!taken.isTrusted && issued(leaf, leaf)) return { kind: 'self-signed' };

  const { valid, unclear, invalid, end } = evaluation.search(leaf, issuers);
  const isRoot = issued(end, end);
  const namesake = isRoot ? undefined : issuers.find((one) => isNamesake(one, end));
  const pathEnd: PathEnd = {
    end,
    isRoot,
    hasNameConflict: anchors.some((anchor) => namesAsIssuer(end, anchor) && !issued(anchor, end)),
    ...(namesake && { namesake }),
  };
  if (valid && verdict?.kind !== 'not-evaluated') {
    const at = taken.path.findIndex((one) => !valid.some((other) => other.fingerprint256 === one.fingerprint256));
    const [below, wrong] = [taken.path[at - 1], taken.path[at]];
    const detour = below && wrong && { wrong, below };
    const why = verdict ?? (detour ? undefined : seemsSelfSigned(taken.path.at(-1) ?? leaf));
    return { kind: 'untrusted', path: valid, ...pathEnd, ...(why && { verdict: why }), ...(detour && { detour }) };
  }
  const why = verdict ?? invalid ?? unclear?.verdict;
  if (!why) return { kind: issuers.length === 0 ? 'incomplete' : 'untrusted', ...pathEnd };
  const path = taken.isTrusted ? taken.path : unclear?.path;
  return { kind: 'untrusted', verdict: why, ...(path && { path }), ...pathEnd };
}

/** It is not known for which certificates OpenSSL takes this one as the issuer. */
function notComparable(certificate: X509Certificate, leaf: X509Certificate): Untrusted {
  const verdict = notEvaluated(`${nameOf(certificate)} has a name that cannot be compared with others`);
  return { kind: 'untrusted', verdict, end: leaf, isRoot: false, hasNameConflict: false };
}

/** Why OpenSSL does not look for the issuer of a certificate that is on a valid path. */
function seemsSelfSigned(certificate: X509Certificate): Invalid {
  const clause =
    'has the same name as its issuer, and no key identifiers that show a different key, so OpenSSL considers it self-signed';
  return invalid(certificate, 'seems-self-signed', clause);
}

/** The same path to the anchor that is valid for longest: a CA may have reissued the certificate of the same key. */
function withLatestAnchor(path: Path, anchors: readonly X509Certificate[], evaluation: PathEvaluation): Path {
  const below = path.slice(0, -1);
  const [anchor, issuee] = [path.at(-1), below.at(-1)];
  if (!anchor || !issuee) return path;
  const later = anchors
    .filter((other) => new Date(other.validTo) > new Date(anchor.validTo) && issued(other, issuee))
    .map((other) => [...below, other])
    .find((other) => evaluation.verdict(other).kind === 'valid');
  return later ?? path;
}

function isNamesake(candidate: X509Certificate, issuee: X509Certificate): boolean {
  const isOther = candidate.fingerprint256 !== issuee.fingerprint256;
  return isOther && namesAsIssuer(issuee, candidate) && !issued(candidate, issuee);
}

/** The first certificate that has not issued the one sent before it, as RFC 8446 section 4.4.2 requires. */
export function firstOutOfOrder(sent: readonly X509Certificate[]): X509Certificate | undefined {
  return sent.find((certificate, i) => {
    const before = sent[i - 1];
    return before !== undefined && !issued(certificate, before);
  });
}
