import type { X509Certificate } from 'node:crypto';
import type { FindingCode } from '../../findings/codes.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { TlsPolicy } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import type { TlsChannel } from '../../tls/handshake.js';
import type { TrustStore } from '../../tls/trust.js';
import { certificateFacts, fingerprint, type CertificateFacts } from '../../tls/x509/certificate.js';
import { DerError } from '../../tls/x509/der.js';
import { own } from '../../text/own.js';
import { nameOf } from './chain-evidence.js';

/** The certificates that a peer presented, and OpenSSL's error for them. */
export type Presented = Pick<TlsChannel, 'sent' | 'verifyError'>;

/** What a certificate must comply with. */
export interface VerifyOptions {
  readonly policy: TlsPolicy;
  /** The DNS name or IP address that the certificate must match. */
  readonly name: string;
  /** The configured host, if `servername` is set to a different name. */
  readonly host?: string;
  readonly now: Date;
  readonly trust: TrustStore;
  /** Whether a finding is waived. */
  readonly waived: (code: FindingCode) => boolean;
}

/** A certificate that OpenSSL accepted and that could be parsed. */
export interface Parsed {
  readonly ok: true;
  readonly certificate: X509Certificate;
  readonly facts: CertificateFacts;
}

/** @returns the facts of the certificate, or the finding if it is malformed */
export function parse(certificate: X509Certificate): Parsed | { readonly ok: false; readonly malformed: KnownFinding } {
  try {
    return { ok: true, certificate, facts: certificateFacts(certificate) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    // What cannot be parsed cannot be verified, so it authenticates no server, not even with a pin.
    const subject = nameOf(certificate.subject);
    const evidence = { malformed: excerpt(error.message), subject, sha256: fingerprint(certificate) };
    const message = own`${subject} is malformed: ${evidence.malformed}.`;
    return { ok: false, malformed: finding('certificate-malformed', message, { evidence }) };
  }
}
