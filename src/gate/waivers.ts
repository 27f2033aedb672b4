import { CATALOGUE, UNWAIVABLE } from '../findings/catalogue.js';
import type { CatalogueEntry, FindingCode } from '../findings/catalogue.js';
import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import type { Waiver } from '../plan/endpoint.js';
import type { StepId } from '../report/report.js';

/** A waiver holds to the end of its last day, in UTC. */
function holds({ until }: Waiver, now: Date): boolean {
  return now.toISOString().slice(0, 10) <= until;
}

/** Whether a finding is waived now. */
export function isWaived(code: FindingCode, waivers: readonly Waiver[], now: Date): boolean {
  return waivers.some((waiver) => waiver.finding === code && holds(waiver, now));
}

/**
 * Marks what is waived, and adds `waiver-expired` for each finding whose waiver has ended.
 * @param findings those of one step
 */
export function applyWaivers(
  findings: readonly KnownFinding[],
  waivers: readonly Waiver[],
  now: Date,
): readonly KnownFinding[] {
  return findings.flatMap((found) => {
    const named = waivers.filter((waiver) => waiver.finding === found.code && !UNWAIVABLE.includes(found.code));
    const valid = named.find((waiver) => holds(waiver, now));
    if (valid) return [{ ...found, waived: { reason: valid.reason, until: valid.until } }];
    return [
      found,
      ...named.map(({ until, reason }) =>
        finding('waiver-expired', `The waiver of ${found.code} ended on ${until} (${reason}).`, {
          evidence: { finding: found.code, until },
        }),
      ),
    ];
  });
}

/**
 * Waivers of findings that did not occur, though every step in which they could was carried out.
 * @param occurred the codes found in the whole visit
 * @param carriedOut the steps that were not skipped
 * @returns each notice with the step that it belongs to
 */
export function unusedWaivers(
  waivers: readonly Waiver[],
  occurred: ReadonlySet<string>,
  carriedOut: readonly StepId[],
): { step: StepId; notice: KnownFinding }[] {
  return waivers.flatMap((waiver) => {
    const { steps }: CatalogueEntry = CATALOGUE[waiver.finding];
    const step = carriedOut.filter((id) => steps.includes(id)).at(-1);
    if (step === undefined || occurred.has(waiver.finding)) return [];
    const message = `${waiver.finding} is waived until ${waiver.until}, and did not occur.`;
    return [{ step, notice: finding('waiver-unused', message, { evidence: { finding: waiver.finding } }) }];
  });
}
