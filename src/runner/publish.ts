import { statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { Deadline } from '../net/deadline.js';
import type { OutputName } from '../plan/schema/schema.js';
import { annotate } from '../output/annotations.js';
import type { Report, Verdict } from '../report/report.js';
import { renderNothingGated, renderSummary } from '../output/summary.js';
import { neutralise } from '../text/escape.js';
import { reasonOf } from '../text/reason.js';
import type { Log } from './log.js';
import { writeReport } from './report-file.js';

export interface Publication {
  /** Without secrets. */
  readonly report: Report;
  readonly verdict: Verdict;
  /** Where `report.json` goes; undefined means a fresh folder in the runner's temp folder. */
  readonly reportDir?: string | undefined;
  /** The page that explains the findings, each under its code as a fragment. */
  readonly findingsUrl?: string;
}

/** Where to report what could not be published, how to redact the reasons, and when to hurry. */
export interface Telling {
  readonly cancelled: AbortSignal;
  readonly log: Log;
  readonly redactReason: (reason: string) => string;
}

/**
 * Publishes a run by every channel of the runner: report file, outputs, summary, annotations, in this order. Each is
 * tried whatever became of the others; one that fails is told of in the log and in a warning, and changes no verdict.
 * The folders and files of the runner are found in the environment, where `@actions/core` finds them too.
 */
export async function publish(
  { report, verdict, reportDir, findingsUrl }: Publication,
  telling: Telling,
): Promise<void> {
  let reportPath: string | undefined;
  await tryAll(telling, {
    'report.json': async (over) => {
      reportPath = await writeReport(report, reportDir, over);
    },
    'the outputs': () => {
      setOutputs({
        result: report.result,
        'endpoints-total': report.endpoints.length,
        'endpoints-failed': verdict.failed.length,
        'failed-endpoints': verdict.failed.map(({ name }) => name),
        ...(reportPath === undefined ? {} : { report: reportPath }),
      });
    },
    'the summary of the job': () =>
      appendSummary(
        renderSummary(report, verdict, { ...(reportPath && { reportPath }), ...(findingsUrl && { findingsUrl }) }),
      ),
    'the annotations': () => {
      issueAnnotations(report, verdict);
    },
  });
}

/**
 * Publishes that nothing was gated: outputs and summary.
 * @param why in a few words
 * @param message everything that is wrong, a problem a line, without secrets
 */
export async function publishNothingGated(why: string, message: string, telling: Telling): Promise<void> {
  await tryAll(telling, {
    'the outputs': () => {
      setOutputs({ result: 'fail', 'endpoints-total': 0, 'endpoints-failed': 0, 'failed-endpoints': [] });
    },
    'the summary of the job': () => appendSummary(renderNothingGated(why, message)),
  });
}

/** A runner that cancels a step waits for seven and a half seconds; a disk that has not answered by then does not matter. */
const LONGEST_WRITE_MS = 4000;

/**
 * A signal that is aborted some time after the run is cancelled. A run that is not cancelled has all the time that it
 * needs.
 */
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

/** Does one thing after the other, each whatever became of the last, and then tells which of them failed. */
async function tryAll(
  { log, redactReason, cancelled }: Telling,
  work: Readonly<Record<string, (over: AbortSignal) => void | Promise<void>>>,
): Promise<void> {
  const failures: string[] = [];
  for (const [what, write] of Object.entries(work)) {
    try {
      const over = outOfTime(cancelled);
      const written = Promise.resolve(write(over));
      await Deadline.on(over).race(written, () => new Error('it takes too long'));
    } catch (error) {
      failures.push(`Could not write ${what}: ${redactReason(reasonOf(error))}`);
    }
  }
  if (failures.length === 0) return;
  failures.forEach((failure) => {
    log.info(failure);
  });
  core.warning(failures.map(neutralise).join('\n'), { title: 'The run is not fully reported' });
}

/** Without a file for outputs nobody waits for them, and the toolkit would fall back on a command that is no more. */
function setOutputs(outputs: Partial<Record<OutputName, string | number | readonly string[]>>): void {
  const path = process.env.GITHUB_OUTPUT;
  if (!path) return;
  requireRegularFile(path);
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** The toolkit's own `summary` fails where the runner offers no summary, which is no failure. */
async function appendSummary(markdown: string): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  requireRegularFile(path);
  await appendFile(path, markdown);
}

/**
 * Opening a named pipe blocks until another process reads from it. A missing file or a folder does not block.
 * @throws if the path leads to a pipe, a device or a socket
 */
function requireRegularFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile() && !found.isDirectory()) throw new Error(`${path} is not a regular file`);
}

function issueAnnotations(report: Report, verdict: Verdict): void {
  const issue = { error: core.error, warning: core.warning };
  for (const { level, title, message, file, line } of annotate(report, verdict)) {
    issue[level](message, {
      title,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { startLine: line }),
    });
  }
}
