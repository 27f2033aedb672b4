import type { X509Certificate } from 'node:crypto';
import type { PathEnd } from '../../tls/x509/chain.js';
import { issued } from '../../tls/x509/issuer.js';

/**
 * The intermediate of a trusted CA that a server sends in the place of the one that issued the certificate before it: a CA
 * that has several has issued a renewed certificate with another one.
 * @param end the last certificate of the path
 */
export function wrongIntermediate(
  sent: readonly X509Certificate[],
  { end }: PathEnd,
  anchors: readonly X509Certificate[],
): X509Certificate | undefined {
  const at = sent.findIndex(({ fingerprint256 }) => fingerprint256 === end.fingerprint256);
  const next = sent[at + 1];
  if (at < 0 || !next?.ca || issued(next, next) || issued(next, end)) return undefined;
  return anchors.some((anchor) => issued(anchor, next)) ? next : undefined;
}
