import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import fc from 'fast-check';
import { addressOf, matchesName, serverNameIndication } from '../../src/tls/names.js';
import { certificateFacts } from '../../src/tls/x509/certificate.js';
import { createPki } from '../../src/servers/pki.js';

const dns = (name: string, ...dnsNames: string[]): boolean => matchesName({ dnsNames, ipAddresses: [] }, name);

describe('matching names (RFC 9525)', () => {
  test.each([
    ['mail.example.com', 'mail.example.com', true],
    ['MAIL.Example.com', 'mail.eXample.COM', true],
    ['mail.example.com.', 'mail.example.com', true],
    ['mail.example.com', '*.example.com', true],
    ['mail.example.com.', '*.example.com', true],
    ['a.mail.example.com', '*.example.com', false],
    ['example.com', '*.example.com', false],
    ['mail.example.com', 'mail.example', false],
    ['mail.example.com', '*.example', false],
    ['mail.example', 'mail.example.com', false],
    ['mail..com', 'mail..com', false],
    ['.example.com', '.example.com', false],
    ['mail.example.com', 'mail.*.com', false],
    ['mail.example.com', 'm*.example.com', false],
    ['mail.example.com', '*ail.example.com', false],
    ['mail.example.com', '*', false],
    ['mail', '*', false],
    ['mail.example.com', 'mail.example.com\0.evil.test', false],
    ['mail.example.com', 'evil.test, DNS:mail.example.com', false],
    ['mail.example.com', ' mail.example.com', false],
    ['xn--mller-kva.example', 'xn--mller-kva.example', true],
    ['127.0.0.1', '127.0.0.1', false],
  ])('%s against %j: %s', (name, pattern, expected) => {
    expect(dns(name, pattern)).toBe(expected);
  });

  test('one of several names is enough', () => {
    expect(dns('mx.example.com', 'mail.example.com', 'mx.example.com')).toBe(true);
    expect(dns('mx.example.com')).toBe(false);
  });

  test('a wildcard stands for exactly one label', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        expect(dns([...labels, 'example', 'com'].join('.'), '*.example.com')).toBe(labels.length === 1);
      }),
    );
  });

  test.each([
    ['192.0.2.7', [192, 0, 2, 7], true],
    ['192.0.2.7', [192, 0, 2, 8], false],
    ['2001:db8::1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true],
    ['2001:DB8:0:0::1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true],
    ['::1', [0, 0, 0, 1], false],
  ])('IP address %s against the bytes %j: %s', (address, octets, expected) => {
    const presented = { dnsNames: [], ipAddresses: [addressOf(Buffer.from(octets))] };
    expect(matchesName(presented, address)).toBe(expected);
  });

  test.each([
    ['Mail.Example.com.', { dnsNames: ['mail.example.com'], ipAddresses: [] }],
    ['192.0.2.7', { dnsNames: [], ipAddresses: ['192.0.2.7'] }],
    ['2001:DB8:0:0::1', { dnsNames: [], ipAddresses: ['2001:db8::1'] }],
    ['fe80::1%eth0', { dnsNames: [], ipAddresses: ['fe80::1'] }],
  ])('%s matches %j, and no entry of the other type', (name, { dnsNames, ipAddresses }) => {
    expect(matchesName({ dnsNames, ipAddresses }, name)).toBe(true);
    expect(matchesName({ dnsNames: ipAddresses, ipAddresses: dnsNames }, name)).toBe(false);
  });

  test('an IP address is formatted as in RFC 5952', () => {
    expect(addressOf(Buffer.from([192, 0, 2, 7]))).toBe('192.0.2.7');
    expect(addressOf(Buffer.from('20010db8000000000000000000000001', 'hex'))).toBe('2001:db8::1');
  });

  test('SNI contains names without a dot at the end, but no IP addresses', () => {
    expect(['mail.example.com', 'mail.example.com.', '192.0.2.7', '::1'].map(serverNameIndication)).toEqual([
      'mail.example.com',
      'mail.example.com',
      undefined,
      undefined,
    ]);
  });

  test('bytes of an invalid length match no IP address', () => {
    expect(addressOf(Buffer.from([1, 2, 3]))).toBe('0x010203');
  });
});

describe("where Node's own check is more lenient", () => {
  /** Whether Node's check accepts a certificate with these names. */
  const nodeAccepts = (name: string, cn: string, subjectaltname?: string): boolean =>
    checkServerIdentity(name, { subject: { CN: cn }, subjectaltname } as unknown as PeerCertificate) === undefined;

  test('it falls back to the common name, and the gate does not', async () => {
    const pki = await createPki();
    const identity = await pki.issue({ commonName: 'mail.example.com', names: [] });
    const facts = certificateFacts(new X509Certificate(identity.cert));
    expect(nodeAccepts('mail.example.com', 'mail.example.com')).toBe(true);
    expect(facts.subject).toContain('mail.example.com');
    expect(matchesName(facts, 'mail.example.com')).toBe(false);
  });

  test('it accepts partial wildcards, and the gate does not', () => {
    expect(nodeAccepts('mail.example.com', '', 'DNS:m*.example.com')).toBe(true);
    expect(dns('mail.example.com', 'm*.example.com')).toBe(false);
  });
});
