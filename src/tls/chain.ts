import type { X509Certificate } from 'node:crypto';

/** Where the chain of a server leads, its leaf's dates left aside: those are a question of their own. */
export type ChainFacts =
  | { readonly kind: 'trusted'; readonly path: readonly X509Certificate[] }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'incomplete'; readonly missing: string }
  | { readonly kind: 'untrusted'; readonly reason: string };

/** Longer paths do not occur; a peer that sends a hundred cross-signed certificates is not followed through all. */
const MAX_PATH = 10;

/**
 * Looks for a path from the leaf to a trust anchor (RFC 5280 section 6.1): each certificate signed by the next,
 * every issuer a CA within its dates. OpenSSL does this too, and stops short at the first thing it dislikes, an
 * expired leaf included; here the question is answered by itself.
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
  const obstacles: string[] = [];

  const follow = (path: readonly X509Certificate[]): readonly X509Certificate[] | undefined => {
    const last = path.at(-1) ?? leaf;
    if (anchors.some((anchor) => anchor.fingerprint256 === last.fingerprint256)) return path;
    const anchor = anchors.find((candidate) => issued(candidate, last) && obstacle(candidate, now) === undefined);
    if (anchor) return [...path, anchor];
    if (path.length === MAX_PATH) return undefined;
    for (const issuer of issuers) {
      if (path.includes(issuer) || !issued(issuer, last)) continue;
      const inTheWay = obstacle(issuer, now);
      if (inTheWay !== undefined) obstacles.push(inTheWay);
      else {
        const found = follow([...path, issuer]);
        if (found) return found;
      }
    }
    return undefined;
  };

  const path = follow([leaf]);
  if (path) return { kind: 'trusted', path };
  if (issued(leaf, leaf)) return { kind: 'self-signed' };
  if (issuers.length === 0) return { kind: 'incomplete', missing: oneLine(leaf.issuer) };
  const end = issuers.at(-1) ?? leaf;
  return { kind: 'untrusted', reason: obstacles[0] ?? `no trust anchor is, or has issued, ${oneLine(end.subject)}` };
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

function obstacle(issuer: X509Certificate, now: Date): string | undefined {
  const name = oneLine(issuer.subject);
  if (!issuer.ca) return `the issuer ${name} is no CA`;
  if (new Date(issuer.validTo) < now) return `the issuer ${name} expired on ${issuer.validTo}`;
  if (new Date(issuer.validFrom) > now) return `the issuer ${name} is not valid before ${issuer.validFrom}`;
  return undefined;
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
