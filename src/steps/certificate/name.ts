import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { carries, referenceIdentity } from '../../tls/names.js';
import type { ReferenceIdentity } from '../../tls/names.js';
import type { PeerDemands } from './verify-options.js';

/** Whether the certificate carries the name that was asked for (RFC 9525). */
export function judgeName(facts: CertificateFacts, { name }: PeerDemands): KnownFinding[] {
  const wanted = referenceIdentity(name);
  if (carries(facts, wanted)) return [];
  const names = [...facts.dnsNames, ...facts.ipAddresses];
  return [
    finding('certificate-hostname-mismatch', `The certificate ${whatItHas(facts, names, wanted, name)}.`, {
      evidence: { expected: name, names: brief(names.join(', ')) || 'none', subject: brief(facts.subject) },
    }),
  ];
}

function whatItHas(
  { dnsNames, hasOtherNames }: CertificateFacts,
  names: readonly string[],
  wanted: ReferenceIdentity,
  name: string,
): string {
  if (names.length === 0) {
    return hasOtherNames
      ? `has subject alternative names, and among them neither a DNS name nor an address, so it does not carry ${name}`
      : `has no subject alternative name at all, so it does not carry ${name}`;
  }
  const asName = wanted.kind === 'ip' && dnsNames.includes(name);
  return asName
    ? `carries ${name} as a DNS name, and not as an address`
    : `carries ${brief(names.join(', '))}, and not ${name}`;
}

/** Whether the certificate is one of a server at all (RFC 5280 sections 4.2.1.3 and 4.2.1.12). */
export function judgePurpose({ isCa, purposeObjections, subject }: CertificateFacts): KnownFinding[] {
  const reasons = [...purposeObjections, ...(isCa ? ['it is the certificate of a CA'] : [])];
  if (reasons.length === 0) return [];
  return [
    finding('certificate-wrong-purpose', `The certificate is not for a server: ${reasons.join(', and ')}.`, {
      evidence: { reason: reasons.join('; '), subject: brief(subject) },
    }),
  ];
}
