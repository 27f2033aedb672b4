import { lstatSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import {
  earlierFindings,
  STEP_IDS,
  TOOL,
  type EndpointReport,
  type Report,
  type StepReport,
} from '../report/report.js';
import { REDACTED } from '../secrets/secret.js';
import { visible } from '../text/peer.js';
import { codeOf } from '../text/reason.js';
import { shorten } from '../text/shorten.js';
import { countsOf, judge, resultOf, statusOf, worst } from '../verdict/verdict.js';
import { checkSchema } from './check-schema.js';
import { readJson } from './read-json.js';

type Reading =
  | { readonly ok: true; readonly report: Report; readonly values: number }
  | { readonly ok: false; readonly why: string };

/** In characters. */
const QUOTE_LIMIT = 100;

/**
 * Reads a report, which is untrusted input.
 * @param others the number of values of the reports that are in memory already
 * @returns the report if it is complete and consistent; otherwise what is wrong with the file
 */
export function readReport(path: string, others = 0): Reading {
  let content: unknown;
  let values: number;
  try {
    // A link in an artifact can point to any file on this machine.
    if (lstatSync(path).isSymbolicLink()) return invalid('is a symbolic link');
    ({ content, values } = readJson(path, others));
  } catch (error) {
    return invalid(error instanceof SyntaxError ? 'is damaged: it is not JSON' : `cannot be read (${codeOf(error)})`);
  }
  const { name, version } = toolOf(content);
  if (name !== TOOL.name) return invalid('is not a report of the gate');
  if (version !== TOOL.version) {
    const other = typeof version === 'string' ? `version ${quote(version)}` : 'an unknown version';
    return invalid(`was written by ${other} of the gate, and this is version ${TOOL.version}`);
  }
  const checked = checkSchema(content as object);
  if (!checked.ok) return invalid(checked.why);
  const { report } = checked;
  return isConsistent(report) ? { ok: true, report, values } : invalid('is damaged: its parts contradict each other');
}

function invalid(why: string): Reading {
  return { ok: false, why };
}

function toolOf(content: unknown): { name?: unknown; version?: unknown } {
  const tool = typeof content === 'object' && content !== null && 'tool' in content ? content.tool : undefined;
  return typeof tool === 'object' && tool !== null ? tool : {};
}

function quote(text: string): string {
  return shorten(visible(text), QUOTE_LIMIT);
}

/** Whether the parts of a report agree with each other. */
function isConsistent({ endpoints, policy, result, blocked, counts, run: { shard } }: Report): boolean {
  const verdict = judge(endpoints, policy);
  return (
    endpoints.every(isEndpointConsistent) &&
    hasUniqueNames(endpoints) &&
    result === verdict.result &&
    blocked === verdict.blocks &&
    isDeepStrictEqual(counts, countsOf(endpoints)) &&
    (shard === undefined || shard.k <= shard.n)
  );
}

/** Configured names are unique. Redacted, they may not be, and parts of one endpoint may share a name. */
function hasUniqueNames(endpoints: readonly EndpointReport[]): boolean {
  const names = endpoints.flatMap(({ name, configured }) =>
    configured === undefined && !name.includes(REDACTED) ? [name] : [],
  );
  return new Set(names).size === names.length;
}

function isEndpointConsistent(endpoint: EndpointReport): boolean {
  const { steps, result } = endpoint;
  const before = earlierFindings(endpoint).length > 0 ? 'warn' : 'pass';
  return (
    steps.every((step, index) => step.id === STEP_IDS[index] && isStepConsistent(step)) &&
    result === worst([resultOf(steps), before])
  );
}

/** A step is skipped only if no finding says more than a notice, and then the reason is there. */
function isStepConsistent({ status, skipped, findings }: StepReport): boolean {
  const ofFindings = statusOf(findings);
  return skipped === undefined ? status === ofFindings : status === 'skip' && ofFindings === 'pass';
}
