import { bitString, element, integer, objectIdentifier, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { judge, judgeAll, opensslAccepts, type Build } from '../../support/chain-judgment.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { CA, LEAF, NAME, SAN, below, ca } from '../../support/usual-chain.js';
import {
  SIGNS_CERTIFICATES,
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  commonName,
  craft,
  keyIdentifierOf,
  keyUsage,
  nameConstraints,
  newKey,
  subjectKeyIdentifier,
  type Parts,
} from '../../support/crafted.js';

/**
 * Encodings that OpenSSL does not accept, and issuers that it does not take. Behind a waived problem of the leaf, OpenSSL
 * does not report them, and the gate must send nothing.
 */

const EVIL = Buffer.from('evil.test');
const HOST_NAME = Buffer.from(HOST);
/** A CA with a new key, whose certificate is signed with the old one and has the same name. */
const oldKey = newKey();
const rolledKey = newKey();
const rollRoot = craft({
  ...{ name: commonName('Roll'), key: oldKey },
  extensions: [...CA, subjectKeyIdentifier(keyIdentifierOf(oldKey))],
});
const rolledOver =
  (...identifiers: readonly Buffer[]): Build =>
  (leaf) => {
    const own = subjectKeyIdentifier(keyIdentifierOf(rolledKey));
    const extensions = [...CA, own, ...identifiers];
    const issuer = craft({ name: commonName('Roll'), issuer: rollRoot, key: rolledKey, extensions });
    const ofLeaf = [...LEAF, SAN, authorityKeyIdentifier(keyIdentifierOf(rolledKey))];
    return {
      leaf: craft({ issuer, extensions: ofLeaf, notAfter: inDays(60), ...leaf }),
      ...{ sends: [issuer], anchors: [rollRoot] },
    };
  };

/** The leaf is itself trusted, and its issuer is sent too. */
const trustedLeaf =
  (extensions: readonly Buffer[], parts: Parts = {}): Build =>
  (dates) => {
    const issuer = ca(extensions, parts);
    const leaf = craft({ issuer, extensions: [...LEAF, SAN], notAfter: inDays(60), ...dates });
    return { leaf, sends: [issuer], anchors: [leaf] };
  };

const shared = newKey();
const good = ca(CA, { key: shared });
const unreadable = (bad: Buffer): Build => {
  const issuer = ca([basicConstraints(true), bad], { key: shared });
  return (leaf) => ({ ...below(good)(leaf), sends: [issuer, good] });
};
const emailInUtf8 = sequence(
  element(0x31, sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from('mail')))),
  element(0x31, sequence(objectIdentifier('1.2.840.113549.1.9.1'), element(0x0c, Buffer.from('a@example.test')))),
);
const internationalMailbox = Buffer.concat([
  objectIdentifier('1.3.6.1.5.5.7.8.9'),
  element(0xa0, element(0x0c, Buffer.from('a@evil.test'))),
]);
const set = (...content: readonly Buffer[]): Buffer => element(0x31, ...content);
const ATTRIBUTE = sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from('x')));
const directoryName = (...names: readonly Buffer[]): Buffer => alternativeNames(NAME, [0xa4, sequence(...names)]);
const unknownName = element(0x89, Buffer.from('x'));

/** An otherName with this value, in the leaf. */
const otherName = (value: Buffer): readonly [number, Buffer] => [
  0xa0,
  Buffer.concat([objectIdentifier('1.3.6.1.4.1.99999.1'), element(0xa0, value)]),
];
const withOther = (value: Buffer): Build => below(ca(CA), [...LEAF, alternativeNames(NAME, otherName(value))]);
const empty = (tag: number): Buffer => element(tag);
const bytes = (tag: number, ...content: readonly number[]): Buffer => element(tag, Buffer.from(content));
const distributionPoints = (...points: readonly Buffer[]): Buffer => extension('2.5.29.31', sequence(...points));
const withPoints = (...points: readonly Buffer[]): Build =>
  below(ca(CA), [...LEAF, SAN, distributionPoints(...points)]);
const relativeName = (value: Buffer): Buffer =>
  sequence(element(0xa0, element(0xa1, sequence(objectIdentifier('2.5.4.3'), value))));
const withValue = (value: Buffer): Build =>
  below(ca(CA), [...LEAF, directoryName(set(sequence(objectIdentifier('2.5.4.3'), value)))]);
const withParty = (value: Buffer): Build =>
  below(ca(CA), [...LEAF, alternativeNames(NAME, [0xa5, element(0xa1, value)])]);
const URL = element(0xa0, element(0xa0, element(0x86, Buffer.from('http://ca.example.test/crl'))));

