import type { X509Certificate } from 'node:crypto';
import { nameConstraints } from '../extensions.js';
import { NAME_TAG } from '../syntax/names.js';
import { nameOf } from '../own-checks.js';
import { VALID, notEvaluated, type PathVerdict } from '../verdict.js';
import type { Name } from './constrained-names.js';
import { DIRECTORY_NAME, DNS, IP_ADDRESS } from './name-types.js';

const EVALUATED: readonly number[] = [DNS.tag, IP_ADDRESS.tag, DIRECTORY_NAME.tag];

/**
 * Whether an issuer has constraints that a name of a certificate below it may violate, and that are not evaluated here.
 * @param names those of the certificate
 */
export function unsupportedVerdict(issuer: X509Certificate, names: readonly Name[]): PathVerdict {
  const { permitted = [], excluded = [] } = nameConstraints(issuer) ?? {};
  const present = new Set(names.map(({ tag }) => tag));
  const isConstrained = [...permitted, ...excluded].some(({ tag }) => {
    if (EVALUATED.includes(tag)) return false;
    // An otherName may be an email address, too (SmtpUTF8Mailbox, RFC 9598).
    return present.has(tag) || (tag === NAME_TAG.rfc822Name && present.has(NAME_TAG.otherName));
  });
  return isConstrained
    ? notEvaluated(`${nameOf(issuer)} has name constraints of a type that this check does not support`)
    : VALID;
}
