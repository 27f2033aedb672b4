import type { X509Certificate } from 'node:crypto';
import { DerError, derElements } from './der.js';
import { TAG } from './encoding.js';
import { extensionsOf } from './extensions.js';

/*
 * Identifiers by which a certificate and its issuer refer to the same key, in hexadecimal as OpenSSL prints them. They
 * prove nothing: only a signature does. Undefined if a certificate has none, or a malformed one.
 */

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
/** The context tag of `keyIdentifier`. */
const KEY_IDENTIFIER = 0x80;

/** The identifier of the certificate's own key (RFC 5280 section 4.2.1.2). */
export function subjectKeyId(certificate: X509Certificate): string | undefined {
  return unlessMalformed(() => elementOf(certificate, SUBJECT_KEY_IDENTIFIER, TAG.octetString));
}

/** The identifier of the key that has signed the certificate (RFC 5280 section 4.2.1.1). */
export function authorityKeyId(certificate: X509Certificate): string | undefined {
  return unlessMalformed(() => {
    const parts = elementOf(certificate, AUTHORITY_KEY_IDENTIFIER, TAG.sequence);
    return parts && derElements(parts).find(({ tag }) => tag === KEY_IDENTIFIER)?.content;
  });
}

function elementOf(certificate: X509Certificate, id: string, tag: number): Buffer | undefined {
  const extension = extensionsOf(certificate).find((one) => one.id === id);
  return extension && derElements(extension.value).find((element) => element.tag === tag)?.content;
}

function unlessMalformed(read: () => Buffer | undefined): string | undefined {
  try {
    return read()?.toString('hex').toUpperCase().match(/../g)?.join(':');
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}
