import type { X509Certificate } from 'node:crypto';

/** Whether a path from a certificate to a trust anchor is valid (RFC 5280 section 6.1), without the dates of the leaf. */
export type PathVerdict = Valid | Invalid | NotEvaluated;

export interface Valid {
  readonly kind: 'valid';
}

export interface Invalid {
  readonly kind: 'invalid';
  readonly problem: PathProblem;
  /** The certificate that has the problem. */
  readonly certificate: X509Certificate;
  /** A clause that names the certificate. It may contain text from the peer. */
  readonly message: string;
}

/** Something in it is not evaluated here. OpenSSL may be able to. */
export interface NotEvaluated {
  readonly kind: 'not-evaluated';
  /** A clause that may contain text from the peer. */
  readonly message: string;
}

/**
 * - `key-identifier`: not the one that the certificate below it names
 * - `seems-self-signed`: its subject is also its issuer, and nothing says that a different key has signed it
 * - `not-allowed`: a CA that may not issue certificates for servers
 * - `path-length`: more CAs are below it than its basic constraints allow
 * - `excluded-wildcard`: a wildcard stands for a name that the constraints exclude. OpenSSL does not notice
 */
export type PathProblem =
  | 'bad-signature'
  | 'malformed'
  | 'critical-extension'
  | 'explicit-curve'
  | 'expired'
  | 'not-yet-valid'
  | 'not-a-ca'
  | 'no-certificate-signing'
  | 'key-identifier'
  | 'seems-self-signed'
  | 'not-allowed'
  | 'path-length'
  | 'name-constraints'
  | 'excluded-wildcard';

export const VALID: Valid = { kind: 'valid' };

export function notEvaluated(message: string): NotEvaluated {
  return { kind: 'not-evaluated', message };
}

/** The first that is invalid; otherwise the first that is not evaluated. Evaluates no more of them than necessary. */
export function allOf(verdicts: Iterable<PathVerdict>): PathVerdict {
  let result: PathVerdict = VALID;
  for (const verdict of verdicts) {
    if (verdict.kind === 'invalid') return verdict;
    if (result.kind === 'valid') result = verdict;
  }
  return result;
}
