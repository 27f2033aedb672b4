import { bitString, element, integer, objectIdentifier, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import type { Finding } from '../../../src/report/report.js';
import { HOST } from '../../support/certificate-fixtures.js';
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
  keyUsage,
  nameConstraints,
  newKey,
  subjectKeyIdentifier,
  type Crafted,
  type Parts,
} from '../../support/crafted.js';
import {
  ABOUT_THE_CHAIN,
  judge,
  judgeAll,
  opensslAccepts,
  untrusted,
  type Build,
} from '../../support/chain-judgment.js';
import { CA, DNS, LEAF, NAME, SAN, below, ca, root } from '../../support/usual-chain.js';

/** Unusual chains are judged as by OpenSSL, with a sound leaf and with one whose problem is waived. */

const IP = 0x87;

/** A leaf directly below a root. */
const belowRoot =
  (anchor: Crafted, parts: Parts = {}): Build =>
  (dates) => ({
    leaf: craft({ issuer: anchor, extensions: [...LEAF, SAN], ...parts, ...dates }),
    sends: [],
    anchors: [anchor],
  });

const network = (...octets: number[]): Buffer => Buffer.from(octets);
const directory = (name: Buffer): readonly [number, Buffer] => [0xa4, name];

/** RFC 3779: the whole of 10.0.0.0/8. */
const ADDRESS_BLOCK = extension(
  '1.3.6.1.5.5.7.1.7',
  sequence(sequence(element(0x04, Buffer.of(0, 1)), sequence(bitString(Buffer.of(10))))),
  'critical',
);
const critical = (id: string, value: Buffer): Buffer => extension(id, value, 'critical');
const DISTRIBUTION_POINTS = sequence(
  sequence(element(0xa0, element(0xa0, element(0x86, Buffer.from('http://ca.example.test/crl'))))),
);
const key = newKey();
const id = keyIdentifierOf(key);
const foreign = Buffer.alloc(20, 7);

