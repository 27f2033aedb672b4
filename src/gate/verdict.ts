import type { GatePolicy } from '../plan/endpoint.js';
import { RESULTS } from '../report/report.js';
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
 * What a run comes to.
 * @param endpoints every endpoint that was gated; none at all is a failure
 * @param stopped whether the run ended before its time: then no policy lets what was not tested pass
 */
export function judge(endpoints: readonly EndpointReport[], policy: GatePolicy, stopped = false): Verdict {
  const inForce: GatePolicy = stopped ? { ...policy, onInconclusive: 'fail' } : policy;
  const failed = endpoints.filter(({ result }) => countsAsFailed(result, inForce));
  return {
    result: endpoints.length === 0 ? 'fail' : worst(endpoints.map(({ result }) => result)),
    failed,
    blocks: endpoints.length === 0 || stopped || (policy.failOn !== 'never' && failed.length > 0),
  };
}

function countsAsFailed(result: Result, { failOn, onInconclusive }: GatePolicy): boolean {
  const counted = result === 'inconclusive' ? onInconclusive : result;
  return counted === 'fail' || (counted === 'warn' && failOn === 'warn');
}

/** The worst of several results; `pass` where there is none. */
export function worst(results: readonly Result[]): Result {
  return results.reduce<Result>((a, b) => (RESULTS.indexOf(b) > RESULTS.indexOf(a) ? b : a), 'pass');
}
