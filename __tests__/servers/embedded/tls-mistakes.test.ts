import { inDays, issue } from '../../../src/servers/pki.js';
import { gate, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';
import { certificatesByName, chains, contents } from '../../support/tls-mistakes/certificates.js';
import { handshakes } from '../../support/tls-mistakes/handshakes.js';
import type { Mistake } from '../../support/tls-mistakes/mistake.js';
import { unusualChains } from '../../support/tls-mistakes/unusual-chains.js';
import { namesThatDoNotMatch } from '../../support/tls-mistakes/names.js';

/** Mistakes that need different fixes have different causes, even if they have the same code. */

const certs = await createCertificateFixtures();

const MISTAKES: readonly Mistake[] = [
  ...(await namesThatDoNotMatch(certs)),
  ...(await chains(certs)),
  ...certificatesByName(certs),
  ...(await contents(certs)),
  ...unusualChains(),
  ...handshakes(certs),
];

test.each(MISTAKES)('$name: $title', async ({ server: dialogue, policy, endpoint, ...expected }) => {
  const { key, chain: cert } = certs.good;
  await using server = await startScriptedServer({ tls: { key, cert }, ...dialogue });
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [], ...policy } as const;
  const { report } = await gate(testEndpoint(server.port, { ...endpoint, tls }));
  const findings = report.steps.flatMap((step) => step.findings);
  const found = findings.find(({ code }) => code === expected.code);
  const { title, party, certainty } = expected;
  expect(found).toMatchObject({ title, party, certainty });
  expect(found?.message).toMatch(expected.message);
  expect(found?.remedy).toMatch(expected.fix);
  if (expected.notTheFix) expect(found?.remedy).not.toMatch(expected.notTheFix);
  if (expected.shows !== undefined) expect(found?.reproduceShows).toBe(expected.shows);
  expect(found?.reproduce === undefined).toBe(expected.noCommand !== undefined);
});

test('a placeholder that is self-signed, expired and misnamed has one fix, to which the others refer', async () => {
  const expired = { notBefore: inDays(-400), notAfter: inDays(-35) };
  const { key, chain: cert } = await issue({ commonName: 'localhost', names: ['localhost'], ...expired });
  await using server = await startScriptedServer({ tls: { key, cert } });
  const { report } = await gate(testEndpoint(server.port));
  const findings = report.steps.flatMap((step) => step.findings);
  expect(findings.map(({ title, remedy }) => [title, remedy.split(/(?<=\.) /)[0]])).toEqual([
    [
      'Certificate expired',
      'Replace the certificate with one that is valid now, was issued by a CA that its clients trust, and includes mail.example.test.',
    ],
    ['Self-signed certificate', 'The same new certificate fixes this: see "Certificate expired".'],
    ['Default certificate of the server', 'The same new certificate fixes this: see "Certificate expired".'],
  ]);
});
