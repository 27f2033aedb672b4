import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createLoopback } from '../support/loopback.js';
import { createRunner, REPOSITORY, WORKFLOW, type Runner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** After a configuration error, all problems are reported, and nothing is sent. */

async function eventOfFork(runner: Runner, head: string): Promise<string> {
  const repository = { full_name: REPOSITORY };
  return runner.write(
    'event.json',
    JSON.stringify({ repository, pull_request: { head: { repo: { full_name: head } } } }),
  );
}

test('every problem is reported on every channel, and no connection is opened', async () => {
  const { ca } = await createLoopback();
  await using witness = await startScriptedServer();
  await using runner = await createRunner();
  await runner.write('gate.yml', 'endpoints:\n  - host: a.example.test\n    prot: 587\n');
  const { code, outputs, summary, log, annotations, commands, aftermath, report } = await runner.run({
    endpoints: `127.0.0.1:${witness.port}\n127.0.0.1:99999`,
    config: 'gate.yml',
    ca,
    timeout: 'soon',
    'fail-on': 'wran',
    'rcpt-to': 'inbox@example.test',
  });
  const places = ['input timeout: ', 'input fail-on: ', 'input rcpt-to: ', 'endpoints:2:1: ', 'gate.yml:3:5: '];

  expect({ code, outputs, report, aftermath }).toEqual({
    code: 1,
    outputs: { result: 'fail', 'endpoints-total': '0', 'endpoints-failed': '0', 'failed-endpoints': '[]' },
    report: undefined,
    aftermath: '',
  });
  expect(annotations).toHaveLength(2);
  expect(commands).toEqual(annotations);
  for (const channel of [annotations[1]?.data, summary, log]) {
    for (const place of places) expect(channel).toContain(place);
  }
  expect(annotations[1]?.data.split('\n')).toHaveLength(1 + places.length);
  expect(witness.connections).toBe(0);
});

test('a problem has an annotation on its line of the config file or of the workflow', async () => {
  await using runner = await createRunner();
  await runner.write('mail/gate.yml', 'endpoints:\n  - host: c.example.test\n    prot: 587\n');
  await runner.write(
    WORKFLOW,
    [
      'jobs:\n  gate:\n    steps:\n      - uses: octo/gate@v1\n        with:',
      '          timeout: soon\n          config: mail/gate.yml',
      '          endpoints: |\n            a.example.test\n            b.example.test:0\n',
    ].join('\n'),
  );
  const { annotations, summary } = await runner.run({
    endpoints: 'a.example.test\nb.example.test:0\n',
    config: 'mail/gate.yml',
    timeout: 'soon',
    shard: '3/2',
  });
  const title = 'Invalid configuration';
  expect(annotations.map(({ properties }) => properties)).toEqual([
    { title, file: WORKFLOW, line: '6' },
    { title, file: WORKFLOW, line: '10' },
    { title, file: 'mail/gate.yml', line: '3', col: '5' },
    {},
  ]);
  expect(annotations.map(({ data }) => data.split('\n')[0])).toEqual([
    'must be a whole number from 1 to 600, not "soon"',
    '"b.example.test:0" must have a whole number from 1 to 65535 as its port',
    'unknown key "prot"; did you mean "port"?',
    'No server was tested: the configuration is invalid.',
  ]);
  for (const channel of [annotations[3]?.data, summary]) expect(channel).toContain('input shard: ');
});

test('problems that do not fit into an annotation are in the log and in the summary', async () => {
  await using runner = await createRunner();
  const wrong = Array.from({ length: 300 }, (_, index) => `host-${index}.example.test:0`);
  const { summary, log, annotations } = await runner.run({ endpoints: wrong.join('\n') });
  for (const channel of [summary, log]) expect(channel).toContain('endpoints:300:1: ');
  expect(annotations[0]?.data.length).toBeLessThanOrEqual(4096);
  expect(annotations[0]?.data).toMatch(/more characters\)$/);
});

