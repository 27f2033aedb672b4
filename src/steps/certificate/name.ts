import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { matchesName, referenceIdentity, type ReferenceIdentity } from '../../tls/names.js';
import type { VerifyOptions } from './verify-options.js';

/** Whether the certificate matches the required name (RFC 9525). */
export function judgeName(facts: CertificateFacts, { name }: VerifyOptions): KnownFinding[] {
  const required = referenceIdentity(name);
  if (matchesName(facts, required)) return [];
  const names = excerpt([...facts.dnsNames, ...facts.ipAddresses].join(', '));
  return [
    finding('certificate-hostname-mismatch', `The certificate ${whatItHas(facts, names, required, name)}.`, {
      evidence: { expected: name, names: names || 'none', subject: excerpt(facts.subject) },
    }),
  ];
}

function whatItHas(
  { dnsNames, hasOtherNames }: CertificateFacts,
  names: string,
  required: ReferenceIdentity,
  name: string,
): string {
  if (names === '') {
    return hasOtherNames
      ? `has subject alternative names, but no DNS name or IP address, so it does not match ${name}`
      : `has no subject alternative names, so it does not match ${name}`;
  }
  return required.kind === 'ip' && dnsNames.includes(name)
    ? `has ${name} as a DNS name, not as an IP address`
    : `is for ${names}, not for ${name}`;
}

/** Whether the certificate is one for a server (RFC 5280 sections 4.2.1.3 and 4.2.1.12). */
export function judgePurpose({ isCa, purposeErrors, subject }: CertificateFacts): KnownFinding[] {
  const reasons = [...purposeErrors, ...(isCa ? ['it is the certificate of a CA'] : [])];
  if (reasons.length === 0) return [];
  return [
    finding('certificate-wrong-purpose', `The certificate is not for a server: ${reasons.join(', and ')}.`, {
      evidence: { reason: reasons.join('; '), subject: excerpt(subject) },
    }),
  ];
}
