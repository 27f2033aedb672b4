import type { X509Certificate } from 'node:crypto';
import { distinguishedName } from './certificate.js';
import { DerError } from './der.js';
import { isSelfIssued, namesAsIssuer } from './distinguished-names.js';
import { hasExplicitCurve, validityOf } from './encoding.js';
import { extensionsOf, nameConstraints, pathLength } from './extensions.js';
import { isBeyondUs, violation } from './name-constraints.js';
import type { Comparisons } from './name-constraints.js';
import { usageObjection } from './purpose.js';

/*
 * Whether one certificate may stand above another on the way to a trust anchor (RFC 5280 section 6.1).
 */

/** Whether the issuer's name and key fit; whether it was allowed to sign is the question of {@link obstacle}. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (!namesAsIssuer(certificate, issuer)) return false;
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key that this TLS library cannot read has signed nothing that could be relied on.
    return false;
  }
}

/** What is in the way of a path, and what may be. */
export interface Obstacle {
  /** For a reader, the peer's among them. */
  readonly words: string;
  /** Whether it surely is in the way; otherwise it is something that cannot be evaluated here. */
  readonly isCertain: boolean;
}

/**
 * Why an issuer may not stand where it would stand.
 * @param issuer one that has {@link issued} the last of those below it
 * @param below the certificates from the leaf up to the one that it has issued
 * @param now the time at which it must be valid
 * @param comparisons of the search
 * @returns undefined where nothing is in the way
 */
export function obstacle(
  issuer: X509Certificate,
  below: readonly X509Certificate[],
  now: Date,
  comparisons: Comparisons,
): Obstacle | undefined {
  const name = `the issuer ${distinguishedName(issuer.subject)}`;
  // A self-issued certificate counts for neither (RFC 5280 sections 4.2.1.9 and 4.2.1.10), unless it is the leaf.
  const counted = below.filter((one, i) => i === 0 || !isSelfIssued(one));
  return (
    unlessOdd(issuer, () => certainly(prohibition(issuer, below.at(-1), counted.length - 1, now), name)) ??
    first(counted, (one) => named(violation(issuer, one, comparisons), name)) ??
    unevaluated(issuer) ??
    first(counted, (one, i) =>
      isBeyondUs(issuer, one, i === 0) ? doubt(`${name} has name constraints that are not evaluated here`) : undefined,
    )
  );
}

/** @returns words that follow upon the name of the issuer */
function prohibition(
  issuer: X509Certificate,
  issuee: X509Certificate | undefined,
  between: number,
  now: Date,
): string | undefined {
  // OpenSSL's answers to the questions below mean nothing where it cannot read what they are about.
  const { from, to } = validityOf(issuer);
  const usage = usageObjection(issuer);
  const limit = pathLength(issuer);
  // Whether they can be read at all is a question of this certificate, and not of those that they are about.
  nameConstraints(issuer);
  if (!issuer.ca) return 'is no CA';
  if (!issuee?.checkIssued(issuer)) return 'may not sign certificates';
  if (to < now) return `expired on ${issuer.validTo}`;
  if (from > now) return `is not valid before ${issuer.validFrom}`;
  if (usage !== undefined) return `may not issue for servers: its ${usage}`;
  return between > limit ? `may not have ${between} further CAs below it` : undefined;
}

/**
 * What a certificate says that this search does not understand and must not pass over (RFC 5280 section 4.2), and a
 * key that OpenSSL does not take.
 * @returns undefined where there is nothing of the kind
 */
export function unevaluated(certificate: X509Certificate): Obstacle | undefined {
  const name = distinguishedName(certificate.subject);
  return unlessOdd(certificate, () => {
    if (hasExplicitCurve(certificate)) {
      return doubt(`the key of ${name} has explicit curve parameters, which no certificate may have (RFC 5480)`);
    }
    const odd = extensionsOf(certificate).find(({ id, critical }) => critical && !EVALUATED.has(id));
    return odd && doubt(`${name} has an extension that is not evaluated here (${odd.id})`);
  });
}

/**
 * Extensions whose meaning is known here, or of no concern to the question whether a path holds: key identifiers,
 * key usage, subject alternative name, basic constraints, name constraints, certificate policies, extended key usage.
 */
const EVALUATED: ReadonlySet<string> = new Set([
  ...[14, 15, 17, 19, 30, 32, 35, 37].map((n) => `2.5.29.${n}`),
  '2.16.840.1.113730.1.1',
]);

function certainly(words: string | undefined, name: string): Obstacle | undefined {
  return words === undefined ? undefined : named({ words, isCertain: true }, name);
}

function named(inTheWay: Obstacle | undefined, name: string): Obstacle | undefined {
  return inTheWay && { ...inTheWay, words: `${name} ${inTheWay.words}` };
}

function doubt(words: string): Obstacle {
  return { words, isCertain: false };
}

/** What is in the way of the first of several of which something is. */
function first(
  certificates: readonly X509Certificate[],
  question: (certificate: X509Certificate, index: number) => Obstacle | undefined,
): Obstacle | undefined {
  for (const [i, certificate] of certificates.entries()) {
    const answer = unlessOdd(certificate, () => question(certificate, i));
    if (answer) return answer;
  }
  return undefined;
}

/** What cannot be read cannot be relied upon. */
function unlessOdd(certificate: X509Certificate, question: () => Obstacle | undefined): Obstacle | undefined {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return certainly(`is encoded oddly: ${error.message}`, distinguishedName(certificate.subject));
  }
}
