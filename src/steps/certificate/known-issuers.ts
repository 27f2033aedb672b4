import type { X509Certificate } from 'node:crypto';
import type { DefaultCertificateOf, TestCa } from '../../findings/catalog/known-issuers.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { inspectorNamed } from './tls-inspection.js';

/** Patterns for the names of issuers: an attribute in each line, in lower case. */
const TEST_CAS: Readonly<Record<TestCa, RegExp>> = {
  "Let's Encrypt staging": /^(?:o|cn)=\(staging\) |^cn=fake le (?:intermediate|root)\b/m,
  Pebble: /^cn=pebble (?:intermediate|root) ca\b/m,
  'Cloudflare Origin CA': /^ou=cloudflare origin ssl (?:ecc )?certificate authority$/m,
};

const DEFAULT_CERTIFICATES: Readonly<Record<DefaultCertificateOf, RegExp>> = {
  Traefik: /^cn=traefik default cert$/m,
  'ingress-nginx': /^cn=kubernetes ingress controller fake certificate$/m,
  Plesk: /^cn=plesk$/m,
  'Synology DSM': /^o=synology inc\.|^cn=synology(?:\.com)?$/m,
  mailcow: /^ou?=mailcow$/m,
  Zimbra: /^ou=zimbra collaboration (?:server|suite)$/m,
  Exim: /^o=exim developers$/m,
  Dovecot: /^o=dovecot mail server$|^ou=imap server\ncn=imap\.example\.com$/m,
  cPanel: /^emailaddress=ssl@/m,
  'Hestia or Vesta': /^o=(?:hestia|vesta) control panel$/m,
  'Cisco Secure Email Gateway': /^cn=(?:cisco|ironport) appliance demo certificate$/m,
  Courier: /^ou=automatically-generated (?:imap|pop3|esmtp) (?:ssl|starttls) key$/m,
  Stalwart: /^cn=rcgen self signed cert$/m,
  GreenMail: /^cn=greenmail selfsigned test certificate$/m,
};

/** What the names of the issuers show about a chain that leads to no trusted CA. */
export interface KnownIssuer {
  readonly cause: 'tls-inspection' | 'test-ca' | 'default-certificate';
  readonly evidence: Readonly<Partial<Record<'inspector' | 'testCa' | 'software', OwnText>>>;
  /** A sentence, after a space. */
  readonly remark: OwnText;
}

export function knownIssuerIn(sent: readonly X509Certificate[]): KnownIssuer | undefined {
  // OpenSSL leaves out an empty name, and Node then has none.
  return knownIssuerNamed(sent.map(({ issuer }) => (issuer as string | undefined) ?? '').join('\n'));
}

/** @param issuers names of issuers, as Node shows them: an attribute in each line */
export function knownIssuerNamed(issuers: string): KnownIssuer | undefined {
  const names = issuers.toLowerCase();
  const testCa = nameIn(TEST_CAS, names);
  if (testCa) {
    const remark = own` The name of an issuer is that of a CA that mail clients do not trust (${testCa}).`;
    return { cause: 'test-ca', evidence: { testCa }, remark };
  }
  const software = nameIn(DEFAULT_CERTIFICATES, names);
  if (software) {
    const remark = own` It is probably the default certificate of ${software}.`;
    return { cause: 'default-certificate', evidence: { software }, remark };
  }
  const product = inspectorNamed(issuers);
  if (product === undefined) return undefined;
  const inspector = fixed(product);
  const remark = own` The name of an issuer is that of a TLS inspection product (${inspector}).`;
  return { cause: 'tls-inspection', evidence: { inspector }, remark };
}

function nameIn(table: Readonly<Record<string, RegExp>>, names: string): OwnText | undefined {
  const found = Object.entries(table).find(([, pattern]) => pattern.test(names))?.[0];
  return found === undefined ? undefined : fixed(found);
}
