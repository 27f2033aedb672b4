import { isIP } from 'node:net';
import type { CauseOf } from '../../findings/catalog.js';
import { own, type OwnText } from '../../text/own.js';
import { excerpt } from '../../text/peer.js';
import { comparableName, domainOf } from '../../tls/names.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';

/** Why no name of a certificate matches. */
export interface Mismatch {
  /** A sentence about the certificate. */
  readonly message: OwnText;
  /** Undefined if its names are simply different ones. */
  readonly cause?: CauseOf<'certificate-hostname-mismatch'>;
}

/** No DNS name has one. C software stops reading at NUL (CVE-2009-2408). */
const CONTROL = /\p{Cc}/u;
/** Names that no public CA issues certificates for: those of machines before they are configured. */
const PLACEHOLDER = /^(?:[^.]+|.*\.(?:localdomain|localhost|local|lan|internal|invalid|home\.arpa))$/i;

/**
 * The kind of mismatch. Two kinds are distinguished if their fixes differ.
 * @param facts of a certificate that does not match
 * @param expected a DNS name or an IP address
 */
export function mismatchOf({ dnsNames, ipAddresses, hasOtherNames }: CertificateFacts, expected: string): Mismatch {
  const all = [...dnsNames, ...ipAddresses];
  const names = excerpt(all.join(', '));
  const forged = dnsNames.find((name) => CONTROL.test(name));
  if (forged !== undefined) {
    const message = own`The certificate has the name ${excerpt(forged)}, which contains a control character. No DNS name does: the certificate was probably made to impersonate a server.`;
    return { message, cause: 'forged-name' };
  }
  if (all.length === 0) {
    const message = hasOtherNames
      ? own`The certificate has subject alternative names, but no DNS name or IP address, so it does not match ${expected}. Clients ignore its common name.`
      : own`The certificate has no subject alternative names, so it does not match ${expected}. Clients ignore its common name.`;
    return { message, cause: 'no-names' };
  }
  const isAddress = isIP(expected) !== 0;
  if (isAddress && dnsNames.includes(expected)) {
    return {
      message: own`The certificate has ${expected} as a DNS name, not as an IP address.`,
      cause: 'address-as-name',
    };
  }
  const message = own`The certificate is for ${names}, not for ${expected}.`;
  if (isAddress || !comparableName(expected).includes('.')) {
    if (dnsNames.length === 0) return { message };
    return isAddress
      ? {
          message: own`The endpoint is the IP address ${expected}, and the certificate is for ${names}.`,
          cause: 'address',
        }
      : { message, cause: 'local-address' };
  }
  const wildcard = dnsNames.find((name) => isBeside(name, expected));
  if (wildcard !== undefined) {
    const isWhole = wildcard.startsWith('*.');
    const clause = isWhole
      ? own`${excerpt(wildcard)} matches exactly one label in place of the asterisk, so it does not match ${expected}`
      : own`the asterisk in ${excerpt(wildcard)} is not the whole leftmost label, so that name matches nothing`;
    return {
      message: own`The certificate is for ${names}: ${clause}.`,
      cause: isWhole ? 'wildcard' : 'partial-wildcard',
    };
  }
  if (all.every((name) => isIP(name) !== 0 || PLACEHOLDER.test(name))) return { message, cause: 'default-certificate' };
  const domain = domainOf(expected);
  return dnsNames.some((name) => domainOf(name) === domain) ? { message } : { message, cause: 'other-domain' };
}

/** Whether a wildcard would match if its asterisk stood for any text, or for nothing at all. */
function isBeside(pattern: string, name: string): boolean {
  const [before = '', after, ...more] = pattern.toLowerCase().split('*');
  const lower = comparableName(name);
  if (!after?.includes('.') || more.length > 0) return false;
  if (before === '' && `.${lower}` === after) return true;
  return lower.startsWith(before) && lower.endsWith(after) && lower.length >= before.length + after.length;
}