const CLASSES: readonly [string, Build][] = [
  ['a usual chain', below(ca(CA))],
  // A waiver must not let through what OpenSSL rejects.
  [
    'a violated DNS constraint in constructed encoding',
    below(ca([...CA, nameConstraints([[0xa2, Buffer.from('evil.test')]])])),
  ],
  [
    'an excluded network in constructed encoding',
    below(ca([...CA, nameConstraints([], [[0xa7, network(192, 0, 2, 0, 255, 255, 255, 0)]])]), [
      ...LEAF,
      alternativeNames(NAME, [IP, network(192, 0, 2, 1)]),
    ]),
  ],
  [
    'an IP address of nine bytes under an excluded network',
    below(ca([...CA, nameConstraints([], [[IP, network(192, 0, 2, 0, 255, 255, 255, 0)]])]), [
      ...LEAF,
      alternativeNames(NAME, [IP, Buffer.alloc(9, 1)]),
    ]),
  ],
  ['an address block that the issuer does not have', below(ca(CA), [...LEAF, SAN, ADDRESS_BLOCK])],
  [
    'a critical subject key identifier in the leaf',
    below(ca(CA), [...LEAF, SAN, subjectKeyIdentifier(foreign, 'critical')]),
  ],
  [
    'a critical authority key identifier in the leaf',
    below(ca(CA), [...LEAF, SAN, authorityKeyIdentifier(foreign, 'critical')]),
  ],
  [
    'a critical subject key identifier in an intermediate',
    below(ca([...CA, subjectKeyIdentifier(id, 'critical')], { key })),
  ],
  [
    'a critical authority key identifier in an intermediate',
    below(ca([...CA, authorityKeyIdentifier(keyIdentifierOf(root), 'critical')])),
  ],
  ['an unknown critical extension', below(ca([...CA, critical('1.3.6.1.4.1.99999.1', element(0x05))]))],
  ['a critical freshest CRL', below(ca([...CA, critical('2.5.29.46', DISTRIBUTION_POINTS)]))],
  [
    'a proxy certificate',
    below(ca(CA), [
      ...LEAF,
      SAN,
      critical('1.3.6.1.5.5.7.1.14', sequence(sequence(objectIdentifier('1.3.6.1.5.5.7.21.1')))),
    ]),
  ],
  // No second finding next to a defect of the leaf.
  [
    'a directoryName constraint that permits the subject',
    below(ca([...CA, nameConstraints([directory(commonName('Crafted'))])])),
  ],
  [
    'a directoryName constraint that permits another subject',
    below(ca([...CA, nameConstraints([directory(commonName('Other'))])])),
  ],
  [
    'a directoryName constraint that excludes the subject',
    below(ca([...CA, nameConstraints([], [directory(commonName('CRAFTED'))])])),
  ],
  ['critical policy constraints', below(ca([...CA, critical('2.5.29.36', sequence(element(0x80, Buffer.of(0))))]))],
  ['a critical inhibitAnyPolicy', below(ca([...CA, critical('2.5.29.54', integer(0))]))],
  ['critical CRL distribution points', below(ca([...CA, critical('2.5.29.31', DISTRIBUTION_POINTS)]))],
  ['a root of version 1', belowRoot(craft({ name: commonName('Old Root'), version: 1 }))],
  [
    'a root without basic constraints that may sign certificates',
    belowRoot(craft({ name: commonName('Old Root'), extensions: [SIGNS_CERTIFICATES] })),
  ],
  [
    'a root without basic constraints and key usage',
    belowRoot(craft({ name: commonName('Old Root'), extensions: [FOR_SERVERS] })),
  ],
  [
    'a root with the certificate type of Netscape',
    belowRoot(
      craft({
        name: commonName('Old Root'),
        extensions: [extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x04), 2))],
      }),
    ),
  ],
  ['an intermediate of version 1', below(craft({ name: commonName('Old CA'), version: 1, issuer: root }))],
  [
    'the name of the issuer as BMPString and as UTF8String',
    belowRoot(craft({ name: commonName('Root é', 0x1e, Buffer.from('Root é', 'utf16le').swap16()), extensions: CA }), {
      issuerName: commonName('ROOT  é'),
    }),
  ],
  [
    'the name of the issuer in a different case, which is not ASCII',
    belowRoot(craft({ name: commonName('Root É'), extensions: CA }), { issuerName: commonName('Root é') }),
  ],
  // The real cause.
  ['an issuer without keyCertSign', below(ca([basicConstraints(true), keyUsage(0x80, 7)]))],
  [
    'an issuer with a different key identifier than the leaf names',
    below(ca([...CA, subjectKeyIdentifier(id)], { key }), [...LEAF, SAN, authorityKeyIdentifier(foreign)]),
  ],
  ['an issuer that is not a CA', below(ca([basicConstraints(false), SIGNS_CERTIFICATES]))],
  [
    'an issuer for clients',
    below(ca([...CA, extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2')))])),
  ],
  ['an expired issuer', below(ca(CA, { notBefore: inDays(-90), notAfter: inDays(-1) }))],
  ['a forged issuer', below(ca(CA, { isForged: true }))],
  ['an intermediate with a malformed key identifier', below(ca([...CA, extension('2.5.29.14', integer(1))]))],
  [
    'an incomplete network in the constraints',
    below(ca([...CA, nameConstraints([], [[IP, Buffer.alloc(7)]])]), [
      ...LEAF,
      alternativeNames(NAME, [IP, network(192, 0, 2, 1)]),
    ]),
  ],
  ['a key usage of a CA whose bits are not used', below(ca([basicConstraints(true), keyUsage(0x84, 3)]))],
  ['an alternative name of an unknown type', below(ca(CA), [...LEAF, alternativeNames(NAME, [0x89, Buffer.of(1)])])],
  [
    'basic constraints with another part',
    below(
      ca([
        extension('2.5.29.19', sequence(element(0x01, Buffer.of(0xff)), element(0x05)), 'critical'),
        SIGNS_CERTIFICATES,
      ]),
    ),
  ],
  [
    'an extended key usage that is not an object identifier',
    below(ca([...CA, extension('2.5.29.37', sequence(integer(1)))])),
  ],
  [
    'name constraints with an unknown part',
    below(
      ca([
        ...CA,
        extension('2.5.29.30', sequence(element(0xa2, sequence(element(DNS, Buffer.from('evil.test'))))), 'critical'),
      ]),
    ),
  ],
  [
    'name constraints with an explicit minimum of 0',
    below(
      ca([
        ...CA,
        extension(
          '2.5.29.30',
          sequence(element(0xa0, sequence(element(DNS, Buffer.from(HOST)), element(0x80, Buffer.of(0))))),
          'critical',
        ),
      ]),
    ),
  ],
  [
    'an incomplete network without an IP address below',
    below(ca([...CA, nameConstraints([], [[IP, Buffer.alloc(7)]])])),
  ],
  [
    'a root whose Netscape type is a CA for email only',
    belowRoot(
      craft({
        name: commonName('Old Root'),
        extensions: [extension('2.16.840.1.113730.1.1', bitString(Buffer.of(0x02), 1))],
      }),
    ),
  ],
  ['a leaf with a malformed subject key identifier', below(ca(CA), [...LEAF, SAN, extension('2.5.29.14', integer(1))])],
  [
    'a leaf with a malformed authority key identifier',
    below(ca(CA), [...LEAF, SAN, extension('2.5.29.35', integer(1))]),
  ],
  ['a leaf with malformed CRL distribution points', below(ca(CA), [...LEAF, SAN, extension('2.5.29.31', integer(1))])],
  [
    'a leaf with a malformed key usage',
    below(ca(CA), [basicConstraints(false), FOR_SERVERS, SAN, extension('2.5.29.15', integer(1))]),
  ],
  ['a leaf with an empty key usage', below(ca(CA), [basicConstraints(false), keyUsage(0x20, 6), FOR_SERVERS, SAN])],
  [
    'a leaf with a malformed alternative name, below a CA with name constraints',
    below(ca([...CA, nameConstraints([NAME])]), [...LEAF, extension('2.5.29.17', sequence(Buffer.of(0x82, 0x40)))]),
  ],
];

/** Several certificates of one CA: OpenSSL takes the first that fits by name and date, and does not go back. */
const shared = newKey();
const good = ca(CA, { key: shared });
const forClients = ca([...CA, extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2')))], {
  key: shared,
});
const otherKey = ca(CA);
const outdated = ca(CA, { key: shared, notBefore: inDays(-90), notAfter: inDays(-1) });
const nobody = craft({ name: commonName('Nobody'), extensions: CA });
const crossSigned = craft({ name: commonName('Sub CA'), issuer: nobody, extensions: CA, key: shared });
const sends =
  (...issuers: readonly Crafted[]): Build =>
  (dates) => ({ leaf: craft({ issuer: good, extensions: [...LEAF, SAN], ...dates }), sends: issuers, anchors: [root] });

const SEVERAL_PATHS: readonly [string, Build][] = [
  ['a CA certificate for clients before the right one', sends(forClients, good)],
  ['a CA certificate for clients after the right one', sends(good, forClients)],
  ['a CA certificate with another key before the right one', sends(otherKey, good)],
  ['a CA certificate with another key after the right one', sends(good, otherKey)],
  ['an expired CA certificate before the right one', sends(outdated, good)],
  ['an expired CA certificate after the right one', sends(good, outdated)],
  ['a cross-signed CA certificate of an unknown CA before the right one', sends(crossSigned, good)],
  ['a cross-signed CA certificate of an unknown CA after the right one', sends(good, crossSigned)],
  [
    'a trusted CA certificate for clients next to the right one that is sent',
    (dates) => ({ ...sends(good)(dates), anchors: [root, forClients] }),
  ],
  ['an unrelated certificate', sends(nobody, good)],
  [
    'the leaf repeated',
    (dates) => {
      const chain = sends(good)(dates);
      return { ...chain, sends: [chain.leaf, good] };
    },
  ],
  ['the root sent too', sends(good, root)],
];

test.each([...CLASSES, ...SEVERAL_PATHS])(
  '%s is judged as by OpenSSL, even behind a waived problem',
  async (_, build) => {
    const isAccepted = await opensslAccepts(build({}));
    const judged = await judgeAll(build);
    expect(judged.map(({ isSent }) => isSent)).toEqual(judged.map(() => isAccepted));
    expect(judged.map((one) => untrusted(one).length > 0)).toEqual(judged.map(() => !isAccepted));
  },
);

test.each([
  'a directoryName constraint that permits the subject',
  'critical policy constraints',
  'a critical inhibitAnyPolicy',
  'critical CRL distribution points',
  'a root of version 1',
  'a root without basic constraints that may sign certificates',
  'the name of the issuer as BMPString and as UTF8String',
])('%s does not add a finding to a leaf that is for clients only', async (title) => {
  const [, build] = CLASSES.find(([name]) => name === title) ?? [];
  const forClients = extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2')));
  const extensions = [basicConstraints(false), SIGNS_DATA, forClients, SAN];
  const { found } = build ? await judge(build({ extensions, notAfter: inDays(60) })) : { found: [] };
  expect(found.map(({ code }) => code)).toEqual(['certificate-wrong-purpose']);
});

describe('the message and the fix name the cause', () => {
  const of = async (build: Build): Promise<Finding | undefined> =>
    (await judge(build({}))).found.find(({ code }) => ABOUT_THE_CHAIN.includes(code));

  test.each<[string, RegExp, RegExp]>([
    [
      'an issuer without keyCertSign',
      /CN=Sub CA may not sign certificates: its key usage lacks keyCertSign/,
      /key usage has `keyCertSign`/,
    ],
    [
      'an issuer with a different key identifier than the leaf names',
      /CN=Sub CA does not have the key identifier/,
      /reissue one of the two/,
    ],
    [
      'a critical freshest CRL',
      /CN=Sub CA has the critical extension freshestCRL \(2\.5\.29\.46\)/,
      /without this extension/,
    ],
    [
      'an unknown critical extension',
      /has the critical extension 1\.3\.6\.1\.4\.1\.99999\.1, which/,
      /not marked as critical/,
    ],
    [
      'an IP address of nine bytes under an excluded network',
      /CN=Crafted is malformed: an IP address has 9 bytes/,
      /./,
    ],
    ['an incomplete network in the constraints', /CN=Sub CA/, /./],
    [
      'a directoryName constraint that permits another subject',
      /CN=Sub CA may not issue certificates for CN=Crafted: its name constraints permit only CN=Other/,
      /name constraints allow/,
    ],
    [
      'a CA certificate for clients before the right one',
      /OpenSSL selects CN=Sub CA as the issuer of CN=Crafted, but that path is not valid: CN=Sub CA may not issue certificates for servers/,
      /^Remove CN=Sub CA \(SHA-256 [0-9a-f]{64}\) from the server's certificate file, or move it to the end/,
    ],
    [
      'a CA certificate with another key before the right one',
      /that path is not valid: CN=Crafted is not signed with the key of CN=Sub CA/,
      /^Remove CN=Sub CA/,
    ],
    [
      'a cross-signed CA certificate of an unknown CA before the right one',
      /that path is not valid: no trusted CA has issued it/,
      /^Remove CN=Sub CA/,
    ],
    [
      'a trusted CA certificate for clients next to the right one that is sent',
      /OpenSSL selects CN=Sub CA from ca as the issuer/,
      /^Remove CN=Sub CA .* from `ca`/,
    ],
  ])('%s', async (title, message, fix) => {
    const [, build] = [...CLASSES, ...SEVERAL_PATHS].find(([name]) => name === title) ?? [];
    const found = build && (await of(build));
    expect(found?.message).toMatch(message);
    expect(found?.remedy).toMatch(fix);
  });

  test.each([
    'a leaf with a malformed subject key identifier',
    'a leaf with a malformed authority key identifier',
    'a leaf with malformed CRL distribution points',
    'a leaf with a malformed key usage',
    'a leaf with an empty key usage',
    'a leaf with a malformed alternative name, below a CA with name constraints',
  ])('%s is not blamed on its issuer', async (title) => {
    const [, build] = CLASSES.find(([name]) => name === title) ?? [];
    const { found } = build ? await judge(build({})) : { found: [] };
    expect(found.map(({ code, evidence }) => [code, evidence?.subject])).toEqual([
      ['certificate-malformed', 'CN=Crafted'],
    ]);
  });

  test('a path that only OpenSSL can evaluate is not called invalid because another one is valid', async () => {
    const EMAIL = 0x81;
    const notEvaluated = ca([...CA, nameConstraints([], [[EMAIL, Buffer.from('evil.test')]])], {
      key: shared,
      notAfter: inDays(30),
    });
    const email: readonly [number, Buffer] = [EMAIL, Buffer.from('postmaster@example.test')];
    const sound = below(good, [...LEAF, alternativeNames(NAME, email)]);
    const accepted = { ...sound({}), sends: [notEvaluated, good] };
    expect(await opensslAccepts(accepted)).toBe(true);
    const { found, isSent } = await judge(accepted);
    // The first one is on the path that OpenSSL takes.
    const ofPath = ['certificate-issuer-expires-first', 'certificate-chain-disordered'];
    expect([isSent, found.map(({ code }) => code)]).toEqual([true, ofPath]);
    const expired = sound({ notBefore: inDays(-90), notAfter: inDays(-2) });
    const judged = await judge({ ...expired, sends: [notEvaluated, good] });
    expect(untrusted(judged)).toEqual([
      'The gate cannot evaluate the chain, and OpenSSL rejects it (CERT_HAS_EXPIRED): CN=Sub CA has name constraints of a type that this check does not support.',
    ]);
  });

  test.each<[string, readonly Crafted[]]>([
    ['no other certificate of the issuer', []],
    ['an expired certificate of the issuer', [outdated]],
  ])('an issuer after the first 32 certificates is not called missing: %s', async (_, before) => {
    const others = Array.from({ length: 32 }, () => nobody);
    const build: Build = (leaf) => ({ ...below(good)(leaf), sends: [...before, ...others, good] });
    expect(await opensslAccepts(build({}))).toBe(true);
    expect((await judge(build({}))).found).toMatchObject([{ code: 'certificate-chain-disordered' }]);
    const expired = build({ notBefore: inDays(-90), notAfter: inDays(-2) });
    expect(untrusted(await judge(expired))).toEqual([
      'The gate cannot evaluate the chain, and OpenSSL rejects it (CERT_HAS_EXPIRED): the server sends more than 32 certificates, and the gate does not read the rest.',
    ]);
  });

  test('a certificate with the name of its issuer seems to be self-signed', async () => {
    const root = craft({ name: commonName('Crafted'), extensions: [...CA, subjectKeyIdentifier(id)], key });
    const chain = belowRoot(root)({});
    expect(await opensslAccepts(chain)).toBe(false);
    const { found } = await judge(chain);
    expect(found).toMatchObject([
      {
        code: 'certificate-untrusted',
        title: 'Certificate has the same name as its issuer',
        message: expect.stringMatching(
          /^The chain is not valid: CN=Crafted has the same name as its issuer, and no key identifiers/,
        ) as string,
        evidence: { openssl: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      },
    ]);
    const identified = belowRoot(root, {
      extensions: [...LEAF, SAN, subjectKeyIdentifier(foreign), authorityKeyIdentifier(id)],
      notAfter: inDays(60),
    });
    expect([await opensslAccepts(identified({})), (await judge(identified({}))).found]).toEqual([true, []]);
  });

  test('a CA certificate without keyCertSign is not valid for a server', async () => {
    const chain = below(ca(CA), [basicConstraints(true), SIGNS_DATA, FOR_SERVERS, SAN])({});
    expect((await judge(chain)).found).toMatchObject([{ code: 'certificate-wrong-purpose' }]);
  });
});
