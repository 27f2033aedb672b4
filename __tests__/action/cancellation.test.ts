import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { silence } from '../support/dialogue.js';
import { codes, letters } from '../support/gate.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { NODE, runProgram } from '../support/program.js';
import { schemaErrors } from '../support/report-schema.js';
import { createRunner, type Runner, type StepEnded } from '../support/runner.js';
import { closedPort, startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';

/** A run that ends early: known results are reported, all other endpoints could not be tested, and the job fails. */

/** A third of the `timeout` that is not waited for. On an idle machine, the end takes less than a second. */
const MAX_END_MS = 20_000;

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

/** Waits until a condition holds, or until the test times out. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

const preload = (fixture: string): string => `--import=${resolve(`__tests__/action/fixtures/${fixture}.mjs`)}`;

interface Stopped {
  readonly ended: StepEnded;
  /** From the signal to the end of the process. */
  readonly tookMs: number;
}

/** Tests one endpoint that passes, one that stalls over TLS, and one that waits for the second. */
async function three(
  inputs: Readonly<Record<string, string>>,
  use: (run: () => ReturnType<Runner['run']>, stalls: () => boolean, runner: Runner) => Promise<StepEnded>,
): Promise<StepEnded> {
  await using good = await startScriptedServer(loopback.dialogue());
  await using stalling = await startScriptedServer(loopback.dialogue({ replies: { 'tls:EHLO': silence } }));
  await using waiting = await startScriptedServer(loopback.dialogue());
  await using runner = await createRunner();
  const endpoints = [good, stalling, waiting].map(({ port }, at) => ({
    name: ['passes', 'stalls', 'waits'][at],
    host: '127.0.0.1',
    port,
  }));
  const all = { endpoints: JSON.stringify(endpoints), ca: loopback.ca, concurrency: '1', timeout: '60', ...inputs };
  const env = {
    NODE_OPTIONS: preload('pid'),
    PID_FILE: join(runner.temp, 'pid'),
  };
  const stalls = () => stalling.heard.some(({ phase }) => phase === 'tls');
  const ended = await use(() => runner.run(all, env), stalls, runner);
  expect(waiting.connections).toBe(0);
  return ended;
}

/** Sends a signal as soon as the second endpoint stalls. */
async function canceled(signal: NodeJS.Signals, inputs: Readonly<Record<string, string>>): Promise<Stopped> {
  let at = 0;
  const ended = await three(inputs, async (run, stalls, runner) => {
    const running = run();
    await until(stalls);
    at = performance.now();
    process.kill(Number(await readFile(join(runner.temp, 'pid'), 'utf8')), signal);
    return running;
  });
  return { ended, tookMs: performance.now() - at };
}

/** Expects the results of the three endpoints and a failed job on every channel. */
function expectTold({ code, report, outputs, summary, annotations, log, leftSomething }: StepEnded, why: RegExp): void {
  expect(code).toBe(1);
  expect(leftSomething).toBe(false);
  expect(schemaErrors(report)).toEqual([]);
  const [passes, stalls, waits] = report?.endpoints ?? [];
  expect(report?.endpoints.map(({ name, steps }) => [name, letters(steps), codes(steps)])).toEqual([
    ['passes', 'pppnn', []],
    ['stalls', 'pppib', ['run-stopped']],
    ['waits', 'ibbbb', ['run-stopped']],
  ]);
  expect(passes?.result).toBe('pass');
  expect(stalls?.tls?.certificate.names).toEqual(['127.0.0.1']);
  expect(stalls?.capabilities?.plain).toContain('STARTTLS');
  expect(stalls?.transcript.filter(({ text }) => text.startsWith('EHLO'))).toHaveLength(2);
  expect(waits?.transcript).toEqual([]);
  for (const step of [stalls?.steps[3], waits?.steps[0]]) expect(step?.findings[0]?.message).toMatch(why);

  expect(outputs).toMatchObject({ result: 'inconclusive', 'endpoints-failed': '2' });
  expect(JSON.parse(outputs['failed-endpoints'] ?? '')).toEqual(['stalls', 'waits']);
  expect(annotations.map(({ name }) => name)).toEqual(['error', 'error', 'error']);
  expect(annotations[2]?.data).toBe('Gate failed: 2 of 3 endpoints could not be tested: stalls, waits');
  expect(summary).toContain('Gate failed');
  expect(log).toContain('run-stopped');
}