test.each([
  ['no configuration', {}, 'nothing to test'],
  ['an empty list', { endpoints: '[]' }, 'endpoints:1:1: endpoints is an empty list'],
  ['a list of comments', { endpoints: '# later\n' }, 'no endpoint'],
  ['a shard without endpoints', { endpoints: 'a.example.test', shard: '2/2' }, 'is empty'],
  ['a missing config file', { config: 'nowhere.yml' }, 'nowhere.yml'],
])('%s is an error', async (_, inputs: Record<string, string>, said) => {
  await using runner = await createRunner();
  const { code, outputs, annotations } = await runner.run(inputs);
  expect([code, outputs.result]).toEqual([1, 'fail']);
  expect(annotations.map(({ data }) => data).join()).toContain(said);
});

describe('a file that is not a regular one', () => {
  const IDENTITY = { host: 'mail.example.test', tls: { 'client-cert': 'pipe', 'client-key': 'pipe' } };

  test.each([
    ['config', { config: 'pipe' }, 1],
    ['ca', { endpoints: 'mail.example.test', ca: 'pipe' }, 1],
    ['client-cert and client-key', { endpoints: JSON.stringify([IDENTITY]) }, 2],
  ])('is rejected without waiting: a named pipe as %s', async (_, inputs: Record<string, string>, files) => {
    await using runner = await createRunner();
    execFileSync('mkfifo', [join(runner.workspace, 'pipe')]);
    const { code, log } = await runner.run(inputs);
    expect(code).toBe(1);
    expect(log.match(/^(?!::).*cannot be read \(not a regular file\)$/gm)).toHaveLength(files);
  });

  test('is rejected before memory is full: a device as config', async () => {
    await using runner = await createRunner();
    const { code, log } = await runner.run({ config: '/dev/zero' });
    expect(code).toBe(1);
    expect(log).toContain('cannot be read (not a regular file)');
  });

  test('is not waited for as the workflow file in which an endpoint is located', async () => {
    await using server = await startScriptedServer();
    await using runner = await createRunner();
    await mkdir(join(runner.workspace, dirname(WORKFLOW)), { recursive: true });
    execFileSync('mkfifo', [join(runner.workspace, WORKFLOW)]);
    const { code, report } = await runner.run({ endpoints: `127.0.0.1:${server.port}` });
    expect([code, report?.endpoints[0]?.source]).toEqual([1, undefined]);
  });
});

test('a named pipe as the event of the run is not waited for', async () => {
  await using runner = await createRunner();
  const event = join(runner.workspace, 'event');
  execFileSync('mkfifo', [event]);
  const { code, log } = await runner.run(
    { endpoints: 'a.example.test', timeout: 'soon' },
    { GITHUB_EVENT_PATH: event },
  );
  expect(code).toBe(1);
  expect(log).toContain('input timeout');
});

describe('a config file that names variables of the runner', () => {
  const TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

  test.each(['ehlo', 'name', 'environment', 'auth'])(
    'does not receive their values, and nothing is sent: %s',
    async (key) => {
      await using witness = await startScriptedServer();
      await using runner = await createRunner();
      const value = key === 'auth' ? { username: '${ACTIONS_RUNTIME_TOKEN}', password: 'x' } : '${GITHUB_TOKEN}';
      const endpoint = { host: '127.0.0.1', port: witness.port, [key]: value };
      const config = await runner.write('gate.yml', JSON.stringify({ endpoints: [endpoint] }));
      const ended = await runner.run({ config }, { GITHUB_TOKEN: TOKEN, ACTIONS_RUNTIME_TOKEN: TOKEN });
      expect([ended.code, ended.outputs.result, witness.connections]).toEqual([1, 'fail', 0]);
      expect([ended.log, ended.summary, JSON.stringify(ended.outputs)].join()).not.toContain(TOKEN);
      expect(ended.log).toMatch(/reserved for the runner|not expanded in/);
    },
  );
});

