/**
 * Where public CAs publish the certificates of their issuers, at or below these domains. A new root of such a CA is not a
 * private root: older roots sign it until all clients know it.
 */
const DOMAINS: readonly string[] = [
  ...['lencr.org', 'pki.goog', 'amazontrust.com', 'digicert.com', 'sectigo.com', 'usertrust.com', 'comodoca.com'],
  ...['globalsign.com', 'godaddy.com', 'starfieldtech.com', 'entrust.net', 'ssl.com', 'identrust.com', 'certum.pl'],
  ...['quovadisglobal.com', 'swisssign.net', 'actalis.it', 'harica.gr', 'buypass.com', 'telesec.de', 'd-trust.net'],
];

/** @param url the location of an issuer, as a certificate names it */
export function isOfPublicCa(url: string | undefined): boolean {
  const host = url !== undefined && URL.canParse(url) ? new URL(url).hostname : '';
  return DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
