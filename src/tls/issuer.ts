import type { X509Certificate } from 'node:crypto';
import { FOR_SERVERS, distinguishedName } from './certificate.js';
import { DerError } from './der.js';
import { validityOf } from './encoding.js';
import { extendedKeyUsage, extensionsOf, pathLength } from './extensions.js';

/*
 * Whether one certificate may stand above another on the way to a trust anchor (RFC 5280 section 6.1).
 */

/** Whether the issuer's name and key fit; whether it was allowed to sign is the question of {@link obstacle}. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (issuer.subject !== certificate.issuer) return false;
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key that this TLS library cannot read has signed nothing that could be relied on.
    return false;
  }
}

/**
 * Why an issuer may not stand where it would stand.
 * @param issuer one that has {@link issued} the last of those below it
 * @param below the certificates from the leaf up to the one that it has issued
 * @param now the time at which it must be valid
 * @returns words for a reader, the peer's among them; undefined where nothing is in the way
 */
export function obstacle(issuer: X509Certificate, below: readonly X509Certificate[], now: Date): string | undefined {
  return unlessOdd(issuer, () => {
    // OpenSSL's answers to the questions below mean nothing where it cannot read what they are about.
    const { from, to } = validityOf(issuer);
    const purposes = extendedKeyUsage(issuer);
    const limit = pathLength(issuer);
    const name = `the issuer ${distinguishedName(issuer.subject)}`;
    if (!issuer.ca) return `${name} is no CA`;
    if (!below.at(-1)?.checkIssued(issuer)) return `${name} may not sign certificates`;
    if (to < now) return `${name} expired on ${issuer.validTo}`;
    if (from > now) return `${name} is not valid before ${issuer.validFrom}`;
    if (purposes?.every((purpose) => !FOR_SERVERS.has(purpose))) return `${name} may not issue for servers`;
    const unknown = notEvaluated(issuer);
    if (unknown !== undefined) return unknown;
    // A self-issued certificate does not count (RFC 5280 section 4.2.1.9), and neither does the leaf.
    const between = below.slice(1).filter(({ subject, issuer: by }) => subject !== by).length;
    return between > limit ? `${name} may not have ${between} further CAs below it` : undefined;
  });
}

/**
 * What a certificate says that this search does not understand and must not pass over (RFC 5280 section 4.2).
 * @returns words for a reader, the peer's among them; undefined where there is nothing of the kind
 */
export function unevaluated(certificate: X509Certificate): string | undefined {
  return unlessOdd(certificate, () => notEvaluated(certificate));
}

/**
 * Extensions whose meaning is known here, or of no concern to the question whether a path holds: key identifiers,
 * key usage, subject alternative name, basic constraints, certificate policies, extended key usage.
 */
const EVALUATED: ReadonlySet<string> = new Set([14, 15, 17, 19, 32, 35, 37].map((n) => `2.5.29.${n}`));
const NAME_CONSTRAINTS = '2.5.29.30';

function notEvaluated(certificate: X509Certificate): string | undefined {
  const odd = extensionsOf(certificate).find(
    ({ id, critical }) => id === NAME_CONSTRAINTS || (critical && !EVALUATED.has(id)),
  );
  return odd && `${distinguishedName(certificate.subject)} has an extension that is not evaluated here (${odd.id})`;
}

/** What cannot be read cannot be relied upon. */
function unlessOdd(certificate: X509Certificate, question: () => string | undefined): string | undefined {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `${distinguishedName(certificate.subject)} is encoded oddly: ${error.message}`;
  }
}
