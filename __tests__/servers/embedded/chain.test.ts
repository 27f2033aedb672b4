import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { AuthorityInfoAccessExtension, Extension } from '@peculiar/x509';
import { startScriptedServer } from '../../support/scripted-server.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { HOST, ISSUER_AT, createZoo } from '../../support/zoo.js';
import type { Species, Zoo } from '../../support/zoo.js';
import { behindExtension, month, rewritten } from '../../support/rewritten.js';
import { createPki, inDays, issue } from '../../../src/demo/pki.js';
import type { Identity, Pki } from '../../../src/demo/pki.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { certificateFacts } from '../../../src/tls/certificate.js';

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

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly travelled: boolean;
  readonly found: readonly Finding[];
}

async function see(identity: Identity, waive: Endpoint['waive'], ca = pki.root): Promise<Seen> {
  const served = { key: identity.key, cert: identity.chain, ciphers: 'DEFAULT@SECLEVEL=0' };
  await using server = await startScriptedServer({ tls: served });
  const tls = { ca: [ca.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, waive }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    found: report.steps[2]?.findings ?? [],
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

test('a path length that is no count', async () => {
  const limited = await ca('Limited CA', { issuer: pki.root, pathLength: 0 });
  // Behind critical, OCTET STRING, SEQUENCE, the boolean and the header: -1.
  const negative = rewritten(limited, pki.root, behindExtension('0603551d13', 12, 'ff'));
  const leaf = await issue({ names, issuer: negative, sends: [negative], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test.each(['notBefore', 'notAfter'] as const)('an issuer whose %s is no date', async (which) => {
  const undated = rewritten(await ca('Undated CA', { issuer: pki.root }), pki.root, month(which, '99'));
  const leaf = await issue({ names, issuer: undated, sends: [undated], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', travelled: false });
});

test.each(['notBefore', 'notAfter'] as const)('a trust anchor whose %s is no date', async (which) => {
  const root = await ca('Undated Root CA', {});
  const undated = rewritten(root, root, month(which, '99'), []);
  const leaf = await issue({ names, issuer: undated, sends: [], ...expired });
  expect(await see(leaf, waiveExpired, undated)).toMatchObject({ steps: 'ppfbb', travelled: false });
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

describe('where the chain ends, and what would mend it', () => {
  const at = (url: string) => new AuthorityInfoAccessExtension({ caIssuers: url });

  test('an incomplete one names what is missing, where it is to be had, and what to do with it', async () => {
    const {
      codes: found,
      found: [first],
    } = await see(await pki.issue({ names, sends: [], further: [at(ISSUER_AT)] }), []);
    expect(found).toEqual(['certificate-chain-incomplete']);
    expect(first?.evidence).toMatchObject({ missing: 'CN=Chain Intermediate CA', caIssuers: ISSUER_AT });
    expect(first?.evidence).not.toHaveProperty('namesake');
    expect(first?.remedy).toMatch(
      `Append the certificate of CN=Chain Intermediate CA, which is to be had at ${ISSUER_AT}, to the file`,
    );
  });

  test('its own word for where that is may be none, or hostile', async () => {
    const {
      found: [silent],
    } = await see(await pki.issue({ names, sends: [] }), []);
    expect(silent?.evidence).not.toHaveProperty('caIssuers');
    expect(silent?.remedy).toMatch(/^Append the certificate of CN=Chain Intermediate CA to the file/);
    const {
      found: [hostile],
    } = await see(await pki.issue({ names, sends: [], further: [at('http://x/\u001b[2J\n::error::')] }), []);
    expect(hostile?.evidence?.caIssuers).toBe('http://x/\\x1b[2J\\x0a::error::');
  });

  test('one that is sent in part names the certificate that comes next', async () => {
    const second = await ca('Second CA', { issuer: pki.intermediate, further: [at(ISSUER_AT)] });
    const {
      codes: found,
      found: [first],
    } = await see(await issue({ names, issuer: second, sends: [second] }), []);
    expect(found).toEqual(['certificate-untrusted']);
    expect(first?.message).toBe('The chain leads to no trust anchor: no trust anchor is, or has issued, CN=Second CA.');
    expect(first?.evidence).toMatchObject({ missing: 'CN=Chain Intermediate CA', caIssuers: ISSUER_AT });
  });

  test('a private root that was sent is named', async () => {
    const other = await createPki('Private');
    const {
      codes: found,
      found: [first],
    } = await see(await other.issue({ names, sends: [other.intermediate, other.root] }), []);
    expect(found).toEqual(['certificate-untrusted']);
    expect(first?.message).toBe('The chain ends in the private root CN=Private Root CA; add it with `tls.ca`.');
    expect(first?.evidence).toMatchObject({ root: 'CN=Private Root CA' });
    expect(first?.evidence).not.toHaveProperty('namesake');
  });

  test('a trust anchor of the same name and another key is told', async () => {
    const reissued = await createPki('Chain');
    const sends: Identity[][] = [[reissued.intermediate], [reissued.intermediate, reissued.root]];
    for (const one of sends) {
      const {
        codes: found,
        found: [first],
      } = await see(await reissued.issue({ names, sends: one }), []);
      expect(found).toEqual(['certificate-untrusted']);
      expect(first?.evidence?.namesake).toBe('a trust anchor has the name of the issuer, and another key');
    }
  });
});

describe('the strength of what counts', () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo();
  });
  const codesOf = async (identity: Identity): Promise<readonly string[]> =>
    (await see(identity, [], zoo.pki.root)).codes.filter((code) => code !== 'receipt-not-verified');

  test('a weak certificate that was sent beside the path does not', async () => {
    for (const beside of ['rsa1024', 'sha1'] as const) {
      const sends = [zoo.pki.intermediate, zoo[beside]];
      expect(await codesOf(await zoo.pki.issue({ names, sends }))).toEqual(['certificate-chain-disordered']);
    }
  });

  test('a weak one on the path does, be it the anchor', async () => {
    const weak = await ca('Weak CA', { key: 'rsa1024', issuer: zoo.pki.root });
    expect(await codesOf(await issue({ names, issuer: weak, sends: [weak] }))).toEqual(['certificate-weak-key']);
    const leaf = await issue({ names, issuer: weak, sends: [] });
    expect((await see(leaf, [], weak)).codes).toEqual(['certificate-weak-key']);
  });

  test('all that was sent does, where there is no path', async () => {
    const other = await createPki('Nobody');
    const sends = [other.intermediate, zoo.rsa1024];
    expect(await codesOf(await other.issue({ names, sends }))).toEqual([
      'certificate-untrusted',
      'certificate-weak-key',
      'certificate-chain-disordered',
    ]);
  });

  test.each<[Species, string, string[]]>([
    ['pss', 'RSA-PSS with SHA-256', []],
    ['pssSha1', 'RSA-PSS with SHA-1 or an unknown hash', ['certificate-weak-signature']],
  ])('a signature of RSA-PSS is as good as its hash: %s', async (species, signature, expected) => {
    expect(await codesOf(zoo[species])).toEqual(expected);
    expect(certificateFacts(new X509Certificate(zoo[species].cert)).signature.name).toBe(signature);
  });
});
