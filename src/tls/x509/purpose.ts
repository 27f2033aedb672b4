import type { X509Certificate } from 'node:crypto';
import { extendedKeyUsage, keyUsage, netscapeCertType } from './extensions.js';

/** serverAuth, and the two of the days of export restrictions that OpenSSL still takes for it. */
const FOR_SERVERS: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.1',
  '2.16.840.1.113730.4.1',
  '1.3.6.1.4.1.311.10.3.3',
]);
const ANY = '2.5.29.37.0';

/** digitalSignature, keyEncipherment and keyAgreement (RFC 5280 section 4.2.1.3): a TLS server needs one of them. */
const SERVER_KEY_USAGES = 0x80 | 0x20 | 0x08;
/** sslServer. */
const NETSCAPE_SERVER = 0x40;

/**
 * Whether the extended key usage of a certificate, or of an issuer, leaves out servers (RFC 5280 section 4.2.1.12).
 * OpenSSL does not take anyExtendedKeyUsage for that of a server, and neither does this.
 * @returns why, in words that follow upon "its"; undefined where it does not
 * @throws {DerError}
 */
export function usageObjection(certificate: X509Certificate): string | undefined {
  const purposes = extendedKeyUsage(certificate);
  if (purposes?.some((purpose) => FOR_SERVERS.has(purpose)) ?? true) return undefined;
  return purposes?.includes(ANY)
    ? 'extended key usage says "any", which is not taken for that of a TLS server'
    : 'extended key usage does not allow a TLS server';
}

/**
 * Why a key may not be that of a TLS server, by all that its certificate says of purposes, as OpenSSL sees it.
 * @returns clauses for a reader; none where it may
 * @throws {DerError}
 */
export function purposeObjections(certificate: X509Certificate): string[] {
  const usage = usageObjection(certificate);
  const uses = keyUsage(certificate);
  const type = netscapeCertType(certificate);
  return [
    ...(usage === undefined ? [] : [`its ${usage}`]),
    ...(uses === undefined || (uses & SERVER_KEY_USAGES) !== 0
      ? []
      : ['its key usage allows neither a signature nor a key exchange']),
    ...(type === undefined || (type & NETSCAPE_SERVER) !== 0 ? [] : ['its Netscape certificate type is not a server']),
  ];
}
