import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { documentedKeys } from '../../src/plan/schema/documented-keys.js';
import { inputSchema } from '../../src/plan/schema/schema.js';
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

/** Inputs that a terminal reads from the environment. */
const SECRETS: Readonly<Record<string, string>> = {
  password: 'STARTTLS_GATE_PASSWORD',
  'access-token': 'STARTTLS_GATE_ACCESS_TOKEN',
  'inbox-password': 'STARTTLS_GATE_INBOX_PASSWORD',
};

const ABOUT_WORKFLOWS = /workflow|\bjobs?\b|\bfork|\bsecrets?\b|with: of|env: of|\brunner\b|\binput /i;

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

describe.each(['--help', '-h'])('%s', (option) => {
  test('lists every option with its meaning and default, and nothing about workflows', async () => {
    const { code, stdout, stderr } = await cli([option]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: ');
    const text = stdout.replace(/\s+/g, ' ');
    const inputs = documentedKeys(inputSchema).map(({ name }) => name);
    for (const { name, inTerminal, default: value } of documentedKeys(inputSchema)) {
      if (['endpoints', 'report-dir'].includes(name)) continue;
      const meaning = inTerminal.replace(/`([a-z-]+)`/g, (quoted, input: string) => {
        return SECRETS[input] ?? (inputs.includes(input) ? `--${input}` : quoted);
      });
      const described = ` ${meaning}${value === undefined ? '' : ` Default: ${value}.`} `;
      const [before = ''] = text.split(described);
      expect(text).toContain(described);
      const term = SECRETS[name] ?? `--${name}`;
      expect(
        before.endsWith(` ${term}`) ||
          / [A-Z/]+$/.exec(before)?.index === before.lastIndexOf(` ${term} `) + term.length + 1,
      ).toBe(true);
    }
    for (const other of ['--demo', '--json', '--version', '-h, --help']) expect(text).toContain(` ${other} `);
    expect(text).not.toMatch(ABOUT_WORKFLOWS);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

test('--version prints the version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `starttls-gate ${version}\n`, stderr: '' });
});

test.each([
  ['a typo', ['--timout', '5'], ['unknown option --timout; did you mean "--timeout"?']],
  [
    'a typo in a secret, which is not an option',
    ['--pasword'],
    ['unknown option --pasword; did you mean "--password"?'],
  ],
  ['a typo in an option without a value', ['--jsn'], ['unknown option --jsn; did you mean "--json"?']],
  [
    'several at once, with their values',
    ['--timout=5', '--mail-form', 'a@example.test', '--retries', '1'],
    ['unknown option --timout; did you mean "--timeout"?', 'unknown option --mail-form; did you mean "--mail-from"?'],
  ],
  ['nothing similar', ['--frobnicate'], ['unknown option --frobnicate']],
  ['a short one', ['-x'], ['unknown option -x']],
  ['something that is not a name', ['--hunter2!'], ['unknown option']],
  ...Object.entries(SECRETS).map(([name, variable]): [string, string[], string[]] => [
    name,
    [`--${name}=hunter2`],
    [`--${name} is not an option: other users can read a command line; set the environment variable ${variable}`],
  ]),
  [
    'report-dir',
    ['--report-dir', 'here'],
    ['--report-dir is not an option: use --json, and redirect standard output to a file'],
  ],
  ['endpoints', ['--endpoints', '127.0.0.1'], ['--endpoints is not an option: write the endpoints without it']],
])('an option that does not exist is explained: %s', async (_, args, said) => {
  const { code, stdout, stderr } = await cli(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')).toEqual(['The configuration is invalid:', ...said, 'See --help for usage.', '']);
  expect(stderr).not.toContain('hunter2');
});

describe('a text about workflows does not appear', () => {
  test.each([
    ['authentication', [], '`--username` and the environment variable `STARTTLS_GATE_PASSWORD`'],
    ['delivery', [], '`--mail-from`, `--rcpt-to` and `--inbox`'],
    [
      'delivery',
      ['--mail-from', 'a@example.test', '--rcpt-to', 'b@example.test'],
      '`--inbox-username` and the environment variable `STARTTLS_GATE_INBOX_PASSWORD`',
    ],
  ])('if the required step %s is not configured, with %j', async (step, args, fix) => {
    await using server = await startScriptedServer(loopback.dialogue());
    const { code, stdout } = await cli([`127.0.0.1:${server.port}`, '--ca', 'ca.pem', '--require', step, ...args]);
    expect(code).toBe(1);
    expect(stdout).toContain(fix);
    expect(stdout).not.toMatch(ABOUT_WORKFLOWS);
  });

  test('if the password is missing', async () => {
    const { code, stderr } = await cli(['127.0.0.1', '--username', 'joe']);
    expect(code).toBe(2);
    expect(stderr).toContain('Set STARTTLS_GATE_PASSWORD');
    expect(stderr).not.toMatch(ABOUT_WORKFLOWS);
  });
});

test('--environments selects endpoints of a file', async () => {
  await using server = await startScriptedServer(loopback.dialogue());
  const at = `host: 127.0.0.1, port: ${server.port}`;
  await writeFile(
    join(folder, 'environments.yml'),
    `endpoints:\n  - { name: one, ${at}, environment: staging }\n  - { name: two, ${at}, environment: production, auth: { username: joe, password: "\${PRODUCTION_PASSWORD}" } }\n`,
  );
  const args = ['--config', 'environments.yml', '--ca', 'ca.pem', '--json', '--environments'];
  const { code, stdout } = await cli([...args, 'staging']);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as Report).endpoints.map(({ name }) => name)).toEqual(['one']);
  const typo = await cli([...args, 'stagng']);
  expect([typo.code, typo.stdout]).toEqual([2, '']);
  expect(typo.stderr).toContain(
    '--environments: no endpoint has the environment "stagng"; the environments are staging',
  );
});

describe('colors', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['a pipe', {}, false],
    ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['a pipe with FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['a pipe with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('%s', async (_, env, isColored) => {
    await using server = await startScriptedServer(loopback.dialogue({ offers: [] }));
    const { stdout, stderr } = await cli([`127.0.0.1:${server.port}`], env);
    expect(stderr).toBe('');
    expect(stdout.includes('\x1b[31m✗ Gate failed')).toBe(isColored);
  });
});

describe('a closed pipe is not an error, and the exit code is that of the verdict', () => {
  /** Runs the program with standard output and standard error in a pipe that no process reads. */
  const intoClosedPipe = async (args: readonly string[], redirected: string): Promise<number> => {
    // The shell opens the pipe for writing while it is its reader itself, and then no longer is.
    const script = `mkfifo pipe && exec 4<>pipe 3>pipe 4<&- && rm pipe && "$@" ${redirected}; echo "code $?"`;
    const { stdout } = await runProgram('/bin/bash', ['-c', script, 'bash', NODE, CLI, ...args], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin' },
    });
    return Number(/^code (\d+)$/m.exec(stdout)?.[1]);
  };

  test.each<[string, string[], number]>([
    ['--help', ['--help'], 0],
    ['--version', ['--version'], 0],
    ['a configuration error', ['--bogus'], 2],
    ['the demonstration', ['--demo'], 0],
  ])('%s', async (_, args, code) => {
    expect(await intoClosedPipe(args, '>&3 2>&3')).toBe(code);
  });

  test.each<[string, Dialogue, number]>([
    ['a gate that passes', {}, 0],
    ['a gate that fails', { offers: [] }, 1],
  ])('%s, as text and as JSON', async (_, dialogue, code) => {
    await using server = await startScriptedServer(loopback.dialogue(dialogue));
    const args = [`127.0.0.1:${server.port}`, '--ca', 'ca.pem'];
    for (const redirected of ['>&3', '2>&3', '>&3 2>&3']) {
      expect(await intoClosedPipe(args, redirected)).toBe(code);
      expect(await intoClosedPipe([...args, '--json'], redirected)).toBe(code);
    }
  });

  test('after the first line', async () => {
    const script = '"$@" | head -1; echo "code ${PIPESTATUS[0]}"';
    const { stdout } = await runProgram('/bin/bash', ['-c', script, 'bash', NODE, CLI, '--demo'], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(stdout).toBe('Testing 11 built-in mail servers: good, insecure and broken\ncode 0\n');
  });
});

test('a full disk fails the gate, and is reported once', async () => {
  const { code, stderr } = await runProgram('/bin/bash', ['-c', '"$@" >/dev/full', 'bash', NODE, CLI, '--demo'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'The gate itself failed: ENOSPC: no space left on device, write\n',
  });
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
