import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { objectIdentifier, sequence } from '../../src/servers/der.js';
import { createPki, extension, type Identity } from '../../src/servers/pki.js';
import { secretsOf } from '../../src/gate/secrets.js';
import { RSA_1024 } from '../support/key-types.js';
import { ANCHOR_A, load, problems } from '../support/load-plan.js';

/** `tls.client-cert` and `tls.client-key`. */

const ANY_PURPOSE = extension('2.5.29.37', sequence(objectIdentifier('2.5.29.37.0')));

let ours: Identity;
let theirs: Identity;
let weak: Identity;
let forServers: Identity;
let forBoth: Identity;
let forAny: Identity;
let forAll: Identity;
beforeAll(async () => {
  const pki = await createPki('Clients');
  ours = await pki.issue({ commonName: 'gate', usage: ['clientAuth'] });
  theirs = await pki.issue({ commonName: 'other', usage: ['clientAuth'] });
  weak = await pki.issue({ commonName: 'weak', usage: ['clientAuth'], key: RSA_1024 });
  forServers = await pki.issue({ commonName: 'servers', usage: ['serverAuth'] });
  forBoth = await pki.issue({ commonName: 'both', usage: ['serverAuth', 'clientAuth'] });
  forAny = await pki.issue({ commonName: 'any', usage: [], further: [{ rawData: ANY_PURPOSE }] });
  forAll = await pki.issue({ commonName: 'all', usage: [] });
});

const files = (): Record<string, string> => ({
  'ours.pem': ours.chain,
  'ours.key': ours.key,
  'theirs.key': theirs.key,
});

const config = (cert: string, key: string): string =>
  `endpoints:\n  - host: a.example\n    tls:\n      client-cert: ${cert}\n      client-key: ${key}\n`;

/** Every line in the body of a key. */
const bodyOf = ({ key }: Identity): string[] =>
  key.split('\n').filter((line) => line !== '' && !line.includes('-----'));

describe('a client certificate', () => {
  test('is read from files, with its chain', async () => {
    const { endpoints } = await load({
      config: config('ours.pem', './ours.key '),
      files: { ...files(), './ours.key': ours.key },
    });
    const client = endpoints[0]?.tls.client;
    expect(client?.certificate).toBe(ours.chain);
    expect(client?.key.reveal()).toBe(ours.key);
  });

  test('is read from texts of the environment', async () => {
    const env = { CERT: ours.chain, KEY: ours.key };
    const { endpoints } = await load({ config: config('"${CERT}"', '"${KEY}"'), env });
    expect(endpoints[0]?.tls.client?.key.reveal()).toBe(ours.key);
  });

  test('may be in the same file as its key', async () => {
    const both = { 'both.pem': `${ours.key}some words\n${ours.chain}` };
    const { endpoints } = await load({ config: config('both.pem', 'both.pem'), files: both });
    expect(endpoints[0]?.tls.client?.certificate).toBe(ours.chain);
  });

  test('may have a key in SEC 1 format', async () => {
    const sec1 = createPrivateKey(ours.key).export({ type: 'sec1', format: 'pem' }).toString();
    const { endpoints } = await load({
      config: config('ours.pem', 'sec1.key'),
      files: { ...files(), 'sec1.key': sec1 },
    });
    expect(endpoints[0]?.tls.client?.key.reveal()).toBe(ours.key);
  });

  test('is never printed, and is not a secret to redact', async () => {
    const plan = await load({ config: config('ours.pem', 'ours.key'), files: files() });
    for (const line of bodyOf(ours)) expect(JSON.stringify(plan)).not.toContain(line);
    expect(secretsOf(plan)).toEqual([]);
  });

  test('is known by its path, unless that is the value of a variable', async () => {
    const config = 'endpoints:\n  - {host: a.example, tls: {client-cert: ours.pem, client-key: "${KEY}"}}\n';
    const { endpoints } = await load({ config, files: files(), env: { KEY: 'ours.key' } });
    expect(endpoints[0]?.tls.client?.paths).toEqual({ certificate: 'ours.pem' });
  });

  test('comes from the defaults too, key by key, and each file is read once', async () => {
    const shared = `defaults:
  tls: {client-cert: ours.pem, client-key: ours.key}
endpoints:
  - a.example
  - {host: b.example, tls: {min-valid-days: 1}}
  - {host: c.example, tls: {client-key: theirs.key}}
`;
    expect(await problems({ config: shared, files: files() })).toEqual([
      'gate.yml:6:41: tls.client-key: the file contains a key that does not belong to the certificate in tls.client-cert',
    ]);
    const { endpoints } = await load({ config: shared.replace('theirs', 'ours'), files: files() });
    const identities = new Set(endpoints.map(({ tls }) => tls.client));
    expect(identities.size).toBe(1);
    expect([...identities][0]?.certificate).toBe(ours.chain);
  });

  test('is only that of the endpoints that have it, which share a policy', async () => {
    const both = `endpoints:
  - {host: a.example, tls: {client-cert: ours.pem, client-key: ours.key}}
  - {host: b.example, tls: {client-cert: theirs.pem, client-key: theirs.key}}
  - {host: c.example, tls: {client-cert: ours.pem, client-key: ours.key}}
  - d.example
`;
    const { endpoints } = await load({ config: both, files: { ...files(), 'theirs.pem': theirs.chain } });
    const certificates = endpoints.map(({ tls }) => tls.client?.certificate);
    expect(certificates).toEqual([ours.chain, theirs.chain, ours.chain, undefined]);
    expect(endpoints[2]?.tls).toBe(endpoints[0]?.tls);
  });

  test('is absent if it is not configured', async () => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example' } });
    expect(endpoints[0]?.tls).not.toHaveProperty('client');
  });
});

