import type { X509Certificate } from 'node:crypto';
import { DerError } from './der.js';
import { extensionsOf, pathLength } from './extensions.js';

/** Where the chain of a server leads, its leaf's dates left aside: those are a question of their own. */
export type ChainFacts =
  | { readonly kind: 'trusted'; readonly path: readonly X509Certificate[] }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'untrusted'; readonly reason: string };

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
 * What this search cannot evaluate (name constraints, critical extensions that it does not know) makes no path.
 * @param sent the certificates as the server sent them, leaf first; at least one
 * @param anchors the trust anchors
 * @param now the time at which issuers must be valid
 */
export function followChain(
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): ChainFacts {
  const [leaf, ...issuers] = sent;
  if (!leaf) throw new RangeError('a chain without a leaf');
  const trusted = new Set(anchors.map(({ fingerprint256 }) => fingerprint256));
  const obstacles = [unevaluated(leaf)].filter((reason) => reason !== undefined);
  let verifications = 0;

  // Breadth first, each certificate once: the shortest path, in time that grows with what was sent and no faster.
  const seen = new Set([leaf.fingerprint256]);
  const rungs: Rung[] = obstacles.length === 0 ? [{ certificate: leaf, below: undefined }] : [];
  for (const rung of rungs) {
    if (trusted.has(rung.certificate.fingerprint256)) return { kind: 'trusted', path: pathTo(rung) };
    for (const issuer of [...anchors, ...issuers]) {
      if (issuer.subject !== rung.certificate.issuer || seen.has(issuer.fingerprint256)) continue;
      if (verifications === MAX_VERIFICATIONS)
        return { kind: 'untrusted', reason: 'too many possible issuers were sent' };
      verifications += 1;
      if (!issued(issuer, rung.certificate)) continue;
      seen.add(issuer.fingerprint256);
      const inTheWay = obstacle(issuer, rung, now);
      if (inTheWay === undefined) rungs.push({ certificate: issuer, below: rung });
      else obstacles.push(inTheWay);
    }
  }

  if (issued(leaf, leaf)) return { kind: 'self-signed' };
  if (issuers.length === 0 && obstacles.length === 0) return { kind: 'incomplete' };
  const end = issuers.at(-1) ?? leaf;
  return { kind: 'untrusted', reason: obstacles[0] ?? `no trust anchor is, or has issued, ${oneLine(end.subject)}` };
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

/** Whether the issuer's name and key fit; whether it was allowed to sign is the question of {@link obstacle}. */
function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (issuer.subject !== certificate.issuer) return false;
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key that this TLS library cannot read has signed nothing that could be relied on.
    return false;
  }
}

/** Why an issuer may not stand where it would stand. */
function obstacle(issuer: X509Certificate, below: Rung, now: Date): string | undefined {
  const name = `the issuer ${oneLine(issuer.subject)}`;
  if (!issuer.ca) return `${name} is no CA`;
  if (!below.certificate.checkIssued(issuer)) return `${name} may not sign certificates`;
  if (new Date(issuer.validTo) < now) return `${name} expired on ${issuer.validTo}`;
  if (new Date(issuer.validFrom) > now) return `${name} is not valid before ${issuer.validFrom}`;
  const purposes = (issuer as Partial<X509Certificate>).keyUsage;
  if (purposes?.every((purpose) => !FOR_SERVERS.has(purpose))) return `${name} may not issue for servers`;
  // A self-issued certificate does not count (RFC 5280 section 4.2.1.9).
  const between = pathTo(below)
    .slice(1)
    .filter(({ subject, issuer: by }) => subject !== by).length;
  const why = unevaluated(issuer);
  if (why !== undefined) return why;
  return between > pathLength(issuer) ? `${name} may not have ${between} further CAs below it` : undefined;
}

/** serverAuth and anyExtendedKeyUsage. */
const FOR_SERVERS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);

/**
 * Extensions whose meaning is known here, or of no concern to the question whether a path holds: key identifiers,
 * key usage, subject alternative name, basic constraints, certificate policies, extended key usage.
 */
const EVALUATED: ReadonlySet<string> = new Set([14, 15, 17, 19, 32, 35, 37].map((n) => `2.5.29.${n}`));
const NAME_CONSTRAINTS = '2.5.29.30';

/** What a certificate says that this search does not understand and must not pass over (RFC 5280 section 4.2). */
function unevaluated(certificate: X509Certificate): string | undefined {
  const name = oneLine(certificate.subject);
  try {
    const extensions = extensionsOf(certificate);
    const odd = extensions.find(({ id, critical }) => id === NAME_CONSTRAINTS || (critical && !EVALUATED.has(id)));
    return odd && `${name} has an extension that is not evaluated here (${odd.id})`;
  } catch (error) {
    if (error instanceof DerError) return `${name} is encoded oddly: ${error.message}`;
    throw error;
  }
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
