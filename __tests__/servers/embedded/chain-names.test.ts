import { generateKeyPairSync } from 'node:crypto';
import { integer, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { judge, opensslAccepts, untrusted, type Chain, type Judged } from '../../support/chain-judgment.js';
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
import { CA, DNS, LEAF, SAN, below, ca, root } from '../../support/usual-chain.js';

/** Names in chains: empty ones, and names that a wildcard stands for. */

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

describe('a wildcard that stands for a name that the issuer excludes', () => {
  test.each([HOST, HOST.toUpperCase(), `${HOST}.`])('is rejected for %s, although OpenSSL accepts it', async (name) => {
    const chain = under(excluding(HOST));
    expect(await opensslAccepts(chain)).toBe(true);
    const judged = await judge(chain, [], { servername: name });
    expect(judged.isSent).toBe(false);
    expect(untrusted(judged)).toEqual([
      `The chain is not valid: CN=Sub CA may not issue certificates for ${name}: its name constraints exclude ${HOST}. The certificate has a wildcard that stands for this name. OpenSSL accepts that, but some TLS libraries do not.`,
    ]);
    // OpenSSL prints no problem.
    expect(judged.found[0]).not.toHaveProperty('reproduce');
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
