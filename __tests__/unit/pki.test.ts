import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createZoo, HOST } from '../support/zoo.js';
import type { Zoo } from '../support/zoo.js';

const DAY_MS = 86_400_000;

describe('the throw-away PKI', () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo();
  });

  test('issues a leaf under an intermediate under a root', () => {
    const leaf = new X509Certificate(zoo.good.cert);
    const intermediate = new X509Certificate(zoo.pki.intermediate.cert);
    const root = new X509Certificate(zoo.pki.root.cert);
    expect(leaf.checkIssued(intermediate)).toBe(true);
    expect(leaf.verify(intermediate.publicKey)).toBe(true);
    expect(intermediate.verify(root.publicKey)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect([leaf.ca, intermediate.ca, root.ca]).toEqual([false, true, true]);
    expect(leaf.subjectAltName).toBe(`DNS:${HOST}`);
    expect(leaf.checkPrivateKey(createPrivateKey(zoo.good.key))).toBe(true);
  });

  test('no two certificates share a serial number', () => {
    const { pki, ...leaves } = zoo;
    const serials = [pki.root, pki.intermediate, ...Object.values(leaves)].map(
      ({ cert }) => new X509Certificate(cert).serialNumber,
    );
    expect(new Set(serials).size).toBe(serials.length);
  });

  test.each([
    ['rsa1024', 'rsa', { modulusLength: 1024 }],
    ['rsa2048', 'rsa', { modulusLength: 2048 }],
    ['ed25519', 'ed25519', {}],
    ['good', 'ec', { namedCurve: 'prime256v1' }],
  ] as const)('%s has a key of its kind', (species, type, details) => {
    const { publicKey } = new X509Certificate(zoo[species].cert);
    expect(publicKey.asymmetricKeyType).toBe(type);
    expect(publicKey.asymmetricKeyDetails).toMatchObject(details);
  });

  test('sha1 is signed with SHA-1, the others are not', () => {
    const ecdsaWithSha1 = Buffer.from('06072a8648ce3d0401', 'hex');
    expect(new X509Certificate(zoo.sha1.cert).raw.includes(ecdsaWithSha1)).toBe(true);
    expect(new X509Certificate(zoo.good.cert).raw.includes(ecdsaWithSha1)).toBe(false);
  });

  test('dates are what they should be', () => {
    const from = (species: 'expired' | 'notYetValid' | 'good') => new X509Certificate(zoo[species].cert).validFromDate;
    const to = (species: 'expired' | 'soon' | 'good') => new X509Certificate(zoo[species].cert).validToDate;
    const days = (date: Date) => (date.getTime() - Date.now()) / DAY_MS;
    expect(days(to('expired'))).toBeLessThan(0);
    expect(days(from('notYetValid'))).toBeGreaterThan(0);
    expect(days(to('soon'))).toBeGreaterThan(5);
    expect(days(to('soon'))).toBeLessThan(6);
    expect(days(from('good'))).toBeLessThan(0);
    expect(days(to('good'))).toBeGreaterThan(14);
  });

  test.each([
    ['good', 2],
    ['incomplete', 1],
    ['selfSigned', 1],
    ['untrustedWithRoot', 3],
    ['issuerNoCa', 3],
    ['misordered', 4],
  ] as const)('%s comes with a chain of %d', (species, length) => {
    expect(zoo[species].chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(length);
    expect(zoo[species].chain.startsWith(zoo[species].cert)).toBe(true);
  });

  test('purposes and names differ where they should', () => {
    const of = (species: 'clientOnly' | 'caAsLeaf' | 'address' | 'addressAsName' | 'commonNameOnly') =>
      new X509Certificate(zoo[species].cert);
    expect(of('clientOnly').keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(of('caAsLeaf').ca).toBe(true);
    expect(of('address').checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(of('addressAsName').checkIP('127.0.0.1')).toBeUndefined();
    expect(of('commonNameOnly').subjectAltName).toBeUndefined();
  });
});
