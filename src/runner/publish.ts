import { statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { Deadline } from '../net/deadline.js';
import type { OutputName } from '../plan/schema/schema.js';
import { annotate } from '../output/annotations.js';
import type { Report, Verdict } from '../report/report.js';
import type { Program } from '../output/labels.js';
import { renderNotTested, renderSummary } from '../output/summary.js';
import { escapeLine } from '../text/escape.js';
import { reasonOf } from '../text/reason.js';
import type { Log } from './log.js';
import type { ProblemAnnotation } from './problem-annotations.js';
import { writeReport } from './report-file.js';
import * as toolkit from './toolkit.js';

export interface PublishContext {
  readonly log: Log;
  readonly redactReason: (reason: string) => string;
  /** When the run is canceled, publishing must end before the runner kills the process. */
  readonly cancelled: AbortSignal;
}

/**
 * Writes report file, outputs, summary and annotations, in this order, even if one of them fails. A failure is reported in
 * the log and in a warning, and changes no verdict. Never throws.
 * @param report without secrets
 * @param reportDir undefined means a new folder in the runner's temp folder
 */
export async function publish(
  { report, verdict, reportDir }: { report: Report; verdict: Verdict; reportDir?: string | undefined },
  context: PublishContext,
): Promise<void> {
  let reportPath: string | undefined;
  await tryAll(context, {
    'report.json': async (over) => {
      reportPath = await writeReport(report, reportDir, over);
    },
    'the outputs': () => {
      setOutputs({
        result: report.result,
        'endpoints-total': report.endpoints.length,
        'endpoints-failed': verdict.failed.length,
        'failed-endpoints': verdict.failed.map(({ name }) => name),
        ...(reportPath !== undefined && { report: reportPath }),
      });
    },
    'the job summary': () => {
      const url = findingsUrl(process.env);
      const options = { ...(reportPath && { reportPath }), ...(url !== undefined && { findingsUrl: url }) };
      return appendSummary(renderSummary(report, verdict, options));
    },
    'the annotations': () => {
      const issue = { error: toolkit.error, warning: toolkit.warning };
      for (const { level, title, message, file, line } of annotate(report, verdict)) {
        issue[level](message, {
          title,
          ...(file !== undefined && { file }),
          ...(line !== undefined && { startLine: line }),
        });
      }
    },
  });
}

/** Why there is no verdict. */
export interface NotTested {
  /** Default: the gate. */
  readonly program?: Program;
  /** A clause, such as "the configuration is invalid". */
  readonly why: string;
  /** One line each, without secrets. */
  readonly problems: readonly string[];
  readonly annotations?: readonly ProblemAnnotation[];
}

/** Publishes that there is no verdict: outputs, summary and annotations. Never throws. */
export async function publishNotTested(
  { program, why, problems, annotations = [] }: NotTested,
  context: PublishContext,
): Promise<void> {
  await tryAll(context, {
    'the outputs': () => {
      setOutputs({ result: 'fail', 'endpoints-total': 0, 'endpoints-failed': 0, 'failed-endpoints': [] });
    },
    'the job summary': () => appendSummary(renderNotTested(why, problems.join('\n'), program)),
    'the annotations': () => {
      for (const { message, properties } of annotations) toolkit.error(message, properties);
    },
  });
}

/**
 * The URL of the findings' documentation for the version of the action that is running; undefined with `uses: ./`. On
 * GitHub Enterprise the action may be from that server or, through GitHub Connect, from github.com, and either may have a
 * different repository with that name. A missing link is better than a wrong one.
 */
export function findingsUrl(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  if (server !== 'https://github.com' || !repository || !ref) return undefined;
  return `${server}/${repository}/blob/${ref}/docs/findings.md`;
}

/** A runner that cancels a step kills its process after seven and a half seconds. */
const LONGEST_WRITE_MS = 4000;

/** A signal that is aborted some time after the run is canceled. A run that is not canceled has no time limit. */
function outOfTime(cancelled: AbortSignal): AbortSignal {
  const over = new AbortController();
  const begin = (): void => {
    setTimeout(() => {
      over.abort();
    }, LONGEST_WRITE_MS).unref();
  };
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return over.signal;
}

async function tryAll(
  { log, redactReason, cancelled }: PublishContext,
  work: Readonly<Record<string, (over: AbortSignal) => void | Promise<void>>>,
): Promise<void> {
  const failures: string[] = [];
  for (const [what, write] of Object.entries(work)) {
    try {
      const over = outOfTime(cancelled);
      const written = Promise.resolve(write(over));
      await Deadline.on(over).race(written, () => new Error('timed out'));
    } catch (error) {
      failures.push(`Could not write ${what}: ${redactReason(reasonOf(error))}`);
    }
  }
  if (failures.length === 0) return;
  failures.forEach((failure) => {
    log.info(failure);
  });
  toolkit.warning(failures.map(escapeLine).join('\n'), { title: 'The report is incomplete' });
}

/** Without a file for outputs, the toolkit would fall back to a workflow command that no longer exists. */
function setOutputs(outputs: Partial<Record<OutputName, string | number | readonly string[]>>): void {
  if (!fileOf('GITHUB_OUTPUT')) return;
  for (const [name, value] of Object.entries(outputs)) toolkit.setOutput(name, value);
}

/** The toolkit's own `summary` throws if the runner has no summary, which is not an error here. */
async function appendSummary(markdown: string): Promise<void> {
  const path = fileOf('GITHUB_STEP_SUMMARY');
  if (path) await appendFile(path, markdown);
}

/** A file of the runner. @throws if it is a named pipe or a device: opening a pipe blocks until it is read */
function fileOf(variable: string): string | undefined {
  const path = process.env[variable];
  const found = path ? statSync(path, { throwIfNoEntry: false }) : undefined;
  if (found && !found.isFile() && !found.isDirectory()) throw new Error(`${path} is not a regular file`);
  return path;
}
