import type { X509Certificate } from 'node:crypto';
import { oid } from './der.js';
import { KEY_USAGE, NETSCAPE_CERT_TYPE, bitsOf, elementsOf } from './extensions.js';

/** serverAuth, and the two from the time of export restrictions that OpenSSL still accepts in its place. */
const FOR_SERVERS: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.1',
  '2.16.840.1.113730.4.1',
  '1.3.6.1.4.1.311.10.3.3',
]);
const ANY = '2.5.29.37.0';

const EXTENDED_KEY_USAGE = '2.5.29.37';

/** The purposes of RFC 5280 section 4.2.1.12 and of common CAs, as OpenSSL names them. */
const NAMES: Readonly<Record<string, string>> = {
  [ANY]: 'Any Extended Key Usage',
  '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
  '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
  '1.3.6.1.5.5.7.3.3': 'Code Signing',
  '1.3.6.1.5.5.7.3.4': 'E-mail Protection',
  '1.3.6.1.5.5.7.3.8': 'Time Stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP Signing',
  '1.3.6.1.4.1.311.20.2.2': 'Microsoft Smartcard Login',
};

/** The extended key usage in words; undefined if there is none. @throws {DerError} */
export function extendedKeyUsageInWords(certificate: X509Certificate): string | undefined {
  return elementsOf(certificate, EXTENDED_KEY_USAGE)
    ?.map(({ content }) => oid(content))
    .map((id) => NAMES[id] ?? id)
    .join(', ');
}

/** digitalSignature, keyEncipherment and keyAgreement (RFC 5280 section 4.2.1.3): a TLS server needs one of them. */
const SERVER_KEY_USAGES = 0x80 | 0x20 | 0x08;
/** sslServer. */
const NETSCAPE_SERVER = 0x40;

/**
 * Why the extended key usage excludes servers (RFC 5280 section 4.2.1.12). Like OpenSSL, this does not accept
 * anyExtendedKeyUsage instead of serverAuth.
 * @returns a clause that begins with "its"
 * @throws {DerError}
 */
export function extendedKeyUsageError(certificate: X509Certificate): string | undefined {
  const purposes = elementsOf(certificate, EXTENDED_KEY_USAGE)?.map(({ content }) => oid(content));
  if (purposes?.some((purpose) => FOR_SERVERS.has(purpose)) ?? true) return undefined;
  return purposes?.includes(ANY)
    ? 'its extended key usage is "any", which does not include TLS servers'
    : 'its extended key usage does not allow a TLS server';
}

/** Why the key must not be used by a TLS server, as clauses, by the rules of OpenSSL. @throws {DerError} */
export function purposeErrors(certificate: X509Certificate): string[] {
  const usage = bitsOf(certificate, KEY_USAGE);
  const type = bitsOf(certificate, NETSCAPE_CERT_TYPE);
  return [
    extendedKeyUsageError(certificate),
    usage !== undefined &&
      !(usage & SERVER_KEY_USAGES) &&
      'its key usage allows neither a signature nor a key exchange',
    type !== undefined && !(type & NETSCAPE_SERVER) && 'its Netscape certificate type is not a server',
  ].filter((error) => typeof error === 'string');
}
