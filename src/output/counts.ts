import {
  earlierFindings,
  isFlaky,
  type EndpointReport,
  type Finding,
  type Report,
  type Result,
  type Verdict,
} from '../report/report.js';
import { countOf } from '../text/count.js';

/** The outcome of an endpoint: its result, or that all its problems are waived, or that it passed only after a retry. */
export type Outcome = Result | 'waived' | 'flaky';

const WORST_FIRST: readonly Outcome[] = ['fail', 'inconclusive', 'warn', 'waived', 'flaky', 'pass'];

export function outcomeOf(endpoint: EndpointReport): Outcome {
  const { result, steps } = endpoint;
  const found = [...steps.flatMap(({ findings }) => findings), ...earlierFindings(endpoint)];
  if (result === 'pass') return isFlaky(endpoint) ? 'flaky' : 'pass';
  return result === 'warn' && allWaived(found) ? 'waived' : result;
}

/** Whether there are problems, and all of them are waived. */
export function allWaived(found: readonly Finding[]): boolean {
  const problems = found.filter(({ severity }) => severity !== 'notice');
  return problems.length > 0 && problems.every(({ waived }) => waived);
}

/** The endpoints by outcome, worst first, without outcomes that no endpoint has. */
export function byOutcome(
  endpoints: readonly EndpointReport[],
  outcomeOfOne: (endpoint: EndpointReport) => Outcome = outcomeOf,
): [Outcome, EndpointReport[]][] {
  const found = new Map(WORST_FIRST.map((outcome): [Outcome, EndpointReport[]] => [outcome, []]));
  for (const endpoint of endpoints) found.get(outcomeOfOne(endpoint))?.push(endpoint);
  return [...found].filter(([, some]) => some.length > 0);
}

/** What follows a number of endpoints: "2 failed". */
export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  waived: 'waived',
  flaky: 'passed after a retry',
  warn: 'with warnings',
  inconclusive: 'inconclusive',
  fail: 'failed',
};

/** What follows the subject of the headline: "2 of 9 endpoints failed". */
const PREDICATES: Readonly<Record<Outcome, { one: string; several: string }>> = {
  pass: { one: 'passed', several: 'passed' },
  waived: { one: 'has waived findings', several: 'have waived findings' },
  flaky: { one: 'passed only after a retry', several: 'passed only after a retry' },
  warn: { one: 'has warnings', several: 'have warnings' },
  inconclusive: { one: 'could not be tested', several: 'could not be tested' },
  fail: { one: 'failed', several: 'failed' },
};

/**
 * The verdict in one line, such as "Gate failed: 2 of 9 endpoints failed, 1 inconclusive", and the status that gives it
 * its sign. The counts of a failed gate are those of the endpoints that fail it. All outputs have this line.
 */
export function headline({ endpoints, policy }: Report, { blocks, failed }: Verdict): { status: Result; text: string } {
  // If warnings do not fail the gate, an endpoint with warnings fails it because of the retry.
  const why = (endpoint: EndpointReport): Outcome =>
    policy.failOnFlaky && policy.failOn !== 'warn' && isFlaky(endpoint) ? 'flaky' : outcomeOf(endpoint);
  const shown = blocks ? byOutcome(failed, why) : byOutcome(endpoints);
  const [first, ...others] = shown.filter(([outcome]) => outcome !== 'pass');
  const [outcome, some] = first ?? (['pass', endpoints] as const);
  const { one, several } = PREDICATES[outcome];
  const counts = [
    `${countOf(some.length, endpoints.length, 'endpoint')} ${some.length === 1 ? one : several}`,
    ...others.map(([other, { length }]) => `${length} ${OUTCOME_LABELS[other]}`),
  ];
  const reportOnly = !blocks && failed.length > 0 ? ' (report only)' : '';
  return {
    status: blocks ? 'fail' : outcome === 'pass' || outcome === 'flaky' ? 'pass' : 'warn',
    text: `Gate ${blocks ? 'failed' : 'passed'}: ${counts.join(', ')}${reportOnly}`,
  };
}
