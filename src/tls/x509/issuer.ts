import type { X509Certificate } from 'node:crypto';
import { count } from '../../text/count.js';
import { isSelfIssued, namesAsIssuer } from './distinguished-names.js';
import { validityOf, versionOf } from './encoding.js';
import { KEY_USAGE, NETSCAPE_CERT_TYPE, basicConstraints, bitsOf } from './extensions.js';
import { namesOtherKey } from './key-identifiers.js';
import { checkConstraints } from './name-constraints.js';
import { certificateVerdict, invalid, nameOf, orMalformed } from './own-checks.js';
import { extendedKeyUsageError } from './purpose.js';
import { VALID, type PathVerdict } from './verdict.js';

/** What the verdict about an issuer depends on, besides the certificates. */
export interface IssuerTerms {
  readonly now: Date;
  /** Whether it is a trust anchor, and so the end of the path. */
  readonly isAnchor: boolean;
}

/** Whether the issuer's name and key match. {@link issuerVerdict} says whether it was allowed to sign. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return namesAsIssuer(certificate, issuer) && hasSigned(issuer, certificate);
}

export function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // OpenSSL cannot read this key.
    return false;
  }
}

/**
 * Whether a certificate may be the next one of a path, as an issuer (RFC 5280 section 6.1), apart from name constraints.
 * @param below the certificates from the leaf up to the one that it has {@link issued}
 */
export function issuerVerdict(
  issuer: X509Certificate,
  below: readonly X509Certificate[],
  terms: IssuerTerms,
): PathVerdict {
  const own = certificateVerdict(issuer);
  if (own.kind === 'invalid') return own;
  const issuee = below.at(-1);
  const authority = issuee ? orMalformed(issuee, () => keyVerdict(issuer, issuee)) : VALID;
  if (authority.kind === 'invalid') return authority;
  const limits = orMalformed(issuer, () => limitsVerdict(issuer, below, terms));
  return limits.kind === 'invalid' ? limits : own;
}

function keyVerdict(issuer: X509Certificate, issuee: X509Certificate): PathVerdict {
  return namesOtherKey(issuee, issuer)
    ? invalid(issuer, 'key-identifier', `does not have the key identifier that ${nameOf(issuee)} gives for its issuer`)
    : VALID;
}

function limitsVerdict(
  issuer: X509Certificate,
  below: readonly X509Certificate[],
  { now, isAnchor }: IssuerTerms,
): PathVerdict {
  const { from, to } = validityOf(issuer);
  const usage = extendedKeyUsageError(issuer);
  checkConstraints(issuer);
  if (basicConstraints(issuer)?.isCa === false) return invalid(issuer, 'not-a-ca', 'is not a CA');
  if (!maySignCertificates(issuer)) {
    const clause = 'may not sign certificates: its key usage lacks keyCertSign';
    return invalid(issuer, 'no-certificate-signing', clause);
  }
  if (basicConstraints(issuer) === undefined && !(isAnchor && isOldRoot(issuer)))
    return invalid(issuer, 'not-a-ca', 'is not a CA: it has no basic constraints');
  if (to < now) return invalid(issuer, 'expired', `expired on ${issuer.validTo}`);
  if (from > now) return invalid(issuer, 'not-yet-valid', `is not valid before ${issuer.validFrom}`);
  if (usage !== undefined) {
    return invalid(issuer, 'not-allowed', `may not issue certificates for servers: ${usage}`);
  }
  // A self-issued certificate does not count (RFC 5280 section 4.2.1.9).
  const between = below.slice(1).filter((one) => !isSelfIssued(one)).length;
  const limit = basicConstraints(issuer)?.pathLength ?? Infinity;
  if (between <= limit) return VALID;
  return invalid(issuer, 'path-length', `may have at most ${count(limit, 'CA')} below it, and has ${between}`);
}

/** keyCertSign (RFC 5280 section 4.2.1.3). */
const CERTIFICATE_SIGNING = 0x04;
/** Netscape's type of a CA for TLS. */
const NETSCAPE_CA = 0x04;

function maySignCertificates(issuer: X509Certificate): boolean {
  const usage = bitsOf(issuer, KEY_USAGE);
  return usage === undefined || (usage & CERTIFICATE_SIGNING) !== 0;
}

/**
 * Whether a trust anchor without basic constraints, which may sign certificates, is a CA. Like OpenSSL, this accepts a
 * self-signed certificate of version 1, and the key usage or Netscape's certificate type instead.
 */
function isOldRoot(issuer: X509Certificate): boolean {
  if (versionOf(issuer) === 1 && isSelfIssued(issuer)) return true;
  const type = bitsOf(issuer, NETSCAPE_CERT_TYPE);
  return bitsOf(issuer, KEY_USAGE) !== undefined || (type !== undefined && (type & NETSCAPE_CA) !== 0);
}
