import 'reflect-metadata';
import { AuthorityInfoAccessExtension } from '@peculiar/x509';
import { createPki, inDays, issue } from '../../src/demo/pki.js';
import type { Identity, KeyKind, Pki } from '../../src/demo/pki.js';
import { behindExtension, month, rewritten } from './rewritten.js';

/** The name that every good certificate of the zoo carries. */
export const HOST = 'mail.example.test';

export const SPECIES = [
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
  'everything',
] as const;

export type Species = (typeof SPECIES)[number];

/** Where the issuer's certificate is to be had (RFC 5280 section 4.2.2.1). */
export const ISSUER_AT = 'http://ca.example.test/intermediate.der';
const ISSUER_URL = new AuthorityInfoAccessExtension({ caIssuers: ISSUER_AT });

/** Identifiers of extensions, as they are encoded. */
const SUBJECT_KEY_IDENTIFIER = '0603551d0e';
const SUBJECT_ALT_NAME = '0603551d11';
const EXTENDED_KEY_USAGE = '0603551d25';
/** The last that has two digits for its year, and the same whenever the zoo is made. */
const LAST_SHORT_DATE = new Date('2049-12-31T23:59:59Z');
/** Where the length stands of what an extension consists of: behind the OCTET STRING's header and a tag. */
const LENGTH = 3;
const BEYOND_THE_END = '7f';

/** Certificates of every kind that the gate must tell apart, all under one throw-away root. */
export interface Zoo extends Record<Species, Identity> {
  /** The trusted authority: `pki.root.cert` is what a test gives as `ca`. */
  readonly pki: Pki;
}

/** Issues the whole zoo; what is wrong with each is exactly what its name says, but for `everything`. */
export async function createZoo(): Promise<Zoo> {
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
  const rsaCa = (key: KeyKind): Promise<Identity> =>
    issue({ commonName: 'Test RSA Intermediate CA', ca: true, issuer: pki.root, key, notAfter: inDays(900) });
  const [signsPss, signsPssSha1] = await Promise.all([rsaCa('rsaPss'), rsaCa('rsaPssSha1')]);
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
    rsa2048: await pki.issue({ names, key: 'rsa2048' }),
    rsa1024: await pki.issue({ names, key: 'rsa1024' }),
    sha1: await pki.issue({ names, hash: 'SHA-1' }),
    ed25519: await pki.issue({ names, key: 'ed25519' }),
    address: await pki.issue({ names, addresses: ['127.0.0.1', '::1'] }),
    addressAsName: await pki.issue({ names: ['127.0.0.1'] }),
    caAsLeaf: await pki.issue({ names, ca: true, usage: ['serverAuth'], sends: [pki.intermediate] }),
    clientOnly: await pki.issue({ names, usage: ['clientAuth'] }),
    expiredIntermediate: await pki.issue({ names, issuer: oldIntermediate }),
    issuerNoCa: await pki.issue({ names, issuer: good, sends: [good, pki.intermediate] }),
    misordered: await pki.issue({ names, sends: [pki.root, other.root, pki.intermediate] }),
    withUrl: await pki.issue({ names, sends: [], further: [ISSUER_URL] }),
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
    everything: await pki.issue({ names: ['wrong.example.test'], ...expired, sends: [] }),
  };
}
