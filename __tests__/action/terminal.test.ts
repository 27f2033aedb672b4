import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Report } from '../../src/report/report.js';
import { UNSEEN } from '../../src/text/peer.js';
import { letters } from '../support/gate.js';
import type { Dialogue } from '../support/dialogue.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { NODE, runProgram, type Ended } from '../support/program.js';
import { schemaErrors } from '../support/report-schema.js';
import { commands } from '../support/runner-grammar.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { disclosed } from '../support/secret-forms.js';

/** The built program on a terminal, without a runner. */

const CLI = resolve('dist/cli/index.js');

let loopback: Loopback;
let folder: string;
beforeAll(async () => {
  loopback = await createLoopback();
  folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  await writeFile(join(folder, 'ca.pem'), loopback.ca);
});
afterAll(() => rm(folder, { recursive: true }));

function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runProgram(NODE, [CLI, ...args], { cwd: folder, env });
}

describe('endpoints on the command line', () => {
  test.each<[string, Dialogue, number, RegExp]>([
    ['a gate that passes', {}, 0, /Gate passed/],
    ['a gate that fails', { offers: [] }, 1, /Gate failed/],
  ])('%s', async (_, dialogue, code, headline) => {
    await using server = await startScriptedServer(loopback.dialogue(dialogue));
    const ended = await cli([`127.0.0.1:${server.port}`, '--ca', 'ca.pem']);
    expect(ended).toMatchObject({ code, stderr: '', leftSomething: false });
    expect(ended.stdout).toMatch(headline);
    expect(ended.stdout).toContain(`127.0.0.1:${server.port}`);
    expect(ended.stdout).not.toContain('\x1b');
  });

  test('with --json print only the report to standard output', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    const { code, stdout, stderr } = await cli(['--json', '--ca', 'ca.pem', `127.0.0.1:${server.port}`]);
    const report = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(schemaErrors(report)).toEqual([]);
    expect(report.endpoints.map(({ steps }) => letters(steps))).toEqual(['pppnn']);
    expect(stderr).toMatch(/1\/1/);
  });

  test('authenticate with the password from the environment, which is not disclosed', async () => {
    const user = { username: 'joe', password: 'correct horse' };
    await using server = await startScriptedServer(loopback.dialogue({ user }));
    const args = [`127.0.0.1:${server.port}`, '--ca', 'ca.pem', '--username', 'joe', '--json'];
    const right = await cli(args, { STARTTLS_GATE_PASSWORD: user.password });
    const wrong = await cli(args, { STARTTLS_GATE_PASSWORD: 'wrong horse' });
    expect([right.code, wrong.code]).toEqual([0, 1]);
    expect(disclosed(right.stdout + right.stderr, user.password, user.username)).toEqual([]);
    expect(disclosed(wrong.stdout + wrong.stderr, 'wrong horse', user.username)).toEqual([]);
  });

  test('are added to those of a file', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    await writeFile(
      join(folder, 'gate.yml'),
      `endpoints:\n  - { name: of the file, host: 127.0.0.1, port: ${server.port} }\n`,
    );
    const { code, stdout } = await cli(['--config', 'gate.yml', '--ca=ca.pem', `127.0.0.1:${server.port}`, '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Report).endpoints).toHaveLength(2);
  });
});

