import { generateKeyPairSync } from 'node:crypto';
import { integer, sequence } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { judge, opensslAccepts, type Chain, type Judged } from '../../support/chain-judgment.js';
import { alternativeNames, basicConstraints, craft } from '../../support/crafted.js';
import { CA, DNS, LEAF, SAN, below, ca, root } from '../../support/usual-chain.js';

/** Names in chains: empty ones. */

const NAMELESS = { name: sequence() };

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
