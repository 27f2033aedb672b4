import { UNWAIVABLE } from '../findings/catalogue.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { KnownFinding } from '../findings/finding.js';
import { recognise, remedyFor } from '../findings/servers.js';
import type { StepId } from '../report/report.js';
import { stepCommand } from './reproduce.js';
import type { Visit } from './visit.js';
import { applyWaivers } from './waivers.js';

/** The findings of a step as they are reported: with advice, and with waivers applied. */
export function weighed(found: readonly KnownFinding[], step: StepId, visit: Visit): KnownFinding[] {
  const advice = found.map((one) => advised(one, step, visit));
  return [...applyWaivers(advice, visit.endpoint.waive, visit.world.now())];
}

/**
 * Findings of which no command of a step shows anything: the gate's own, those of the inbox, and those of probes, which
 * bring a command where there is one.
 */
const NOT_BY_HAND: ReadonlySet<FindingCode> = new Set<FindingCode>([
  ...UNWAIVABLE,
  'probe-inconclusive',
  'starttls-command-injection',
  'step-required',
  'inbox-unreachable',
  'inbox-rejected',
]);

/** A remedy names the setting of the very server, where that gives itself away; a command shows the step by hand. */
function advised(found: KnownFinding, step: StepId, visit: Visit): KnownFinding {
  const { greeting, plain, secured, endpoint, address, addresses } = visit;
  const to = address ?? addresses?.[0]?.address;
  const byHand =
    found.severity === 'notice' || NOT_BY_HAND.has(found.code) ? {} : { reproduce: stepCommand(step, endpoint, to) };
  const said = [greeting ?? '', ...(plain?.lines ?? []), ...(secured?.lines ?? []), found.evidence?.reply ?? ''];
  const software = recognise(said);
  return { ...byHand, ...found, remedy: remedyFor(found.code, found.remedy, software) };
}
