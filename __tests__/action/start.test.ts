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

/** However a program ends that `start` runs, it ends red unless it says itself that it went well. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  await mkdir(join(folder, 'main'));
  await mkdir(join(folder, 'text'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const file of ['main/start', 'text/reason']) {
    const source = await readFile(`src/${file}.ts`, 'utf8');
    await writeFile(join(folder, `${file}.js`), stripTypeScriptTypes(source));
  }
});
afterAll(() => rm(folder, { recursive: true }));

let programs = 0;

/**
 * @param main the source of an async function: what `start` is to run
 * @param complain the source of what tells of a throw
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
  ['its own word', 'async () => 0', 0],
  ['its own word that it failed', 'async () => 1', 1],
  ['another code', 'async () => 2', 2],
])('ends by %s, and without complaint', async (_, main, code) => {
  expect(await started(main)).toMatchObject({ code, stdout: '', stderr: '' });
});

test.each([
  ['an error', 'async () => { throw new Error("boom") }', 'boom'],
  ['a string', 'async () => { throw "boom" }', 'boom'],
  ['nothing', 'async () => { throw undefined }', 'undefined'],
  ['null', 'async () => { throw null }', 'null'],
  ['an object without prototype', 'async () => { throw Object.create(null) }', 'something that cannot be shown'],
  [
    'an error of another realm',
    'async () => (await import("node:vm")).runInNewContext("throw new Error(`boom`)")',
    'boom',
  ],
  [
    'a rejection that nobody awaits',
    'async () => { Promise.reject(new Error("stray")); await later(50); return 0 }',
    'stray',
  ],
  [
    'such a rejection in the last moment',
    'async () => { await later(1); Promise.reject(new Error("stray")); return 0 }',
    'stray',
  ],
  ['such a rejection of nothing', 'async () => { Promise.reject(); await later(50); return 0 }', 'undefined'],
  ['an error in a callback', 'async () => { setTimeout(() => { throw "stray" }); await later(50); return 0 }', 'stray'],
  [
    'an error event that nobody hears',
    `async () => {
      (await import('node:net')).connect(1, '0.0.0.0.0');
      await new Promise((resolve) => process.once('uncaughtExceptionMonitor', resolve));
      return 0;
    }`,
    /0\.0\.0\.0\.0/,
  ],
])('ends red and tells why with %s', async (_, main, why: string | RegExp) => {
  const { code, stdout, stderr } = await started(main);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(why);
  expect(stdout).toMatch(/^complaint: .*\n$/);
});

test.each([
  ['throws', '() => { throw new Error("a secret") }'],
  ['leaves a rejection that nobody awaits', '() => { Promise.reject(new Error("a secret")) }'],
])('ends red, at once and with nothing said, where what tells of it %s itself', async (_, complain) => {
  const main = 'async () => { Promise.reject(new Error("stray")); await later(50); return 0 }';
  expect(await started(main, complain)).toMatchObject({ code: 1, stdout: '', stderr: '' });
});

test('a program that is never done is no program that went well', async () => {
  expect(await started('() => new Promise(() => undefined)')).toMatchObject({ code: 1 });
});

test('all that was written is read, though the process ends at once and something still keeps it alive', async () => {
  const ended = await started(
    'async () => { setInterval(() => undefined, 60_000); process.stdout.write("x".repeat(3_000_000)); return 0 }',
  );
  expect(ended.code).toBe(0);
  expect(ended.stdout).toHaveLength(3_000_000);
});

/** Longer than a run that was told to end waits for a reader. */
const SLOW_MS = 2500;

/** Starts a program whose output is not read yet. */
async function unread(main: string): Promise<ChildProcessByStdio<null, Readable, null>> {
  return spawn(NODE, [await program(main)], { env: {}, stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 });
}

test('a slow reader gets all the output', async () => {
  const child = await unread('async () => { process.stdout.write("x".repeat(3_000_000)); return 0 }');
  await pause(SLOW_MS);
  expect(await text(child.stdout)).toHaveLength(3_000_000);
});

test.each([
  ['was told to end', 'AbortSignal.abort()'],
  ['is told to end meanwhile', 'AbortSignal.timeout(500)'],
])('a program that %s does not wait for a reader of its output', async (_, signal) => {
  const child = await unread(
    `async (state) => { state.endedBy = ${signal}; process.stdout.write("x".repeat(3_000_000)); return 7 }`,
  );
  expect(await once(child, 'exit')).toEqual([7, null]);
  child.stdout.destroy();
});

describe('file operations that never end', () => {
  /**
   * The source of a function that begins the given number of them: opening a FIFO blocks until its other end is opened.
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
      await (${begin})(10);
      await (await import('node:fs/promises')).readFile('main/start.js');
      return 0;
    }`;
    expect(await started(main)).toMatchObject({ code: 0 });
  });
});
