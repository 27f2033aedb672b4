import type { SecureVersion } from 'node:tls';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { close, type Dialogue } from '../../support/dialogue.js';
import { AUTH, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';

/** `tls.check: all`: whether a server also accepts TLS 1.0 or 1.1. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const accepting = (minVersion: SecureVersion, maxVersion: SecureVersion = 'TLSv1.3'): Dialogue => ({
  tls: { minVersion, maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' },
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly found: readonly Finding[];
  readonly connections: number;
  /** What every connection after the first has sent. */
  readonly aside: readonly string[];
}

async function see(
  dialogues: readonly Dialogue[],
  { oldVersions = true, ...overrides }: Partial<Endpoint> & { readonly oldVersions?: boolean } = {},
): Promise<Seen> {
  const { key, chain: cert } = certs.good;
  await using server = await startScriptedServer(dialogues.map((one) => ({ ...one, tls: { key, cert, ...one.tls } })));
  const policy = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const tls = { ...policy, ...(oldVersions && { oldVersions: true as const }) };
  const { report } = await gate(testEndpoint(server.port, { tls, ...overrides }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    found: report.steps[2]?.findings ?? [],
    connections: server.connections,
    aside: server.heard.filter(({ connection }) => connection > 0).map(({ line }) => line),
  };
}

const NOTICE = 'tls-old-versions-accepted';

test.each<readonly [oldest: SecureVersion, negotiated: string, name: string]>([
  ['TLSv1', 'TLSv1.1', 'TLS 1.1'],
  ['TLSv1.1', 'TLSv1.1', 'TLS 1.1'],
])('a server that accepts %s gets a notice and passes, with one more connection', async (oldest, negotiated, name) => {
  const seen = await see([accepting(oldest)], { auth: AUTH });
  expect(seen).toMatchObject({ steps: 'ppppn', codes: [NOTICE], connections: 2 });
  expect(seen.found).toMatchObject([
    {
      severity: 'notice',
      party: 'server',
      message: `If the client offers nothing newer, the server accepts ${name}.`,
      evidence: { negotiated: expect.stringMatching(new RegExp(`^${negotiated} with TLS_`)) as string },
    },
  ]);
  // No credentials.
  expect(seen.aside).toEqual(['EHLO gate.example.test', 'STARTTLS']);
});

test('a server that accepts TLS 1.0 but not TLS 1.1 gets the notice', async () => {
  const { found } = await see([accepting('TLSv1.2'), accepting('TLSv1', 'TLSv1')]);
  expect(found[0]?.message).toBe('If the client offers nothing newer, the server accepts TLS 1.0.');
});

test('an MX is asked to look for senders that support nothing newer first', async () => {
  const { found } = await see([accepting('TLSv1')], { role: 'mx' });
  expect(found[0]?.remedy).toMatch(/^Look in the log for mail servers that support nothing newer: .* unencrypted/);
});

test('a server with implicit TLS gets the notice too', async () => {
  const implicit = { ...accepting('TLSv1'), implicit: true };
  expect(await see([implicit], { transport: 'implicit' })).toMatchObject({ codes: [NOTICE], connections: 2 });
});

test.each<readonly [name: string, dialogues: readonly Dialogue[]]>([
  ['rejects old versions', [accepting('TLSv1.2')]],
  ['closes the additional connection', [accepting('TLSv1'), { greeting: close }]],
  ['rejects the additional connection', [accepting('TLSv1'), { greeting: ['421 4.7.0 One at a time', close] }]],
])('a server that %s gets no notice', async (_, dialogues) => {
  expect(await see(dialogues)).toMatchObject({ steps: 'pppnn', codes: [], connections: 2 });
});

test('without `tls.check: all` there is no additional connection', async () => {
  expect(await see([accepting('TLSv1')], { oldVersions: false })).toMatchObject({ codes: [], connections: 1 });
});
