import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gate, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';
import { certificatesByName, chains, contents } from '../../support/tls-mistakes/certificates.js';
import { handshakes } from '../../support/tls-mistakes/handshakes.js';
import type { Mistake } from '../../support/tls-mistakes/mistake.js';
import { unusualChains } from '../../support/tls-mistakes/unusual-chains.js';
import { namesThatDoNotMatch } from '../../support/tls-mistakes/names.js';

/** The command of a finding shows its cause. */

const certs = await createCertificateFixtures();
const folder = await mkdtemp(join(tmpdir(), 'gate-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const MISTAKES: readonly Mistake[] = [
  ...(await namesThatDoNotMatch(certs)),
  ...(await chains(certs)),
  ...(await contents(certs)),
  ...unusualChains(),
  ...handshakes(certs),
  ...certificatesByName(certs),
].filter(({ noCommand }) => noCommand === undefined);

/** @returns everything that a command prints */
async function outputOf(command: string): Promise<string> {
  return new Promise((resolve) => {
    const shell = execFile('sh', ['-c', command], { timeout: 20_000 }, (_status, stdout, stderr) => {
      resolve(stdout + stderr);
    });
    shell.stdin?.end();
  });
}

test.each(MISTAKES)('$name: $title', async ({ server: dialogue, policy, endpoint, code }) => {
  const { key, chain: cert } = certs.good;
  await using server = await startScriptedServer({ tls: { key, cert }, ...dialogue });
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [], ...policy } as const;
  const { report } = await gate(testEndpoint(server.port, { ...endpoint, tls }));
  const found = report.steps.flatMap(({ findings }) => findings).find((one) => one.code === code);
  const { reproduce = '', reproduceShows = 'nothing' } = found ?? {};
  const authorities = join(folder, 'ca.pem');
  await writeFile(authorities, tls.ca.join(''));
  const command = reproduce.replace('openssl s_client', `openssl s_client -CAfile ${authorities}`);
  expect(await outputOf(command)).toContain(reproduceShows);
});
