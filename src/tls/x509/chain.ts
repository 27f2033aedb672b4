import type { X509Certificate } from 'node:crypto';
import { namesAsIssuer } from './distinguished-names.js';
import { issued, pathError, unsupportedFeature } from './issuer.js';
import { Comparisons, type PathError } from './name-constraints.js';

export type ChainResult =
  | { readonly kind: 'trusted'; readonly path: readonly X509Certificate[] }
  | { readonly kind: 'self-signed' }
  | ({ readonly kind: 'incomplete' } & PathEnd)
  | ({
      readonly kind: 'untrusted';
      /** Why the path is not valid. */
      readonly reason?: string;
      /** The issuer for which it is not valid. */
      readonly problem?: NonNullable<PathError['problem']>;
      /** A path that is valid if everything is that this search does not support. */
      readonly path?: readonly X509Certificate[];
    } & PathEnd);

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

/** A peer can send many certificates with one name, and each costs the time of a signature check. */
const MAX_VERIFICATIONS = 64;

/**
 * Searches for a path from the leaf to a trust anchor (RFC 5280 section 6.1). OpenSSL does this too, but reports only
 * its last error, so that an expired leaf hides an unknown issuer. A path with something that this search does not
 * support (constraints of some types of names, unknown critical extensions) is not trusted.
 * @param sent the certificates as the server sent them, leaf first; at least one
 * @param now the time at which issuers must be valid; the dates of the leaf are judged separately
 */
export function verifyChain(
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): ChainResult {
  const [leaf, ...others] = sent;
  if (!leaf) throw new RangeError('a chain without a leaf');
  // Some configurations name the file of the certificate twice, which sends no issuer.
  const issuers = others.filter(({ fingerprint256 }) => fingerprint256 !== leaf.fingerprint256);
  const search = (ignoreUnsupported: boolean) => buildPath(leaf, issuers, { anchors, now, ignoreUnsupported });
  const { path, end, errors } = search(false);
  if (path) return { kind: 'trusted', path };
  if (issued(leaf, leaf)) return { kind: 'self-signed' };
  const isRoot = issued(end, end);
  const namesake = isRoot ? undefined : issuers.find((one) => isNamesake(one, end));
  const pathEnd: PathEnd = {
    end,
    isRoot,
    hasNameConflict: anchors.some((anchor) => namesAsIssuer(end, anchor) && !issued(anchor, end)),
    ...(namesake && { namesake }),
  };
  const [first] = errors;
  if (!first) return { kind: issuers.length === 0 ? 'incomplete' : 'untrusted', ...pathEnd };
  const uncertain = errors.some(({ isUnsupported }) => isUnsupported) ? search(true).path : undefined;
  return {
    kind: 'untrusted',
    reason: first.message,
    ...(first.problem && { problem: first.problem }),
    ...(uncertain && { path: uncertain }),
    ...pathEnd,
  };
}

function isNamesake(candidate: X509Certificate, issuee: X509Certificate): boolean {
  const isOther = candidate.fingerprint256 !== issuee.fingerprint256;
  return isOther && namesAsIssuer(issuee, candidate) && !issued(candidate, issuee);
}

/** @returns the path from the leaf to a trust anchor, if there is one; and the last certificate that was reached */
function buildPath(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  { anchors, now, ignoreUnsupported }: { anchors: readonly X509Certificate[]; now: Date; ignoreUnsupported: boolean },
): { path?: readonly X509Certificate[]; end: X509Certificate; errors: readonly PathError[] } {
  const issuers = [...anchors, ...sent];
  const trusted = new Set(anchors.map(({ fingerprint256 }) => fingerprint256));
  const errors: PathError[] = [];
  const accepts = (error: PathError | undefined): boolean => {
    if (error) errors.push(error);
    return !error || (ignoreUnsupported && error.isUnsupported);
  };
  if (!accepts(unsupportedFeature(leaf))) return { end: leaf, errors };
  const comparisons = new Comparisons();
  let verifications = 0;
  let end = leaf;

  // Breadth first, each certificate once: this finds the shortest path, in time that grows linearly with what was sent.
  const seen = new Set([leaf.fingerprint256]);
  const paths: X509Certificate[][] = [[leaf]];
  for (const path of paths) {
    end = path.at(-1) ?? leaf;
    const issuee = end;
    if (trusted.has(end.fingerprint256)) return { path, end, errors };
    const named = issuers.filter((issuer) => namesAsIssuer(issuee, issuer));
    // Of several with the same key, use the one that is valid for longest, as OpenSSL does.
    for (const issuer of named.toSorted((one, other) => lastSecond(other) - lastSecond(one))) {
      if (seen.has(issuer.fingerprint256)) continue;
      if (verifications === MAX_VERIFICATIONS) {
        return { end, errors: [...errors, { message: 'too many possible issuers were sent', isUnsupported: false }] };
      }
      verifications += 1;
      if (!issued(issuer, issuee)) continue;
      seen.add(issuer.fingerprint256);
      if (accepts(pathError(issuer, path, now, comparisons))) paths.push([...path, issuer]);
    }
  }
  return { end, errors };
}

/** For a choice only: an invalid date is reported elsewhere. */
function lastSecond({ validTo }: X509Certificate): number {
  return Date.parse(validTo) || 0;
}

/** The first certificate that has not issued the one sent before it, as RFC 8446 section 4.4.2 requires. */
export function firstOutOfOrder(sent: readonly X509Certificate[]): X509Certificate | undefined {
  return sent.find((certificate, i) => {
    const before = sent[i - 1];
    return before !== undefined && !issued(certificate, before);
  });
}