/** Values whose type only their tag shows. */
const VALUES: readonly [string, Build][] = [
  ['a NULL that is not empty', withOther(bytes(0x05, 0))],
  ['a BOOLEAN that is empty', withOther(empty(0x01))],
  ['a BOOLEAN of two bytes', withOther(bytes(0x01, 1, 1))],
  ['an INTEGER that is empty', withOther(empty(0x02))],
  ['an INTEGER with superfluous bytes', withOther(integer(0, 1))],
  ['an ENUMERATED that is empty', withOther(empty(0x0a))],
  ['a BIT STRING that is empty', withOther(empty(0x03))],
  ['a BIT STRING with nine unused bits', withOther(bytes(0x03, 9, 0))],
  ['an OBJECT IDENTIFIER that is empty', withOther(empty(0x06))],
  ['an OBJECT IDENTIFIER that does not end', withOther(bytes(0x06, 0x80))],
  ['a BMPString of one byte', withOther(bytes(0x1e, 65))],
  ['a UniversalString of two bytes', withOther(bytes(0x1c, 0, 65))],
  ['a UTCTime of one byte', withOther(bytes(0x17, 65))],
  ['a GeneralizedTime of one byte', withOther(bytes(0x18, 65))],
  ['a SEQUENCE that is primitive', withOther(empty(0x10))],
];