describe('the extended key usage of a client certificate', () => {
  const used = (identity: Identity) => ({
    config: config('used.pem', 'used.key'),
    files: { 'used.pem': identity.chain, 'used.key': identity.key },
  });

  test.each([
    ['servers and clients', () => forBoth],
    ['all purposes, because there is no such extension', () => forAll],
  ])('may be for %s', async (_, identity) => {
    const { endpoints } = await load(used(identity()));
    expect(endpoints[0]?.tls.client?.certificate).toBe(identity().chain);
  });

  const lacking =
    'contains a certificate that is not for clients: its extended key usage lacks clientAuth. Since 2026, most public CAs no longer issue certificates for clients; use one from a private CA that the server trusts';

  test('must not be for servers only', async () => {
    expect(await problems(used(forServers))).toEqual([`gate.yml:4:20: tls.client-cert: used.pem ${lacking}`]);
  });

  test('must not be "any", which OpenSSL does not accept from a client', async () => {
    expect(await problems(used(forAny))).toEqual([
      'gate.yml:4:20: tls.client-cert: used.pem contains a certificate that is not for clients: its extended key usage has "any" but lacks clientAuth, which servers built on OpenSSL require',
    ]);
  });

  test('is only that of the client certificate, not of an issuer after it', async () => {
    const { config: text, files: own } = used(ours);
    const { endpoints } = await load({ config: text, files: { ...own, 'used.pem': ours.chain + forServers.cert } });
    expect(endpoints[0]?.tls.client?.certificate).toBe(ours.chain + forServers.cert);
  });

  test('is an error next to one in the key', async () => {
    const { config: text, files: own } = used(forServers);
    expect(await problems({ config: text, files: { ...own, 'used.key': forServers.cert } })).toEqual([
      `gate.yml:4:20: tls.client-cert: used.pem ${lacking}`,
      'gate.yml:5:19: tls.client-key: the file contains no PEM private key, but "BEGIN CERTIFICATE"',
    ]);
  });
});

