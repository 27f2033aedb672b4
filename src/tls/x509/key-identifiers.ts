import type { X509Certificate } from 'node:crypto';
import { DerError } from './der.js';
import { isIssuerOf } from './distinguished-names.js';
import { serialNumber } from './encoding.js';
import { authorityKeyIdentifier, subjectKeyIdentifier } from './extensions.js';

/*
 * Identifiers by which a certificate and its issuer refer to the same key. They prove nothing: only a signature does.
 */

/** The identifier of the certificate's own key, as OpenSSL prints it. Undefined if it has none, or a malformed one. */
export function subjectKeyId(certificate: X509Certificate): string | undefined {
  return inHexadecimal(() => subjectKeyIdentifier(certificate));
}

/** The same of the key that has signed the certificate (RFC 5280 section 4.2.1.1). */
export function authorityKeyId(certificate: X509Certificate): string | undefined {
  return inHexadecimal(() => authorityKeyIdentifier(certificate).keyIdentifier);
}

/** Whether a certificate says that a different certificate with the name of this issuer has issued it. @throws {DerError} */
export function namesOtherKey(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const { keyIdentifier, issuerNames, serial } = authorityKeyIdentifier(certificate);
  const own = subjectKeyIdentifier(issuer);
  if (keyIdentifier && own && !keyIdentifier.equals(own)) return true;
  if (serial && !serial.equals(serialNumber(issuer))) return true;
  const directoryName = issuerNames.find(({ tag }) => tag === DIRECTORY_NAME);
  return directoryName !== undefined && !isIssuerOf(issuer, directoryName.content);
}

const DIRECTORY_NAME = 0xa4;

function inHexadecimal(read: () => Buffer | undefined): string | undefined {
  try {
    return read()?.toString('hex').toUpperCase().match(/../g)?.join(':');
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}
