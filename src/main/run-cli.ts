import { cancellation, type RunState } from './start.js';
import type { Plan } from '../plan/endpoint.js';
import { countsAsFailed, isCutShort } from '../verdict/verdict.js';
import { loadPlan } from '../plan/plan.js';
import { ConfigurationError } from '../plan/source/problem.js';
import { FROM_ENVIRONMENT, variableOf } from '../plan/where-to-set.js';
import { renderJson } from '../output/json.js';
import { logProgress, terminalProgress, type Finished } from '../output/overall-progress.js';
import { progressLine, selfTestLine } from '../output/progress.js';
import { TOOL, type EndpointReport } from '../report/report.js';
import { renderTerminal } from '../output/terminal.js';
import { readRegularFile } from '../plan/files/regular-file.js';
import { run, type Outcome } from '../gate/run.js';
import { escapeLine } from '../text/escape.js';
import { wrap } from '../text/wrap.js';
import { prepareProcess } from './prepare-process.js';
import { readArguments } from './command-line.js';
import { canRewrite, hasColor, widthOf } from './display.js';
import { usage } from './usage.js';

const DEMONSTRATED =
  'The gate fails because of the broken servers. This was a demonstration, so the exit code is 0; with your servers it would be 1.';

const EXIT = { passed: 0, failed: 1, misconfigured: 2 } as const;

/**
 * Runs the gate from a command line, without a GitHub runner.
 * @returns the exit code: 0, 1 (the gate failed) or 2 (the configuration is invalid)
 */
export async function runTerminal(args: readonly string[], state: RunState): Promise<number> {
  try {
    const { values, positionals } = readArguments(args);
    if (values.help === true) {
      process.stdout.write(usage(widthOf(process.stdout)));
      return EXIT.passed;
    }
    if (values.version === true) {
      process.stdout.write(`${TOOL.name} ${TOOL.version}\n`);
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
    prepareProcess(plan);
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
  const width = widthOf(process.stderr);
  const indent = '  ';
  for (const line of message.split('\n')) {
    const parts = wrap(escapeLine(line), width === undefined ? undefined : width - indent.length);
    for (const [index, part] of parts.entries()) {
      process.stderr.write(`${escapeLine(index === 0 ? part : indent + part)}\n`);
    }
  }
}

async function passesSelfTest(progress: NodeJS.WriteStream): Promise<boolean> {
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
    process.stdout.write(`\n${wrap(DEMONSTRATED, widthOf(process.stdout)).join('\n')}\n`);
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

async function gate(plan: Plan, stream: NodeJS.WriteStream): Promise<Outcome> {
  const { policy, endpoints } = plan;
  const terms = { countsAsFailed: (one: EndpointReport) => countsAsFailed(one, policy) };
  if (!canRewrite(stream, process.env)) {
    const overall = (line: string): void => void stream.write(`${line}\n`);
    const each: Finished = (endpoint, done) => {
      overall(progressLine(endpoint, done));
    };
    return run(plan, process.env, logProgress({ ...terms, each, overall }), cancellation());
  }
  const progress = terminalProgress({
    ...terms,
    total: endpoints.length,
    write: (text) => void stream.write(text),
    width: () => widthOf(stream) ?? Infinity,
  });
  try {
    return await run(plan, process.env, progress.finished, cancellation());
  } finally {
    progress.end();
  }
}

function shownOnTerminal({ report, verdict }: Outcome): string {
  const { stdout, env } = process;
  return `\n${renderTerminal(report, verdict, { color: hasColor(stdout, env), width: widthOf(stdout) })}`;
}