test('a required delivery without an inbox fails if the secrets of the inbox are empty', async () => {
  const loopback = await createLoopback();
  await using server = await startScriptedServer(loopback.dialogue());
  await using runner = await createRunner();
  const given = { 'mail-from': 'gate@example.test', 'rcpt-to': 'inbox@example.test', require: 'delivery' };
  const empty = { inbox: '', 'inbox-username': '', 'inbox-password': '' };
  const { code, report } = await runner.run({
    ...given,
    ...empty,
    endpoints: `127.0.0.1:${server.port}`,
    ca: loopback.ca,
  });
  expect([code, report?.endpoints[0]?.steps.at(-1)?.findings.map((found) => found.code)]).toEqual([
    1,
    ['step-required'],
  ]);
});

describe('inputs that do not exist', () => {
  /** The runner passes them in uppercase, with underscores for spaces, and only warns. */
  const passed = {
    INPUT_REQUIRES: 'all',
    'INPUT_MIN-VALID-DAY': '30',
    INPUT_FAIL_ON: 'warn',
    INPUT_TOKEN: '',
    INPUT_STRAßE: '',
  };

  test('are reported with all other problems, empty or not', async () => {
    await using witness = await startScriptedServer();
    await using runner = await createRunner();
    const inputs = { endpoints: `127.0.0.1:${witness.port}`, timeout: 'soon' };
    const { code, outputs, annotations, summary, log } = await runner.run(inputs, passed);
    expect([code, outputs.result]).toEqual([1, 'fail']);
    for (const channel of [annotations[0]?.data, summary, log]) {
      expect(channel).toMatch(/input requires: unknown input; did you mean .*\brequire\b/);
      expect(channel).toMatch(/input min-valid-day: unknown input; did you mean .*\bmin-valid-days\b/);
      expect(channel).toMatch(/input fail_on: unknown input; did you mean .*\bfail-on\b/);
      expect(channel).toMatch(/input token: unknown input/);
      expect(channel).toMatch(/input straße: unknown input/);
      expect(channel).toMatch(/input timeout: must be/);
    }
    expect(witness.connections).toBe(0);
  });

  test('do not include other environment variables', async () => {
    await using witness = await startScriptedServer({ greeting: '554 no' });
    await using runner = await createRunner();
    const others = { INPUTRC: '/etc/inputrc', MY_INPUT_FOO: 'x', input_foo: 'x', INPUT_endpoints: 'x' };
    const { report } = await runner.run({ endpoints: `127.0.0.1:${witness.port}` }, others);
    expect(report?.endpoints).toHaveLength(1);
  });
});

describe('an empty secret', () => {
  const inputs = { endpoints: 'mail.example.test', username: 'user', password: '' };
  const FORK = 'from a fork, where every secret is empty';

  test('is explained', async () => {
    await using runner = await createRunner();
    const { code, annotations } = await runner.run(inputs);
    expect(code).toBe(1);
    expect(annotations[0]?.data).toMatch(/username.*(password|access-token).*(empty|missing)/);
    expect(annotations[0]?.data).not.toContain(FORK);
  });

  test('is explained in more detail on a pull request from a fork', async () => {
    await using runner = await createRunner();
    const event = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: await eventOfFork(runner, 'stranger/mail') };
    const { annotations, summary } = await runner.run(inputs, event);
    expect(annotations[0]?.data).toContain(FORK);
    expect(summary).toContain(FORK);
  });

  test('is not attributed to a fork on a pull request from the same repository', async () => {
    await using runner = await createRunner();
    const event = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: await eventOfFork(runner, REPOSITORY) };
    const { log } = await runner.run(inputs, event);
    expect(log).toMatch(/password/);
    expect(log).not.toContain(FORK);
  });

  test('is explained even if the event cannot be read', async () => {
    await using runner = await createRunner();
    const { code, annotations } = await runner.run(inputs, {
      GITHUB_EVENT_PATH: await runner.write('event.json', '{'),
    });
    expect(code).toBe(1);
    expect(annotations.map(({ data }) => data).join('\n')).toMatch(/password/);
  });
});
