import { jest } from '@jest/globals';
import fc from 'fast-check';
import { bitString, element, integer, objectIdentifier, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { judgeAll, opensslAccepts, type Build } from '../../support/chain-judgment.js';
import {
  FOR_SERVERS,
  SIGNS_CERTIFICATES,
  SIGNS_DATA,
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  commonName,
  craft,
  keyIdentifierOf,
  nameConstraints,
  newKey,
  subjectKeyIdentifier,
  type Crafted,
  type Parts,
} from '../../support/crafted.js';

/**
 * Random chains of up to three intermediates, some of them several times with different contents, sent in any order: the
 * gate decides as OpenSSL does. Without name constraints on email addresses and URIs, which the gate does not evaluate.
 */

const RUNS = { numRuns: 150, interruptAfterTimeLimit: 100_000 };
jest.setTimeout(180_000);

type Key = Pick<Crafted, 'privateKey' | 'publicKey'>;

const DNS = 0x82;
const IP = 0x87;
const NAMES = [commonName('A'), commonName('B'), commonName('C')] as const;
const ROOT_NAME = commonName('Root');
const KEYS = [newKey(), newKey(), newKey()] as const;
const ROOT_KEY = newKey();
const NOBODY = craft({ name: commonName('Nobody'), extensions: [basicConstraints(true), SIGNS_CERTIFICATES] });
const FOREIGN = Buffer.alloc(20, 7);
const purpose = (id: string): Buffer => extension('2.5.29.37', sequence(objectIdentifier(id)));
const domain = (name: string) => [DNS, Buffer.from(name)] as const;
const directory = (name: Buffer) => [0xa4, name] as const;
const POINTS = sequence(
  sequence(element(0xa0, element(0xa0, element(0x86, Buffer.from('http://ca.example.test/crl'))))),
);

/** What a CA may have besides the usual extensions. */
const UNUSUAL = [
  extension('1.3.6.1.4.1.99999.1', element(0x05), 'critical'),
  extension('2.5.29.36', sequence(element(0x80, Buffer.of(0))), 'critical'),
  extension('2.5.29.31', POINTS, 'critical'),
  extension('2.5.29.54', integer(0), 'critical'),
  extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x04))),
  FOR_SERVERS,
  purpose('1.3.6.1.5.5.7.3.2'),
  purpose('2.5.29.37.0'),
  nameConstraints([domain('example.test')]),
  nameConstraints([domain('evil.test')]),
  nameConstraints([domain('.example.test')], [domain('other.example.test')]),
  nameConstraints([], [domain('.mail.example.test')]),
  nameConstraints([], [domain('example.test')]),
  nameConstraints([directory(commonName('Crafted'))]),
  nameConstraints([], [directory(commonName('B'))]),
  nameConstraints([[IP, Buffer.of(127, 0, 0, 0, 255, 0, 0, 0)]]),
  nameConstraints([[0xa2, Buffer.from('evil.test')]]),
];

test('a random chain gets the same result as from OpenSSL, even with a waived problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (generate) => {
      const among = <T>(values: readonly T[]): T => generate(() => fc.constantFrom(...values));
      const chance = (percent: number): boolean => generate(() => fc.integer({ min: 1, max: 100 })) <= percent;
      const extensionsOf = (own: Key, issuer: Key): Buffer[] => [
        ...(chance(8) ? [] : [basicConstraints(!chance(6))]),
        ...(chance(10) ? [] : [chance(8) ? SIGNS_DATA : SIGNS_CERTIFICATES]),
        ...(chance(50) ? [subjectKeyIdentifier(chance(10) ? FOREIGN : keyIdentifierOf(own))] : []),
        ...(chance(50) ? [authorityKeyIdentifier(chance(10) ? FOREIGN : keyIdentifierOf(issuer))] : []),
        ...(chance(30) ? [among(UNUSUAL)] : []),
      ];
      const dates = (): Pick<Parts, 'notBefore' | 'notAfter'> =>
        chance(12) ? { notBefore: inDays(-90), notAfter: inDays(-1) } : { notAfter: inDays(among([200, 300, 400])) };

      const root = craft({ name: ROOT_NAME, key: ROOT_KEY, extensions: extensionsOf(ROOT_KEY, ROOT_KEY) });
      const issuers: Crafted[][] = [];
      const depth = among([1, 1, 2, 3]);
      for (let level = depth - 1; level >= 0; level -= 1) {
        const copies = Array.from({ length: among([1, 1, 2, 3]) }, () => {
          const key = chance(20) ? among(KEYS) : (KEYS[level] ?? ROOT_KEY);
          const issuer = chance(5) ? NOBODY : among(issuers[0] ?? [root]);
          const forged = chance(4) && { isForged: true as const };
          return craft({
            // Some have the name of their issuer.
            name: chance(15) ? among([...NAMES, ROOT_NAME]) : (NAMES[level] ?? ROOT_NAME),
            key,
            issuer,
            extensions: extensionsOf(key, issuer),
            ...dates(),
            ...forged,
          });
        });
        issuers.unshift(copies);
      }
      const issuer = among(issuers[0] ?? [root]);
      const extensions = [
        ...[basicConstraints(false), SIGNS_DATA, FOR_SERVERS],
        alternativeNames(domain(HOST), ...(chance(20) ? [[IP, Buffer.of(127, 0, 0, 1)] as const] : [])),
        ...(chance(40) ? [authorityKeyIdentifier(chance(10) ? FOREIGN : keyIdentifierOf(issuer))] : []),
      ];
      const all = issuers.flat();
      const sends = generate(() => fc.shuffledSubarray(all, { minLength: Math.max(0, all.length - 1) }));
      const anchors = [root, ...(chance(10) ? [among(all)] : [])];
      const build: Build = (leaf) => ({
        leaf: craft({ issuer, extensions, notAfter: inDays(60), ...leaf }),
        ...{ sends, anchors },
      });

      const isAccepted = await opensslAccepts(build({}));
      const judged = await judgeAll(build);
      expect(judged.map(({ isSent }) => isSent)).toEqual(judged.map(() => isAccepted));
    }),
    RUNS,
  );
});
