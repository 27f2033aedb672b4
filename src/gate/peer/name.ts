import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import type { CertificateFacts } from '../../tls/certificate.js';
import { carries, referenceIdentity } from '../../tls/names.js';
import type { PeerDemands } from './demands.js';

/** Whether the certificate carries the name that was asked for (RFC 9525). */
export function judgeName(facts: CertificateFacts, { name }: PeerDemands): KnownFinding[] {
  if (carries(facts, referenceIdentity(name))) return [];
  const names = [...facts.dnsNames, ...facts.ipAddresses];
  const has = names.length === 0 ? 'has no subject alternative name at all' : `carries ${brief(names.join(', '))}`;
  return [
    finding('certificate-hostname-mismatch', `The certificate ${has}, and not ${name}.`, {
      evidence: { wanted: name, names: brief(names.join(', ')) || 'none', subject: brief(facts.subject) },
    }),
  ];
}

/** Whether the certificate is one of a server at all (RFC 5280 section 4.2.1.12). */
export function judgePurpose({ isCa, forServers, subject }: CertificateFacts): KnownFinding[] {
  const reasons = [
    ...(forServers ? [] : ['its extended key usage does not allow a TLS server']),
    ...(isCa ? ['it is the certificate of a CA'] : []),
  ];
  if (reasons.length === 0) return [];
  return [
    finding('certificate-wrong-purpose', `The certificate is not for a server: ${reasons.join(', and ')}.`, {
      evidence: { reason: reasons.join('; '), subject: brief(subject) },
    }),
  ];
}
