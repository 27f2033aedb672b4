import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { loadPlan } from './plan/plan.js';
import { secretsOf } from './plan/secrets.js';
import type { Plan } from './plan/endpoint.js';
import { ConfigurationError } from './plan/problem.js';
import { INPUT_NAMES } from './plan/schema.js';
import { configurationFailure, failureLine } from './report/annotations.js';
import { progressLine, transcriptLines } from './report/progress.js';
import { run } from './run.js';
import { findingsUrl } from './runner/docs.js';
import { secretsOfForks } from './runner/fork.js';
import { runnerLog } from './runner/log.js';
import type { Log } from './runner/log.js';
import { publish, publishConfigurationError } from './runner/publish.js';
import { mask } from './runner/secrets.js';
import { locateInput } from './runner/source.js';

/**
 * The action, as the runner runs it: inputs in; log, report, outputs, summary and annotations out.
 * @returns the exit code, by the verdict alone: 0, or 1 where the gate or its configuration failed
 */
export async function runAction(): Promise<number> {
  const log = runnerLog();
  let plan: Plan;
  try {
    plan = await planOfInputs();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await refuse(error, log);
    return 1;
  }
  mask(secretsOf(plan));

  let done = 0;
  const total = plan.endpoints.length;
  const { report, verdict } = await run(plan, process.env, (endpoint) => {
    done += 1;
    log.info(progressLine(endpoint, { done, total: Math.max(done, total) }));
    log.group(`Transcript of ${endpoint.name}`, transcriptLines(endpoint));
  });
  await publish({ report, verdict, reportDir: plan.reportDir, ...findingsUrl(process.env) }, log);
  if (verdict.blocks) core.setFailed(failureLine(verdict));
  return verdict.blocks ? 1 : 0;
}

async function planOfInputs(): Promise<Plan> {
  // Blanks and line breaks count: they may belong to a password, and the places of problems depend on them.
  const inputs = Object.fromEntries(INPUT_NAMES.map((name) => [name, core.getInput(name, { trimWhitespace: false })]));
  return loadPlan(inputs, {
    cwd: process.cwd(),
    env: process.env,
    readFile: (path) => readFile(path, 'utf8'),
    locateInput: (name) => locateInput(name, inputs[name] ?? '', process.env),
  });
}

async function refuse(error: ConfigurationError, log: Log): Promise<void> {
  // That of forks is a hint: where the event cannot be read, it must not hide what is wrong.
  const hints = await secretsOfForks().catch(() => []);
  const problems = [...error.message.split('\n'), ...hints];
  problems.forEach((problem) => {
    log.info(problem);
  });
  await publishConfigurationError(problems.join('\n'), log);
  core.setFailed(configurationFailure(problems));
}
