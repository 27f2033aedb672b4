import { UNWAIVABLE } from '../findings/catalogue.js';
import type { FindingCode } from '../findings/catalogue.js';
import type { KnownFinding } from '../findings/finding.js';
import { recognise } from '../findings/servers.js';
import { remedyFor } from '../findings/settings.js';
import type { StepId } from '../report/report.js';
import { stepCommand } from '../findings/reproduce.js';
import { ConnectFailure } from '../net/connect.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Context } from '../steps/context.js';
import type { Facts } from '../steps/hand-over.js';
import { applyWaivers } from '../verdict/waivers.js';

/** The findings of a step as they are reported: with the fix for this server, and with waivers applied. */
export function enrich(
  found: readonly KnownFinding[],
  step: StepId,
  { endpoint, run, addresses }: Context,
  facts: Facts,
): KnownFinding[] {
  const [expected] = addresses instanceof ConnectFailure ? [] : (addresses ?? []);
  const address = facts.address ?? expected?.address;
  const advised = found.map((one) => advise(one, step, endpoint, { ...facts, address }));
  return [...applyWaivers(advised, endpoint.waive, run.now())];
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
  'inbox-cleanup-failed',
]);

/** Evidence in which a server may give itself away. */
const SAYS = ['reply', 'octets'];

/** A remedy names the setting of the very server, where that gives itself away; a command shows the step by hand. */
function advise(
  found: KnownFinding,
  step: StepId,
  endpoint: Endpoint,
  { greeting, plaintext, insideTls, address }: Facts,
): KnownFinding {
  const byHand =
    found.severity === 'notice' || NOT_BY_HAND.has(found.code)
      ? {}
      : { reproduce: stepCommand(step, endpoint, address) };
  const said = [
    greeting ?? '',
    ...[...(plaintext?.lines ?? []), ...(insideTls?.lines ?? [])].map(({ exact }) => exact),
    ...SAYS.map((where) => found.evidence?.[where] ?? ''),
  ];
  const software = recognise(said);
  const inspected = OF_INSPECTION.has(found.code) && STARS.test(greeting ?? '');
  return {
    ...byHand,
    ...found,
    ...(inspected && { evidence: { ...found.evidence, greeting: greeting ?? '' } }),
    remedy: remedyFor(
      found.code,
      inspected ? `${INSPECTED} ${found.remedy}` : found.remedy,
      software,
      endpoint.tls.minVersion,
    ),
  };
}

/** Findings that a firewall can cause which inspects SMTP and writes over what it does not know. */
const OF_INSPECTION: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ehlo-rejected',
  'starttls-not-advertised',
  'starttls-stripped',
]);

/** Cisco's PIX and ASA hide the name of the server and of its software so. */
const STARS = /\*{8}/;
const INSPECTED =
  'The greeting is written over with asterisks: a firewall inspects SMTP on the way, and hides what the server offers. Switch that off first (Cisco: `no inspect esmtp`, on a PIX `no fixup protocol smtp`).';
