import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Report } from '../../src/report/report.js';
import { startEmbedded, type Embedded } from '../support/embedded.js';
import { createLoopback } from '../support/loopback.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { readWorkflow, type Workflow } from '../support/workflow/parse.js';
import { WorkflowRun, type JobEnded } from '../support/workflow/run.js';

/**
 * The reusable workflow gate.yml, parsed and evaluated by GitHub's own packages. The bundle runs in each job of its matrix,
 * and artifacts are passed on as the actions of GitHub do.
 */

const loopback = await createLoopback();
const { pki } = loopback;
let workflow: Workflow;
beforeAll(async () => {
  workflow = await readWorkflow('.github/workflows/gate.yml');
});

const PASSWORD = 'a=b%0A c==';
const FILES = { 'ca.pem': loopback.ca };
const SHARDS = 3;

/** A config file with an endpoint for each port, in which each has a name. */
function configFor(ports: readonly number[]): string {
  const endpoints = ports.map((port, index) => `  - { name: mail${index}, host: 127.0.0.1, port: ${port} }`);
  return ['defaults:', '  tls: { ca: ca.pem }', 'endpoints:', ...endpoints, ''].join('\n');
}

function createRun(ports: readonly number[], inputs: Readonly<Record<string, string | number>> = {}): WorkflowRun {
  return new WorkflowRun(workflow, {
    inputs: { config: 'mail.yml', shards: SHARDS, retries: '0', ...inputs },
    files: { ...FILES, 'mail.yml': configFor(ports) },
  });
}

/** The result of each job, by its name. */
const results = (jobs: readonly JobEnded[]) => Object.fromEntries(jobs.map(({ name, result }) => [name, result]));

function mergeOf(jobs: readonly JobEnded[]): JobEnded {
  const merge = jobs.find(({ id }) => id === 'merge');
  if (!merge) throw new Error('There is no job merge');
  return merge;
}

const logOf = (job: JobEnded, step: string): string => job.steps.get(step)?.log ?? '';

/** Like "Re-run this job" on the page of a run. */
const mergeAgain = ({ id }: JobEnded): boolean => id === 'merge';

