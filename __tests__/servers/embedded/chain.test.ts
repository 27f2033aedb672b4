import 'reflect-metadata';
import { Extension } from '@peculiar/x509';
import { startScriptedServer } from '../../support/scripted-server.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { HOST } from '../../support/zoo.js';
import { createPki, inDays, issue } from '../../../src/demo/pki.js';
import type { Identity, Pki } from '../../../src/demo/pki.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';

/**
 * Chains that do not hold, behind another fault. OpenSSL tells of its last objection only, and a waiver of that one
 * must not let credentials travel to a server whose chain is rejected for a reason that stays untold.
 */

const names = [HOST];
const expired = { notBefore: inDays(-400), notAfter: inDays(-2) };
const waiveExpired: Endpoint['waive'] = [
  { finding: 'certificate-expired', until: '2099-12-31', reason: 'for the test' },
];
const waiveWeakKey: Endpoint['waive'] = [
  { finding: 'certificate-weak-key', until: '2099-12-31', reason: 'for the test' },
];

/** permitted: DNS names below evil.test (RFC 5280 section 4.2.1.10) */
const ONLY_EVIL = new Extension('2.5.29.30', true, Buffer.from('300fa00d300b82096576696c2e74657374', 'hex'));
const UNKNOWN = new Extension('1.3.6.1.4.1.99999.1', true, Buffer.from('0500', 'hex'));

let pki: Pki;
beforeAll(async () => {
  pki = await createPki('Chain');
});

async function see(
  identity: Identity,
  waive: Endpoint['waive'],
): Promise<{ steps: string; codes: string[]; travelled: boolean }> {
  const served = { key: identity.key, cert: identity.chain, ciphers: 'DEFAULT@SECLEVEL=0' };
  await using server = await startScriptedServer({ tls: served });
  const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, waive }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    travelled: server.heard.some(({ line }) => /^(AUTH|MAIL)/.test(line)),
  };
}

const ca = (commonName: string, options: Partial<Parameters<typeof issue>[0]>): Promise<Identity> =>
  issue({ commonName, ca: true, notBefore: inDays(-900), notAfter: inDays(900), ...options });

test('a path that is too long', async () => {
  const narrow = await ca('Narrow CA', { issuer: pki.root, pathLength: 0 });
  const below = await ca('Below CA', { issuer: narrow });
  const leaf = await issue({ names, issuer: below, sends: [below, narrow], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test('an intermediate for clients only', async () => {
  const clients = await ca('Clients CA', { issuer: pki.root, usage: ['clientAuth'] });
  const leaf = await issue({ names, issuer: clients, sends: [clients], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test('a critical extension that nobody knows', async () => {
  const leaf = await pki.issue({ names, further: [UNKNOWN], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test('name constraints, behind a weak key', async () => {
  const constrained = await ca('Constrained CA', { issuer: pki.root, further: [ONLY_EVIL] });
  const leaf = await issue({ names, issuer: constrained, sends: [constrained], key: 'rsa1024' });
  expect(await see(leaf, waiveWeakKey)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test('the same faults without any of that let credentials travel', async () => {
  expect(await see(await pki.issue({ names, ...expired }), waiveExpired)).toMatchObject({
    steps: 'ppwpp',
    travelled: true,
  });
  expect(await see(await pki.issue({ names, key: 'rsa1024' }), waiveWeakKey)).toMatchObject({
    steps: 'ppwpp',
    travelled: true,
  });
});

// Every order of twelve would take hours, and the time of a test is a minute.
test('many certificates of one name are not followed in every order', async () => {
  const first = await ca('Same CA', {});
  const same = { commonName: 'Same CA', ca: true, issuer: { ...first } };
  const others = await Promise.all(Array.from({ length: 11 }, () => ca('Same CA', same)));
  const leaf = await issue({ names, issuer: first, sends: [first, ...others], ...expired });
  expect(await see(leaf, [])).toMatchObject({ steps: 'ppfbb', travelled: false });
});
