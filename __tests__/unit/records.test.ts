import fc from 'fast-check';
import { asksForCertificate, isAnswer, keyExchange, recordBytes } from '../../src/tls/records.js';

const handshake = (type: number, body: Buffer): Buffer => {
  const message = Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 0xff]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, message.length >> 8, message.length & 0xff]), message]);
};
const serverHello = (extensions: string): Buffer => {
  const list = Buffer.from(extensions, 'hex');
  return handshake(2, Buffer.concat([Buffer.alloc(34), Buffer.from([0, 0x13, 1, 0, 0, list.length]), list]));
};

describe('the key exchange', () => {
  test.each([
    ['002b00020304' + '00330004001d0000', { group: 'X25519', postQuantum: false }],
    ['0033000411ec0000', { group: 'X25519MLKEM768', postQuantum: true }],
    ['003300047a7a0000', undefined],
    ['002b00020304', undefined],
  ])('with the extensions %s is %j', (extensions, expected) => {
    expect(keyExchange(serverHello(extensions))).toEqual(expected);
  });

  test('is that of the second ServerHello if the first was a HelloRetryRequest', () => {
    const twice = Buffer.concat([serverHello('0033000200170000'), serverHello('00330004001d0000')]);
    expect(keyExchange(twice)?.group).toBe('X25519');
  });
});

test('a CertificateRequest is found in messages over several records', () => {
  const certificate = handshake(11, Buffer.alloc(300));
  expect(asksForCertificate(Buffer.concat([serverHello(''), certificate, handshake(13, Buffer.alloc(8))]))).toBe(true);
  expect(asksForCertificate(Buffer.concat([serverHello(''), certificate, handshake(14, Buffer.alloc(0))]))).toBe(false);
});

test('the reader accepts any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (octets, asRecord) => {
      const buffer = asRecord ? handshake(2, Buffer.from(octets)) : Buffer.from(octets);
      expect(() => [keyExchange(buffer), asksForCertificate(buffer)]).not.toThrow();
    }),
  );
});

test.each([
  ['', false],
  ['15030300020100', false],
  ['15030300020150', false],
  ['16', true],
  ['1603030050020000', true],
  ['15030300020100' + '160303000402000046', true],
])('a part of a handshake is an answer, and an alert is not: "%s"', (bytes, expected) => {
  expect(isAnswer(Buffer.from(bytes, 'hex'))).toBe(expected);
});

test.each([
  ['1603010632', 5 + 0x632],
  ['160301063201000000', 5 + 0x632],
  ['16030106', 0],
  ['', 0],
])('the size of a record is in its header: "%s"', (bytes, expected) => {
  expect(recordBytes(Buffer.from(bytes, 'hex'))).toBe(expected);
});
