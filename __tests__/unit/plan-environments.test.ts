import { load, problems, revealedOf, type Given } from '../support/load-plan.js';

/** The input `environments`: one file for jobs with different secrets. */

const CONFIG = `
defaults:
  auth: {username: app, password: "\${STAGING_PASSWORD}"}
endpoints:
  - {host: staging.example, environment: staging}
  - {host: live.example, environment: production, auth: {password: "\${LIVE_PASSWORD}"}}
  - {host: east.example, environment: US East, auth: {password: "\${EAST_PASSWORD}"}}
  - {host: any.example, auth: {password: fixed}}
`;

const hosts = async (environments: string, given: Given = {}): Promise<string[]> => {
  const { endpoints } = await load({ config: CONFIG, ...given, inputs: { ...given.inputs, environments } });
  return endpoints.map(({ host }) => host);
};

describe('only the endpoints of the selected environments are tested, and those that name none', () => {
  const env = { STAGING_PASSWORD: 's', LIVE_PASSWORD: 'l', EAST_PASSWORD: 'e' };
  const [staging, live, east, any] = ['staging.example', 'live.example', 'east.example', 'any.example'];

  test.each([
    ['staging', [staging, any]],
    ['production', [live, any]],
    ['staging production', [staging, live, any]],
    ['staging,production', [staging, live, any]],
    ['staging,,production,', [staging, live, any]],
    ['  production\n\n  staging, \n', [staging, live, any]],
    ['US East', [east, any]],
    ['US East, staging', [staging, east, any]],
    ['', [staging, live, east, any]],
  ])('%j', async (environments, expected) => {
    expect(await hosts(environments, { env })).toEqual(expected);
  });

  test('an environment may come from the defaults', async () => {
    const config = `
defaults: {environment: staging}
endpoints:
  - a.example
  - {host: b.example, environment: production}
`;
    expect(await hosts('staging', { config })).toEqual(['a.example']);
    expect(await hosts('production', { config })).toEqual(['b.example']);
  });

  test('with both inputs, the endpoints of both are selected', async () => {
    const endpoints = '[{host: a.example, environment: staging}, {host: b.example, environment: test}, c.example]';
    const given = { config: CONFIG, env, inputs: { endpoints } };
    expect(await hosts('staging', given)).toEqual(['a.example', 'c.example', staging, any]);
    expect(await hosts('test', given)).toEqual(['b.example', 'c.example', any]);
  });

  test('the shards are parts of what is selected', async () => {
    expect(await hosts('production', { env, inputs: { shard: '1/2' } })).toEqual([any]);
    expect(await hosts('production', { env, inputs: { shard: '2/2' } })).toEqual([live]);
    expect(await problems({ config: CONFIG, env, inputs: { environments: 'production', shard: '3/3' } })).toEqual([
      'input shard: part 3 of 3 is empty: there are only 2 endpoints',
    ]);
  });
});

