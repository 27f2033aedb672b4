import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { letters } from '../support/gate.js';
import { close, type Dialogue } from '../support/dialogue.js';
import { startEmbedded, USER } from '../support/embedded.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { schemaErrors } from '../support/report-schema.js';
import { createRunner, WORKFLOW } from '../support/runner.js';
import { closedPort, startScriptedServer } from '../support/scripted-server.js';

/** The action as a step of a job, from inputs to outputs. */

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

/** The dialogues with which a scripted server passes, warns, is inconclusive or fails. */
const SERVERS = {
  pass: {},
  warn: { offers: ['STARTTLS', 'AUTH PLAIN'] },
  inconclusive: { greeting: ['421 4.3.2 Later', close] },
  fail: { offers: ['8BITMIME'], replies: { STARTTLS: '502 5.5.1 Not here' } },
} as const satisfies Record<string, Dialogue>;

describe('a gate that passes', () => {
  test('runs all five steps, and reports them on every channel', async () => {
    const { pki, identity } = loopback;
    await using server = await startEmbedded({ pki, identity });
    await using runner = await createRunner();
    server.mailbox.append(Buffer.from('Subject: of somebody else\r\n\r\nuntouched\r\n'));
    const [before] = server.mailbox.messages;

    const { code, outputs, report, summary, annotations, log, aftermath, leftSomething } = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      ca: pki.root.cert,
      ...USER,
      'mail-from': USER.username,
      'rcpt-to': USER.username,
      inbox: `imaps://127.0.0.1:${server.imapPort}/INBOX`,
      'inbox-username': USER.username,
      'inbox-password': USER.password,
      require: 'all',
    });

    expect({ code, annotations, aftermath, leftSomething }).toEqual({
      code: 0,
      annotations: [],
      aftermath: '',
      leftSomething: false,
    });
    expect(outputs).toEqual({
      result: 'pass',
      'endpoints-total': '1',
      'endpoints-failed': '0',
      'failed-endpoints': '[]',
      report: expect.stringMatching(/report\.json$/) as string,
    });
    expect(outputs.report?.startsWith(runner.temp)).toBe(true);
    expect(schemaErrors(report)).toEqual([]);
    expect(letters(report?.endpoints[0]?.steps ?? [])).toBe('ppppp');
    expect(summary).toContain('Gate passed');
    expect(log).toContain(`127.0.0.1:${server.port}  pass`);
    expect(server.mailbox.messages).toEqual([before]);
    expect(server.mailbox.uidNext).toBe(3);
    expect(server.logins.every(({ secure }) => secure)).toBe(true);
  });

  test('reads trusted CAs from files of the workspace', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    await runner.write('certs/ca.pem', loopback.ca);
    const endpoints = `127.0.0.1:${server.port}`;
    expect((await runner.run({ endpoints, ca: 'certs/ca.pem' })).outputs.result).toBe('pass');
    expect((await runner.run({ endpoints })).outputs.result).toBe('fail');
  });

  test('needs neither a temp folder nor files of the runner', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    const none = { GITHUB_OUTPUT: undefined, GITHUB_STEP_SUMMARY: undefined, GITHUB_EVENT_PATH: undefined };
    const { code, annotations, commands } = await runner.run(
      { endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca, 'report-dir': 'reports' },
      { ...none, RUNNER_TEMP: undefined, GITHUB_WORKFLOW_REF: undefined, GITHUB_WORKSPACE: undefined },
    );
    expect({ code, annotations }).toEqual({ code: 0, annotations: [] });
    expect(commands.map(({ name }) => name)).toEqual(['group', 'endgroup']);
    expect(schemaErrors(JSON.parse(await readFile(join(runner.workspace, 'reports/report.json'), 'utf8')))).toEqual([]);
  });
});

