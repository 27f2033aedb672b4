import type { X509Certificate } from 'node:crypto';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import { certificateFacts, distinguishedName, fingerprint } from '../../tls/x509/certificate.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { DerError } from '../../tls/x509/der.js';

/** A certificate, and what it says or why it cannot be read. */
export type Reading = Legible | Illegible;

export interface Legible {
  readonly certificate: X509Certificate;
  readonly facts: CertificateFacts;
}

export interface Illegible {
  readonly certificate: X509Certificate;
  readonly oddity: string;
}

/** Reads what the TLS library took for a certificate. */
export function read(certificate: X509Certificate): Reading {
  try {
    return { certificate, facts: certificateFacts(certificate) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { certificate, oddity: error.message };
  }
}

export function isLegible(reading: Reading): reading is Legible {
  return 'facts' in reading;
}

/** What cannot be read cannot be judged, so nobody is authenticated by it, whatever is pinned. */
export function malformed({ certificate, oddity }: Illegible): KnownFinding {
  const subject = brief(distinguishedName(certificate.subject)) || 'a certificate without a subject';
  const odd = brief(oddity);
  return finding('certificate-malformed', `${subject} cannot be read: ${odd}.`, {
    evidence: { malformed: odd, subject, sha256: fingerprint(certificate) },
  });
}
