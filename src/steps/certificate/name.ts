import { isIP } from 'node:net';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { matchesName } from '../../tls/names.js';
import type { VerifyOptions } from './presented.js';

/** Whether the certificate matches the required name (RFC 9525). */
export function judgeName(facts: CertificateFacts, { name }: VerifyOptions): KnownFinding[] {
  if (matchesName(facts, name)) return [];
  const names = excerpt([...facts.dnsNames, ...facts.ipAddresses].join(', '));
  const only = facts.hasOtherNames
    ? 'subject alternative names, but no DNS name or IP address'
    : 'no subject alternative names';
  const reason =
    names === ''
      ? `has ${only}, so it does not match ${name}`
      : isIP(name) !== 0 && facts.dnsNames.includes(name)
        ? `has ${name} as a DNS name, not as an IP address`
        : `is for ${names}, not for ${name}`;
  const evidence = { expected: name, names: names || 'none', subject: excerpt(facts.subject) };
  return [finding('certificate-hostname-mismatch', `The certificate ${reason}.`, { evidence })];
}

/** Whether the certificate is one for a server (RFC 5280 sections 4.2.1.3 and 4.2.1.12). */
export function judgePurpose({ isCa, purposeErrors, subject }: CertificateFacts): KnownFinding[] {
  const reasons = [...purposeErrors, ...(isCa ? ['it is a CA certificate'] : [])];
  if (reasons.length === 0) return [];
  const evidence = { reason: reasons.join('; '), subject: excerpt(subject) };
  const message = `The certificate is not for a server: ${reasons.join(', and ')}.`;
  return [finding('certificate-wrong-purpose', message, { evidence })];
}
