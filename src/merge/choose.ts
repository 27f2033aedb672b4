import type { Report } from '../report/report.js';
import { count } from '../text/count.js';
import { visible } from '../text/peer.js';
import { shorten } from '../text/shorten.js';
import type { MergeSettings } from './inputs.js';
import { findMisplaced } from './misplaced.js';

/** A valid report. */
export interface Candidate {
  /** Relative to the folder of the reports. */
  readonly path: string;
  readonly report: Report;
}

interface Choice {
  /** The report of each shard, in their order. Only complete if there are no problems. */
  readonly chosen: readonly Candidate[];
  /** Those that a later attempt replaces. */
  readonly replaced: readonly Candidate[];
  /** Why there is no verdict. */
  readonly problems: readonly string[];
}

const LIST_LIMIT = 20;
/** In characters. */
const QUOTE_LIMIT = 20;

/**
 * Chooses the report of each shard: that of the latest attempt. All reports must be of the same run of the same
 * configuration, each shard must be there, and none more than once in an attempt.
 * @param candidates at least one
 */
export function chooseReports(candidates: readonly Candidate[], settings: MergeSettings): Choice {
  const { shards: expected, 'fail-on': failOn, 'on-inconclusive': onInconclusive } = settings;
  const sizes = [...groupBy(candidates, (one) => shardOf(one).n).keys()];
  const [size] = sizes;
  const total = expected ?? (sizes.length === 1 ? size : undefined);
  const shards = groupBy(candidates, (one) => shardOf(one).k);
  const problems = [
    ...differences('the ID of the workflow run', candidates, ({ run }) => run.id),
    ...differences('the configuration (planHash)', candidates, ({ run }) => run.planHash),
    ...differences('the number of shards', candidates, (report) => String(shardOf({ report }).n)),
    ...(failOn === undefined ? differences('fail-on', candidates, ({ policy }) => policy.failOn) : []),
    ...(onInconclusive === undefined
      ? differences('on-inconclusive', candidates, ({ policy }) => policy.onInconclusive)
      : []),
    ...differences('fail-on-flaky', candidates, ({ policy }) => String(policy.failOnFlaky ?? false)),
    ...(expected !== undefined && sizes.length === 1 && size !== expected
      ? [`the input shards is ${expected}, but the reports are of ${count(size ?? 0, 'shard')}`]
      : []),
    ...(total === undefined ? [] : missing(total, shards)),
    ...[...shards].flatMap(([k, some]) => duplicates(k, some)),
  ];
  const latest = [...shards]
    .sort(([a], [b]) => a - b)
    .flatMap(([, some]) => some.toSorted((a, b) => attemptOf(b) - attemptOf(a))[0] ?? []);
  const chosen = new Set(latest);
  return {
    chosen: latest,
    replaced: candidates.filter((one) => !chosen.has(one)),
    problems: problems.length > 0 ? problems : misplaced(latest),
  };
}

/** The part of the plan that a report is about. */
export function shardOf({ report }: Pick<Candidate, 'report'>): { readonly k: number; readonly n: number } {
  return report.run.shard ?? { k: 1, n: 1 };
}

/** If the attempt is not known, there was only one. */
export function attemptOf({ report }: Pick<Candidate, 'report'>): number {
  return report.run.attempt ?? 1;
}

/** A path for a message. */
export function nameOf(path: string): string {
  return shorten(visible(path), 200);
}

function differences(
  what: string,
  candidates: readonly Candidate[],
  valueOf: (report: Report) => string | undefined,
): string[] {
  const groups = groupBy(candidates, ({ report }) => valueOf(report));
  if (groups.size <= 1) return [];
  const texts = [...groups].map(([value = 'unknown', some]) => {
    const example = nameOf(some[0]?.path ?? '');
    const files = some.length === 1 ? example : `${example} and ${some.length - 1} more`;
    return `${visible(value.slice(0, QUOTE_LIMIT))} (${files})`;
  });
  return [`the reports differ in ${what}: ${listed(texts)}`];
}

/** @param total may be any number that a report says */
function missing(total: number, shards: ReadonlyMap<number, unknown>): string[] {
  const number = total - [...shards.keys()].filter((k) => k <= total).length;
  if (number === 0) return [];
  const first: string[] = [];
  for (let k = 1; first.length < Math.min(number, LIST_LIMIT); k += 1) if (!shards.has(k)) first.push(String(k));
  const more = number > first.length ? [`and ${number - first.length} more`] : [];
  const verb = number === 1 ? 'is' : 'are';
  return [`${number} of ${count(total, 'shard')} ${verb} missing: ${[...first, ...more].join(', ')}`];
}

function duplicates(k: number, candidates: readonly Candidate[]): string[] {
  return [...groupBy(candidates, attemptOf)].flatMap(([attempt, some]) =>
    some.length === 1
      ? []
      : [
          `attempt ${attempt} of shard ${k} has ${count(some.length, 'report')}: ${listed(some.map(({ path }) => nameOf(path)))}`,
        ],
  );
}

/** The reports that do not have the endpoints of their shard, according to a new division of all endpoints. */
function misplaced(chosen: readonly Candidate[]): string[] {
  return findMisplaced(chosen.map(({ report }) => report.endpoints)).flatMap((index) => {
    const one = chosen[index];
    if (!one) return [];
    const { k, n } = shardOf(one);
    return [`${nameOf(one.path)} does not have the endpoints of shard ${k} of ${n}`];
  });
}

function listed(texts: readonly string[]): string {
  const more = texts.length - LIST_LIMIT;
  return [...texts.slice(0, LIST_LIMIT), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
