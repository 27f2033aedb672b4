import { load, problems } from '../support/load-plan.js';

/** `mx`: a domain instead of a host. */

async function endpointsOf(items: string, inputs: Readonly<Record<string, string>> = {}) {
  const { endpoints } = await load({ config: `endpoints:\n${items}`, inputs });
  return endpoints;
}

test('a domain has the name, the port and the role of a mail exchanger', async () => {
  const [endpoint] = await endpointsOf('  - mx: example.com\n');
  expect(endpoint).toMatchObject({
    name: 'example.com',
    host: 'example.com',
    mx: {},
    port: 25,
    role: 'mx',
    transport: 'starttls',
    source: { file: 'gate.yml', line: 2 },
  });
});

test('it is written like a host: in capital letters, international, with a dot at the end, from a variable', async () => {
  const config = 'endpoints:\n  - mx: EXAMPLE.com.\n  - mx: bücher.example\n  - mx: ${DOMAIN}\n';
  const { endpoints } = await load({ config, env: { DOMAIN: 'example.net' } });
  expect(endpoints.map(({ host }) => host)).toEqual(['example.com', 'xn--bcher-kva.example', 'example.net']);
});

test('port, role, transport, name and servername can be set', async () => {
  const endpoints = await endpointsOf(`  - {mx: a.example, port: 2525}
  - {mx: b.example, port: 465}
  - {mx: c.example, transport: implicit}
  - {mx: d.example, role: submission, name: relay, servername: mail.d.example}
`);
  expect(endpoints.map(({ name, port, role, transport, mx }) => [name, port, role, transport, mx])).toEqual([
    ['a.example:2525', 2525, 'mx', 'starttls', {}],
    ['b.example:465', 465, 'mx', 'implicit', {}],
    ['c.example:465', 465, 'mx', 'implicit', {}],
    ['relay', 25, 'submission', 'starttls', { servername: 'mail.d.example' }],
  ]);
});

test.each([
  ['{mx: a.example, host: b.example}', 'gate.yml:2:10: host and mx cannot both be set; remove one of them'],
  ['{port: 25}', 'gate.yml:2:5: host or mx is missing'],
  ['{mx: 192.0.2.1}', 'gate.yml:2:10: mx must be a domain, not "192.0.2.1"'],
  ['{mx: "a.example:25"}', 'gate.yml:2:10: mx must be a domain, not "a.example:25"'],
  ['{mx: postmaster@a.example}', 'gate.yml:2:10: mx must be a domain'],
  ['{mx: ""}', 'gate.yml:2:10: mx must be a domain, but is empty'],
  ['{mx: [a.example]}', 'gate.yml:2:10: mx must be a domain, not a list'],
  ['{mx: a.example, probes: plaintext-mail}', 'probes: plaintext-mail requires role: submission'],
])('%s is an error', async (item, expected) => {
  expect(await problems({ config: `endpoints:\n  - ${item}\n` })).toEqual([expect.stringContaining(expected)]);
});

test('defaults cannot have it', async () => {
  expect(await problems({ config: 'defaults: {mx: a.example}\nendpoints: [b.example]\n' })).toContain(
    'gate.yml:1:16: mx must not be set in defaults: each endpoint has its own',
  );
});

test('names are unique', async () => {
  const config = 'endpoints:\n  - mx: a.example\n  - mx: A.example\n  - {mx: a.example, port: 2525}\n';
  expect(await problems({ config })).toEqual([
    'gate.yml:3:5: the name "a.example" is already taken by the endpoint at gate.yml:2:5; names must be unique',
  ]);
});

test('the name of an endpoint whose domain comes from a variable is not quoted', async () => {
  const config = 'endpoints:\n  - mx: "${A}"\n  - mx: "${A}"\n';
  expect(await problems({ config, env: { A: 'secret.example' } })).toEqual([
    'gate.yml:3:5: this name is already taken by the endpoint at gate.yml:2:5; names must be unique',
  ]);
});

describe('credentials', () => {
  const inputs = { username: 'joe', password: 'correct horse' };

  test('of the inputs and the defaults are not inherited', async () => {
    const [domain, host] = await endpointsOf('  - mx: a.example\n  - b.example\n', inputs);
    expect([domain?.auth, host?.auth?.username]).toEqual([undefined, 'joe']);
    const config = 'defaults: {auth: {username: joe, password: x}}\nendpoints:\n  - mx: a.example\n  - b.example\n';
    const { endpoints } = await load({ config });
    expect(endpoints.map(({ auth }) => auth?.username)).toEqual([undefined, 'joe']);
  });

  test('of the endpoint are an error, because DNS decides who gets them', async () => {
    const config = 'endpoints:\n  - {mx: a.example, auth: {username: joe, password: x}}\n';
    expect(await problems({ config })).toEqual([
      expect.stringMatching(/^gate\.yml:2:27: auth cannot be used with mx: .* come from DNS/),
    ]);
    const merged = 'endpoints:\n  - {mx: a.example, auth: {mechanism: PLAIN}}\n';
    expect(await problems({ config: merged, inputs })).toEqual([
      expect.stringContaining('auth cannot be used with mx'),
    ]);
  });

  test('are not needed for a message, whose settings are inherited', async () => {
    const [endpoint] = await endpointsOf('  - mx: a.example\n', {
      ...inputs,
      'mail-from': 'gate@b.example',
      'rcpt-to': 'inbox@a.example',
    });
    expect(endpoint).toMatchObject({ delivery: { to: 'inbox@a.example' } });
    expect(endpoint).not.toHaveProperty('auth');
  });
});

test('an environment selects it like any other endpoint', async () => {
  const config = 'endpoints:\n  - {mx: a.example, environment: one}\n  - {mx: "${UNSET}", environment: two}\n';
  const { endpoints } = await load({ config, inputs: { environments: 'one' } });
  expect(endpoints.map(({ name }) => name)).toEqual(['a.example']);
});
