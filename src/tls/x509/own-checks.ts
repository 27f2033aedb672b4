import type { X509Certificate } from 'node:crypto';
import { displayName } from './certificate.js';
import { DerError } from './der.js';
import { hasExplicitCurve } from './encoding.js';
import { extensionsOf, readExtensions } from './extensions.js';
import { VALID, notEvaluated, type Invalid, type PathProblem, type PathVerdict } from './verdict.js';

/** Whether a certificate may be part of a path, whatever the others are. */
export function certificateVerdict(certificate: X509Certificate): PathVerdict {
  return orMalformed(certificate, () => {
    readExtensions(certificate);
    if (hasExplicitCurve(certificate)) {
      const clause = 'has a key with explicit curve parameters, which RFC 5480 forbids';
      return invalid(certificate, 'explicit-curve', clause);
    }
    const extensions = extensionsOf(certificate);
    const unknown = extensions.find(({ id, critical }) => critical && !SUPPORTED.has(id));
    if (unknown) {
      const clause = `has the critical extension ${extensionInWords(unknown.id)}, which clients do not support`;
      return invalid(certificate, 'critical-extension', clause);
    }
    const special = extensions.find(({ id }) => NOT_EVALUATED.has(id));
    if (!special) return VALID;
    return notEvaluated(`${nameOf(certificate)} has the extension ${extensionInWords(special.id)}`);
  });
}

/** @param clause follows the name of the certificate */
export function invalid(certificate: X509Certificate, problem: PathProblem, clause: string): Invalid {
  return { kind: 'invalid', problem, certificate, message: `${nameOf(certificate)} ${clause}` };
}

/** What a check of one certificate returns, or that this certificate is malformed. */
export function orMalformed(certificate: X509Certificate, check: () => PathVerdict): PathVerdict {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return invalid(certificate, 'malformed', `is malformed: ${error.message}`);
  }
}

export function nameOf(certificate: X509Certificate): string {
  return displayName(certificate.subject);
}

/** Extensions that OpenSSL checks as a part of the path: address blocks (RFC 3779), and proxy certificates (RFC 3820). */
const NOT_EVALUATED: ReadonlyMap<string, string> = new Map([
  ['1.3.6.1.5.5.7.1.7', 'sbgp-ipAddrBlock'],
  ['1.3.6.1.5.5.7.1.8', 'sbgp-autonomousSysNum'],
  ['1.3.6.1.5.5.7.1.14', 'proxyCertInfo'],
]);

/**
 * Extensions that may be critical, because OpenSSL supports them. Certificate policies have no effect without a policy
 * that the client requires, and CRL distribution points none without a check of revocation.
 */
const SUPPORTED: ReadonlySet<string> = new Set([
  // Key usage, subject alternative name, basic constraints, name constraints, CRL distribution points.
  ...[15, 17, 19, 30, 31].map((n) => `2.5.29.${n}`),
  // Certificate policies, their mappings and constraints, extended key usage, inhibitAnyPolicy.
  ...[32, 33, 36, 37, 54].map((n) => `2.5.29.${n}`),
  // Netscape's certificate type, and OCSP noCheck.
  '2.16.840.1.113730.1.1',
  '1.3.6.1.5.5.7.48.1.5',
  ...NOT_EVALUATED.keys(),
]);

/** Others that occur in practice. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...NOT_EVALUATED,
  ['2.5.29.14', 'subjectKeyIdentifier'],
  ['2.5.29.16', 'privateKeyUsagePeriod'],
  ['2.5.29.18', 'issuerAltName'],
  ['2.5.29.35', 'authorityKeyIdentifier'],
  ['2.5.29.46', 'freshestCRL'],
  ['1.3.6.1.5.5.7.1.1', 'authorityInfoAccess'],
  ['1.3.6.1.5.5.7.1.3', 'qcStatements'],
  ['1.3.6.1.5.5.7.1.24', 'tlsfeature'],
  ['1.3.6.1.4.1.11129.2.4.2', 'signed certificate timestamps'],
  ['1.3.6.1.4.1.11129.2.4.3', 'precertificate poison'],
]);

function extensionInWords(id: string): string {
  const name = NAMES.get(id);
  return name === undefined ? id : `${name} (${id})`;
}
