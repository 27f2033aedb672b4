import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import { matchesName } from '../../tls/names.js';
import { extendedKeyUsageInWords } from '../../tls/x509/purpose.js';
import { nameOf } from './chain-evidence.js';
import { mismatchOf } from './name-mismatch.js';
import { isSelfIssued } from '../../tls/x509/distinguished-names.js';
import type { Parsed, VerifyOptions } from './presented.js';
import { fixed, own } from '../../text/own.js';

/** Whether the certificate matches the required name (RFC 9525). */
export function judgeName({ certificate, facts }: Parsed, { name, host }: VerifyOptions): KnownFinding[] {
  if (matchesName(facts, name)) return [];
  const names = excerpt([...facts.dnsNames, ...facts.ipAddresses].join(', '));
  const none = facts.hasOtherNames ? 'no DNS name or IP address' : 'none';
  const evidence = { expected: name, names: names || none, subject: nameOf(facts.subject) };
  if (host !== undefined && matchesName(facts, host)) {
    const message = own`The certificate is valid for the host ${host}, but the configuration requires a different name (servername): ${name}.`;
    return [
      finding('certificate-hostname-mismatch', message, {
        evidence: { ...evidence, host },
        cause: 'servername-setting',
      }),
    ];
  }
  const { message, cause } = mismatchOf(facts, name);
  // A provider whose host name could be used instead has a certificate from a CA.
  const isOwn = cause === 'other-domain' && isSelfIssued(certificate);
  return [finding('certificate-hostname-mismatch', message, { evidence, ...(cause && !isOwn && { cause }) })];
}

/** Whether the certificate is one for a server (RFC 5280 sections 4.2.1.3 and 4.2.1.12). */
export function judgePurpose({ certificate, facts }: Parsed, { name }: VerifyOptions): KnownFinding[] {
  const { isCa, purposeErrors, subject, spki, isForOthers } = facts;
  const reasons = [...purposeErrors, ...(isCa ? ['it is a CA certificate'] : [])];
  if (reasons.length === 0) return [];
  const message = own`The certificate is not for a server: ${fixed(reasons.join(', and '))}.`;
  const evidence = { reason: reasons.join('; '), subject: nameOf(subject) };
  if (isForOthers) {
    const usage = excerpt(extendedKeyUsageInWords(certificate) ?? '') || 'none';
    // The wrong file would also have the wrong name.
    const cause = matchesName(facts, name) ? 'without-server-usage' : 'other-purpose';
    const all = own`${message} Its extended key usage is: ${usage}.`;
    return [finding('certificate-wrong-purpose', all, { evidence: { ...evidence, usage }, cause })];
  }
  if (purposeErrors.length > 0) return [finding('certificate-wrong-purpose', message, { evidence })];
  return [
    isSelfIssued(certificate)
      ? finding('certificate-wrong-purpose', message, {
          evidence: { ...evidence, expected: name, pin: `sha256/${spki}` },
          cause: 'self-signed-ca',
        })
      : finding('certificate-wrong-purpose', message, { evidence, cause: 'ca-certificate' }),
  ];
}
