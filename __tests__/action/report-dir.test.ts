import { lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silence } from '../support/dialogue.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { NODE, runProgram } from '../support/program.js';
import { schemaErrors } from '../support/report-schema.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** After a run, the report folder has the complete report of that run, or nothing. */

const OLD = '{"result":"pass"}';

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

describe('the report of an earlier run', () => {
  test('is removed after any configuration error', async () => {
    await using runner = await createRunner();
    const report = await runner.write('reports/report.json', OLD);
    const { code, outputs } = await runner.run({ endpoints: 'a.example.test:0', shard: 'x', 'report-dir': 'reports' });
    expect([code, outputs.report]).toEqual([1, undefined]);
    await expect(lstat(report)).rejects.toThrow('ENOENT');
  });

  test('is removed before the first endpoint is tested, so that it cannot be mistaken for the report of a killed run', async () => {
    await using stalling = await startScriptedServer(loopback.dialogue({ greeting: silence }));
    await using runner = await createRunner();
    const report = await runner.write('reports/report.json', OLD);
    const pidFile = join(runner.temp, 'pid');
    const running = runner.run(
      { endpoints: `127.0.0.1:${stalling.port}`, timeout: '60', 'report-dir': 'reports' },
      { NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/pid.mjs')}`, PID_FILE: pidFile },
    );
    while (stalling.connections === 0) await pause(10);
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
    expect((await running).code).toBeNull();
    await expect(lstat(report)).rejects.toThrow('ENOENT');
  });

  test('that cannot be removed is a configuration error, reported with the others', async () => {
    await using witness = await startScriptedServer();
    await using runner = await createRunner();
    await mkdir(join(runner.workspace, 'reports', 'report.json'), { recursive: true });
    const { code, annotations } = await runner.run({
      endpoints: `127.0.0.1:${witness.port}`,
      timeout: 'soon',
      'report-dir': 'reports',
    });
    expect([code, witness.connections]).toEqual([1, 0]);
    expect(annotations[0]?.data).toContain('input report-dir: cannot be used: the report of an earlier run cannot be');
    expect(annotations[0]?.data).toContain('input timeout: ');
  });
});

test('a link in the workspace does not redirect the report, and no endpoint is tested', async () => {
  await using witness = await startScriptedServer();
  await using runner = await createRunner();
  const outside = join(runner.temp, 'outside');
  await mkdir(outside);
  await symlink(outside, join(runner.workspace, 'out'));
  const inputs = { endpoints: `127.0.0.1:${witness.port}`, 'report-dir': 'out/reports' };
  const { code, outputs, annotations } = await runner.run(inputs);
  expect([code, outputs.result, outputs.report, witness.connections]).toEqual([1, 'fail', undefined, 0]);
  expect(annotations.map(({ data }) => data)).toEqual([
    expect.stringContaining('input report-dir: cannot be used: it leads through a symbolic link in the workspace'),
  ]);
  expect(await readdir(outside)).toEqual([]);
});

test('a report that does not fit on the disk is absent, and a warning says so', async () => {
  await using good = await startScriptedServer(loopback.dialogue());
  await using runner = await createRunner();
  const reports = join(runner.workspace, 'reports');
  // No file may be larger than 1024 bytes: a larger write fails as on a full disk.
  const { code, stdout } = await runProgram(
    '/bin/bash',
    ['-c', 'ulimit -f 1; exec "$0" "$1"', NODE, resolve('dist/index.js')],
    {
      cwd: runner.workspace,
      env: {
        PATH: '/usr/bin:/bin',
        INPUT_ENDPOINTS: `127.0.0.1:${good.port}`,
        INPUT_CA: loopback.ca,
        'INPUT_REPORT-DIR': 'reports',
      },
    },
  );
  expect(code).toBe(0);
  expect(stdout).toContain('Could not write report.json: EFBIG');
  expect(await readdir(reports)).toEqual([]);
});

test('a slow disk is waited for', async () => {
  await using good = await startScriptedServer(loopback.dialogue());
  await using runner = await createRunner();
  const inputs = { endpoints: `127.0.0.1:${good.port}`, ca: loopback.ca, 'report-dir': 'reports' };
  const slow = `--import=${resolve('__tests__/action/fixtures/slow-disk.mjs')}`;
  const { code, outputs, report, annotations } = await runner.run(inputs, { NODE_OPTIONS: slow });
  expect([code, outputs.report, annotations]).toEqual([0, join(runner.workspace, 'reports', 'report.json'), []]);
  expect(schemaErrors(report)).toEqual([]);
});
