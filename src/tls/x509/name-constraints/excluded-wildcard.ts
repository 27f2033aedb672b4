import type { X509Certificate } from 'node:crypto';
import { comparableName, matchesName } from '../../names.js';
import { subjectAltNames } from '../extensions.js';
import { VALID, type PathVerdict } from '../verdict.js';
import { DNS } from './name-types.js';
import { exclusionOf, notAllowed, subtreesOf } from './subtrees.js';

/**
 * A wildcard must not stand for a name that is excluded (CVE-2025-61727), although it does not match the constraint.
 * @param required the name that the certificate must have
 */
export function wildcardVerdict(issuer: X509Certificate, certificate: X509Certificate, required: string): PathVerdict {
  const wildcards = subjectAltNames(certificate)
    .filter(({ tag }) => tag === DNS.tag)
    .map(({ content }) => DNS.nameText(content))
    .filter((name) => name.startsWith('*'));
  if (!matchesName({ dnsNames: wildcards, ipAddresses: [] }, required)) return VALID;
  const name = comparableName(required);
  const exclusion = subtreesOf(issuer, 'excluded', DNS.tag).find((subtree) => DNS.matcher(subtree)(name));
  return exclusion ? notAllowed(issuer, required, exclusionOf(DNS, exclusion), 'excluded-wildcard') : VALID;
}
