import { bitString, element, objectIdentifier, sequence } from '../../src/servers/der.js';
import { createPki, extension, inDays, issue, type Identity, type KeyType, type Pki } from '../../src/servers/pki.js';
import { ecdsaWith, ED25519, RSA_1024, RSA_2048, RSA_PSS, RSA_PSS_SHA1 } from './key-types.js';
import { behindExtension, month, onCurve, rewritten, unchanged } from './rewritten.js';

/** The name in every valid fixture. */
export const HOST = 'mail.example.test';

export const CERTIFICATE_NAMES = [
  'good',
  'expired',
  'notYetValid',
  'soon',
  'wrongHost',
  'selfSigned',
  'selfSignedExpired',
  'incomplete',
  'untrusted',
  'untrustedWithRoot',
  'commonNameOnly',
  'wildcard',
  'rsa2048',
  'rsa1024',
  'sha1',
  'ed25519',
  'address',
  'addressAsName',
  'caAsLeaf',
  'clientOnly',
  'expiredIntermediate',
  'issuerNoCa',
  'misordered',
  'withUrl',
  'pss',
  'pssSha1',
  'noSuchDate',
  'noSuchStart',
  'oddNames',
  'oddPurpose',
  'extensionTwice',
  'oddIntermediate',
  'brainpool',
  'explicitCurve',
  'signsCertificatesOnly',
  'anyPurpose',
  'netscapeClient',
  'emailOnly',
  'leafTwice',
  'constrained',
  'outsideConstraints',
  'everything',
] as const;

export type CertificateName = (typeof CERTIFICATE_NAMES)[number];

/** The URL of the issuer's certificate (RFC 5280 section 4.2.2.1). */
export const ISSUER_AT = 'http://ca.example.test/intermediate.der';
const CA_ISSUERS = objectIdentifier('1.3.6.1.5.5.7.48.2');
/** The extension with such a URL, in DER. */
export const issuerAt = (url: string): Buffer =>
  extension('1.3.6.1.5.5.7.1.1', sequence(sequence(CA_ISSUERS, element(0x86, Buffer.from(url)))));
export const ISSUER_URL = issuerAt(ISSUER_AT);

/** permitted: DNS names at and below a domain (RFC 5280 section 4.2.1.10). */
function onlyBelow(domain: string): Buffer {
  const permitted = element(0xa0, sequence(element(0x82, Buffer.from(domain))));
  return extension('2.5.29.30', sequence(permitted), 'critical');
}

/** nsCertType: sslClient. */
const NETSCAPE_CLIENT = extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x80), 7));
const ANY_PURPOSE = extension('2.5.29.37', sequence(objectIdentifier('2.5.29.37.0')));
const EMAIL_NAME = extension('2.5.29.17', sequence(element(0x81, Buffer.from(`postmaster@${HOST}`))));

/** Identifiers of extensions, as they are encoded. */
const SUBJECT_KEY_IDENTIFIER = '0603551d0e';
const SUBJECT_ALT_NAME = '0603551d11';
const EXTENDED_KEY_USAGE = '0603551d25';
const KEY_USAGE = '0603551d0f';
/** After critical, OCTET STRING and the BIT STRING's header: the unused bits, and only keyCertSign. */
const SIGNS_CERTIFICATES = { distance: 7, octets: '0204' };
/** The last date with a two-digit year, which does not depend on the time of the test. */
const LAST_SHORT_DATE = new Date('2049-12-31T23:59:59Z');
/** The position of the length in the value of an extension: after the OCTET STRING's header and a tag. */
const LENGTH = 3;
const BEYOND_THE_END = '7f';

/** Certificates of every kind that the gate must distinguish, all under one temporary root. */
export interface CertificateFixtures extends Record<CertificateName, Identity> {
  /** The trusted CA: tests use `pki.root.cert` as `ca`. */
  readonly pki: Pki;
}

