import { createPki, inDays, issue } from '../../src/demo/pki.js';
import type { Identity, Pki } from '../../src/demo/pki.js';

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
  'everything',
] as const;

export type Species = (typeof SPECIES)[number];

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
    everything: await pki.issue({ names: ['wrong.example.test'], ...expired, sends: [] }),
  };
}
