import { completeFinding } from '../findings/complete.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { EndpointReport } from '../report/report.js';
import { resultOf, statusOf } from '../verdict/verdict.js';
import type { RunContext } from '../steps/context.js';

/** The finding for what was not tested because the run ended. */
export function runStopped({ whyEnded }: RunContext): KnownFinding {
  const { why, ...cause } = whyEnded();
  return finding('run-stopped', `Nothing more was tested: ${why}.`, { inconclusive: true, ...cause });
}

/**
 * The report of an attempt after which there was no time for another one: its last step also reports that the run ended,
 * because another attempt might have passed.
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
