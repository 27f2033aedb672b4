import { close, silence } from '../../support/dialogue.js';
import type { Dialogue } from '../../support/dialogue.js';
import { codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createZoo } from '../../support/zoo.js';
import type { Zoo } from '../../support/zoo.js';
import { inDays } from '../../../src/demo/pki.js';
import type { Identity } from '../../../src/demo/pki.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';

/** `tls.check: both`: servers with an RSA and an ECDSA certificate, of which a handshake shows one. */

let zoo: Zoo;
let expiredRsa: Identity;
beforeAll(async () => {
  zoo = await createZoo();
  const names = ['mail.example.test'];
  expiredRsa = await zoo.pki.issue({ names, key: 'rsa2048', notBefore: inDays(-400), notAfter: inDays(-2) });
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly found: readonly Finding[];
  readonly connections: number;
  /** Commands heard on connections after the first. */
  readonly aside: readonly string[];
}

async function see(
  identities: readonly Identity[],
  dialogue: readonly Dialogue[] = [{}],
  overrides: Partial<Endpoint> = {},
  bothKeys = true,
): Promise<Seen> {
  const own = { key: identities.map(({ key }) => key), cert: identities.map(({ chain }) => chain) };
  await using server = await startScriptedServer(dialogue.map((one) => ({ ...one, tls: { ...own, ...one.tls } })));
  const policy = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const tls = { ...policy, ...(bothKeys && { bothKeys: true as const }) };
  const { report } = await gate(testEndpoint(server.port, { tls, timeoutMs: 1000, ...overrides }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    found: report.steps[2]?.findings ?? [],
    connections: server.connections,
    aside: server.heard.filter(({ connection }) => connection > 0).map(({ line }) => line),
  };
}

const UP_TO_STARTTLS = ['EHLO gate.example.test', 'STARTTLS'];

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a server of %s', (maxVersion) => {
  const only: readonly Dialogue[] = [{ tls: { maxVersion, minVersion: maxVersion } }];

  test('with two good certificates passes, and nothing goes aside but a handshake', async () => {
    const seen = await see([zoo.good, zoo.rsa2048], only);
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 2, aside: UP_TO_STARTTLS });
  });

  test('whose RSA certificate is expired is found out, whichever comes first', async () => {
    for (const identities of [
      [zoo.good, expiredRsa],
      [expiredRsa, zoo.good],
    ]) {
      const seen = await see(identities, only);
      expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-expired'], connections: 2 });
    }
  });

  test('is asked once where one certificate will do', async () => {
    const seen = await see([zoo.good, zoo.rsa2048], only, {}, false);
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 1 });
  });

  test.each(['good', 'rsa2048'] as const)('with the one certificate "%s" is simply fine', async (species) => {
    expect(await see([zoo[species]], only)).toMatchObject({ steps: 'pppnn', codes: [], connections: 2 });
  });

  test('with a certificate of a third kind is asked for both', async () => {
    expect(await see([zoo.ed25519], only)).toMatchObject({ steps: 'pppnn', codes: [], connections: 3 });
  });
});

test('a finding says which certificate it is about', async () => {
  const { found } = await see([zoo.good, expiredRsa]);
  expect(found[0]?.message).toMatch(/^The server's other certificate, for RSA: The certificate expired on/);
  expect(found[0]?.evidence).toMatchObject({ keyType: 'RSA' });
});

test('what is wrong with both is told of both', async () => {
  expect(await see([zoo.expired, expiredRsa])).toMatchObject({
    steps: 'ppfbb',
    codes: ['certificate-expired', 'certificate-expired'],
  });
});

test('with TLS from the first byte', async () => {
  const seen = await see([zoo.good, expiredRsa], [{ implicit: true }], { transport: 'implicit' });
  expect(seen).toMatchObject({ steps: 'aafbb', codes: ['certificate-expired'], aside: [] });
});

test('a server that hangs up on the handshake has no such certificate', async () => {
  const seen = await see([zoo.good], [{}, { replies: { STARTTLS: ['220 go', close] } }]);
  expect(seen).toMatchObject({ steps: 'pppnn', codes: [] });
});

describe('where it cannot be found out, the step is not green', () => {
  test.each<[string, Dialogue]>([
    ['another greeting', { greeting: '421 busy' }],
    ['no STARTTLS', { replies: { STARTTLS: '454 not now' } }],
    ['a handshake that stalls', { replies: { STARTTLS: ['220 go', silence] } }],
    [
      'a client certificate that is demanded',
      { tls: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } },
    ],
  ])('%s', async (_, dialogue) => {
    expect(await see([zoo.good, zoo.rsa2048], [{}, dialogue])).toMatchObject({
      steps: 'ppwnn',
      codes: ['certificate-unchecked'],
    });
  });
});
