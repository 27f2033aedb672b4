import type { X509Certificate } from 'node:crypto';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { excerpt } from '../../text/peer.js';
import { isSelfIssued } from '../../tls/x509/distinguished-names.js';
import type { Parsed } from './presented.js';
import { own } from '../../text/own.js';

/**
 * The keys and signatures of a chain (RFC 9325 section 4.5). The signature on a trust anchor or a root proves nothing,
 * so it is not judged.
 * @param chain the path to the anchor, or everything that was sent if there is none
 */
export function judgeStrength(chain: readonly Parsed[], anchor: X509Certificate | undefined): KnownFinding[] {
  const signed = chain.filter(({ certificate }) => (anchor ? certificate !== anchor : !isSelfIssued(certificate)));
  const weakKey = chain.find(({ facts }) => facts.key.weak);
  const weakSignature = signed.find(({ facts }) => facts.signature.weak);
  // Whoever runs the server can replace only the first one.
  const causeOf = (one: Parsed) => (one === chain[0] ? {} : ({ cause: 'issuer' } as const));
  const findings: KnownFinding[] = [];
  if (weakKey) {
    const evidence = { key: weakKey.facts.key.name, subject: excerpt(weakKey.facts.subject) };
    const message = own`${evidence.subject} has a weak key: ${evidence.key.replace(/ (\d+)$/, ', $1 bits')}.`;
    findings.push(finding('certificate-weak-key', message, { evidence, ...causeOf(weakKey) }));
  }
  if (weakSignature) {
    const evidence = {
      signature: weakSignature.facts.signature.name,
      subject: excerpt(weakSignature.facts.subject),
    };
    const message = own`${evidence.subject} has a weak signature: ${evidence.signature}.`;
    findings.push(finding('certificate-weak-signature', message, { evidence, ...causeOf(weakSignature) }));
  }
  return findings;
}