test('the output contains no runner commands from a server', async () => {
  const text = '554 x ##[error]pwned ##[add-path]/evil \u009b31m \u202e ::error::pwned';
  await using server = await startScriptedServer({ greeting: text });
  const named = `- { name: "##[error]pwned", host: 127.0.0.1, port: ${server.port} }\n`;
  await writeFile(join(folder, 'hostile.yml'), `endpoints:\n  ${named}`);
  const said = await cli(['--json', '--config', 'hostile.yml']);
  const reason = (JSON.parse(said.stdout) as Report).endpoints[0]?.transcript[0]?.text;
  expect(reason).toBe(text);

  await writeFile(join(folder, 'twice.yml'), `endpoints:\n  ${named}  ${named}`);
  const wrong = await cli(['--config', 'twice.yml']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('pwned');
  for (const { stdout, stderr } of [said, wrong]) {
    expect([commands(stdout), commands(stderr)]).toEqual([[], []]);
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(UNSEEN);
  }
});

test.each([
  ['an unknown option', ['--prot', '25', '127.0.0.1'], '--prot'],
  ['a password on the command line', ['--password', 'secret', '127.0.0.1'], '--password'],
  ['an option without its value', ['127.0.0.1', '--ca'], '--ca'],
  ['an invalid value', ['127.0.0.1', '--timeout', 'soon'], 'timeout'],
  ['an invalid endpoint', ['127.0.0.1:0'], '1:1'],
  ['options without an endpoint', ['--json'], 'nothing to test'],
  ['no argument, as from an unset variable', [], 'nothing to test'],
  ['an empty argument, as from a quoted unset variable', [''], 'nothing to test'],
  ['a self-test without an endpoint', ['--self-test'], 'nothing to test'],
  ['a demonstration with an endpoint', ['--demo', '127.0.0.1'], '--demo accepts no endpoint and no option'],
  [
    'a demonstration with a config file',
    ['--demo', '--config', 'gate.yml'],
    '--demo accepts no endpoint and no option',
  ],
  ['a demonstration with an option', ['--demo', '--json'], '--demo accepts no endpoint and no option'],
])('%s is rejected with exit code 2', async (_, args, said) => {
  const { code, stdout, stderr } = await cli(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});

test.each(['--help', '-h'])('%s prints the usage', async (option) => {
  const { code, stdout, stderr } = await cli([option]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Usage: ');
});

test('npm start runs the demonstration', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect(scripts.start).toBe('node dist/cli/index.js --demo');
});

describe('--demo', () => {
  /** The finding that each endpoint of the demonstration causes. */
  const SHOWN = {
    'good: STARTTLS': 'pass',
    'good: implicit TLS': 'pass',
    'insecure: AUTH before TLS': 'warn',
    'broken: certificate expired': 'certificate-expired',
    'broken: certificate for a different name': 'certificate-hostname-mismatch',
    'broken: intermediate certificate not sent': 'certificate-chain-incomplete',
    'broken: no STARTTLS': 'starttls-not-advertised',
    'broken: wrong password': 'auth-rejected',
    'broken: accepted and lost': 'message-not-received',
    'broken: footer added': 'message-altered',
    'busy: try again later': 'throttled',
  };

  test.each(nodes())('runs all endpoints against its own mail servers, with Node %s', async (_, node) => {
    // The folder is outside the project, so that installed packages cannot be found.
    const { code, stdout, stderr, leftSomething } = await runProgram(node, [CLI, '--demo'], { cwd: folder });
    expect({ code, stderr, leftSomething }).toEqual({ code: 0, stderr: '', leftSomething: false });
    const progress = stdout.split('\n').filter((line) => /\d+\/11 {2}/.test(line));
    expect(progress).toHaveLength(Object.keys(SHOWN).length);
    for (const [name, shown] of Object.entries(SHOWN)) {
      expect(progress.filter((line) => line.includes(`  ${name}  `) && line.includes(`  ${shown}`))).toHaveLength(1);
    }
    expect(stdout).toContain('Gate failed: 7 of 11 endpoints failed');
  });
});

/** The Node of the runner, and that of the machine if it is different. */
function nodes(): [string, string][] {
  const version = (path: string): string => execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  const path = (process.env.PATH ?? '').split(':').filter((place) => place !== '' && !place.includes('node_modules'));
  const installed = path.map((place) => join(place, 'node')).filter(isProgram);
  const all = [NODE, ...installed].map((each): [string, string] => [version(each), each]);
  return [...new Map(all.toReversed())];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
