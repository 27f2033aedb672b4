import { randomUUID } from 'node:crypto';
import { lstatSync, readlinkSync, realpathSync, unlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse, relative, resolve, sep } from 'node:path';
import { codeOf } from '../text/reason.js';
import { within } from '../plan/source/sources.js';
import type { Problem } from '../plan/source/problem.js';
import { jsonPieces } from '../output/json.js';
import type { Report } from '../report/report.js';

export const REPORT_NAME = 'report.json';

/**
 * Removes the report of an earlier run before anything else happens, so that no later step can mistake it for a new one.
 * It does not use Node's thread pool, whose size depends on the plan.
 * @param reportDir the input `report-dir`, relative to `workspace`; empty means not given
 * @returns the problem if `report-dir` cannot be used
 */
export function discardOldReport(reportDir: string, workspace = process.cwd()): Problem[] {
  if (reportDir === '') return [];
  const problem = (why: string): Problem[] => [{ input: 'report-dir', message: `cannot be used${why}` }];
  const folder = resolve(workspace, reportDir);
  try {
    if (leadsThroughLink(folder, workspace)) return problem(`: ${THROUGH_LINK}`);
  } catch (error) {
    return problem(` (${codeOf(error)})`);
  }
  try {
    unlinkSync(join(folder, REPORT_NAME));
  } catch (error) {
    if (!isMissing(error)) return problem(`: the report of an earlier run cannot be removed (${codeOf(error)})`);
  }
  return [];
}

/**
 * Writes `report.json` completely or not at all: it writes to a different name and then renames. It never writes to an
 * existing file, symbolic link, hard link or named pipe.
 * @param reportDir relative to `workspace`; undefined means a new folder in the runner's temp folder
 * @returns the absolute path of the file
 * @throws if it cannot be written, or if the path leads through a link in the workspace
 */
export async function writeReport(
  report: Report,
  reportDir: string | undefined,
  signal: AbortSignal,
  workspace = process.cwd(),
): Promise<string> {
  const folder = reportDir === undefined ? await temporaryFolder() : resolve(workspace, reportDir);
  if (reportDir !== undefined && leadsThroughLink(folder, workspace)) throw new Error(THROUGH_LINK);
  await mkdir(folder, { recursive: true });
  const path = join(folder, REPORT_NAME);
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await writeFile(unfinished, jsonPieces(report), { flag: 'wx', signal });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
  return path;
}

function temporaryFolder(): Promise<string> {
  const { RUNNER_TEMP: temp } = process.env;
  // An empty value would mean the workspace.
  return mkdtemp(join(temp === undefined || temp === '' ? tmpdir() : temp, 'starttls-gate-'));
}

const THROUGH_LINK = 'it leads through a symbolic link in the workspace';

/** The limit of Linux for one path. */
const MAX_LINKS = 40;

/**
 * Whether a path leads through a symbolic link in the workspace. The workspace is a checkout, perhaps of a pull request
 * from anyone, and a link in it may lead to any file of the runner's user. Links outside it belong to the machine, such as
 * `/tmp` on macOS. They are followed, because they may lead to a link in the workspace.
 * @throws if a part cannot be read, or there are too many links
 */
function leadsThroughLink(folder: string, workspace: string): boolean {
  const checkout = realpathSync(workspace);
  let parent = parse(folder).root;
  const parts = relative(parent, folder).split(sep);
  let links = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const path = join(parent, part);
    let isLink: boolean;
    try {
      isLink = lstatSync(path).isSymbolicLink();
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    if (!isLink) {
      parent = path;
      continue;
    }
    if (within(checkout, realpathSync(parent)) !== undefined) return true;
    links += 1;
    if (links > MAX_LINKS) throw Object.assign(new Error('ELOOP: too many symbolic links'), { code: 'ELOOP' });
    const target = readlinkSync(path);
    const { root } = parse(target);
    if (root !== '') parent = root;
    // Not normalized: after a link, `..` is the parent of its target.
    parts.unshift(...target.slice(root.length).split(sep));
  }
  return false;
}

/** Nothing is there, or a file is in the place of a folder. */
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}
