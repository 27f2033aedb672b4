import type { GatePolicy } from '../plan/endpoint.js';
import {
  isFlaky,
  RESULTS,
  type Counts,
  type EndpointReport,
  type Finding,
  type Result,
  type StepReport,
  type Verdict,
} from '../report/report.js';
import type { FindingCode } from '../findings/codes.js';

/** The status of a step. A waived error or warning makes it `warn`, not `pass`. */
export function statusOf(findings: readonly Pick<Finding, 'severity' | 'inconclusive' | 'waived'>[]): Result {
  return worst(
    findings.map((finding) => {
      if (finding.severity === 'notice') return 'pass';
      if (finding.waived || finding.severity === 'warning') return 'warn';
      return finding.inconclusive ? 'inconclusive' : 'fail';
    }),
  );
}

/** The worst status of an endpoint's steps. If every step was skipped, it fails, because nothing was tested. */
export function resultOf(steps: readonly StepReport[]): Result {
  const ran = steps.flatMap(({ status }) => (status === 'skip' ? [] : [status]));
  return ran.length === 0 ? 'fail' : worst(ran);
}

/** A run without endpoints fails, as does one in which an endpoint was cut short, regardless of the policy. */
export function judge(endpoints: readonly EndpointReport[], policy: GatePolicy): Verdict {
  const failed = endpoints.filter((endpoint) => countsAsFailed(endpoint, policy));
  return {
    result: endpoints.length === 0 ? 'fail' : worst(endpoints.map(({ result }) => result)),
    failed,
    blocks: endpoints.length === 0 || endpoints.some(isCutShort) || (policy.failOn !== 'never' && failed.length > 0),
  };
}

/** Whether an endpoint counts as failed. With `fail-on: never` it does as with `fail`. */
export function countsAsFailed(endpoint: EndpointReport, { failOn, onInconclusive, failOnFlaky }: GatePolicy): boolean {
  if (isCutShort(endpoint) || (failOnFlaky && isFlaky(endpoint))) return true;
  const counted = endpoint.result === 'inconclusive' ? onInconclusive : endpoint.result;
  return counted === 'fail' || (counted === 'warn' && failOn === 'warn');
}

/** The number of endpoints with each result. */
export function countsOf(endpoints: readonly Pick<EndpointReport, 'result'>[]): Counts {
  const counts = { pass: 0, warn: 0, inconclusive: 0, fail: 0, total: endpoints.length };
  for (const { result } of endpoints) counts[result] += 1;
  return counts;
}

const CUT_SHORT: ReadonlySet<string> = new Set<FindingCode>(['run-stopped', 'internal-error']);

/** Whether the tests of an endpoint did not finish, because the run ended or the gate has a bug. */
export function isCutShort({ steps }: EndpointReport): boolean {
  return steps.some(({ findings }) => findings.some(({ code }) => CUT_SHORT.has(code)));
}

/** The worst of several results, or `pass` if there are none. */
export function worst(results: readonly Result[]): Result {
  return results.reduce<Result>((a, b) => (RESULTS.indexOf(b) > RESULTS.indexOf(a) ? b : a), 'pass');
}
