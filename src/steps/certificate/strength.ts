import type { X509Certificate } from 'node:crypto';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import { isSelfIssued } from '../../tls/x509/distinguished-names.js';
import type { Legible } from './malformed.js';

/**
 * The keys and signatures that a chain rests upon (RFC 9325 section 4.5). What an anchor, or a root, is signed with
 * proves nothing and is not asked.
 * @param chain the path to the anchor, or all that was sent where there is none
 */
export function judgeStrength(chain: readonly Legible[], anchor: X509Certificate | undefined): KnownFinding[] {
  const weakKey = chain.map(({ facts }) => facts).find(({ key }) => key.weak);
  const weakSignature = chain
    .filter(({ certificate }) => (anchor ? certificate !== anchor : !isSelfIssued(certificate)))
    .map(({ facts }) => facts)
    .find(({ signature }) => signature.weak);
  return [
    ...(weakKey
      ? [
          finding('certificate-weak-key', `The key of ${brief(weakKey.subject)} is ${weakKey.key.name}.`, {
            evidence: { key: weakKey.key.name, subject: brief(weakKey.subject) },
          }),
        ]
      : []),
    ...(weakSignature
      ? [
          finding(
            'certificate-weak-signature',
            `${brief(weakSignature.subject)} is signed by ${weakSignature.signature.name}.`,
            { evidence: { signature: weakSignature.signature.name, subject: brief(weakSignature.subject) } },
          ),
        ]
      : []),
  ];
}