/** Issues all fixtures. Each except `everything` has exactly the problem in its name. */
export async function createCertificateFixtures(): Promise<CertificateFixtures> {
  const [pki, other] = await Promise.all([createPki('Test'), createPki('Other')]);
  const names = [HOST];
  const good = await pki.issue({ names });
  const oldIntermediate = await issue({
    commonName: 'Test Old Intermediate CA',
    ca: true,
    issuer: pki.root,
    notBefore: inDays(-900),
    notAfter: inDays(-3),
  });
  const oddIntermediate = rewritten(
    await issue({ commonName: 'Test Odd Intermediate CA', ca: true, issuer: pki.root }),
    pki.root,
    month('notAfter', '99'),
  );
  const rsaCa = (key: KeyType): Promise<Identity> =>
    issue({ commonName: 'Test RSA Intermediate CA', ca: true, issuer: pki.root, key, notAfter: inDays(900) });
  const [signsPss, signsPssSha1] = await Promise.all([rsaCa(RSA_PSS), rsaCa(RSA_PSS_SHA1)]);
  const caFor = (domain: string): Promise<Identity> =>
    issue({
      commonName: `Test CA for ${domain}`,
      ca: true,
      issuer: pki.root,
      notAfter: inDays(900),
      further: [{ rawData: onlyBelow(domain) }],
    });
  const [ofDomain, ofAnother] = await Promise.all([caFor('example.test'), caFor('elsewhere.test')]);
  const brainpool = onCurve(
    await issue({ commonName: 'Test Brainpool Intermediate CA', ca: true, issuer: pki.root, notAfter: inDays(900) }),
    'brainpoolP256r1',
    pki.root,
  );
  const another = (): Promise<Identity> => pki.issue({ names });
  const expired = { notBefore: inDays(-400), notAfter: inDays(-2) };
  return {
    pki,
    good,
    expired: await pki.issue({ names, ...expired }),
    notYetValid: await pki.issue({ names, notBefore: inDays(30), notAfter: inDays(400) }),
    soon: await pki.issue({ names, notBefore: inDays(-80), notAfter: inDays(5.5) }),
    wrongHost: await pki.issue({ names: ['wrong.example.test'] }),
    selfSigned: await issue({ commonName: HOST, names }),
    selfSignedExpired: await issue({ commonName: HOST, names, ...expired }),
    incomplete: await pki.issue({ names, sends: [] }),
    untrusted: await other.issue({ names }),
    untrustedWithRoot: await other.issue({ names, sends: [other.intermediate, other.root] }),
    commonNameOnly: await pki.issue({ commonName: HOST }),
    wildcard: await pki.issue({ names: ['*.example.test'] }),
    rsa2048: await pki.issue({ names, key: RSA_2048 }),
    rsa1024: await pki.issue({ names, key: RSA_1024 }),
    sha1: await pki.issue({ names, signature: ecdsaWith('SHA-1') }),
    ed25519: await pki.issue({ names, key: ED25519 }),
    address: await pki.issue({ names, addresses: ['127.0.0.1', '::1'] }),
    addressAsName: await pki.issue({ names: ['127.0.0.1'] }),
    caAsLeaf: await pki.issue({ names, ca: true, usage: ['serverAuth'], sends: [pki.intermediate] }),
    clientOnly: await pki.issue({ names, usage: ['clientAuth'] }),
    expiredIntermediate: await pki.issue({ names, issuer: oldIntermediate }),
    issuerNoCa: await pki.issue({ names, issuer: good, sends: [good, pki.intermediate] }),
    misordered: await pki.issue({ names, sends: [pki.root, other.root, pki.intermediate] }),
    withUrl: await pki.issue({ names, sends: [], further: [{ rawData: ISSUER_URL }] }),
    pss: await pki.issue({ names, issuer: signsPss, sends: [signsPss] }),
    pssSha1: await pki.issue({ names, issuer: signsPssSha1, sends: [signsPssSha1] }),
    noSuchDate: rewritten(
      await pki.issue({ names, notAfter: LAST_SHORT_DATE }),
      pki.intermediate,
      month('notAfter', '99'),
    ),
    noSuchStart: rewritten(await another(), pki.intermediate, month('notBefore', '00')),
    oddNames: rewritten(await another(), pki.intermediate, behindExtension(SUBJECT_ALT_NAME, LENGTH, BEYOND_THE_END)),
    oddPurpose: rewritten(
      await another(),
      pki.intermediate,
      behindExtension(EXTENDED_KEY_USAGE, LENGTH, BEYOND_THE_END),
    ),
    extensionTwice: rewritten(await another(), pki.intermediate, behindExtension(SUBJECT_KEY_IDENTIFIER, -1, '23')),
    oddIntermediate: await pki.issue({ names, issuer: oddIntermediate, sends: [oddIntermediate] }),
    brainpool: rewritten(await issue({ names, issuer: brainpool }), brainpool, unchanged),
    explicitCurve: onCurve(await another(), 'explicit', pki.intermediate, [pki.intermediate]),
    signsCertificatesOnly: rewritten(
      await another(),
      pki.intermediate,
      behindExtension(KEY_USAGE, SIGNS_CERTIFICATES.distance, SIGNS_CERTIFICATES.octets),
    ),
    anyPurpose: await pki.issue({ names, usage: [], further: [{ rawData: ANY_PURPOSE }] }),
    netscapeClient: await pki.issue({ names, further: [{ rawData: NETSCAPE_CLIENT }] }),
    emailOnly: await pki.issue({ further: [{ rawData: EMAIL_NAME }] }),
    leafTwice: twice(await pki.issue({ names, sends: [] })),
    constrained: await issue({ names, issuer: ofDomain }),
    outsideConstraints: await issue({ names, issuer: ofAnother }),
    everything: await pki.issue({ names: ['wrong.example.test'], ...expired, sends: [] }),
  };
}

/** A server that sends its own certificate instead of the issuer's. */
function twice(identity: Identity): Identity {
  return { ...identity, chain: identity.cert.repeat(2) };
}
