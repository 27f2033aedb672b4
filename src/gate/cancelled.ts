import { completeFinding } from '../findings/complete.js';
import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import type { EndpointReport } from '../report/report.js';
import { resultOf, statusOf } from '../verdict/verdict.js';
import type { RunContext } from '../steps/context.js';

/** The finding that stands where the end of the run has kept something from being tested. */
export function runStopped({ whyEnded }: RunContext): KnownFinding {
  const { why, ...cause } = whyEnded();
  return finding('run-stopped', `Nothing more was tested: ${why}.`, { inconclusive: true, ...cause });
}

/**
 * The report of an attempt that would have been followed by another one, had the run not ended: what failed in it
 * stays, and that it might have passed is said beside it. It failed in the last step that was taken, if only by a
 * finding that is waived.
 */
export function notTriedAgain<T extends Pick<EndpointReport, 'steps' | 'result'>>(report: T, run: RunContext): T {
  const failed = report.steps.findLast(({ status }) => status !== 'skip');
  const steps = report.steps.map((step) => {
    if (step !== failed) return step;
    const findings = [...step.findings, completeFinding(runStopped(run))];
    return { ...step, findings, status: statusOf(findings) };
  });
  return { ...report, steps, result: resultOf(steps) };
}
