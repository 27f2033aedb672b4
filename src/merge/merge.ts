import { join, resolve } from 'node:path';
import type { GatePolicy } from '../plan/endpoint.js';
import type { EndpointReport, Report, Verdict } from '../report/report.js';
import { codeOf } from '../text/reason.js';
import { count } from '../text/count.js';
import { UniqueNames } from '../text/unique-names.js';
import { assemble } from '../verdict/assemble.js';
import { attemptOf, chooseReports, nameOf, shardOf, type Candidate } from './choose.js';
import { findJsonFiles, type FoundFile } from './find-files.js';
import type { MergeSettings } from './inputs.js';
import { readReport } from './read-report.js';

/** A matrix has at most 256 jobs. */
const MAX_REPORTS = 1000;
/** Of all reports together. */
const MAX_BYTES = 1024 * 1024 * 1024;

export type Merged =
  | { readonly ok: true; readonly report: Report; readonly verdict: Verdict; readonly log: readonly string[] }
  /** Every reason why there is no verdict. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Merges the reports of all shards into the report of the whole run. @param workspace paths are relative to it */
export function mergeReports(settings: MergeSettings, workspace: string): Merged {
  const name = nameOf(settings.reports);
  const folder = resolve(workspace, settings.reports);
  let files: FoundFile[];
  try {
    files = findJsonFiles(folder);
  } catch (error) {
    return refusal(`the folder ${name} cannot be read (${codeOf(error)})`);
  }
  if (files.length > MAX_REPORTS) {
    return refusal(`the folder ${name} has ${files.length} *.json files; at most ${MAX_REPORTS} are read`);
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MAX_BYTES)
    return refusal(`the *.json files in the folder ${name} have ${bytes} bytes; at most ${MAX_BYTES} are read`);
  const { candidates, problems } = readAll(folder, files);
  if (candidates.length === 0) return refusal(...problems, `there is no report in the folder ${name}`);
  const choice = chooseReports(candidates, settings);
  const reasons = [...problems, ...choice.problems];
  if (reasons.length > 0) return refusal(...reasons);
  const log = [...choice.chosen.map(line), ...choice.replaced.map(replacedLine)];
  return { ok: true, ...mergeChosen(choice.chosen, settings), log };
}

function refusal(...problems: readonly string[]): Merged {
  return { ok: false, problems };
}

function readAll(folder: string, files: readonly FoundFile[]): { candidates: Candidate[]; problems: string[] } {
  const candidates: Candidate[] = [];
  const problems: string[] = [];
  let values = 0;
  for (const { path } of files) {
    const read = readReport(join(folder, path), values);
    if (read.ok) {
      candidates.push({ path, report: read.report });
      values += read.values;
    } else problems.push(`${nameOf(path)} ${read.why}`);
  }
  return { candidates, problems };
}

function mergeChosen(chosen: readonly Candidate[], settings: MergeSettings): { report: Report; verdict: Verdict } {
  const reports = chosen.map(({ report }) => report);
  const [first] = reports as [Report];
  const policy: GatePolicy = {
    failOn: settings['fail-on'] ?? first.policy.failOn,
    onInconclusive: settings['on-inconclusive'] ?? first.policy.onInconclusive,
    ...(first.policy.failOnFlaky && { failOnFlaky: true }),
  };
  const starts = reports.map(({ startedAt }) => Date.parse(startedAt));
  const startedAt = Math.min(...starts);
  const endedAt = Math.max(...reports.map(({ durationMs }, index) => (starts[index] ?? 0) + durationMs));
  const { id, planHash } = first.run;
  const attempts = reports.flatMap(({ run }) => run.attempt ?? []);
  return assemble(withUniqueNames(reports.flatMap(({ endpoints }) => endpoints)), {
    policy,
    run: {
      ...(id !== undefined && { id }),
      ...(attempts.length > 0 && { attempt: Math.max(...attempts) }),
      ...(planHash !== undefined && { planHash }),
    },
    startedAt: new Date(startedAt),
    durationMs: endedAt - startedAt,
  });
}

/**
 * Names MX hosts and IP addresses as a run without shards would: such a name is only unique within its shard. The names of
 * configured endpoints never change.
 */
function withUniqueNames(endpoints: readonly EndpointReport[]): EndpointReport[] {
  const names = new UniqueNames(endpoints.filter((one) => one.configured === undefined).map(({ name }) => name));
  return endpoints.map((one) => (one.configured === undefined ? one : { ...one, name: names.take(one.name) }));
}

function line(candidate: Candidate): string {
  const { k, n } = shardOf(candidate);
  const { endpoints, result } = candidate.report;
  return `Shard ${k}/${n}, attempt ${attemptOf(candidate)}: ${result}, ${count(endpoints.length, 'endpoint')} (${nameOf(candidate.path)})`;
}

function replacedLine(candidate: Candidate): string {
  const { k, n } = shardOf(candidate);
  return `Shard ${k}/${n}, attempt ${attemptOf(candidate)} does not count, because there is a later one (${nameOf(candidate.path)})`;
}
