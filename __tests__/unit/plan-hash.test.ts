import { documentedKeys } from '../../src/plan/schema/documented-keys.js';
import { endpointSchema } from '../../src/plan/schema/schema.js';
import { ANCHOR_A, ANCHOR_B, load, type Given } from '../support/load-plan.js';

const CONFIG = `
defaults:
  tls: { min-valid-days: 10 }
endpoints:
  - { name: relay, host: smtp.example.com, auth: { username: gate, password: "\${SMTP_PASSWORD}" } }
  - { host: mx.example.com, port: 25, environment: staging }
`;
const ENV = { SMTP_PASSWORD: 'correct horse' };

async function hashOf(given: Given = {}): Promise<string> {
  const { hash } = await load({ config: CONFIG, env: ENV, ...given });
  return hash ?? 'none';
}

describe('the hash of a plan', () => {
  test('is a SHA-256 in hexadecimal digits', async () => {
    expect(await hashOf()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same for every shard, and for the whole', async () => {
    const hashes = await Promise.all(['1/2', '2/2', '1/1'].map((shard) => hashOf({ inputs: { shard } })));
    expect(new Set([...hashes, await hashOf()]).size).toBe(1);
  });

  test('does not depend on the order of keys, on comments, or on how YAML is written', async () => {
    const config = `
# Our servers.
endpoints:
  - auth:
      password: \${SMTP_PASSWORD}
      username: 'gate'
    host: "smtp.example.com"
    name: relay
  - environment: staging
    port: 25
    host: mx.example.com
defaults:
  tls:
    min-valid-days: 10
`;
    expect(await hashOf({ config })).toBe(await hashOf());
  });

  test.each<[string, Given]>([
    ['the value of a variable', { env: { SMTP_PASSWORD: 'battery staple' } }],
    ['a password in the file', { config: CONFIG.replace('"${SMTP_PASSWORD}"', 'swordfish') }],
    ['a username', { config: CONFIG.replace('username: gate', 'username: other') }],
    ['the policy', { inputs: { 'fail-on': 'never', 'on-inconclusive': 'warn' } }],
    ['how fast the servers are tested', { inputs: { concurrency: '1', deadline: '5', 'self-test': 'true' } }],
    ['the folder of the report', { inputs: { 'report-dir': '/home/runner/work/1' } }],
  ])('does not depend on %s', async (_, given) => {
    expect(await hashOf(given)).toBe(await hashOf());
  });

  test('does not depend on what an input gives to all endpoints, which may be a secret', async () => {
    const credentials = (text: string) => ({
      username: text,
      password: text,
      'mail-from': `${text}@example.com`,
      'rcpt-to': `${text}@example.com`,
      inbox: `imaps://${text}.example.com`,
      'inbox-username': text,
      'inbox-password': text,
    });
    const [first, second] = await Promise.all(['one', 'two'].map((text) => hashOf({ inputs: credentials(text) })));
    expect(first).toBe(second);
    expect(first).not.toBe(await hashOf());
  });

  test('does not depend on where the trusted CAs are, or what they are', async () => {
    const files = { 'a.pem': ANCHOR_A, '/opt/ca.pem': ANCHOR_B };
    const config = (ca: string) => CONFIG.replace('min-valid-days', `ca: ${ca}, min-valid-days`);
    const hashes = await Promise.all(['a.pem', '/opt/ca.pem'].map((ca) => hashOf({ config: config(ca), files })));
    expect(new Set(hashes).size).toBe(1);
  });

  test('covers only what is tested', async () => {
    const production = CONFIG.replace('environment: staging', 'environment: production');
    const both = `${CONFIG}  - { host: live.example.com, environment: live, ehlo: a.example }\n`;
    const other = both.replace('ehlo: a.example', 'ehlo: b.example');
    const inputs = { environments: 'staging' };
    expect(await hashOf({ config: both, inputs })).toBe(await hashOf({ config: other, inputs }));
    expect(await hashOf({ config: both, inputs })).toBe(await hashOf());
    expect(await hashOf({ config: both })).not.toBe(await hashOf({ config: other }));
    expect(await hashOf({ config: production })).not.toBe(await hashOf());
  });

  test.each<[string, Given]>([
    ['another endpoint', { config: `${CONFIG}  - a.example\n` }],
    ['one endpoint less', { config: CONFIG.replace(/^ {2}- \{ host: mx.*$/m, '') }],
    ['another name', { config: CONFIG.replace('name: relay', 'name: relais') }],
    ['another host', { config: CONFIG.replace('smtp.example.com', 'smtp.example.org') }],
    ['another port', { config: CONFIG.replace('port: 25', 'port: 2525') }],
    ['another default', { config: CONFIG.replace('min-valid-days: 10', 'min-valid-days: 11') }],
    ['another variable', { config: CONFIG.replace('host: mx', 'ehlo: a.example, host: mx') }],
    [
      'a text that would be the same if it were joined',
      { config: CONFIG.replace('name: relay, host: s', 'name: relays, host: ') },
    ],
    ['a stricter input', { inputs: { 'min-tls-version': 'TLSv1.3' } }],
    ['a required step', { inputs: { require: 'authentication' } }],
  ])('is different for %s', async (_, given) => {
    expect(await hashOf(given)).not.toBe(await hashOf());
  });

  test('does not depend on any key that may be a secret', async () => {
    const config = (text: string) => `
endpoints:
  - host: a.example
    auth: { username: ${text}, access-token: ${text} }
    delivery: { from: a@b.example, to: a@b.example, inbox: imaps://c.example, username: ${text}, password: ${text} }
  - { host: b.example, auth: { username: ${text}, password: ${text} } }
`;
    expect(await hashOf({ config: config('one') })).toBe(await hashOf({ config: config('two') }));
    const keys = documentedKeys(endpointSchema).filter(({ description }) =>
      /^(?:username|password|oauth|private key)/i.test(description),
    );
    expect(keys.map(({ name }) => name)).toEqual([
      'auth.username',
      'auth.password',
      'auth.access-token',
      'delivery.username',
      'delivery.password',
      'tls.client-key',
    ]);
  });
});