describe('a gate that fails', () => {
  test('fails the job with one line that names the failed endpoints, and annotates the lines of the workflow', async () => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using bad = await startScriptedServer(loopback.dialogue(SERVERS.fail));
    await using runner = await createRunner();
    const lines = [`127.0.0.1:${good.port}`, `127.0.0.1:${bad.port}`];
    await runner.write(
      WORKFLOW,
      ['on: push', 'jobs:', '  gate:', '    steps:', '      - uses: octo/gate@v1', '        with:']
        .concat('          endpoints: |', ...lines.map((line) => `            ${line}`))
        .join('\n'),
    );

    const { code, outputs, report, summary, annotations, aftermath } = await runner.run({
      endpoints: `${lines.join('\n')}\n`,
      ca: loopback.ca,
    });

    expect(code).toBe(1);
    expect(outputs).toMatchObject({
      result: 'fail',
      'endpoints-total': '2',
      'endpoints-failed': '1',
      'failed-endpoints': JSON.stringify([lines[1]]),
    });
    expect(annotations).toHaveLength(2);
    expect(annotations[0]).toMatchObject({ name: 'error', properties: { file: WORKFLOW, line: '9' } });
    expect(annotations[0]?.data).toContain('starttls-not-advertised');
    expect(annotations[1]).toEqual({
      name: 'error',
      properties: {},
      data: `Gate failed: 1 of 2 endpoints failed: ${lines[1] ?? ''}`,
    });
    expect(schemaErrors(report)).toEqual([]);
    expect(report?.endpoints.map(({ result, source }) => [result, source])).toEqual([
      ['pass', { file: WORKFLOW, line: 8 }],
      ['fail', { file: WORKFLOW, line: 9 }],
    ]);
    expect(summary).toContain('Gate failed');
    expect(aftermath).toBe('');
  });

  test('never has more annotations than the runner keeps, and names every endpoint that failed', async () => {
    await using server = await startScriptedServer(loopback.dialogue(SERVERS.fail));
    await using runner = await createRunner();
    const names = Array.from({ length: 13 }, (_, index) => `relay ${index}`);
    const { code, outputs, annotations } = await runner.run({
      endpoints: names.map((name) => `- { name: ${name}, host: 127.0.0.1, port: ${server.port} }`).join('\n'),
    });
    expect(code).toBe(1);
    expect(annotations.map(({ name }) => name)).toEqual(Array<string>(10).fill('error'));
    expect(annotations.at(-1)?.data).toBe(`Gate failed: all 13 endpoints failed: ${names.join(', ')}`);
    expect(JSON.parse(outputs['failed-endpoints'] ?? '')).toEqual(names);
  });

  test('reports a server that cannot be reached', async () => {
    await using runner = await createRunner();
    const { code, report } = await runner.run({ endpoints: `127.0.0.1:${await closedPort()}`, retries: '0' });
    expect(code).toBe(1);
    expect(report?.endpoints[0]?.steps[0]?.findings[0]?.code).toBe('connection-refused');
  });
});

describe('the policy', () => {
  test.each([
    ['pass', {}, 0, 0],
    ['pass', { require: 'capability, upgrade certificate' }, 0, 0],
    ['pass', { require: 'authentication' }, 1, 1],
    ['warn', {}, 0, 0],
    ['warn', { 'fail-on': 'warn' }, 1, 1],
    ['warn', { 'fail-on': 'never' }, 0, 0],
    ['inconclusive', {}, 1, 1],
    ['inconclusive', { 'on-inconclusive': 'warn' }, 0, 0],
    ['inconclusive', { 'on-inconclusive': 'warn', 'fail-on': 'warn' }, 1, 1],
    ['fail', {}, 1, 1],
    ['fail', { 'fail-on': 'never' }, 0, 1],
  ] as const)('gives %s with %j the exit code %i and %i failed endpoints', async (result, inputs, exitCode, failed) => {
    await using server = await startScriptedServer(loopback.dialogue(SERVERS[result]));
    await using runner = await createRunner();
    const { code, outputs, annotations } = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      ca: loopback.ca,
      retries: '0',
      ...inputs,
    });
    expect([code, outputs['endpoints-failed']]).toEqual([exitCode, String(failed)]);
    expect(outputs.result).toBe('require' in inputs && exitCode === 1 ? 'fail' : result);
    const errors = annotations.filter(({ name }) => name === 'error');
    expect(errors).toHaveLength(exitCode === 1 ? 2 : 0);
  });
});

describe('the list of endpoints', () => {
  test('combines the input and the config file, each endpoint with its location', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    await runner.write(
      'ci/gate.yml',
      `defaults:\n  tls: { ca: ca.pem }\nendpoints:\n  - { name: of the file, host: 127.0.0.1, port: ${server.port} }\n`,
    );
    await runner.write('ca.pem', loopback.ca);
    const { outputs, report } = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      config: 'ci/gate.yml',
      'report-dir': 'out/reports',
    });
    expect(report?.endpoints.map(({ name, result, source }) => [name, result, source])).toEqual([
      [`127.0.0.1:${server.port}`, 'fail', undefined],
      ['of the file', 'pass', { file: 'ci/gate.yml', line: 4 }],
    ]);
    expect(outputs.report).toBe(join(runner.workspace, 'out/reports/report.json'));
  });

  test('is one part of it with a shard, and all parts together are complete', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const endpoints = names.map((name) => `- { name: ${name}, host: 127.0.0.1, port: ${server.port} }`).join('\n');
    const parts = await Promise.all(['1/2', '2/2'].map((shard) => runner.run({ endpoints, ca: loopback.ca, shard })));
    const gated = parts.map(({ report }) => report?.endpoints.map(({ name }) => name) ?? []);
    expect(parts.map(({ outputs }) => outputs['endpoints-total'])).toEqual(['3', '2']);
    expect(gated.flat().sort()).toEqual(names);
  });
});
