import { parseArgs } from 'node:util';
import { cancellation, type RunState } from './start.js';
import type { Plan } from '../plan/endpoint.js';
import { isCutShort } from '../verdict/verdict.js';
import { loadPlan } from '../plan/plan.js';
import { ConfigurationError } from '../plan/source/problem.js';
import { INPUT_NAMES, type InputName } from '../plan/schema/schema.js';
import { FROM_ENVIRONMENT, variableOf } from '../plan/where-to-set.js';
import { renderJson } from '../output/json.js';
import { progressLine, selfTestLine } from '../output/progress.js';
import type { EndpointReport, Progress } from '../report/report.js';
import { renderTerminal } from '../output/terminal.js';
import { readRegularFile } from '../plan/regular-file.js';
import { run, type Outcome } from '../gate/run.js';
import { escapeLine } from '../text/escape.js';
import { reasonOf } from '../text/reason.js';

const USAGE = `Usage: starttls-gate [OPTION]... ENDPOINT...
       starttls-gate --config FILE [OPTION]...
       starttls-gate --demo [--self-test]

Tests each ENDPOINT (host, host:port or [v6]:port) in five steps: STARTTLS offered, STARTTLS accepted, certificate,
authentication, delivery.

Every input of the action is an option of the same name, such as --config FILE, --timeout SECONDS or --ca FILE, except
endpoints, report-dir, and passwords and tokens. docs/configuration.md lists them. Passwords and tokens
are not options, because other users can read a command line. They are read from the environment variables
STARTTLS_GATE_PASSWORD, STARTTLS_GATE_ACCESS_TOKEN and STARTTLS_GATE_INBOX_PASSWORD.

  --demo        test built-in good and broken mail servers, without a network
  --json        write the report to standard output, and progress to standard error
  --self-test   first test the gate itself with built-in misbehaving servers
  --help        show this text

Exit codes: 0 if the gate passes, 1 if it fails, 2 if the configuration is invalid.
`;

/** Inputs that are not options with a value. A terminal needs no `report-dir`, because it has `--json`. */
const OTHERS: readonly InputName[] = [...FROM_ENVIRONMENT, 'endpoints', 'report-dir', 'self-test'];

const EXIT = { passed: 0, failed: 1, misconfigured: 2 } as const;

/**
 * Runs the gate from a command line, without a GitHub runner.
 * @returns the exit code: 0, 1 (the gate failed) or 2 (the configuration is invalid)
 */
export async function runTerminal(args: readonly string[], state: RunState): Promise<number> {
  try {
    const { values, positionals } = readArguments(args);
    if (values.help === true) {
      process.stdout.write(USAGE);
      return EXIT.passed;
    }
    const json = values.json === true;
    const progress = json ? process.stderr : process.stdout;
    if (values.demo === true) {
      rejectOtherThanDemo(values, positionals);
      if (values['self-test'] === true && !(await passesSelfTest(progress))) return EXIT.failed;
      return await demonstrate();
    }
    const plan = planOf({ ...values, endpoints: positionals.join('\n') });
    state.plan = plan;
    if (values['self-test'] === true && !(await passesSelfTest(progress))) return EXIT.failed;
    const outcome = await gate(plan, progress);
    state.endedBy = outcome.cut;
    process.stdout.write(json ? renderJson(outcome.report) : shownOnTerminal(outcome));
    return outcome.verdict.blocks ? EXIT.failed : EXIT.passed;
  } catch (error) {
    if (error instanceof ConfigurationError) {
      reportError(`The configuration is invalid:\n${error.message}\nSee --help for usage.`);
      return EXIT.misconfigured;
    }
    throw error;
  }
}

/** The terminal may be the log of a job on a GitHub runner. */
function reportError(message: string): void {
  for (const line of message.split('\n')) process.stderr.write(`${escapeLine(line)}\n`);
}

async function passesSelfTest(progress: NodeJS.WritableStream): Promise<boolean> {
  // Loaded on demand, because it includes mail servers.
  const { selfTest } = await import('./self-test.js');
  const result = await selfTest();
  if (result.ok) progress.write(`${selfTestLine(result.detected)}\n`);
  else reportError(result.reason);
  return result.ok;
}

/** Tests good and broken mail servers. The gate should fail, so the exit code is 0. */
async function demonstrate(): Promise<number> {
  // Loaded on demand, because it includes mail servers.
  const { startDemo } = await import('./demo.js');
  const demo = await startDemo();
  try {
    const plan = planOf(demo.inputs);
    process.stdout.write(`Testing ${plan.endpoints.length} built-in mail servers: good, insecure and broken\n\n`);
    const outcome = await gate(plan, process.stdout);
    process.stdout.write(shownOnTerminal(outcome));
    if (outcome.report.endpoints.some(isCutShort)) return EXIT.failed;
    process.stdout.write(
      '\nIn a workflow, this result fails the job. This was a demonstration, so the exit code is 0.\n',
    );
    return EXIT.passed;
  } finally {
    await demo.close();
  }
}

/** @throws {ConfigurationError} if there is an endpoint or any other option */
function rejectOtherThanDemo(values: Readonly<Record<string, unknown>>, positionals: readonly string[]): void {
  const others = Object.keys(values).filter((name) => name !== 'demo' && name !== 'self-test');
  if (others.length === 0 && positionals.length === 0) return;
  const message = '--demo accepts no endpoint and no option except --self-test';
  throw new ConfigurationError([{ message }]);
}

function readArguments(args: readonly string[]) {
  const names = INPUT_NAMES.filter((name) => !OTHERS.includes(name));
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...options,
        'self-test': { type: 'boolean' },
        demo: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    const secret = FROM_ENVIRONMENT.find((name) => args.some((arg) => arg.split('=')[0] === `--${name}`));
    const message =
      secret === undefined
        ? reasonOf(error)
        : `--${secret} is not an option: set ${variableOf(secret)} in the environment`;
    throw new ConfigurationError([{ message }]);
  }
}

function planOf(given: Readonly<Record<string, unknown>>): Plan {
  const secrets = FROM_ENVIRONMENT.map((input) => [input, process.env[variableOf(input)]]);
  const inputs = { ...Object.fromEntries(secrets), ...given } as Record<string, unknown>;
  const texts = Object.entries(inputs).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return loadPlan(Object.fromEntries(texts), {
    cwd: process.cwd(),
    env: process.env,
    surface: 'terminal',
    readFile: readRegularFile,
  });
}

function gate(plan: Plan, progress: NodeJS.WritableStream): Promise<Outcome> {
  const finished = (endpoint: EndpointReport, done: Progress): void => {
    progress.write(`${progressLine(endpoint, done)}\n`);
  };
  return run(plan, process.env, finished, cancellation());
}

function shownOnTerminal({ report, verdict }: Outcome): string {
  return `\n${renderTerminal(report, verdict, { color: process.stdout.isTTY })}`;
}
