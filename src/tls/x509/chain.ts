import type { X509Certificate } from 'node:crypto';
import { namesAsIssuer } from './distinguished-names.js';
import { issued, obstacle, unevaluated } from './issuer.js';
import type { Obstacle } from './issuer.js';
import { Comparisons } from './name-constraints.js';

/** Where the chain of a server leads, its leaf's dates left aside: those are a question of their own. */
export type ChainFacts =
  | { readonly kind: 'trusted'; readonly path: readonly X509Certificate[] }
  | { readonly kind: 'self-signed' }
  | ({ readonly kind: 'incomplete' } & DeadEnd)
  | ({
      readonly kind: 'untrusted';
      readonly obstacle?: string;
      /** A path that holds if all does that could not be evaluated here. */
      readonly path?: readonly X509Certificate[];
    } & DeadEnd);

/** Where the way up from the leaf ends, and no trust anchor is, or has issued, the certificate that stands there. */
export interface DeadEnd {
  readonly end: X509Certificate;
  /** Whether that one is a root: signed by its own key. */
  readonly isRoot: boolean;
  /** Whether a trust anchor has the name of its issuer, and another key. */
  readonly hasNamesake: boolean;
}

/** Signatures that are verified in one search: a peer can send many certificates of one name, and each costs time. */
const MAX_VERIFICATIONS = 64;

/** A certificate on the way up, and the way back down from it. */
interface Rung {
  readonly certificate: X509Certificate;
  readonly below: Rung | undefined;
}

/**
 * Looks for a path from the leaf to a trust anchor (RFC 5280 section 6.1): each certificate signed by the next,
 * every issuer a CA within its dates and its path length. OpenSSL does this too, and reports only the last thing
 * that it dislikes, so that an expired leaf hides an unknown issuer; here the question is answered by itself.
 * What this search cannot evaluate (constraints of some forms of names, critical extensions that it does not know)
 * makes no path that is trusted.
 * @param sent the certificates as the server sent them, leaf first; at least one
 * @param anchors the trust anchors
 * @param now the time at which issuers must be valid
 */
export function followChain(
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): ChainFacts {
  const [leaf, ...others] = sent;
  if (!leaf) throw new RangeError('a chain without a leaf');
  // Some configurations name the file of the certificate twice, which sends no issuer.
  const issuers = others.filter(({ fingerprint256 }) => fingerprint256 !== leaf.fingerprint256);
  const up = (doubtfulToo: boolean): Climb => climb(leaf, [...anchors, ...issuers], { anchors, now, doubtfulToo });
  const { path, end, obstacles } = up(false);
  if (path) return { kind: 'trusted', path };
  if (issued(leaf, leaf)) return { kind: 'self-signed' };
  const deadEnd: DeadEnd = {
    end,
    isRoot: issued(end, end),
    hasNamesake: anchors.some((anchor) => namesAsIssuer(end, anchor) && !issued(anchor, end)),
  };
  const [first] = obstacles;
  if (first) {
    const doubtful = obstacles.some(({ isCertain }) => !isCertain) ? up(true).path : undefined;
    return { kind: 'untrusted', obstacle: first.words, ...(doubtful && { path: doubtful }), ...deadEnd };
  }
  return { kind: issuers.length === 0 ? 'incomplete' : 'untrusted', ...deadEnd };
}

interface Climb {
  readonly path?: readonly X509Certificate[];
  /** The highest certificate that was reached. */
  readonly end: X509Certificate;
  readonly obstacles: readonly Obstacle[];
}

interface Terms {
  readonly anchors: readonly X509Certificate[];
  readonly now: Date;
  /** Whether to go on where it is not certain that the way is barred. */
  readonly doubtfulToo: boolean;
}

function climb(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  { anchors, now, doubtfulToo }: Terms,
): Climb {
  const trusted = new Set(anchors.map(({ fingerprint256 }) => fingerprint256));
  const isPassable = (inTheWay: Obstacle | undefined): boolean => !inTheWay || (doubtfulToo && !inTheWay.isCertain);
  const odd = unevaluated(leaf);
  const obstacles: Obstacle[] = odd ? [odd] : [];
  if (!isPassable(odd)) return { end: leaf, obstacles };
  const comparisons = new Comparisons();
  let verifications = 0;
  let end = leaf;

  // Breadth first, each certificate once: the shortest path, in time that grows with what was sent and no faster.
  const seen = new Set([leaf.fingerprint256]);
  const rungs: Rung[] = [{ certificate: leaf, below: undefined }];
  for (const rung of rungs) {
    end = rung.certificate;
    if (trusted.has(end.fingerprint256)) return { path: pathTo(rung), end, obstacles };
    const named = issuers.filter((issuer) => namesAsIssuer(rung.certificate, issuer));
    // Of those that were issued anew, the one that lasts: OpenSSL takes it too.
    for (const issuer of named.toSorted((one, other) => lastSecond(other) - lastSecond(one))) {
      if (seen.has(issuer.fingerprint256)) continue;
      if (verifications === MAX_VERIFICATIONS) {
        return { end, obstacles: [...obstacles, { words: 'too many possible issuers were sent', isCertain: true }] };
      }
      verifications += 1;
      if (!issued(issuer, rung.certificate)) continue;
      seen.add(issuer.fingerprint256);
      const inTheWay = obstacle(issuer, pathTo(rung), now, comparisons);
      if (inTheWay) obstacles.push(inTheWay);
      if (isPassable(inTheWay)) rungs.push({ certificate: issuer, below: rung });
    }
  }
  return { end, obstacles };
}

/** Good enough for a choice; what is no date is judged elsewhere. */
function lastSecond({ validTo }: X509Certificate): number {
  return Date.parse(validTo) || 0;
}

function pathTo(rung: Rung): X509Certificate[] {
  return rung.below ? [...pathTo(rung.below), rung.certificate] : [rung.certificate];
}

/**
 * The first certificate that has not issued the one sent before it, as RFC 8446 section 4.4.2 wants: it is out of
 * order, or does not belong there.
 * @param sent the certificates as the server sent them, leaf first
 */
export function firstOutOfOrder(sent: readonly X509Certificate[]): X509Certificate | undefined {
  return sent.find((certificate, i) => {
    const before = sent[i - 1];
    return before !== undefined && !issued(certificate, before);
  });
}
