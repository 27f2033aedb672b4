import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createPki, issue } from '../../src/servers/pki.js';
import { createCertificateFixtures, HOST, type CertificateFixtures } from '../support/certificate-fixtures.js';

const DAY_MS = 86_400_000;

describe('the temporary PKI', () => {
  let certs: CertificateFixtures;
  beforeAll(async () => {
    certs = await createCertificateFixtures();
  });

  test('issues a leaf under an intermediate under a root', () => {
    const leaf = new X509Certificate(certs.good.cert);
    const intermediate = new X509Certificate(certs.pki.intermediate.cert);
    const root = new X509Certificate(certs.pki.root.cert);
    expect(leaf.checkIssued(intermediate)).toBe(true);
    expect(leaf.verify(intermediate.publicKey)).toBe(true);
    expect(intermediate.verify(root.publicKey)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect([leaf.ca, intermediate.ca, root.ca]).toEqual([false, true, true]);
    expect(leaf.subjectAltName).toBe(`DNS:${HOST}`);
    expect(leaf.checkPrivateKey(createPrivateKey(certs.good.key))).toBe(true);
  });

  test('no two certificates share a serial number', () => {
    const { pki, ...leaves } = certs;
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
  ] as const)('%s has a key of the correct type', (certName, type, details) => {
    const { publicKey } = new X509Certificate(certs[certName].cert);
    expect(publicKey.asymmetricKeyType).toBe(type);
    expect(publicKey.asymmetricKeyDetails).toMatchObject(details);
  });

  test('sha1 is signed with SHA-1, the others are not', () => {
    const ecdsaWithSha1 = Buffer.from('06072a8648ce3d0401', 'hex');
    expect(new X509Certificate(certs.sha1.cert).raw.includes(ecdsaWithSha1)).toBe(true);
    expect(new X509Certificate(certs.good.cert).raw.includes(ecdsaWithSha1)).toBe(false);
  });

  test('the validity periods are correct', () => {
    const from = (certName: 'expired' | 'notYetValid' | 'good') =>
      new X509Certificate(certs[certName].cert).validFromDate;
    const to = (certName: 'expired' | 'soon' | 'good') => new X509Certificate(certs[certName].cert).validToDate;
    const days = (date: Date) => (date.getTime() - Date.now()) / DAY_MS;
    expect(days(to('expired'))).toBeLessThan(0);
    expect(days(from('notYetValid'))).toBeGreaterThan(0);
    expect(days(to('soon'))).toBeGreaterThan(5);
    expect(days(to('soon'))).toBeLessThan(6);
    expect(days(from('good'))).toBeLessThan(0);
    expect(days(to('good'))).toBeGreaterThan(14);
  });

  test.each([
    ['2049-12-31T23:59:59.000Z', 'a two-digit year'],
    ['2050-01-01T00:00:00.000Z', 'a four-digit year'],
    ['9999-12-31T23:59:59.000Z', 'no expiration date'],
  ])('is valid until %s (%s)', async (until) => {
    const { certificate } = await issue({ names: [HOST], notAfter: new Date(until) });
    expect(certificate.validToDate.toISOString()).toBe(until);
  });

  test('IP addresses have the correct bytes in any notation', async () => {
    const addresses = ['192.0.2.1', '::1', '2001:db8::', '2001:db8::8:800:200c:417a', '1:2:3:4:5:6:7:8'];
    const { certificate } = await issue({ addresses });
    expect(addresses.map((address) => certificate.checkIP(address))).toEqual(addresses);
  });

  test('has the same DER as OpenSSL, even for long content', async () => {
    const { intermediate } = await createPki();
    for (const length of [1, 100, 200, 40_000]) {
      const { certificate } = await issue({ names: ['x'.repeat(length)], pathLength: 1, issuer: intermediate });
      expect(new X509Certificate(certificate.toString()).raw).toEqual(certificate.raw);
      expect(certificate.verify(intermediate.certificate.publicKey)).toBe(true);
      expect(certificate.checkIssued(intermediate.certificate)).toBe(true);
      expect(certificate.subjectAltName).toBe(`DNS:${'x'.repeat(length)}`);
    }
  });

  test.each([
    ['good', 2],
    ['incomplete', 1],
    ['selfSigned', 1],
    ['untrustedWithRoot', 3],
    ['issuerNoCa', 3],
    ['misordered', 4],
  ] as const)('%s has a chain of %d', (certName, length) => {
    expect(certs[certName].chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(length);
    expect(certs[certName].chain.startsWith(certs[certName].cert)).toBe(true);
  });

  test('the certificates have the intended purposes and names', () => {
    const of = (certName: 'clientOnly' | 'caAsLeaf' | 'address' | 'addressAsName' | 'commonNameOnly') =>
      new X509Certificate(certs[certName].cert);
    expect(of('clientOnly').keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(of('caAsLeaf').ca).toBe(true);
    expect(of('address').checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(of('addressAsName').checkIP('127.0.0.1')).toBeUndefined();
    expect(of('commonNameOnly').subjectAltName).toBeUndefined();
  });
});
