import type { X509Certificate } from 'node:crypto';
import type { DerElement } from '../der.js';
import { subjectName } from '../encoding.js';
import { nameConstraints } from '../extensions.js';
import { NAME_TAG } from '../syntax/names.js';
import { nameOf } from '../own-checks.js';
import { VALID, notEvaluated, type PathVerdict } from '../verdict.js';
import { DIRECTORY_NAME, DNS, IP_ADDRESS } from './name-types.js';

/** Attributes of a subject that are compared with constraints, like alternative names. */
const EMAIL_ADDRESS = Buffer.from('06092a864886f70d010901', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const IA5_STRING = 0x16;

const EVALUATED: readonly number[] = [DNS.tag, IP_ADDRESS.tag, DIRECTORY_NAME.tag];

/**
 * Whether an issuer has constraints that a name of a certificate below it may violate, and that are not evaluated here.
 * @param names those of the certificate
 * @param isLeaf whether it is the certificate of the server. If that has no DNS name, OpenSSL uses its common name.
 */
export function unsupportedVerdict(
  issuer: X509Certificate,
  certificate: X509Certificate,
  { names, isLeaf }: { readonly names: readonly Pick<DerElement, 'tag'>[]; readonly isLeaf: boolean },
): PathVerdict {
  const { permitted = [], excluded = [] } = nameConstraints(issuer) ?? {};
  const constrained = [...permitted, ...excluded].map(({ tag }) => tag);
  const subject = subjectName(certificate);
  const present = new Set(names.map(({ tag }) => tag));
  const isConstrained = constrained.some((tag) => {
    if (tag === DNS.tag) return isLeaf && !present.has(tag) && subject.includes(COMMON_NAME);
    if (EVALUATED.includes(tag)) return false;
    // An otherName may be an email address, too (SmtpUTF8Mailbox, RFC 9598).
    const hasAddress = subject.includes(EMAIL_ADDRESS) || present.has(NAME_TAG.otherName);
    if (tag === NAME_TAG.rfc822Name && hasAddress) return true;
    return present.has(tag);
  });
  return isConstrained || hasUnusualEmailAddress(subject)
    ? notEvaluated(`${nameOf(issuer)} has name constraints of a type that this check does not support`)
    : VALID;
}

/** OpenSSL rejects such an address below any name constraints: it must be an IA5String (RFC 5280 appendix A). */
function hasUnusualEmailAddress(subject: Buffer): boolean {
  const at = subject.indexOf(EMAIL_ADDRESS);
  return at >= 0 && subject[at + EMAIL_ADDRESS.length] !== IA5_STRING;
}
