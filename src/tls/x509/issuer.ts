import type { X509Certificate } from 'node:crypto';
import { count } from '../../text/count.js';
import { distinguishedName } from './certificate.js';
import { DerError } from './der.js';
import { isSelfIssued, namesAsIssuer } from './distinguished-names.js';
import { hasExplicitCurve, validityOf } from './encoding.js';
import { extensionsOf, nameConstraints, pathLength } from './extensions.js';
import {
  constraintError,
  hasUnsupportedConstraint,
  type Comparisons,
  type IssuerProblem,
  type PathError,
} from './name-constraints.js';
import { extendedKeyUsageError } from './purpose.js';

/** Whether the issuer's name and key match. {@link pathError} says whether it was allowed to sign. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (!namesAsIssuer(certificate, issuer)) return false;
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // OpenSSL cannot read this key.
    return false;
  }
}

/**
 * Why an issuer must not be the next certificate of a path (RFC 5280 section 6.1).
 * @param below the certificates from the leaf up to the one that it has {@link issued}
 */
export function pathError(
  issuer: X509Certificate,
  below: readonly X509Certificate[],
  now: Date,
  comparisons: Comparisons,
): PathError | undefined {
  const name = `the issuer ${distinguishedName(issuer.subject)}`;
  // Path length and name constraints do not apply to a self-issued certificate (RFC 5280 sections 4.2.1.9 and
  // 4.2.1.10), unless it is the leaf.
  const counted = below.filter((one, i) => i === 0 || !isSelfIssued(one));
  const withName = (error: PathError | undefined): PathError | undefined =>
    error && { ...error, message: `${name} ${error.message}` };
  return (
    orMalformed(issuer, () => withName(issuerError(issuer, below.at(-1), counted.length - 1, now))) ??
    firstError(counted, (one) => withName(ofConstraints(issuer, constraintError(issuer, one, comparisons)))) ??
    unsupportedFeature(issuer) ??
    firstError(counted, (one, i) =>
      hasUnsupportedConstraint(issuer, one, i === 0)
        ? unsupported(`${name} has name constraints of a type that this check does not support`)
        : undefined,
    )
  );
}

function ofConstraints(issuer: X509Certificate, error: PathError | undefined): PathError | undefined {
  return error && !error.isUnsupported ? { ...error, problem: { kind: 'name-constraints', issuer } } : error;
}

/** @returns an error whose message follows the name of the issuer */
function issuerError(
  issuer: X509Certificate,
  issuee: X509Certificate | undefined,
  between: number,
  now: Date,
): PathError | undefined {
  // These throw if the issuer is malformed: then OpenSSL's results below mean nothing.
  const { from, to } = validityOf(issuer);
  const usage = extendedKeyUsageError(issuer);
  const limit = pathLength(issuer);
  nameConstraints(issuer);
  const error = (kind: IssuerProblem, message: string): PathError => ({
    message,
    isUnsupported: false,
    problem: { kind, issuer },
  });
  if (!issuer.ca) return error('not-a-ca', 'is not a CA');
  if (!issuee?.checkIssued(issuer)) return error('not-a-ca', 'may not sign certificates');
  if (to < now) return error('expired', `expired on ${issuer.validTo}`);
  if (from > now) return error('not-yet-valid', `is not valid before ${issuer.validFrom}`);
  if (usage !== undefined) return error('not-allowed', `may not issue certificates for servers: ${usage}`);
  if (between <= limit) return undefined;
  return error('not-allowed', `may have at most ${count(limit, 'CA')} below it, and has ${between}`);
}

/**
 * A critical extension that this search does not know and must not ignore (RFC 5280 section 4.2), or a key that OpenSSL
 * does not accept.
 */
export function unsupportedFeature(certificate: X509Certificate): PathError | undefined {
  const name = distinguishedName(certificate.subject);
  return orMalformed(certificate, () => {
    if (hasExplicitCurve(certificate)) {
      return unsupported(`the key of ${name} has explicit curve parameters, which RFC 5480 forbids`);
    }
    const unknown = extensionsOf(certificate).find(({ id, critical }) => critical && !KNOWN_EXTENSIONS.has(id));
    return unknown && unsupported(`${name} has a critical extension that this check does not support (${unknown.id})`);
  });
}

/**
 * Extensions that are evaluated, or have no effect on the validity of a path: key identifiers, key usage, subject
 * alternative name, basic constraints, name constraints, certificate policies, extended key usage, and Netscape's.
 */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set([
  ...[14, 15, 17, 19, 30, 32, 35, 37].map((n) => `2.5.29.${n}`),
  '2.16.840.1.113730.1.1',
]);

const unsupported = (message: string): PathError => ({ message, isUnsupported: true });

function firstError(
  certificates: readonly X509Certificate[],
  errorOf: (certificate: X509Certificate, index: number) => PathError | undefined,
): PathError | undefined {
  for (const [i, certificate] of certificates.entries()) {
    const error = orMalformed(certificate, () => errorOf(certificate, i));
    if (error) return error;
  }
  return undefined;
}

/** What a check returns, or that the certificate is malformed. */
function orMalformed(certificate: X509Certificate, check: () => PathError | undefined): PathError | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const name = distinguishedName(certificate.subject);
    return { message: `${name} is malformed: ${error.message}`, isUnsupported: false };
  }
}