describe('a variable is resolved only in what is tested', () => {
  test('a variable of a different environment may be empty or not set, also in the defaults', async () => {
    for (const others of [{}, { STAGING_PASSWORD: '', EAST_PASSWORD: 'with a control character\n' }]) {
      const env = { LIVE_PASSWORD: 'live', ...others };
      const { endpoints } = await load({ config: CONFIG, env, inputs: { environments: 'production' } });
      expect(endpoints.map(({ auth }) => revealedOf(auth))).toEqual(['live', 'fixed']);
    }
  });

  test('a variable of a selected environment must be set and not be empty', async () => {
    expect(await problems({ config: CONFIG, inputs: { environments: 'production' } })).toEqual([
      expect.stringMatching(/^gate\.yml:6:\d+: the environment variable LIVE_PASSWORD is not set/),
    ]);
    expect(
      await problems({ config: CONFIG, env: { LIVE_PASSWORD: '' }, inputs: { environments: 'production' } }),
    ).toEqual([expect.stringMatching(/^gate\.yml:6:\d+: auth\.password is empty/)]);
  });

  test('a variable in the defaults must be set if a tested endpoint inherits it', async () => {
    const given = { config: CONFIG, env: { LIVE_PASSWORD: 'l' } };
    const lines = await problems({ ...given, inputs: { environments: 'production staging' } });
    expect(lines).toEqual([
      expect.stringMatching(/^gate\.yml:3:35: the environment variable STAGING_PASSWORD is not set/),
    ]);
  });

  test('without the input, every variable must be set, even one in defaults that no endpoint inherits', async () => {
    const config = 'defaults: {port: "${PORT}"}\nendpoints: [{host: a.example, port: 25}]';
    expect(await problems({ config })).toEqual([
      expect.stringMatching(/^gate\.yml:1:18: the environment variable PORT is not set/),
    ]);
    await expect(load({ config, inputs: { environments: '' }, env: { PORT: '25' } })).resolves.toBeDefined();
  });

  test('a file is read only for what is tested', async () => {
    const config = `
defaults: {tls: {ca: missing-default.pem}}
endpoints:
  - {host: a.example, environment: one, tls: {ca: missing-a.pem, client-cert: cert-a.pem, client-key: key-a.pem}}
  - {host: b.example, environment: two, tls: {ca: missing-b.pem}}
`;
    expect(await problems({ config, inputs: { environments: 'two' } })).toEqual([
      'gate.yml:5:51: tls.ca: missing-b.pem cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ]);
  });

  test.each([
    ['every setting', 'host: "${A}", port: "${A}", transport: "${A}", role: "${A}", probes: "${A}"'],
    ['the mechanism, which may need no password', 'host: a.example, auth: {username: u, mechanism: "${A}"}'],
    ['the mechanism of rejected credentials', 'host: a.example, auth: {expect: rejected, mechanism: "${A}"}'],
    [
      'the URL of an inbox, which may need no credentials',
      'host: a.example, delivery: {from: a@a.example, to: b@a.example, inbox: "${A}"}',
    ],
    ['a whole part', 'host: a.example, auth: "${A}", delivery: "${A}", tls: "${A}", waive: "${A}"'],
  ])('no error is guessed from a variable that is not resolved: %s', async (_, keys) => {
    const item = `  - {environment: one, ${keys}}`;
    const config = `endpoints:\n${item}\n  - {host: b.example, environment: two}\n`;
    expect(await hosts('two', { config })).toEqual(['b.example']);
    expect(await hosts('two', { config: `defaults: {environment: one}\n${config}  - "\${HOST}"\n` })).toEqual([
      'b.example',
    ]);
  });
});

describe('all other checks apply to endpoints that are not tested', () => {
  test.each([
    ['an unknown key', '{host: a.example, environment: one, prot: 25}', 'unknown key "prot"; did you mean "port"?'],
    ['a wrong value', '{host: a.example, environment: one, port: 0}', 'port must be a whole number'],
    ['a missing host', '{environment: one}', 'host or mx is missing'],
    ['a duplicate name', '{host: b.example, environment: one}', 'the name "b.example:587" is already taken'],
    ['keys that exclude each other', '{host: a.example, environment: one, auth: {username: u}}', 'is missing'],
    ['a malformed reference', '{host: "${1}", environment: one}', 'malformed ${'],
    ['a reserved variable', '{host: "${GITHUB_TOKEN}", environment: one}', 'is reserved for'],
    ['a variable as its environment', '{host: a.example, environment: "${A}"}', 'are not expanded in name'],
    ['a list as its environment', '{host: a.example, environment: [two]}', 'environment must be one line'],
  ])('%s', async (_, item, expected) => {
    const config = `endpoints:\n  - {host: b.example, environment: two}\n  - ${item}\n`;
    const lines = await problems({ config, env: { A: 'a' }, inputs: { environments: 'two' } });
    expect(lines).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a name that no endpoint has is an error', () => {
  test.each([
    [
      'a typo',
      'stagng',
      'input environments: no endpoint has the environment "stagng"; the environments are staging, production, US East',
    ],
    [
      'a typo next to a correct name',
      'staging, prod',
      'input environments: no endpoint has the environment "prod"; the environments are staging, production, US East',
    ],
    [
      'separators without a name',
      ', ,',
      'input environments: no environment is named; the environments are staging, production, US East',
    ],
  ])('%s', async (_, environments, expected) => {
    const env = { STAGING_PASSWORD: 's' };
    expect(await problems({ config: CONFIG, env, inputs: { environments } })).toEqual([expected]);
  });

  test('an environment of the defaults that every endpoint replaces is not one of them', async () => {
    const config = 'defaults: {environment: one}\nendpoints: [{host: a.example, environment: two}]';
    expect(await problems({ config, inputs: { environments: 'one' } })).toEqual([
      'input environments: no endpoint has the environment "one"; the environments are two',
    ]);
  });

  test('without any environment, the error says so', async () => {
    expect(await problems({ inputs: { endpoints: 'a.example', environments: ',' } })).toEqual([
      'input environments: no environment is named',
    ]);
    expect(await problems({ inputs: { endpoints: 'a.example', environments: 'staging' } })).toEqual([
      'input environments: no endpoint has the environment "staging" or any other environment',
    ]);
  });

  test('of many environments, the error lists the first', async () => {
    const items = Array.from({ length: 30 }, (_, index) => `{host: h${index}.example, environment: e${index}}`);
    const [line] = await problems({ config: `endpoints: [${items.join(', ')}]`, inputs: { environments: 'x' } });
    expect(line).toMatch(/; the environments are e0, e1, .*, e19 and 10 more$/);
  });

  test('if a file cannot be read, its environments are not known, and none is called wrong', async () => {
    const inputs = { environments: 'x', config: 'missing.yml', endpoints: '[{host: a.example, environment: y}]' };
    expect(await problems({ inputs })).toEqual([
      'input config: missing.yml cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ]);
  });
});