describe('gate.yml', () => {
  let server: Embedded;
  beforeAll(async () => {
    server = await startEmbedded({ pki, identity: loopback.identity });
  });
  afterAll(() => server.close());
  /** More than one endpoint in each shard. */
  const good = () => Array.from({ length: 7 }, () => server.port);
  const endpoints = 7;

  test('passes if all endpoints pass, each in one shard', async () => {
    const run = createRun(good());
    const jobs = await run.run();
    expect(results(jobs)).toEqual({
      'Number the shards': 'success',
      'Shard 1 of 3': 'success',
      'Shard 2 of 3': 'success',
      'Shard 3 of 3': 'success',
      Merge: 'success',
    });
    expect(mergeOf(jobs).outputs).toEqual({
      result: 'pass',
      'endpoints-total': String(endpoints),
      'endpoints-failed': '0',
      'failed-endpoints': '[]',
    });
    expect([...run.artifacts.keys()]).toEqual([
      'starttls-gate-4711-1-shard-1',
      'starttls-gate-4711-1-shard-2',
      'starttls-gate-4711-1-shard-3',
      'starttls-gate-4711-1-merged',
    ]);
    const merged = run.artifacts.get('starttls-gate-4711-1-merged')?.get('report.json')?.toString() ?? '';
    const report = JSON.parse(merged) as Report;
    expect(report.endpoints.map(({ name }) => name).sort()).toEqual(good().map((_, index) => `mail${index}`));
    expect(report.run).toMatchObject({ id: '4711', attempt: 1 });
  });

  test('has no verdict if a report is missing, damaged or duplicated, and has one when all are there', async () => {
    const run = createRun(good());
    await run.run();
    const name = (shard: number): string => `starttls-gate-4711-1-shard-${shard}`;
    const complete = new Map(run.artifacts);
    const restore = (): void => {
      run.artifacts.clear();
      for (const [artifact, files] of complete) run.artifacts.set(artifact, files);
    };
    const problems: [() => void, string][] = [
      [() => run.artifacts.delete(name(2)), '1 of 3 shards is missing: 2'],
      [
        () => run.artifacts.set(name(3), new Map([['report.json', Buffer.from('{"schemaVersion": 1, ')]])),
        `${name(3)}/report.json is damaged: it is not JSON`,
      ],
      [
        () => run.artifacts.set(`${name(1)}-copy`, run.artifacts.get(name(1)) ?? new Map<string, Buffer>()),
        `attempt 1 of shard 1 has 2 reports: ${name(1)}-copy/report.json, ${name(1)}/report.json`,
      ],
    ];
    for (const [change, problem] of problems) {
      restore();
      change();
      const jobs = await run.run(mergeAgain);
      expect(results(jobs)).toMatchObject({ 'Shard 2 of 3': 'success', Merge: 'failure' });
      expect(mergeOf(jobs).outputs).toMatchObject({ result: 'fail', 'endpoints-total': '0' });
      expect(logOf(mergeOf(jobs), 'Merge')).toContain(`${problem}\n`);
    }
    restore();
    expect(results(await run.run(mergeAgain))).toMatchObject({ Merge: 'success' });
  });

  test('fails if an endpoint of one shard fails, and passes if that shard passes when it runs again', async () => {
    let isBad = true;
    await using bad = await startScriptedServer({
      ...loopback.dialogue(),
      get replies() {
        return isBad ? { STARTTLS: ['502 no'] } : {};
      },
    });
    const run = createRun([...good(), bad.port]);
    const jobs = await run.run();
    const failed = jobs.filter(({ id, result }) => id === 'shard' && result === 'failure');
    expect(failed).toHaveLength(1);
    expect(mergeOf(jobs)).toMatchObject({
      result: 'failure',
      outputs: { result: 'fail', 'endpoints-total': String(endpoints + 1), 'failed-endpoints': '["mail7"]' },
    });
    isBad = false;
    const again = await run.run(({ result }) => result === 'failure');
    expect(again.filter(({ id, attempt }) => id === 'shard' && attempt === 2)).toHaveLength(1);
    expect(mergeOf(again)).toMatchObject({
      result: 'success',
      outputs: { result: 'pass', 'endpoints-total': String(endpoints + 1) },
    });
  });

  test('fails if a shard has no report', async () => {
    const jobs = await createRun([server.port, server.port]).run();
    expect(results(jobs)).toEqual({
      'Number the shards': 'success',
      'Shard 1 of 3': 'success',
      'Shard 2 of 3': 'success',
      'Shard 3 of 3': 'failure',
      Merge: 'failure',
    });
    expect(logOf(mergeOf(jobs), 'Merge')).toContain('1 of 3 shards is missing: 3\n');
  });

  test.each(['0', '257', '1.5', '-1', '1; echo "shards=[1]" >>"$GITHUB_OUTPUT"', ''])(
    'rejects %j as a number of shards, and executes nothing',
    async (shards) => {
      const jobs = await createRun(good(), { shards }).run();
      expect(jobs.map(({ id, result }) => [id, result])).toEqual([
        ['plan', 'failure'],
        ['shard', 'skipped'],
        ['merge', 'failure'],
      ]);
      const [plan] = jobs as [JobEnded];
      expect(logOf(plan, 'Number the shards')).toBe(
        '::error::The input shards must be a whole number from 1 to 256.\n',
      );
    },
  );

  test('numbers as many shards as a matrix can have', async () => {
    const run = new WorkflowRun(
      { ...workflow, jobs: workflow.jobs.slice(0, 1) },
      { inputs: { shards: 256 }, files: {} },
    );
    const [plan] = await run.run();
    const numbers = Array.from({ length: 256 }, (_, index) => index + 1);
    expect(plan).toMatchObject({ result: 'success', outputs: { shards: JSON.stringify(numbers) } });
  });

  test('gives the config file the variables of the caller, which are masked first', async () => {
    const config = [
      'defaults:',
      '  tls: { ca: ca.pem, min-valid-days: 0 }',
      '  auth: { username: user@example.test, password: "${SMTP_PASSWORD}" }',
      `endpoints: [{ host: 127.0.0.1, port: ${server.port} }]`,
    ].join('\n');
    const run = new WorkflowRun(workflow, {
      inputs: { config: 'mail.yml', shards: 1 },
      secrets: { variables: `FIRST=1\nSMTP_PASSWORD=${PASSWORD}\n` },
      files: { ...FILES, 'mail.yml': config },
    });
    const [, shard] = await run.run();
    expect(server.logins.at(-1)).toMatchObject({ username: 'user@example.test', password: PASSWORD });
    const masks = shard?.steps.get('Set the variables of the config file')?.commands;
    expect(masks?.map(({ name, data }) => [name, data])).toEqual([
      ['add-mask', '1'],
      ['add-mask', PASSWORD],
    ]);
  });

  test('gives ci.yml, which uses it without a server, the verdict that it expects', async () => {
    const { jobs } = parse(await readFile('.github/workflows/ci.yml', 'utf8')) as {
      jobs: {
        'gate-in-shards': { with: Record<string, string | number> };
        'gate-in-shards-fails': { steps: [{ run: string; env: Record<string, string> }] };
      };
    };
    const inputs = jobs['gate-in-shards'].with;
    expect(Object.keys(workflow.defaults)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    const run = new WorkflowRun(workflow, { inputs, files: {} });
    const ended = await run.run();
    expect(ended.map(({ id, result }) => [id, result])).toEqual([
      ['plan', 'success'],
      ['shard', 'success'],
      ['shard', 'success'],
      ['merge', 'success'],
    ]);
    const { outputs } = mergeOf(ended);
    const [{ run: script, env }] = jobs['gate-in-shards-fails'].steps;
    const values = Object.entries(env).map(([name, expression]) => {
      const [, output = ''] = /^\$\{\{ needs\.gate-in-shards\.outputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
      return [name, outputs[output] ?? 'unknown'] as const;
    });
    await using runner = await createRunner();
    expect((await runner.shell(script, Object.fromEntries(values))).code).toBe(0);
    expect((await runner.shell(script, { ...Object.fromEntries(values), FAILED: '2' })).code).not.toBe(0);
  });

  test('names its artifacts so that it can be used more than once in a run', async () => {
    const run = createRun([server.port], { shards: 1, name: 'staging' });
    await run.run();
    expect([...run.artifacts.keys()]).toEqual(['staging-4711-1-shard-1', 'staging-4711-1-merged']);
  });
});
