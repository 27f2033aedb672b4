import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { silence } from '../support/dialogue.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

describe('a channel that fails', () => {
  test.each([
    ['the summary', { GITHUB_STEP_SUMMARY: '/nowhere/summary' }, 'Could not write the job summary'],
    ['the outputs', { GITHUB_OUTPUT: '/nowhere/output' }, 'Could not write the outputs'],
    ['the temp folder', { RUNNER_TEMP: '/nowhere' }, 'Could not write report.json'],
  ])('is reported, and does not change the verdict: %s', async (_, env, said) => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using bad = await startScriptedServer(loopback.dialogue({ offers: [] }));
    await using runner = await createRunner();
    const open = await runner.run({ endpoints: `127.0.0.1:${good.port}`, ca: loopback.ca }, env);
    const closed = await runner.run({ endpoints: `127.0.0.1:${bad.port}`, ca: loopback.ca }, env);
    expect([open.code, closed.code]).toEqual([0, 1]);
    for (const { log, annotations } of [open, closed]) {
      expect(log).toContain(said);
      expect(annotations.filter(({ name }) => name === 'warning').map(({ data }) => data)).toEqual([
        expect.stringContaining(said),
      ]);
    }
    expect(closed.annotations.at(-1)?.data).toContain('Gate failed');
  });

  test.each([
    ['GITHUB_STEP_SUMMARY', 'the job summary'],
    ['GITHUB_OUTPUT', 'the outputs'],
  ])('is not waited for if it is a named pipe: %s', async (variable, what) => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    const pipe = join(runner.temp, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const inputs = { endpoints: `127.0.0.1:${good.port}`, ca: loopback.ca };
    const { code, annotations } = await runner.run(inputs, { [variable]: pipe });
    expect(code).toBe(0);
    expect(annotations.map(({ data }) => data)).toEqual([`Could not write ${what}: ${pipe} is not a regular file`]);
  });

  test('is reported if it is the configured folder, and the other channels work', async () => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    await runner.write('file', 'no folder');
    const inputs = { endpoints: `127.0.0.1:${good.port}`, ca: loopback.ca, 'report-dir': 'file/reports' };
    const { code, outputs, summary, annotations } = await runner.run(inputs);
    expect([code, outputs.result, outputs.report]).toEqual([0, 'pass', undefined]);
    expect(summary).toContain('Gate passed');
    expect(annotations.map(({ data }) => data)).toEqual([expect.stringContaining('Could not write report.json')]);
  });

  test('is reported after a configuration error too', async () => {
    await using runner = await createRunner();
    const { code, annotations, outputs } = await runner.run({}, { GITHUB_STEP_SUMMARY: '/nowhere/summary' });
    expect([code, outputs.result]).toEqual([1, 'fail']);
    expect(annotations.map(({ name }) => name)).toEqual(['warning', 'error']);
  });
});

describe('the process ends with its last endpoint', () => {
  /** Much longer than the 3 s for which the gate waits, and shorter than the limit for a process that does not end. */
  const ENOUGH_MS = 30_000;

  test('even if a name lookup never ends', async () => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    const { code, report, durationMs } = await runner.run(
      {
        endpoints: `127.0.0.1:${good.port}\nmail.example.test`,
        ca: loopback.ca,
        timeout: '3',
        retries: '0',
      },
      { NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/lookup-that-hangs.mjs')}` },
    );
    expect(code).toBe(1);
    expect(report?.endpoints.map(({ result }) => result)).toEqual(['pass', 'inconclusive']);
    expect(report?.endpoints[1]?.steps[0]?.findings[0]?.code).toBe('dns-failed');
    expect(durationMs).toBeLessThan(ENOUGH_MS);
  });

  test.each(['QUIT', 'EHLO'] as const)('even if a server never replies to %s', async (verb) => {
    await using server = await startScriptedServer(loopback.dialogue({ replies: { [verb]: silence } }));
    await using runner = await createRunner();
    const inputs = { endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca, timeout: '3' };
    const { code, outputs, durationMs } = await runner.run(inputs);
    expect([code, outputs.result]).toEqual(verb === 'QUIT' ? [0, 'pass'] : [1, 'fail']);
    expect(durationMs).toBeLessThan(ENOUGH_MS);
  });
});