const ENCODINGS: readonly [string, Build][] = [
  ...VALUES.map(([what, build]): [string, Build] => [`an otherName with ${what}`, build]),
  ['an otherName with a UTF8String', withOther(element(0x0c, Buffer.from('x')))],
  ['an otherName with a value of another class', withOther(bytes(0x41, 1, 1))],
  [
    'an otherName with a value that is malformed, in the CA',
    below(ca([...CA, alternativeNames(otherName(bytes(0x05, 0)))])),
  ],
  [
    'an otherName with a value that is malformed, in a constraint',
    below(ca([...CA, nameConstraints([], [otherName(bytes(0x05, 0))])])),
  ],
  [
    'an otherName with a value that is malformed, in the authority key identifier',
    below(ca(CA), [
      ...LEAF,
      SAN,
      extension('2.5.29.35', sequence(element(0xa1, element(...otherName(bytes(0x05, 0)))))),
    ]),
  ],
  ['a directoryName with a BIT STRING that is empty', withValue(empty(0x03))],
  ['a directoryName with a BIT STRING with nine unused bits', withValue(bytes(0x03, 9, 0))],
  ['a directoryName with a BIT STRING', withValue(bitString(Buffer.of(1)))],
  ['an ediPartyName with a BMPString of one byte', withParty(bytes(0x1e, 65))],
  ['an ediPartyName with a UniversalString of two bytes', withParty(bytes(0x1c, 0, 65))],
  ['a distribution point that is empty', withPoints(sequence())],
  ['a distribution point that is empty, after a usual one', withPoints(sequence(URL), sequence())],
  ['a distribution point that is empty, in the CA', below(ca([...CA, distributionPoints(sequence())]))],
  ['a distribution point with only reasons', withPoints(sequence(bytes(0x81, 1, 0x20)))],
  ['a distribution point with an empty issuer', withPoints(sequence(empty(0xa2)))],
  ['a distribution point with only an issuer', withPoints(sequence(element(0xa2, element(0xa4, commonName('x')))))],
  ['a distribution point with an empty full name', withPoints(sequence(element(0xa0, empty(0xa0))))],
  ['a distribution point with a BIT STRING in its relative name that is empty', withPoints(relativeName(empty(0x03)))],
  ['a distribution point with nine unused bits in its relative name', withPoints(relativeName(bytes(0x03, 9, 0)))],
  ['a directoryName that is none', below(ca(CA), [...LEAF, alternativeNames(NAME, [0xa4, integer(1)])])],
  ['an otherName without a type', below(ca(CA), [...LEAF, alternativeNames(NAME, [0xa0, integer(1)])])],
  ['an alternative name of an unknown type, in the CA', below(ca([...CA, alternativeNames([0x89, Buffer.from('x')])]))],
  [
    'a name of an unknown type in the authority key identifier',
    below(ca(CA), [...LEAF, SAN, extension('2.5.29.35', sequence(element(0xa1, unknownName)))]),
  ],
  [
    'a list of name constraints in primitive encoding',
    below(ca([...CA, extension('2.5.29.30', sequence(element(0x80, sequence(element(0x82, EVIL)))), 'critical')])),
  ],
  ['a certificate type of Netscape that is none', below(ca([...CA, extension('2.16.840.1.113730.1.1', integer(1))]))],
  ['address blocks that are none', below(ca([...CA, extension('1.3.6.1.5.5.7.1.7', integer(1))]))],
  [
    'a distribution point with an unknown name',
    below(ca(CA), [...LEAF, SAN, extension('2.5.29.31', sequence(sequence(element(0xa0, element(0xa5, integer(1))))))]),
  ],
  ['a directoryName whose parts are not sets', below(ca(CA), [...LEAF, directoryName(sequence(ATTRIBUTE))])],
  [
    'a directoryName with an attribute that is not a SEQUENCE',
    below(ca(CA), [...LEAF, directoryName(set(integer(1)))]),
  ],
  [
    'a directoryName with an attribute without a value',
    below(ca(CA), [...LEAF, directoryName(set(sequence(objectIdentifier('2.5.4.3'))))]),
  ],
  [
    'a directoryName with a value of an unknown type',
    below(ca(CA), [...LEAF, directoryName(set(sequence(objectIdentifier('2.5.4.3'), element(0x05))))]),
  ],
  [
    'a directoryName in UTF-8 that is not valid',
    below(ca(CA), [...LEAF, directoryName(set(sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.of(0xff)))))]),
  ],
  [
    'a directoryName in UTF-16 with half a character',
    below(ca(CA), [
      ...LEAF,
      directoryName(set(sequence(objectIdentifier('2.5.4.3'), element(0x1e, Buffer.of(0xd8, 0))))),
    ]),
  ],
  ['an ediPartyName without a party', below(ca(CA), [...LEAF, alternativeNames(NAME, [0xa5, Buffer.alloc(0)])])],
  ['a registeredID that does not end', below(ca(CA), [...LEAF, alternativeNames(NAME, [0x88, Buffer.of(0x80)])])],
  [
    'a name constraint that is not a SEQUENCE',
    below(
      ca([...CA, extension('2.5.29.30', sequence(element(0xa0, element(0x31, element(0x82, HOST_NAME)))), 'critical')]),
    ),
  ],
  [
    'name constraints in the wrong order',
    below(
      ca([
        ...CA,
        extension(
          '2.5.29.30',
          sequence(element(0xa1, sequence(element(0x82, EVIL))), element(0xa0, sequence(element(0x82, HOST_NAME)))),
          'critical',
        ),
      ]),
    ),
  ],
  [
    'a distribution point with two names',
    below(ca(CA), [
      ...LEAF,
      SAN,
      extension('2.5.29.31', sequence(sequence(element(0xa0, element(0xa0), element(0xa0))))),
    ]),
  ],
  [
    'a CA that is one by two bytes',
    below(ca([extension('2.5.29.19', sequence(element(0x01, Buffer.of(0xff, 0xff)))), SIGNS_CERTIFICATES])),
  ],
  [
    'a path length with superfluous bytes',
    below(ca([extension('2.5.29.19', sequence(element(0x01, Buffer.of(0xff)), integer(0, 1))), SIGNS_CERTIFICATES])),
  ],
  ['a new key of a CA, without an authority key identifier', rolledOver()],
  ['a new key of a CA, with an authority key identifier', rolledOver(authorityKeyIdentifier(keyIdentifierOf(oldKey)))],
  [
    'an email address as a UTF8String, below name constraints',
    below(ca([...CA, nameConstraints([NAME])]), [...LEAF, SAN], { name: emailInUtf8 }),
  ],
  [
    'an international email address, below constraints on addresses',
    below(ca([...CA, nameConstraints([], [[0x81, EVIL]])]), [
      ...LEAF,
      alternativeNames(NAME, [0xa0, internationalMailbox]),
    ]),
  ],
  ['a trusted leaf with an expired issuer', trustedLeaf(CA, { notBefore: inDays(-90), notAfter: inDays(-1) })],
  ['a trusted leaf with an issuer that is not a CA', trustedLeaf([basicConstraints(false)])],
  ['a CA certificate that cannot be read, before the right one', unreadable(extension('2.5.29.17', integer(1)))],
  ['a CA certificate with an empty key usage, before the right one', unreadable(keyUsage(0x20, 6))],
  [
    'a CA certificate with a key usage of unknown length, before the right one',
    unreadable(extension('2.5.29.15', bitString(Buffer.of(0x04), 9))),
  ],
  [
    'a CA certificate with a malformed type of Netscape, before the right one',
    unreadable(extension('2.16.840.1.113730.1.1', integer(1))),
  ],
  [
    'a Netscape type of a CA for email only',
    (leaf) => {
      const anchor = craft({
        name: commonName('Old Root'),
        extensions: [extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x02), 1))],
      });
      return {
        leaf: craft({ issuer: anchor, extensions: [...LEAF, SAN], notAfter: inDays(60), ...leaf }),
        sends: [],
        anchors: [anchor],
      };
    },
  ],
];

test.each(ENCODINGS)('%s gets the same result as from OpenSSL', async (_, build) => {
  const isAccepted = await opensslAccepts(build({}));
  const judged = await judgeAll(build);
  expect(judged.map(({ isSent }) => isSent)).toEqual(judged.map(() => isAccepted));
});

test.each<[string, string, RegExp]>([
  ['an otherName with a NULL that is not empty', 'CN=Crafted', /a NULL has an invalid length/],
  ['a distribution point that is empty', 'CN=Crafted', /neither a name nor an issuer/],
  ['a distribution point that is empty, in the CA', 'CN=Sub CA', /neither a name nor an issuer/],
  ['a directoryName with a BIT STRING that is empty', 'CN=Crafted', /a BIT STRING is malformed/],
  ['an ediPartyName with a BMPString of one byte', 'CN=Crafted', /a BMPString has an invalid length/],
])('%s is named in the message', async (title, subject, problem) => {
  const [, build] = ENCODINGS.find(([name]) => name === title) ?? [];
  const [found] = build ? (await judge(build({}))).found : [];
  expect(found?.message).toContain(`${subject} is malformed: `);
  expect(found?.message).toMatch(problem);
});
