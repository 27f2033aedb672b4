import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { within } from '../plan/source/sources.js';
import { codeOf } from '../text/reason.js';
import { readJson } from './read-json.js';

/**
 * Why the old report in `report-dir` must not be removed, nor a new one written there: it may be that of a shard.
 * @param reports the folder of the reports
 * @param oldReport the path of the old report, if there is one
 * @returns the problem of `report-dir`; undefined if there is none
 */
export function reportDirProblem(reports: string, oldReport: string): string | undefined {
  const inside = within(realPath(reports), realPath(dirname(oldReport)));
  if (inside === '') return 'must not be the same folder as reports';
  if (inside === undefined || !mayBeOfShard(oldReport)) return undefined;
  return 'cannot be used: its report.json is in the folder reports and may be the report of a shard; use another folder';
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // Without a folder, there is no report that could be removed.
    return resolve(path);
  }
}

/** Only the report of a whole run, such as an old merged one, has no shard. */
function mayBeOfShard(path: string): boolean {
  try {
    const content = readJson(path).content as { run?: { shard?: unknown } } | null;
    return content?.run?.shard !== undefined;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes(codeOf(error));
  }
}
