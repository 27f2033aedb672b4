import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPki, type Pki } from '../../src/servers/pki.js';
import { certificatesIn } from '../../src/plan/files/pem.js';
import { olderStore } from '../../src/tls/trust.js';
import { computing } from '../support/time.js';

/** NODE_EXTRA_CA_CERTS, for a Node that cannot list the certificates in its store. */

let pki: Pki;
let folder: string;
beforeAll(async () => {
  pki = await createPki('Extra');
  folder = await mkdtemp(join(tmpdir(), 'anchors-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function anchorsOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 'extra.pem');
  await writeFile(path, text);
  return olderStore(['a root'], path);
}

test('its certificates are trusted, regardless of the text between them', async () => {
  const text = `# one\n${pki.root.cert}\n# two\r\n${pki.intermediate.cert.replaceAll('\n', '\r\n')}`;
  expect(await anchorsOf(text)).toEqual(['a root', pki.root.cert, pki.intermediate.cert]);
});

test('without it the store is unchanged', () => {
  expect(olderStore(['a root'], undefined)).toEqual(['a root']);
});

test('a missing file adds nothing', () => {
  expect(olderStore(['a root'], join(folder, 'none.pem'))).toEqual(['a root']);
});

test('a text with many BEGIN lines and no END is read in linear time', () => {
  // Three megabytes, which took minutes in quadratic time.
  const text = '-----BEGIN CERTIFICATE-----\n'.repeat(100_000);
  const computed = computing();
  expect(certificatesIn(text)).toEqual({
    certificates: [],
    faults: ['contains no PEM certificate: it has a BEGIN line, but no END line'],
  });
  expect(computed()).toBeLessThan(5000);
});

test('certificates after a damaged one are ignored', async () => {
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  expect(await anchorsOf(pki.root.cert + damaged + pki.intermediate.cert)).toEqual(['a root', pki.root.cert]);
});
