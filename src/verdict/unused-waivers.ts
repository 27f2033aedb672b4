import { CATALOG, type CatalogEntry } from '../findings/catalog.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { Waiver } from '../plan/endpoint.js';
import type { StepId, StepReport } from '../report/report.js';
import { fixed, own } from '../text/own.js';
import { isInForce } from './waivers.js';

/**
 * Waivers of findings that did not occur, although no step that could report them was blocked.
 * @returns each notice with the step that it belongs to
 */
export function unusedWaivers(
  waivers: readonly Waiver[],
  steps: readonly StepReport[],
  now: Date,
): { step: StepId; notice: KnownFinding }[] {
  const occurred = new Set<string>(steps.flatMap(({ findings }) => findings.map(({ code }) => code)));
  return waivers.flatMap((waiver) => {
    const { steps: possible }: CatalogEntry = CATALOG[waiver.finding];
    const concerned = steps.filter(({ id }) => possible.includes(id));
    const step = concerned.findLast(({ status }) => status !== 'skip')?.id;
    const wasBlocked = concerned.some(({ skipped }) => skipped === 'blocked');
    if (step === undefined || wasBlocked || occurred.has(waiver.finding)) return [];
    const { finding: code, until } = waiver;
    const message = isInForce(waiver, now)
      ? own`${fixed(code)} is waived until ${until}, but did not occur.`
      : own`The waiver of ${fixed(code)} expired on ${until}, and the finding did not occur.`;
    return [{ step, notice: finding('waiver-unused', message, { evidence: { finding: code, until } }) }];
  });
}
