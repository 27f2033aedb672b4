import { resolve } from 'node:path';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { close, type Dialogue } from '../support/dialogue.js';
import { createLoopback } from '../support/loopback.js';
import { NODE, runProgram } from '../support/program.js';
import { createRunner, type StepEnded } from '../support/runner.js';
import { runs } from '../support/runs.js';
import { closedPort, startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';

/**
 * The exit code depends only on the verdict, not on the reporters; an exception anywhere else fails the job. Each case
 * runs the built action in a separate process, because only that has the exit code that the runner sees.
 */

const CASES = runs(100);
const CONCURRENCY = 4;

/** The dialogue for each result, and its finding. */
const SERVERS = {
  pass: { dialogue: {}, finding: 'certificate-expired' },
  warn: { dialogue: { offers: ['STARTTLS', 'AUTH PLAIN'] }, finding: 'plaintext-auth-advertised' },
  inconclusive: { dialogue: { greeting: ['421 4.3.2 Later', close] }, finding: 'throttled' },
  fail: {
    dialogue: { offers: ['8BITMIME'], replies: { STARTTLS: '502 5.5.1 Not here' } },
    finding: 'starttls-not-advertised',
  },
} as const satisfies Record<string, { dialogue: Dialogue; finding: string }>;
type Result = keyof typeof SERVERS;
const RESULTS = Object.keys(SERVERS) as Result[];

/** The reporters, whose failure does not change the exit code, and how it is reported. */
const REPORTERS = {
  'report file': 'report.json',
  outputs: 'the outputs',
  summary: 'the job summary',
  annotations: 'the annotations',
} as const;
const REPORTER_NAMES = Object.keys(REPORTERS) as (keyof typeof REPORTERS)[];
/** The functions whose failure is an internal error. */
const THE_GATE = ['standard output', 'log', 'connecting', 'run'] as const;
const KINDS = ['error', 'string', 'nothing', 'another realm', 'stray rejection'] as const;

interface Gated {
  readonly server: Result;
  readonly waiver?: 'in force' | 'over';
  readonly required: boolean;
}

interface Case {
  readonly endpoints: readonly Gated[];
  readonly failOn: 'fail' | 'warn' | 'never';
  readonly onInconclusive: 'fail' | 'warn';
  readonly fault?: {
    readonly where: keyof typeof REPORTERS | (typeof THE_GATE)[number];
    readonly kind: (typeof KINDS)[number];
  };
}

const cases: fc.Arbitrary<Case> = fc.record(
  {
    endpoints: fc.array(
      fc.record(
        {
          server: fc.constantFrom(...RESULTS),
          waiver: fc.constantFrom('in force', 'over'),
          required: fc.boolean(),
        },
        { requiredKeys: ['server', 'required'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    failOn: fc.constantFrom('fail', 'warn', 'never'),
    onInconclusive: fc.constantFrom('fail', 'warn'),
    fault: fc.record({
      where: fc.constantFrom(...REPORTER_NAMES, ...THE_GATE),
      kind: fc.constantFrom(...KINDS),
    }),
  },
  { requiredKeys: ['endpoints', 'failOn', 'onInconclusive'] },
);

let servers: Readonly<Record<Result, ScriptedServer>>;
let ca: string;
beforeAll(async () => {
  const loopback = await createLoopback();
  ({ ca } = loopback);
  const started = RESULTS.map(async (result) => [
    result,
    await startScriptedServer(loopback.dialogue(SERVERS[result].dialogue)),
  ]);
  servers = Object.fromEntries(await Promise.all(started)) as Record<Result, ScriptedServer>;
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

/** The result of an endpoint according to the contract. */
function resultOf({ server, waiver, required }: Gated): Result {
  if (waiver === 'over' && server !== 'pass') return 'fail';
  // After a failed step, the required one is blocked, which is not a missing configuration.
  if (required && (server === 'pass' || server === 'warn')) return 'fail';
  return waiver === 'in force' && server !== 'pass' ? 'warn' : server;
}

/** The exit code according to the contract. */
function exitCode({ endpoints, failOn, onInconclusive, fault }: Case): number {
  if (fault && (fault.kind === 'stray rejection' || !(fault.where in REPORTERS))) return 1;
  const results = endpoints.map(resultOf);
  const counted = results.map((result) => (result === 'inconclusive' ? onInconclusive : result));
  const closed = counted.includes('fail') || (failOn === 'warn' && counted.includes('warn'));
  return closed && failOn !== 'never' ? 1 : 0;
}

/** The message about a reporter that has failed. If everything passes, there is nothing to annotate. */
function toldOf({ endpoints, fault }: Case): string[] {
  const failed = REPORTER_NAMES.filter((name) => fault?.where === name && fault.kind !== 'stray rejection');
  const done = endpoints.every((gated) => resultOf(gated) === 'pass') ? ['annotations'] : [];
  return failed.filter((name) => !done.includes(name)).map((name) => `Could not write ${REPORTERS[name]}`);
}

async function ended({ endpoints, failOn, onInconclusive, fault }: Case): Promise<StepEnded> {
  await using runner = await createRunner();
  const until = { 'in force': '2099-12-31', over: '2020-01-01' };
  const listed = endpoints.map(({ server, waiver, required }, at) => ({
    name: `endpoint ${at}`,
    host: '127.0.0.1',
    port: servers[server].port,
    ...(waiver && { waive: [{ finding: SERVERS[server].finding, until: until[waiver], reason: 'a test' }] }),
    ...(required && { require: ['authentication'] }),
  }));
  const inputs = {
    endpoints: JSON.stringify(listed),
    ca,
    retries: '0',
    'fail-on': failOn,
    'on-inconclusive': onInconclusive,
  };
  return await runner.run(
    inputs,
    fault && {
      NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/fault.mjs')}`,
      FAULT_IN: fault.where,
      FAULT_KIND: fault.kind,
    },
  );
}

test('the exit code is that of the verdict, and never 0 after any other exception', async () => {
  const limit = pLimit(CONCURRENCY);
  const tried = fc.sample(cases, { numRuns: CASES, seed: 5 });
  const wrong = await Promise.all(
    tried.map((each) =>
      limit(async () => {
        const { code, log } = await ended(each);
        const told = [...new Set(log.match(/Could not write [a-z. ]+/g))];
        return code === exitCode(each) && told.join() === toldOf(each).join() ? [] : [{ ...each, code, log }];
      }),
    ),
  );
  expect(wrong.flat()).toEqual([]);
}, 300_000);

describe('the exit code is correct if the log is not read', () => {
  test.each([
    ['from the start', '| true'],
    ['after a line', '| head -n 1'],
    ['because its disk is full', '> /dev/full'],
  ])('%s', async (_, output) => {
    await using runner = await createRunner();
    const script = `"$0" "$1" ${output}; exit \${PIPESTATUS[0]}`;
    const { code, stderr } = await runProgram('/bin/bash', ['-c', script, NODE, resolve('dist/index.js')], {
      env: {
        PATH: '/usr/bin:/bin',
        RUNNER_TEMP: runner.temp,
        // The second one is retried after a second, when the log is no longer read. Its result does not matter.
        INPUT_ENDPOINTS: `127.0.0.1:${servers.pass.port}\n127.0.0.1:${await closedPort()}`,
        INPUT_RETRIES: '1',
        'INPUT_FAIL-ON': 'never',
        INPUT_CA: ca,
      },
    });
    // A process that waits for a reader would be killed after a minute, and have no exit code.
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});