describe('a run that is canceled', () => {
  test.each([
    ['SIGINT', {}],
    ['SIGTERM', {}],
    ['SIGHUP', {}],
    ['SIGTERM', { 'on-inconclusive': 'warn' }],
    ['SIGINT', { 'fail-on': 'never' }],
    ['SIGINT', { 'fail-on': 'never', 'on-inconclusive': 'warn' }],
  ] as const)('by %s with %j reports what is known, and fails', async (signal, inputs) => {
    const { ended, tookMs } = await canceled(signal, inputs);
    expectTold(ended, new RegExp(`the run was canceled \\(${signal}\\)`));
    expect(tookMs).toBeLessThan(MAX_END_MS);
  });

  test('during a name lookup that hangs reports what is known, and fails', async () => {
    await using stalling = await startScriptedServer(loopback.dialogue({ greeting: silence }));
    await using runner = await createRunner();
    const pidFile = join(runner.temp, 'pid');
    const running = runner.run(
      { endpoints: `mail.example.test\n127.0.0.1:${stalling.port}`, timeout: '60' },
      { NODE_OPTIONS: `${preload('pid')} ${preload('lookup-that-hangs')}`, PID_FILE: pidFile },
    );
    await until(() => stalling.connections > 0);
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGTERM');
    const { code, report, leftSomething } = await running;
    expect({ code, leftSomething }).toEqual({ code: 1, leftSomething: false });
    expect(report?.endpoints.map(({ steps }) => [letters(steps), codes(steps)])).toEqual([
      ['ibbbb', ['run-stopped']],
      ['ibbbb', ['run-stopped']],
    ]);
  });

  test('on a terminal reports what is known too', async () => {
    await using stalling = await startScriptedServer(loopback.dialogue({ greeting: silence }));
    await using runner = await createRunner();
    const pidFile = join(runner.temp, 'pid');
    const running = runProgram(NODE, [resolve('dist/cli/index.js'), '--json', `127.0.0.1:${stalling.port}`], {
      env: { NODE_OPTIONS: preload('pid'), PID_FILE: pidFile },
    });
    await until(() => stalling.connections > 0);
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGINT');
    const { code, stdout, leftSomething } = await running;
    expect({ code, leftSomething }).toEqual({ code: 1, leftSomething: false });
    expect(schemaErrors(JSON.parse(stdout))).toEqual([]);
    expect(stdout).toContain('the run was canceled (SIGINT)');
  });
});

test('a run that reaches its deadline reports what is known, and fails regardless of the policy', async () => {
  const DEADLINE_MIN = 0.1;
  const inputs = { deadline: String(DEADLINE_MIN), 'fail-on': 'never', 'on-inconclusive': 'warn' };
  const ended = await three(inputs, (run) => run());
  expectTold(ended, /the deadline of the run \(0\.1 min\) has passed/);
  expect(ended.durationMs).toBeGreaterThanOrEqual(DEADLINE_MIN * 60_000);
  expect(ended.durationMs).toBeLessThan(DEADLINE_MIN * 60_000 + MAX_END_MS);
});

describe('a run that ends while its output is not read', () => {
  /**
   * Many endpoints that fail in turn, with more output than a pipe holds. The last one does not reply.
   */
  async function inputsFor(
    stalling: ScriptedServer,
  ): Promise<{ readonly endpoints: string } & Readonly<Record<string, string>>> {
    const port = await closedPort();
    const hosts = Array.from({ length: 600 }, (_, n) => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}:${port}`);
    const endpoints = [...hosts, `127.0.0.1:${stalling.port}`].join('\n');
    return { endpoints, concurrency: '1', timeout: '60', retries: '0' };
  }

  test.concurrent.each([
    ['the deadline', { deadline: '0.1' }, undefined],
    ['SIGTERM', {}, 'SIGTERM'],
  ] as const)('by %s reports what is known, and ends', async (_, ending, signal) => {
    await using stalling = await startScriptedServer(loopback.dialogue({ greeting: silence }));
    await using runner = await createRunner();
    const pidFile = join(runner.temp, 'pid');
    const env = { NODE_OPTIONS: preload('pid'), PID_FILE: pidFile };
    const inputs = { ...(await inputsFor(stalling)), ...ending };
    const running = runner.run(inputs, env, undefined, { unread: true });
    if (signal) {
      await until(() => stalling.connections > 0);
      process.kill(Number(await readFile(pidFile, 'utf8')), signal);
    }
    const { code, outputs, report } = await running;
    expect({ code, result: outputs.result }).toEqual({ code: 1, result: 'fail' });
    expect(report?.endpoints).toHaveLength(601);
    expect(codes(report?.endpoints.at(-1)?.steps ?? [])).toEqual(['run-stopped']);
  });

  test.concurrent('ends in the command-line program too', async () => {
    await using stalling = await startScriptedServer(loopback.dialogue({ greeting: silence }));
    const { endpoints, ...settings } = await inputsFor(stalling);
    const options = Object.entries({ ...settings, deadline: '0.1' }).map(([name, value]) => `--${name}=${value}`);
    const args = [resolve('dist/cli/index.js'), ...options, ...endpoints.split('\n')];
    expect(await runProgram(NODE, args, { unread: true })).toMatchObject({ code: 1 });
  });
});
