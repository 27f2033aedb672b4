import { generateKeyPairSync } from 'node:crypto';
import { bitString, element, integer, objectIdentifier, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import {
  judge,
  judgeAll,
  opensslAccepts,
  untrusted,
  type Build,
  type Chain,
  type Judged,
} from '../../support/chain-judgment.js';
import {
  alternativeNames,
  basicConstraints,
  craft,
  nameConstraints,
  newKey,
  type Crafted,
  type Parts,
} from '../../support/crafted.js';
import { HOST } from '../../support/certificate-fixtures.js';
import { CA, DNS, LEAF, NAME, SAN, below, ca, root } from '../../support/usual-chain.js';

/** Names in chains: empty ones, those that a wildcard stands for, and unusual ones that are compared. */

const NAMELESS = { name: sequence() };
const WILDCARD = alternativeNames([DNS, Buffer.from(HOST.replace(/^[^.]+/, '*'))]);

describe('an empty name is shown as "(no name)"', () => {
  const nameless = ca(CA, NAMELESS);
  const sound = ca(CA);
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const shown = ({ found }: Judged): string =>
    found.flatMap(({ message, remedy, evidence }) => [message, remedy, ...Object.values(evidence ?? {})]).join('\n');

  test.each<[string, Chain, RegExp]>([
    [
      'of an issuer that is missing',
      { ...below(nameless)({}), sends: [] },
      /^The server sends only its own certificate, whose issuer, \(no name\), is not a trusted CA\.$/m,
    ],
    [
      'of an issuer that is not a CA',
      below(ca([basicConstraints(false)], NAMELESS))({}),
      /^\(no name\) issued a certificate in this chain, but is not a CA\.$/m,
    ],
    [
      'of an issuer that has expired',
      below(ca(CA, { ...NAMELESS, notBefore: inDays(-90), notAfter: inDays(-1) }))({}),
      /^The issuer certificate \(no name\) expired on /m,
    ],
    [
      'of a root that is not trusted',
      { ...below(craft({ ...NAMELESS, extensions: CA }))({}), anchors: [root] },
      /^The chain ends in a root that is not trusted: \(no name\)\.$/m,
    ],
    [
      'of an issuer that expires before the certificate',
      below(ca(CA, { ...NAMELESS, notAfter: inDays(30) }))({}),
      /^The issuer \(no name\) expires on /m,
    ],
    [
      'of a certificate that is out of order',
      { ...below(sound)({}), sends: [nameless, sound] },
      /^\(no name\) is not the issuer of the certificate sent before it\.$/m,
    ],
    [
      'of a server whose certificate is for another one',
      below(sound, [...LEAF, alternativeNames([DNS, Buffer.from('other.test')])], NAMELESS)({}),
      /^\(no name\)$/m,
    ],
    [
      'of a server with a weak key',
      below(sound, [...LEAF, SAN], { ...NAMELESS, key: weak })({}),
      /^\(no name\) has a weak key/m,
    ],
    [
      'of a server whose certificate is malformed',
      below(sound, [...LEAF, SAN, extension('2.5.29.14', integer(1))], NAMELESS)({}),
      /^\(no name\) is malformed: /m,
    ],
  ])('%s', async (_, chain, expected) => {
    expect(shown(await judge(chain))).toMatch(expected);
  });

  test('and the chain can be valid nevertheless', async () => {
    const chain = below(nameless)({});
    const judged = await judge(chain);
    expect([judged.isSent, await opensslAccepts(chain)]).toEqual([true, true]);
    expect(judged.found).toEqual([]);
  });
});

const under = (issuer: Crafted): Chain => below(issuer, [...LEAF, WILDCARD])({});
const excluding = (name: string, parts: Parts = {}): Crafted =>
  ca([...CA, nameConstraints([], [[DNS, Buffer.from(name)]])], parts);

describe('a wildcard that covers a name that the issuer excludes', () => {
  test.each([HOST, HOST.toUpperCase(), `${HOST}.`])('is rejected for %s, although OpenSSL accepts it', async (name) => {
    const chain = under(excluding(HOST));
    expect(await opensslAccepts(chain)).toBe(true);
    const judged = await judge(chain, [], { servername: name });
    expect(judged.isSent).toBe(false);
    expect(untrusted(judged)).toEqual([
      `The chain is not valid: CN=Sub CA may not issue certificates for ${name}: its name constraints exclude ${HOST}. The certificate has a wildcard that covers this name. OpenSSL accepts that, but some TLS libraries do not.`,
    ]);
    // OpenSSL prints no problem, but the constraint.
    expect(judged.found[0]).toMatchObject({ reproduceShows: 'Excluded:' });
  });

  test.each<[string, (excludes: Crafted, sound: Crafted) => Partial<Chain>, RegExp, RegExp]>([
    [
      'sent before one that excludes nothing',
      (excludes, sound) => ({ sends: [excludes, sound] }),
      /^OpenSSL selects CN=Sub CA as the issuer of CN=Crafted, but that path is not valid/,
      /^Remove CN=Sub CA .* from the server's certificate file.* may reject the chain\.$/,
    ],
    [
      'trusted, next to one that excludes nothing',
      (excludes, sound) => ({ sends: [sound], anchors: [root, excludes] }),
      /^OpenSSL selects CN=Sub CA from ca as the issuer of CN=Crafted, but that path is not valid/,
      /^Remove CN=Sub CA .* from `ca`\..* may reject the chain, too\.$/,
    ],
  ])('is not blamed on OpenSSL if the issuer is %s', async (_, chain, message, fix) => {
    const key = newKey();
    const sound = ca(CA, { key });
    const several = { ...under(sound), ...chain(excluding(HOST, { key }), sound) };
    expect(await opensslAccepts(several)).toBe(true);
    const { found, isSent } = await judge(several);
    expect([isSent, found[0]?.code]).toEqual([false, 'certificate-untrusted']);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.message).toMatch(
      /exclude mail\.example\.test\. .*OpenSSL accepts that.* Another path is valid\.$/,
    );
    expect(found[0]?.remedy).toMatch(fix);
  });

  test('is accepted for other names', async () => {
    expect((await judge(under(excluding('other.example.test')))).isSent).toBe(true);
    expect((await judge(under(excluding(HOST)), [], { servername: 'other.example.test.' })).isSent).toBe(true);
  });
});

