import { createPrivateKey, X509Certificate } from 'node:crypto';
import { whyNotPem, withFile } from '../../src/plan/files/not-pem.js';
import { certificatesIn, isPem } from '../../src/plan/files/pem.js';
import { createPki, type Identity } from '../../src/servers/pki.js';

let root: Identity;
beforeAll(async () => {
  root = (await createPki()).root;
});

/** Bytes as a file is read. */
const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('a file without the PEM that is required', () => {
  test('is a certificate in DER', () => {
    expect(whyNotPem(asText(new X509Certificate(root.cert).raw), 'certificate')).toBe(
      'is in DER, the binary form, but must be PEM; convert it with `openssl x509 -inform der -in FILE -out NEW.pem`',
    );
  });

  test.each(['pkcs8', 'sec1'] as const)('is a private key in DER (%s)', (type) => {
    const der = createPrivateKey(root.key).export({ type, format: 'der' });
    expect(whyNotPem(asText(der), 'private key')).toBe(
      'is in DER, the binary form, but must be PEM; convert it with `openssl pkey -inform der -in FILE -out NEW.pem`',
    );
  });

  test('is PKCS #12', () => {
    const start = asText(Uint8Array.of(0x30, 0x82, 0x04, 0xff, 0x02, 0x01, 0x03, 0x30, 0x82));
    expect(whyNotPem(start, 'certificate')).toMatch(/^is a PKCS #12 file.*`openssl pkcs12 -in FILE -nokeys -out/);
    expect(whyNotPem(start, 'private key')).toMatch(/^is a PKCS #12 file.*`openssl pkcs12 -in FILE -nocerts -nodes/);
  });

  test.each([
    ['', 'is empty'],
    [asText(Buffer.from('-----BEGIN CERTIFICATE-----', 'utf16le')), 'is in UTF-16; save it as ASCII or UTF-8'],
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      'is only a pointer of Git LFS; set `lfs: true` for `actions/checkout`, or store the file without LFS',
    ],
    [
      '-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----',
      'contains PKCS #7, but must be PEM; convert it with `openssl pkcs7 -print_certs -in FILE -out NEW.pem`',
    ],
    ['-----BEGIN CERTIFICATE REQUEST-----', 'contains no PEM certificate, but "BEGIN CERTIFICATE REQUEST"'],
    ['-----BEGIN CERTIFICATE-----\nMII', 'contains no PEM certificate: it has a BEGIN line, but no END line'],
    ['MIIBszCCAVqg', 'contains no PEM certificate: the line "-----BEGIN CERTIFICATE-----" is missing'],
  ])('is %j', (text, why) => {
    expect(whyNotPem(text, 'certificate')).toBe(why);
  });

  test('is PEM that was encoded once more', () => {
    const secret = Buffer.from(root.cert).toString('base64');
    expect(isPem(secret)).toBe(true);
    expect(certificatesIn(secret).faults).toEqual([
      'is PEM encoded in base64; decode it first, such as with `base64 -d`',
    ]);
  });
});

test('a certificate with its line breaks written out says so', () => {
  expect(certificatesIn(root.cert.replaceAll('\n', String.raw`\n`)).faults).toEqual([
    'contains a damaged certificate (number 1 of 1): it has "\\n" instead of line breaks',
  ]);
});

test.each([
  ['certs/root.cer', '`openssl x509 -inform der -in certs/root.cer -out certs/root.pem`'],
  ['root', '`openssl x509 -inform der -in root -out root.pem`'],
  ['root.pem', '`openssl x509 -inform der -in FILE -out NEW.pem`'],
  ['-root.cer', '`openssl x509 -inform der -in FILE -out NEW.pem`'],
  ['my root.cer', '`openssl x509 -inform der -in FILE -out NEW.pem`'],
  ['$(id).cer', '`openssl x509 -inform der -in FILE -out NEW.pem`'],
])('the command has the name of the file if it is a plain one: %s', (path, command) => {
  const why = whyNotPem(asText(new X509Certificate(root.cert).raw), 'certificate');
  expect(withFile(why, path)).toContain(command);
});
