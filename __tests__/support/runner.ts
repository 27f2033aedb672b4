import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Report } from '../../src/report/report.js';
import { NODE, runProgram, type Ended } from './program.js';
import { behindWall, commands, type Command } from './runner-grammar.js';

/** What the runner knows after a step. */
export interface StepEnded extends Ended {
  /** The log, with both output streams. */
  readonly log: string;
  /** The commands in the log that the runner executes. */
  readonly commands: readonly Command[];
  /** The commands that the runner ignores only because of `stop-commands`. */
  readonly behindWall: readonly Command[];
  /** The commands that create errors and warnings. */
  readonly annotations: readonly Command[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The effects on later steps: environment, path and state. */
  readonly aftermath: string;
  /** The environment variables that it sets for later steps. */
  readonly variables: Readonly<Record<string, string>>;
  /** The content of the file in the output `report`. */
  readonly report?: Report;
}

/** A runner with its own workspace and temp folder. */
export interface Runner extends AsyncDisposable {
  readonly workspace: string;
  readonly temp: string;
  /** Writes a file of the workspace. @returns its absolute path */
  write(path: string, text: string): Promise<string>;
  /**
   * Runs a script as a step.
   * @param env the environment of the step, added to that of the runner
   */
  shell(script: string, env?: Readonly<Record<string, string>>): Promise<StepEnded>;
  /**
   * Runs an action of this repository as a step.
   * @param inputs the inputs under `with` in the workflow
   * @param env changes to the environment; undefined removes a variable
   * @param dist the folder of the bundle
   * @param how.action the folder of its `action.yml`; default: that of the gate
   * @param how.command a command line that runs the one appended to it
   * @param how.unread whether the log is never read
   */
  run(
    inputs: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string | undefined>>,
    dist?: string,
    how?: { readonly action?: string; readonly command?: readonly string[]; readonly unread?: boolean },
  ): Promise<StepEnded>;
}

export const REPOSITORY = 'octo/mail';
export const WORKFLOW = '.github/workflows/release.yml';

/** The variables with the files through which a step communicates with the runner. */
const FILES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE'] as const;

/** Creates a runner, whose files are removed when it is disposed. */
export async function createRunner(): Promise<Runner> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'runner-')));
  const workspace = join(home, 'work');
  const temp = join(home, '_temp');
  await Promise.all([mkdir(workspace), mkdir(temp)]);
  let steps = 0;

  const write = async (path: string, text: string): Promise<string> => {
    const absolute = resolve(workspace, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
    return absolute;
  };

  /** Runs a program as a step. */
  const step = async (
    [path = '', ...args]: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
    how: { readonly unread?: boolean } = {},
  ): Promise<StepEnded> => {
    const folder = join(temp, `_runner_file_commands_${steps++}`);
    await mkdir(folder);
    const files = Object.fromEntries(FILES.map((name) => [name, join(folder, name.toLowerCase())]));
    await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
    const event = join(folder, 'event.json');
    await writeFile(event, JSON.stringify({ repository: { full_name: REPOSITORY } }));
    const environment: Record<string, string | undefined> = {
      PATH: '/usr/bin:/bin',
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_REPOSITORY: '',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_WORKFLOW_REF: `${REPOSITORY}/${WORKFLOW}@refs/heads/main`,
      GITHUB_WORKSPACE: workspace,
      RUNNER_ENVIRONMENT: 'self-hosted',
      RUNNER_TEMP: temp,
      ...files,
      ...env,
    };
    const present = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const ended = await runProgram(path, args, { cwd: workspace, env: Object.fromEntries(present), ...how });
    const told = async (name: (typeof FILES)[number]) => readFile(files[name] ?? '', 'utf8');
    const log = ended.stdout + ended.stderr;
    const obeyed = commands(log);
    const outputs = parseOutputs(await told('GITHUB_OUTPUT'));
    return {
      ...ended,
      log,
      commands: obeyed,
      behindWall: behindWall(log),
      annotations: obeyed.filter(({ name }) => name === 'error' || name === 'warning'),
      outputs,
      summary: await told('GITHUB_STEP_SUMMARY'),
      aftermath: (await Promise.all([told('GITHUB_ENV'), told('GITHUB_PATH'), told('GITHUB_STATE')])).join(''),
      variables: parseOutputs(await told('GITHUB_ENV')),
      ...(outputs.report && { report: JSON.parse(await readFile(outputs.report, 'utf8')) as Report }),
    };
  };

  const run: Runner['run'] = (inputs, env = {}, dist, how = {}) => {
    const { action = '.', command = [], ...program } = how;
    const { main, variables } = actionIn(action, inputs);
    const file = dist === undefined ? main : join(dist, relative('dist', main));
    return step([...command, NODE, file], { ...variables, ...env }, program);
  };

  const shell: Runner['shell'] = async (script, env = {}) => {
    const file = join(temp, `script_${steps++}.sh`);
    await writeFile(file, script);
    return step(['/bin/bash', '--noprofile', '--norc', '-eo', 'pipefail', file], env);
  };

  return {
    workspace,
    temp,
    write,
    run,
    shell,
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
}

/** The program of an action, and every input, given or default, in the environment variables of the runner. */
function actionIn(folder: string, given: Readonly<Record<string, string>>) {
  const { inputs, runs } = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { main: string };
  };
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);
  const variables = Object.entries(inputs).map(([name, input]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    given[name] ?? input.default ?? '',
  ]);
  return { main: resolve(folder, runs.main), variables: Object.fromEntries(variables) as Record<string, string> };
}

/** Parses `name=value` and `name<<DELIMITER` like the runner. @throws for anything else */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const [, name = '', operator, rest = ''] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (operator === undefined) throw new Error(`The runner does not understand ${JSON.stringify(line)}`);
    const end = lines.indexOf(rest);
    if (operator === '<<' && end < 0) throw new Error(`The output ${name} has no end`);
    outputs[name] =
      operator === '='
        ? rest
        : lines
            .splice(0, end + 1)
            .slice(0, -1)
            .join('\n');
  }
  return outputs;
}