test.each(['', '.'])('a hostname mismatch has the same cause for a name that ends with "%s"', async (end) => {
  const found = async (name: string) => (await judge(under(ca(CA)), [], { servername: `${name}${end}` })).found[0];
  expect((await found(`a.${HOST}`))?.message).toMatch(/matches exactly one label in place of the asterisk/);
  expect((await found(HOST.replace(/^[^.]+\./, '')))?.message).toMatch(/matches exactly one label/);
  expect((await found('localhost'))?.remedy).toMatch(
    /^Set `servername` of this endpoint to the name that clients connect to/,
  );
});

const COMMON_NAME = '2.5.4.3';
const EMAIL = '1.2.840.113549.1.9.1';
/** A relative distinguished name of one attribute, or of none. */
const part = (type: string, value: Buffer): Buffer => element(0x31, sequence(objectIdentifier(type), value));
const EMPTY = element(0x31);
const text = (value: string, tag = 0x0c): Buffer => element(tag, Buffer.from(value));
const subject = (...parts: readonly Buffer[]): Parts => ({ name: sequence(...parts) });
const GERMANY = part('2.5.4.6', text('DE', 0x13));
const NUMERIC = part(COMMON_NAME, text('1', 0x12));
/** How a NumericString was once written to compare it. */
const LIKE_NUMERIC = part(COMMON_NAME, text('#18:31'));
const directory = (...parts: readonly Buffer[]): readonly [number, Buffer] => [0xa4, sequence(...parts)];
const dns = (name: string): readonly [number, Buffer] => [DNS, Buffer.from(name, 'latin1')];

const permits = (...names: Parameters<typeof nameConstraints>[0]): Crafted => ca([...CA, nameConstraints(names)]);
const excludes = (...names: Parameters<typeof nameConstraints>[0]): Crafted => ca([...CA, nameConstraints([], names)]);
const leaf = (issuer: Crafted, parts: Parts): Build => below(issuer, [...LEAF, SAN], parts);

const key = newKey();
const sound = ca(CA, { key });
const named = (name: Buffer, extensions = CA): Crafted => craft({ name, issuer: root, extensions, key });

