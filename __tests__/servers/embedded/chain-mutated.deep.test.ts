import { jest } from '@jest/globals';
import fc from 'fast-check';
import { bitString, element, integer, objectIdentifier, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { judgeAll, opensslAccepts, type Build } from '../../support/chain-judgment.js';
import {
  alternativeNames,
  authorityKeyIdentifier,
  commonName,
  craft,
  keyIdentifierOf,
  nameConstraints,
  newKey,
  subjectKeyIdentifier,
} from '../../support/crafted.js';
import { CA, DNS, LEAF, NAME, root } from '../../support/usual-chain.js';

/** Chains with one wrong byte in an extension, whose signatures are valid: the gate accepts none that OpenSSL rejects. */

const RUNS = { numRuns: 1500, interruptAfterTimeLimit: 100_000 };
jest.setTimeout(180_000);

const EMAIL = 0x81;
const URI = 0x86;
const IP = 0x87;
const DIRECTORY = 0xa4;
const key = newKey();
const SUBJECT = commonName('Crafted');
const LIST = element(0xa0, element(URI, Buffer.from('http://ca.example.test/crl')));
const POINTS = extension('2.5.29.31', sequence(sequence(element(0xa0, LIST))));
const POLICIES = extension('2.5.29.32', sequence(sequence(objectIdentifier('2.5.29.32.0'))));

const OF_CA = [
  ...CA,
  subjectKeyIdentifier(keyIdentifierOf(key)),
  authorityKeyIdentifier(keyIdentifierOf(root)),
  nameConstraints(
    [
      [DNS, Buffer.from('example.test')],
      [DIRECTORY, SUBJECT],
    ],
    [[IP, Buffer.of(10, 0, 0, 0, 255, 0, 0, 0)]],
  ),
  POINTS,
  extension('2.5.29.36', sequence(element(0x80, Buffer.of(0))), 'critical'),
  extension('2.5.29.54', integer(0), 'critical'),
  POLICIES,
  extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x04), 2)),
];
const OF_LEAF = [
  ...LEAF,
  alternativeNames(
    NAME,
    [IP, Buffer.of(127, 0, 0, 1)],
    [DIRECTORY, SUBJECT],
    [EMAIL, Buffer.from(`a@${HOST}`)],
    [URI, Buffer.from('http://example.test')],
    [0x88, Buffer.of(0x2a, 0x03)],
    [0xa0, Buffer.concat([objectIdentifier('1.3.6.1.4.1.311.20.2.3'), element(0xa0, element(0x0c, Buffer.from('a')))])],
    [0xa5, element(0xa1, element(0x0c, Buffer.from('party')))],
  ),
  authorityKeyIdentifier(keyIdentifierOf(key)),
  POINTS,
  POLICIES,
  extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x40), 6)),
];

/** Bytes that are tags or limits more often than others. */
const SPECIAL = [0x00, 0x01, 0x05, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xa4, 0xa5, 0xff];

const chain =
  (ofCa: readonly Buffer[], ofLeaf: readonly Buffer[]): Build =>
  (leaf) => {
    const issuer = craft({ name: commonName('Sub CA'), issuer: root, key, extensions: ofCa });
    const parts = { name: SUBJECT, issuer, extensions: ofLeaf, notAfter: inDays(60), ...leaf };
    return { leaf: craft(parts), sends: [issuer], anchors: [root] };
  };

test('the chain without a wrong byte is accepted', async () => {
  const build = chain(OF_CA, OF_LEAF);
  expect(await opensslAccepts(build({}))).toBe(true);
  expect((await judgeAll(build)).every(({ isSent }) => isSent)).toBe(true);
});

test('a chain with a wrong byte is accepted only if OpenSSL accepts it', async () => {
  const indexes = fc.tuple(fc.boolean(), fc.nat(), fc.nat());
  const bytes = fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.constantFrom(...SPECIAL));
  await fc.assert(
    fc.asyncProperty(indexes, bytes, async ([isCa, which, at], byte) => {
      const extensions = (isCa ? OF_CA : OF_LEAF).map((one) => Buffer.from(one));
      const changed = extensions[which % extensions.length];
      changed?.writeUInt8(byte, at % changed.length);
      const build = isCa ? chain(extensions, OF_LEAF) : chain(OF_CA, extensions);
      try {
        build({});
      } catch {
        // OpenSSL cannot read the certificate at all.
        return;
      }
      if (await opensslAccepts(build({}))) return;
      expect((await judgeAll(build)).filter(({ isSent }) => isSent)).toEqual([]);
    }),
    RUNS,
  );
});
