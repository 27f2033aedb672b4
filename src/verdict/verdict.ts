import type { GatePolicy } from '../plan/endpoint.js';
import { RESULTS } from '../report/report.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { EndpointReport, Finding, Result, StepReport, Verdict } from '../report/report.js';

/**
 * The status that a step's findings give it. A waived error or warning leaves it `warn`, never `pass`.
 * @param findings all that was found in the step
 */
export function statusOf(findings: readonly Finding[]): Result {
  return worst(
    findings.map((finding) => {
      if (finding.severity === 'notice') return 'pass';
      if (finding.waived || finding.severity === 'warning') return 'warn';
      return finding.inconclusive ? 'inconclusive' : 'fail';
    }),
  );
}

/**
 * The result of an endpoint: the worst status of its steps, where skips do not count.
 * An endpoint whose steps were all skipped has shown nothing, and that is a failure.
 */
export function resultOf(steps: readonly StepReport[]): Result {
  const ran = steps.flatMap(({ status }) => (status === 'skip' ? [] : [status]));
  return ran.length === 0 ? 'fail' : worst(ran);
}

/**
 * What a run comes to. Where an endpoint was left before its time, no policy lets the run pass.
 * @param endpoints every endpoint that was gated; none at all is a failure
 */
export function judge(endpoints: readonly EndpointReport[], policy: GatePolicy): Verdict {
  const failed = endpoints.filter((endpoint) => isCutShort(endpoint) || countsAsFailed(endpoint.result, policy));
  return {
    result: endpoints.length === 0 ? 'fail' : worst(endpoints.map(({ result }) => result)),
    failed,
    blocks: endpoints.length === 0 || endpoints.some(isCutShort) || (policy.failOn !== 'never' && failed.length > 0),
  };
}

function countsAsFailed(result: Result, { failOn, onInconclusive }: GatePolicy): boolean {
  const counted = result === 'inconclusive' ? onInconclusive : result;
  return counted === 'fail' || (counted === 'warn' && failOn === 'warn');
}

const UNJUDGED: ReadonlySet<string> = new Set<FindingCode>(['run-stopped', 'internal-error']);

/**
 * Whether an endpoint was left before its time, by the end of the run or by a defect of our own. A run whose end comes
 * after the last of them is whole.
 */
export function isCutShort({ steps }: EndpointReport): boolean {
  return steps.some(({ findings }) => findings.some(({ code }) => UNJUDGED.has(code)));
}

/** The worst of several results; `pass` where there is none. */
export function worst(results: readonly Result[]): Result {
  return results.reduce<Result>((a, b) => (RESULTS.indexOf(b) > RESULTS.indexOf(a) ? b : a), 'pass');
}