test.each<[string, Build]>([
  ['an excluded name with an empty part', leaf(excludes(directory(EMPTY)), {})],
  ['an excluded name after an empty part', leaf(excludes(directory(EMPTY, GERMANY)), subject(GERMANY))],
  ['a subject with an empty part before the excluded one', leaf(excludes(directory(GERMANY)), subject(EMPTY, GERMANY))],
  ['a subject with only an empty part', leaf(permits(directory(GERMANY)), subject(EMPTY))],
  ['a permitted name after an empty part', leaf(permits(directory(EMPTY, GERMANY)), subject(GERMANY))],
  [
    'a permitted DNS name with another case of a letter that is not ASCII',
    below(permits(NAME, dns('\xdc.test')), [...LEAF, alternativeNames(NAME, dns('\xfc.test'))]),
  ],
  [
    'an excluded DNS name with another case of a letter that is not ASCII',
    below(excludes(dns('\xdc.test')), [...LEAF, alternativeNames(NAME, dns('\xfc.test'))]),
  ],
  ['a permitted NumericString, and a text', leaf(permits(directory(NUMERIC)), subject(LIKE_NUMERIC))],
  ['an excluded NumericString, and a text', leaf(excludes(directory(NUMERIC)), subject(LIKE_NUMERIC))],
  ['an excluded NumericString', leaf(excludes(directory(NUMERIC)), subject(NUMERIC))],
  [
    'an excluded BIT STRING with different unused bits',
    leaf(
      excludes(directory(part(COMMON_NAME, bitString(Buffer.of(0xf0), 4)))),
      subject(part(COMMON_NAME, bitString(Buffer.of(0xff), 4))),
    ),
  ],
  [
    'an excluded text, and a text of several parts',
    leaf(excludes(directory(part(COMMON_NAME, text('x')))), subject(part(COMMON_NAME, element(0x2c, text('x'))))),
  ],
  [
    'a second email address as a UTF8String',
    leaf(permits(NAME), subject(part(EMAIL, text('a@example.test', 0x16)), part(EMAIL, text('b@example.test')))),
  ],
  [
    'more names and constraints than OpenSSL compares',
    below(excludes(...Array.from({ length: 1100 }, () => dns('x'))), [
      ...LEAF,
      alternativeNames(NAME, ...Array.from({ length: 1000 }, () => [0x86, Buffer.from('x')] as const)),
    ]),
  ],
  [
    'an issuer with a NumericString, and a text',
    leaf(named(sequence(NUMERIC)), { issuerName: sequence(LIKE_NUMERIC) }),
  ],
  [
    'the name of an issuer with an empty part',
    leaf(named(sequence(GERMANY)), { issuerName: sequence(EMPTY, GERMANY) }),
  ],
  [
    'an issuer for clients with a name of several parts, before the right one',
    (parts) => {
      const forClients = extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2')));
      const constructed = sequence(part(COMMON_NAME, element(0x2c, text('Sub CA'))));
      return { ...leaf(sound, {})(parts), sends: [named(constructed, [...CA, forClients]), sound] };
    },
  ],
])('%s: names are compared as by OpenSSL', async (_, build) => {
  const isAccepted = await opensslAccepts(build({}));
  const judged = await judgeAll(build);
  expect(judged.map(({ isSent }) => isSent)).toEqual(judged.map(() => isAccepted));
});

describe('without a DNS name in the certificate, a DNS constraint is for the common name', () => {
  const ADDRESS = '127.0.0.1';
  const SAN = alternativeNames([0x87, Buffer.of(127, 0, 0, 1)]);
  const under = (issuer: Crafted, ...values: readonly Buffer[]): Build =>
    below(issuer, [...LEAF, SAN], subject(...values.map((value) => part(COMMON_NAME, value))));
  const permitted = permits(dns('example.test'));
  const excluded = excludes(dns('evil.test'));
  const utf16 = (value: string): Buffer => element(0x1e, Buffer.from(value, 'utf16le').swap16());

  test.each<[string, Build]>([
    ['a host name that is permitted', under(permitted, text('mail.example.test'))],
    ['a host name that is not permitted', under(permitted, text('mail.evil.test'))],
    ['a host name that is excluded', under(excluded, text('MAIL.evil.test'))],
    ['a host name that is excluded, in UTF-16', under(excluded, utf16('mail.evil.test'))],
    ['a host name that is excluded, after a text', under(excluded, text('My Server'), text('mail.evil.test'))],
    ['a text', under(permitted, text('My Server'))],
    ['a host name of one label', under(permitted, text('localhost'))],
    ['a host name with an underscore', under(excluded, text('_mail.evil.test'))],
    ['a label that ends with a hyphen', under(excluded, text('mail-.evil.test'))],
    ['a host name that ends with a dot', under(excluded, text('mail.evil.test.'))],
    ['a host name that ends with NUL', under(excluded, text('mail.evil.test\0'))],
    ['a host name with a NUL in it', under(permitted, text('mail.example.test\0x'))],
    ['a common name that is not a text', under(permitted, bitString(Buffer.of(1)))],
    [
      'an organization that contains the encoded type of a common name',
      below(permitted, [...LEAF, SAN], subject(part('2.5.4.10', element(0x0c, objectIdentifier(COMMON_NAME))))),
    ],
  ])('%s', async (_, build) => {
    const isAccepted = await opensslAccepts(build({}));
    const judged = await judgeAll(build, { servername: ADDRESS });
    expect(judged.map(({ isSent }) => isSent)).toEqual(judged.map(() => isAccepted));
  });

  test('and the message says so', async () => {
    const judged = await judge(under(permitted, text('mail.evil.test'))({}), [], { servername: ADDRESS });
    expect(untrusted(judged)).toEqual([
      'The chain is not valid: CN=Sub CA may not issue certificates for mail.evil.test: its name constraints permit only example.test.',
    ]);
  });
});
