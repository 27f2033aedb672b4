import type { X509Certificate } from 'node:crypto';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import { certificateFacts, distinguishedName, fingerprint, type CertificateFacts } from '../../tls/x509/certificate.js';
import { DerError } from '../../tls/x509/der.js';

/** A certificate that the TLS library accepted, parsed or malformed. */
export type ParseResult = Parsed | Malformed;

export interface Parsed {
  readonly ok: true;
  readonly certificate: X509Certificate;
  readonly facts: CertificateFacts;
}

interface Malformed {
  readonly ok: false;
  readonly certificate: X509Certificate;
  readonly problem: string;
}

export function parse(certificate: X509Certificate): ParseResult {
  try {
    return { ok: true, certificate, facts: certificateFacts(certificate) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { ok: false, certificate, problem: error.message };
  }
}

/** A certificate that cannot be parsed cannot be verified, so it authenticates no server, not even with a pin. */
export function malformed({ certificate, problem }: Malformed): KnownFinding {
  const subject = excerpt(distinguishedName(certificate.subject)) || 'a certificate without a subject';
  const odd = excerpt(problem);
  return finding('certificate-malformed', `${subject} is malformed: ${odd}.`, {
    evidence: { malformed: odd, subject, sha256: fingerprint(certificate) },
  });
}
