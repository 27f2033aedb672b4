import { prepareProcess } from './prepare-process.js';
import { refuse } from './refuse.js';
import { cancellation, type RunState } from './start.js';
import { loadPlan } from '../plan/plan.js';
import type { Plan } from '../plan/endpoint.js';
import { ConfigurationError } from '../plan/source/problem.js';
import { failureLine } from '../output/annotations.js';
import { logProgress, type Finished } from '../output/overall-progress.js';
import { progressLine, quotesServer, selfTestLine, transcriptLines } from '../output/progress.js';
import { readRegularFile } from '../plan/files/regular-file.js';
import { run } from '../gate/run.js';
import { redactReason, secretsOf } from '../gate/secrets.js';
import { findEgressPolicy } from '../runner/egress-policy.js';
import { findJobContainer } from '../runner/job-container.js';
import { givenInputs } from '../runner/given-inputs.js';
import { runnerLog } from '../runner/log.js';
import { annotateProblems } from '../runner/problem-annotations.js';
import { publish } from '../runner/publish.js';
import { discardOldReport } from '../runner/report-file.js';
import { countsAsFailed } from '../verdict/verdict.js';
import { findSetting, locateInput } from '../runner/source.js';
import { error, setSecret } from '../runner/toolkit.js';
import { mask } from '../secrets/masks.js';

/**
 * The action: reads the inputs, runs the gate, and writes log, report, outputs, summary and annotations.
 * @returns the exit code, which depends on the verdict alone: 0, or 1 if the gate or its configuration failed
 */
export async function runAction(state: RunState): Promise<number> {
  const log = runnerLog();
  const cancelled = cancellation();
  state.endedBy = cancelled;
  const context = { log, redactReason: (reason: string) => redactReason(reason, state.plan), cancelled };
  const inputs = givenInputs(process.env);
  const locate = (input: string) => locateInput(input, inputs[input] ?? '', process.env);
  let plan: Plan;
  try {
    plan = loadPlan(inputs, {
      cwd: process.cwd(),
      env: process.env,
      surface: 'workflow',
      problems: discardOldReport((inputs['report-dir'] ?? '').trim()),
      readFile: readRegularFile,
      locateInput: locate,
      findSetting: (where, name) => findSetting(where, name, inputs, process.env),
    });
    plan = {
      ...plan,
      egressPolicy: once(() => findEgressPolicy(process.env)),
      jobContainer: once(() => findJobContainer(process.env)),
    };
    mask(secretsOf(plan), setSecret);
    state.plan = plan;
    prepareProcess(plan);
    if (plan.selfTest) {
      // Loaded on demand, because it includes mail servers.
      const { selfTest } = await import('./self-test.js');
      const result = await selfTest();
      if (!result.ok) return await refuse({ why: 'the self-test failed', problems: [result.reason] }, context);
      log.info(selfTestLine(result.detected));
    }
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) {
      // A hint must not hide the problem if the event cannot be read.
      const hints = await secretsOfForks().catch(() => []);
      const problems = [...thrown.message.split('\n'), ...hints];
      const annotations = annotateProblems(thrown.problems, locate);
      return refuse({ why: 'the configuration is invalid', problems, annotations }, context);
    }
    throw thrown;
  }

  const { policy } = plan;
  const each: Finished = (endpoint, progress) => {
    const line = progressLine(endpoint, progress);
    if (quotesServer(endpoint)) log.quote(line);
    else log.info(line);
    log.group(`Transcript of ${endpoint.name}`, transcriptLines(endpoint));
  };
  const overall = (line: string): void => {
    log.info(line);
  };
  const finished = logProgress({ countsAsFailed: (one) => countsAsFailed(one, policy), each, overall });
  const { report, verdict, cut } = await run(plan, process.env, finished, cancelled, setSecret);
  state.endedBy = cut;
  await publish({ report, verdict, reportDir: plan.reportDir }, context);
  if (verdict.blocks) error(failureLine(report, verdict));
  return verdict.blocks ? 1 : 0;
}

/** A hint if the run is for a pull request from a fork. @throws if the file of the event is not a regular file */
async function secretsOfForks(): Promise<string[]> {
  // The toolkit reads this file when it is loaded, and would block on a named pipe.
  if (process.env.GITHUB_EVENT_PATH) readRegularFile(process.env.GITHUB_EVENT_PATH);
  // Loaded only here, because the toolkit includes a client of the whole GitHub API.
  const { context } = await import('@actions/github');
  const { pull_request: pullRequest, repository } = context.payload;
  const head = (pullRequest as PullRequest | undefined)?.head?.repo?.full_name;
  if (head === undefined || head === repository?.full_name) return [];
  return ['This run is for a pull request from a fork, where every secret is empty.'];
}

interface PullRequest {
  readonly head?: { readonly repo?: { readonly full_name?: string } | null };
}

/** Reads the workflow file only if a connection fails, and not again for each one. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: find() }).value;
}
