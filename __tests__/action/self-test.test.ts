import { resolve } from 'node:path';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { NODE, runProgram, type Ended } from '../support/program.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** The built programs run the self-test before the first endpoint if configured, and test no endpoint if it fails. */

const PROOF = 'Self-test: the gate detected all 8 misbehaving servers.';
const DISPROOF =
  'The self-test failed: the gate misjudged a server that presents a certificate from an unknown CA (certificate-untrusted).';
/** Makes the gate accept any chain. */
const CREDULOUS = { NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/credulous.mjs')}` };

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

describe('the action', () => {
  test('runs the self-test first, and then tests the endpoints', async () => {
    await using runner = await createRunner();
    await using server = await startScriptedServer(loopback.dialogue());
    const inputs = { endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca, 'self-test': 'true' };
    const { code, log, outputs, report } = await runner.run(inputs);
    expect([code, outputs.result]).toEqual([0, 'pass']);
    expect(report?.endpoints.map(({ port }) => port)).toEqual([server.port]);
    const lines = log.split('\n');
    const proof = lines.indexOf(PROOF);
    expect(proof).toBeGreaterThanOrEqual(0);
    expect(lines.findIndex((line) => line.includes('1/1'))).toBeGreaterThan(proof);
  });

  test('does not run the self-test by default', async () => {
    await using runner = await createRunner();
    await using server = await startScriptedServer(loopback.dialogue());
    const { code, log } = await runner.run({ endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca }, CREDULOUS);
    expect(code).toBe(0);
    expect(log).not.toContain('elf-test');
  });

  test('that misses a misbehaving server tests no endpoint, regardless of the policy', async () => {
    await using runner = await createRunner();
    await using server = await startScriptedServer(loopback.dialogue());
    const inputs = {
      endpoints: `127.0.0.1:${server.port}`,
      ca: loopback.ca,
      'self-test': 'true',
      'fail-on': 'never',
      'on-inconclusive': 'warn',
    };
    const { code, log, annotations, outputs, summary } = await runner.run(inputs, CREDULOUS);
    expect(code).toBe(1);
    expect(log).toContain(DISPROOF);
    expect(log).not.toContain(PROOF);
    expect(annotations.map(({ data }) => data)).toEqual([`No server was tested: the self-test failed.\n${DISPROOF}`]);
    expect(summary).toContain('the self-test failed');
    expect(outputs).toMatchObject({ result: 'fail', 'endpoints-total': '0', 'failed-endpoints': '[]' });
    expect(outputs.report ?? '').toBe('');
    expect(server.heard).toEqual([]);
  });
});

describe('the program on a terminal', () => {
  const cli = (args: readonly string[], env = {}): Promise<Ended> =>
    runProgram(NODE, [resolve('dist/cli/index.js'), ...args], { env });

  test('runs the self-test first, and then the demonstration', async () => {
    const { code, stdout, stderr } = await cli(['--demo', '--self-test']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe(PROOF);
    expect(stdout).toContain('11/11');
  });

  test('runs the self-test first, and then tests the endpoints', async () => {
    await using server = await startScriptedServer(loopback.dialogue({ offers: [] }));
    const { code, stdout, stderr } = await cli(['--self-test', `127.0.0.1:${server.port}`]);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.split('\n')[0]).toBe(PROOF);
    expect(stdout).toContain('starttls-stripped');
  });

  test('reports a configuration error before the self-test', async () => {
    const { code, stdout, stderr } = await cli(['--self-test'], CREDULOUS);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('nothing to test');
    expect(stderr).not.toContain(DISPROOF);
  });

  test('that misses a misbehaving server tests no endpoint and runs no demonstration', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    for (const args of [['--demo'], [`127.0.0.1:${server.port}`], ['--json', `127.0.0.1:${server.port}`]]) {
      const ended = await cli(['--self-test', ...args], CREDULOUS);
      expect(ended).toMatchObject({ code: 1, stdout: '', stderr: `${DISPROOF}\n`, leftSomething: false });
    }
    expect(server.heard).toEqual([]);
  });
});
