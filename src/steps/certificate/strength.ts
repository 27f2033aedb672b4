import type { X509Certificate } from 'node:crypto';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { isSelfIssued } from '../../tls/x509/distinguished-names.js';
import { nameOf } from './chain-evidence.js';
import type { Parsed } from './presented.js';
import { own } from '../../text/own.js';

/**
 * The keys and signatures of a chain (RFC 9325 section 4.5), each weak one as a finding of its own. The signature on a trust
 * anchor or a root proves nothing, so it is not judged.
 * @param chain the path to the anchor, or everything that was sent if there is none
 */
export function judgeStrength(chain: readonly Parsed[], anchor: X509Certificate | undefined): KnownFinding[] {
  const isSigned = ({ certificate }: Parsed) => (anchor ? certificate !== anchor : !isSelfIssued(certificate));
  // Whoever runs the server can replace only the first one.
  const causeOf = (one: Parsed) => (one === chain[0] ? {} : ({ cause: 'issuer' } as const));
  const causeOfKey = (one: Parsed) =>
    one !== chain[0] && one.certificate === anchor ? ({ cause: 'trusted-ca' } as const) : causeOf(one);
  const weakKeys = chain
    .filter(({ facts }) => facts.key.weak)
    .map((one) => {
      const evidence = { key: one.facts.key.name, subject: nameOf(one.facts.subject) };
      const message = own`${evidence.subject} has a weak key: ${evidence.key.replace(/ (\d+)$/, ', $1 bits')}.`;
      return finding('certificate-weak-key', message, { evidence, ...causeOfKey(one) });
    });
  const weakSignatures = chain
    .filter((one) => one.facts.signature.weak && isSigned(one))
    .map((one) => {
      const { subject, issuer, signature } = one.facts;
      const evidence = { signature: signature.name, subject: nameOf(subject), issuer: nameOf(issuer) };
      const message = own`${evidence.subject} has a weak signature: ${evidence.signature}.`;
      return finding('certificate-weak-signature', message, { evidence, ...causeOf(one) });
    });
  return [...weakKeys, ...weakSignatures];
}
