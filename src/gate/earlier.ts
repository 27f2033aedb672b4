import { earlierFindings, type EndpointReport } from '../report/report.js';
import { statusOf, worst } from '../verdict/verdict.js';
import type { Attempt } from './attempt.js';

/** The findings of the attempts before the last one. */
export type Earlier = NonNullable<EndpointReport['earlier']>;

/**
 * The report of an endpoint, with the findings of the attempts before the last one. A warning or a waived error counts
 * even if the last attempt does not have it. Each is reported once.
 */
export function withEarlier(report: EndpointReport, before: Earlier): EndpointReport {
  const known = new Set(report.steps.flatMap(({ id, findings }) => findings.map(({ code }) => `${id} ${code}`)));
  const earlier = before.filter((one) => {
    if (!('severity' in one)) return true;
    const isNew = !known.has(`${one.step} ${one.code}`);
    known.add(`${one.step} ${one.code}`);
    return isNew;
  });
  if (earlier.length === 0) return report;
  const result = earlierFindings({ earlier }).length > 0 ? worst([report.result, 'warn']) : report.result;
  return { ...report, result, earlier };
}

/** What the report keeps of an attempt that is followed by another: its failure, warnings and waived errors. */
export function findingsToKeep({ steps }: Attempt['report']): Earlier {
  const last = steps.findLast(({ status }) => status !== 'skip');
  const errors = last?.findings.filter(({ severity }) => severity === 'error') ?? [];
  // The failure that led to the next attempt does not count, waived or not: a waiver must not make the verdict worse.
  const failure = errors.find(({ waived }) => !waived) ?? errors[0];
  const counting = steps.flatMap(({ id: step, findings }) =>
    findings.filter((one) => one !== failure && statusOf([one]) === 'warn').map((one) => ({ step, ...one })),
  );
  return last && failure ? [{ step: last.id, code: failure.code, message: failure.message }, ...counting] : counting;
}