describe('an error in a client certificate is located at its key', () => {
  test.each([
    [
      'nowhere.pem',
      'ours.key',
      'gate.yml:4:20: tls.client-cert: nowhere.pem cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ],
    [
      'ours.pem',
      'nowhere.key',
      'gate.yml:5:19: tls.client-key: the file cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ],
    [
      'ours.key',
      'ours.key',
      'gate.yml:4:20: tls.client-cert: ours.key contains no PEM certificate, but "BEGIN PRIVATE KEY"',
    ],
    [
      'damaged.pem',
      'ours.key',
      'gate.yml:4:20: tls.client-cert: damaged.pem contains a damaged certificate (number 1 of 1)',
    ],
    [
      'ours.pem',
      'ours.pem',
      'gate.yml:5:19: tls.client-key: the file contains no PEM private key, but "BEGIN CERTIFICATE"',
    ],
    [
      'ours.pem',
      'damaged.key',
      'gate.yml:5:19: tls.client-key: the file contains a private key that is damaged or of an unknown type',
    ],
    [
      'ours.pem',
      'locked.key',
      'gate.yml:5:19: tls.client-key: the file contains an encrypted key; remove its passphrase with `openssl pkey -in FILE -out NEW.pem`',
    ],
    [
      'ours.pem',
      'legacy.key',
      'gate.yml:5:19: tls.client-key: the file contains an encrypted key; remove its passphrase with `openssl pkey -in FILE -out NEW.pem`',
    ],
    [
      'anchor.pem',
      'ours.key',
      'gate.yml:5:19: tls.client-key: the file contains a key that does not belong to the certificate in tls.client-cert',
    ],
    [
      '"${CERT}"',
      'ours.key',
      'gate.yml:4:20: tls.client-cert: the text contains a damaged certificate (number 1 of 1)',
    ],
    [
      '"${FILE}"',
      'ours.key',
      'gate.yml:4:20: tls.client-cert: the file cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ],
    [
      'weak.pem',
      'weak.key',
      'gate.yml:4:20: tls.client-cert: weak.pem contains a certificate that the TLS library rejects (ERR_SSL_EE_KEY_TOO_SMALL)',
    ],
    ['ours.pem', '""', 'gate.yml:5:19: tls.client-key is empty or contains only spaces'],
    ['[ours.pem]', 'ours.key', 'gate.yml:4:20: tls.client-cert must be text, not a list'],
  ])('%s with %s', async (cert, key, message) => {
    const locked = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    const passphrase = 'secret words';
    const damage = (pem: string): string => pem.replace(/\n[^-]{8}/, '\nAAAAAAAA');
    const lines = await problems({
      config: config(cert, key),
      files: {
        ...files(),
        'anchor.pem': ANCHOR_A,
        'weak.pem': weak.chain,
        'weak.key': weak.key,
        'damaged.pem': damage(ours.cert),
        'damaged.key': damage(ours.key),
        'locked.key': locked.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
        'legacy.key': locked.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
      },
      env: { CERT: damage(ours.cert), FILE: 'secret.pem' },
    });
    expect(lines).toContain(message);
  });

  test.each<[string, string[]]>([
    ['client-cert: ours.pem', ['50: tls.client-key is missing']],
    ['client-key: ours.key', ['49: tls.client-cert is missing']],
    [
      'client-cert: nowhere.pem',
      [
        '50: tls.client-key is missing',
        '50: tls.client-cert: nowhere.pem cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
      ],
    ],
    [
      'client-key: ours.pem',
      [
        '49: tls.client-cert is missing',
        '49: tls.client-key: the file contains no PEM private key, but "BEGIN CERTIFICATE"',
      ],
    ],
  ])('one without the other is still read: %s', async (keys, expected) => {
    const lines = await problems({ config: `endpoints: [{host: a.example, tls: {${keys}}}]`, files: files() });
    expect(lines).toEqual(expected.map((line) => `gate.yml:1:${line}`));
  });

  test('a key is never quoted in any form', async () => {
    const bare = bodyOf(ours).join('');
    for (const key of [bare, JSON.stringify(ours.key), JSON.stringify(bodyOf(ours).join('\n'))]) {
      for (const cert of ['nowhere.pem', key]) {
        const lines = (await problems({ config: config(cert === key ? `[${key}]` : cert, key) })).join('\n');
        for (const line of bodyOf(ours)) expect(lines).not.toContain(line);
      }
    }
  });
});

test('tls.check says which certificates of the server are checked, and whether old TLS versions are', async () => {
  const { endpoints } = await load({
    config:
      'defaults: {tls: {check: both}}\nendpoints: [a.example, {host: b.example, tls: {check: single}}, {host: c.example, tls: {check: all}}]',
  });
  expect(endpoints.map(({ tls }) => tls.dualCertificates)).toEqual([true, undefined, true]);
  expect(endpoints.map(({ tls }) => tls.oldVersions)).toEqual([undefined, undefined, true]);
  expect(await problems({ config: 'endpoints: [{host: a.example, tls: {check: bth}}]' })).toEqual([
    'gate.yml:1:44: tls.check must be one of single, both, all; did you mean "both"?',
  ]);
});
