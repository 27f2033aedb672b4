import { CATALOG, UNWAIVABLE, type CatalogEntry, type FindingCode } from '../findings/catalog.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { Waiver } from '../plan/endpoint.js';
import type { StepId, StepReport } from '../report/report.js';
import { fixed, own } from '../text/own.js';

/** Whether a waiver is in force, which it is until the end of its last day (UTC). */
function isInForce({ until }: Waiver, now: Date): boolean {
  return now.toISOString().slice(0, 10) <= until;
}

export function isWaived(code: FindingCode, waivers: readonly Waiver[], now: Date): boolean {
  return waivers.some((waiver) => waiver.finding === code && isInForce(waiver, now));
}

/** Marks waived findings, and adds `waiver-expired` for each finding whose waiver has expired. */
export function applyWaivers(
  findings: readonly KnownFinding[],
  waivers: readonly Waiver[],
  now: Date,
): readonly KnownFinding[] {
  return findings.flatMap((found) => {
    const named = waivers.filter((waiver) => waiver.finding === found.code && !UNWAIVABLE.includes(found.code));
    const valid = named.find((waiver) => isInForce(waiver, now));
    if (valid) return [{ ...found, waived: { reason: valid.reason, until: valid.until } }];
    return [
      found,
      ...named.map(({ until, reason }) =>
        finding('waiver-expired', own`The waiver of ${fixed(found.code)} expired on ${until} (${reason}).`, {
          evidence: { finding: found.code, until },
        }),
      ),
    ];
  });
}

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
