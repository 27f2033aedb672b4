import { join } from 'node:path';
import { refuse } from './refuse.js';
import { cancellation, type RunState } from './start.js';
import { readMergeInputs, type MergeSettings } from '../merge/inputs.js';
import { mergeReports } from '../merge/merge.js';
import { reportDirProblem } from '../merge/report-dir.js';
import { failureLine } from '../output/annotations.js';
import { ConfigurationError, type Problem } from '../plan/source/problem.js';
import { givenInputs } from '../runner/given-inputs.js';
import { runnerLog } from '../runner/log.js';
import { annotateProblems } from '../runner/problem-annotations.js';
import { publish } from '../runner/publish.js';
import { discardOldReport, REPORT_NAME } from '../runner/report-file.js';
import { locateInput } from '../runner/source.js';
import { error } from '../runner/toolkit.js';

/**
 * The action `merge`: reads the reports of all shards, and writes log, report, outputs, summary and annotations of the
 * whole run.
 * @returns the exit code: 0, or 1 if the gate fails or there is no verdict
 */
export async function runMerge(state: RunState): Promise<number> {
  const log = runnerLog();
  const cancelled = cancellation();
  state.endedBy = cancelled;
  // Reports contain no secrets, and a merge has none of its own.
  const context = { log, redactReason: (reason: string) => reason, cancelled };
  const inputs = givenInputs(process.env);
  let settings: MergeSettings;
  try {
    settings = readMergeInputs(inputs, prepareReportDir(inputs));
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    const annotations = annotateProblems(thrown.problems, (input) =>
      locateInput(input, inputs[input] ?? '', process.env),
    );
    const problems = thrown.message.split('\n');
    return refuse({ program: 'merge', why: 'the configuration is invalid', problems, annotations }, context);
  }
  const merged = mergeReports(settings, process.cwd());
  if (!merged.ok) {
    return refuse({ program: 'merge', why: 'the reports cannot be merged', problems: merged.problems }, context);
  }
  const { report, verdict } = merged;
  merged.log.forEach((line) => {
    log.info(line);
  });
  await publish({ report, verdict, reportDir: settings['report-dir'] }, context);
  if (verdict.blocks) error(failureLine(report, verdict));
  return verdict.blocks ? 1 : 0;
}

/** Removes an old merged report, but not the report of a shard. */
function prepareReportDir(inputs: Readonly<Record<string, string>>): Problem[] {
  const [reports = '', reportDir = ''] = ['reports', 'report-dir'].map((name) => (inputs[name] ?? '').trim());
  if (reportDir === '') return [];
  const message = reportDirProblem(reports === '' ? '.' : reports, join(reportDir, REPORT_NAME));
  return message === undefined ? discardOldReport(reportDir) : [{ input: 'report-dir', message }];
}
