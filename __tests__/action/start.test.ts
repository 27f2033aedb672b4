import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { NODE, runProgram, type Ended } from '../support/program.js';

/** A program that `start` runs fails unless it returns 0 itself. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  await mkdir(join(folder, 'main'));
  await mkdir(join(folder, 'text'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const file of ['main/start', 'main/prepare-process', 'text/reason']) {
    const source = await readFile(`src/${file}.ts`, 'utf8');
    await writeFile(join(folder, `${file}.js`), stripTypeScriptTypes(source));
  }
});
afterAll(() => rm(folder, { recursive: true }));

let programs = 0;

/**
 * @param main the source of an async function that `start` runs
 * @param complain the source of the function that reports an exception
 */
async function started(main: string, complain?: string): Promise<Ended> {
  return runProgram(NODE, [basename(await program(main, complain))], { cwd: folder });
}

/** Writes such a program. @returns its path */
async function program(main: string, complain = "(reason) => console.log('complaint: ' + reason)"): Promise<string> {
  const path = join(folder, `program-${programs++}.js`);
  await writeFile(
    path,
    `import { start } from './main/start.js';
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    start(${main}, ${complain});`,
  );
  return path;
}

test.each([
  ['its own code 0', 'async () => 0', 0],
  ['its own code 1', 'async () => 1', 1],
  ['its own code 2', 'async () => 2', 2],
])('ends with %s, and reports nothing', async (_, main, code) => {
  expect(await started(main)).toMatchObject({ code, stdout: '', stderr: '' });
});

test.each([
  ['an error', 'async () => { throw new Error("boom") }', 'boom'],
  ['a string', 'async () => { throw "boom" }', 'boom'],
  ['nothing', 'async () => { throw undefined }', 'undefined'],
  ['null', 'async () => { throw null }', 'null'],
  ['an object without prototype', 'async () => { throw Object.create(null) }', 'something that cannot be shown'],
  [
    'an error of a different realm',
    'async () => (await import("node:vm")).runInNewContext("throw new Error(`boom`)")',
    'boom',
  ],
  ['an unhandled rejection', 'async () => { Promise.reject(new Error("stray")); await later(50); return 0 }', 'stray'],
  [
    'an unhandled rejection at the last moment',
    'async () => { await later(1); Promise.reject(new Error("stray")); return 0 }',
    'stray',
  ],
  [
    'an unhandled rejection without a value',
    'async () => { Promise.reject(); await later(50); return 0 }',
    'undefined',
  ],
  ['an error in a callback', 'async () => { setTimeout(() => { throw "stray" }); await later(50); return 0 }', 'stray'],
  [
    'an error event without a listener',
    `async () => {
      (await import('node:net')).connect(1, '0.0.0.0.0');
      await new Promise((resolve) => process.once('uncaughtExceptionMonitor', resolve));
      return 0;
    }`,
    /0\.0\.0\.0\.0/,
  ],
])('fails and reports the reason with %s', async (_, main, why: string | RegExp) => {
  const { code, stdout, stderr } = await started(main);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(why);
  expect(stdout).toMatch(/^complaint: .*\n$/);
});

test.each([
  ['throws', '() => { throw new Error("a secret") }'],
  ['causes an unhandled rejection', '() => { Promise.reject(new Error("a secret")) }'],
])('fails immediately and reports nothing if the reporting function %s itself', async (_, complain) => {
  const main = 'async () => { Promise.reject(new Error("stray")); await later(50); return 0 }';
  expect(await started(main, complain)).toMatchObject({ code: 1, stdout: '', stderr: '' });
});

test('a program that never returns fails', async () => {
  expect(await started('() => new Promise(() => undefined)')).toMatchObject({ code: 1 });
});

test('all output is written even if the process ends with pending work', async () => {
  const ended = await started(
    'async () => { setInterval(() => undefined, 60_000); process.stdout.write("x".repeat(3_000_000)); return 0 }',
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout).toHaveLength(3_000_000);
});

/** Longer than a canceled run waits for a reader. */
const SLOW_MS = 2500;

/** Starts a program whose output is not read yet. */
async function unread(main: string): Promise<ChildProcessByStdio<null, Readable, null>> {
  return spawn(NODE, [await program(main)], { env: {}, stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 });
}

test('a slow reader receives all output', async () => {
  const child = await unread('async () => { process.stdout.write("x".repeat(3_000_000)); return 0 }');
  await pause(SLOW_MS);
  expect(await text(child.stdout)).toHaveLength(3_000_000);
});

test.each([
  ['was canceled', 'AbortSignal.abort()'],
  ['is canceled later', 'AbortSignal.timeout(500)'],
])('a program that %s does not wait for a reader of its output', async (_, signal) => {
  const child = await unread(
    `async (state) => { state.endedBy = ${signal}; process.stdout.write("x".repeat(3_000_000)); return 7 }`,
  );
  expect(await once(child, 'exit')).toEqual([7, null]);
  child.stdout.destroy();
});

describe('file operations that never end', () => {
  /**
   * The source of a function that starts this number of them: opening a FIFO blocks until its other end is opened.
   */
  const begin = `async (count) => {
    const { execFileSync } = await import('node:child_process');
    const { open } = await import('node:fs/promises');
    for (let n = 0; n < count; n += 1) {
      execFileSync('mkfifo', [\`\${process.pid}-\${n}\`], { env: { PATH: '/usr/bin:/bin' } });
      void open(\`\${process.pid}-\${n}\`);
    }
  }`;

  test.each([0, 7])('do not delay the end of the process, with code %d', async (code) => {
    const main = `async () => { await (${begin})(1); console.log('done'); return ${code} }`;
    expect(await started(main)).toMatchObject({ code, stdout: 'done\n', stderr: '' });
  });

  test('do not block others, even if there are many', async () => {
    const main = `async () => {
      const { prepareProcess } = await import('./main/prepare-process.js');
      prepareProcess({ endpoints: [{}, {}], concurrency: 20 });
      await (${begin})(10);
      await (await import('node:fs/promises')).readFile('main/start.js');
      return 0;
    }`;
    expect(await started(main)).toMatchObject({ code: 0 });
  });
});
