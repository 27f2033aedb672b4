import { UNWAIVABLE, type FindingCode } from '../findings/codes.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { Waiver } from '../plan/endpoint.js';
import { fixed, own } from '../text/own.js';

/** Whether a waiver is in force, which it is until the end of its last day (UTC). */
export function isInForce({ until }: Waiver, now: Date): boolean {
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
