import { performance } from 'node:perf_hooks';
import { UNWAIVABLE } from '../findings/catalogue.js';
import type { FindingCode } from '../findings/catalogue.js';
import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { recognise, remedyFor } from '../findings/servers.js';
import type { Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint } from '../plan/endpoint.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport, SkipReason, StepId, StepReport } from '../report/report.js';
import { Transcript } from '../smtp/transcript.js';
import { interruption } from './interruption.js';
import { probe } from './probes.js';
import { stepCommand } from './reproduce.js';
import { authentication } from './steps/authentication.js';
import { capability } from './steps/capability.js';
import { certificate } from './steps/certificate.js';
import { delivery, openInbox } from './steps/delivery.js';
import { upgrade } from './steps/upgrade.js';
import { resultOf, statusOf } from './verdict.js';
import type { StepOutcome, Visit, World } from './visit.js';
import { applyWaivers, unusedWaivers } from './waivers.js';

const STEPS: Readonly<Record<StepId, (visit: Visit) => Promise<StepOutcome>>> = {
  capability,
  upgrade,
  certificate,
  authentication,
  delivery,
};

/**
 * The dialogue of an attempt may wait this many times as long as any one wait in it. A server that is slow at one
 * or two points passes; one that spends every wait to its end does not hold the endpoint for minutes.
 */
const BUDGET_IN_TIMEOUTS = 4;

/** One attempt at an endpoint. */
export interface Attempt {
  readonly report: Omit<EndpointReport, 'attempts'>;
  /** What failed may pass by itself: another attempt is worth making. */
  readonly transient: boolean;
}

/**
 * Takes one endpoint through its five steps, in order, once. Never throws: a defect of our own is a finding.
 * @param addresses the only ones to connect to, where they are known beforehand
 */
export async function attempt(endpoint: Endpoint, world: World, addresses?: readonly Address[]): Promise<Attempt> {
  const visit: Visit = {
    endpoint,
    world,
    transcript: new Transcript(),
    budget: Deadline.after(BUDGET_IN_TIMEOUTS * endpoint.timeoutMs),
    ...(addresses && { addresses }),
    peerAuthenticated: false,
    handedOver: false,
  };
  const begun = performance.now();
  const inbox = endpoint.delivery?.inbox;
  // Made ready while steps 1 to 4 run; whether it is, is the question of step 5.
  if (inbox) void openInbox(visit, inbox).catch(() => undefined);

  const steps: StepReport[] = [];
  let blocked = false;
  let transient = false;
  try {
    for (const id of STEP_IDS) {
      if (blocked) {
        steps.push({ id, status: 'skip', skipped: 'blocked', durationMs: 0, findings: [] });
        continue;
      }
      const taken = await takeStep(id, visit);
      if (taken.belated) amend(steps, taken.belated, visit);
      steps.push(taken.report);
      blocked = taken.blocks;
      transient = taken.transient;
    }
  } finally {
    await visit.session?.quit();
    visit.socket?.destroy();
  }

  // What may pass by itself is tried anew, and probed when that is over.
  if (!transient) for (const found of await probe(visit)) amend(steps, found, visit);
  noteUnusedWaivers(steps, endpoint);
  return { report: reportOf(visit, steps, performance.now() - begun), transient: transient && !visit.handedOver };
}

interface TakenStep {
  readonly report: StepReport;
  /** No later step can be carried out. */
  readonly blocks: boolean;
  readonly transient: boolean;
  /** What came to light only now, and belongs to an earlier step. */
  readonly belated?: { readonly step: StepId; readonly finding: KnownFinding };
}

async function takeStep(id: StepId, visit: Visit): Promise<TakenStep> {
  const { endpoint, world } = visit;
  const begun = performance.now();
  let outcome: StepOutcome;
  try {
    outcome = await STEPS[id](visit);
  } catch (error) {
    const stopped = interruption(error, id, visit);
    if (stopped.step !== id) {
      return {
        report: { id, status: 'skip', skipped: 'blocked', durationMs: elapsed(begun), findings: [] },
        blocks: true,
        transient: stopped.transient,
        belated: stopped,
      };
    }
    outcome = { findings: [stopped.finding], impassable: true, transient: stopped.transient };
  }

  const found = [...outcome.findings, ...bareLineFeed(visit)].map((raw) => advised(raw, id, visit));
  const findings = [...applyWaivers(found, endpoint.waive, world.now())];
  const status = statusOf(findings);
  const skipped: SkipReason | undefined = status === 'pass' ? outcome.skipped : undefined;
  return {
    report: {
      id,
      status: skipped ? 'skip' : status,
      ...(skipped && { skipped }),
      durationMs: elapsed(begun),
      findings,
    },
    blocks: outcome.impassable === true || status === 'fail' || status === 'inconclusive',
    transient: outcome.transient === true,
  };
}

/** Findings of which no command on the endpoint shows anything: the gate's own, and those of the inbox. */
const NOT_BY_HAND: ReadonlySet<FindingCode> = new Set<FindingCode>([
  ...UNWAIVABLE,
  'step-required',
  'inbox-unreachable',
  'inbox-rejected',
]);

/** A remedy names the setting of the very server, where that gives itself away; a command shows the step by hand. */
function advised(found: KnownFinding, step: StepId, visit: Visit): KnownFinding {
  const { greeting, plain, secured, endpoint } = visit;
  const byHand =
    found.severity === 'notice' || NOT_BY_HAND.has(found.code) ? {} : { reproduce: stepCommand(step, endpoint) };
  const software = recognise([greeting ?? '', ...(plain?.lines ?? []), ...(secured?.lines ?? [])]);
  return { ...byHand, ...found, remedy: remedyFor(found.code, found.remedy, software) };
}

/** Line ends are nobody's question in particular; what was seen of them counts for the step that saw it. */
function bareLineFeed({ session }: Visit): KnownFinding[] {
  if (!session?.bareLineFeed) return [];
  session.bareLineFeed = false;
  return [finding('bare-line-feed', 'The server ends lines of its replies with a line feed alone.')];
}

function amend(
  steps: StepReport[],
  { step, finding: found }: { step: StepId; finding: KnownFinding },
  visit: Visit,
): void {
  const at = steps.findIndex(({ id }) => id === step);
  const earlier = steps[at];
  if (!earlier) throw new RangeError(`a finding for step ${step}, which was not taken`);
  const { skipped, ...taken } = earlier;
  const added = applyWaivers([advised(found, step, visit)], visit.endpoint.waive, visit.world.now());
  const findings = [...earlier.findings, ...added];
  const status = statusOf(findings);
  // With something worth a warning in it, a step is no longer skipped.
  steps[at] = skipped && status === 'pass' ? { ...earlier, findings } : { ...taken, status, findings };
}

function noteUnusedWaivers(steps: readonly StepReport[], { waive }: Endpoint): void {
  for (const { step, notice } of unusedWaivers(waive, steps)) {
    steps.find(({ id }) => id === step)?.findings.push(notice);
  }
}

function reportOf(visit: Visit, steps: StepReport[], durationMs: number): Attempt['report'] {
  const { endpoint, plain, secured, tls, transcript } = visit;
  const { name, host, port, transport, role, environment, source } = endpoint;
  const address = visit.address ?? visit.addresses?.[0]?.address;
  return {
    name,
    host,
    port,
    ...(address !== undefined && { address }),
    transport,
    role,
    ...(environment !== undefined && { environment }),
    result: resultOf(steps),
    durationMs: Math.round(durationMs),
    ...(source && { source: { ...source } }),
    steps,
    ...((plain ?? secured) && {
      capabilities: { ...(plain && { plain: [...plain.lines] }), ...(secured && { tls: [...secured.lines] }) },
    }),
    ...(tls && { tls }),
    transcript: [...transcript.lines],
  };
}

function elapsed(since: number): number {
  return Math.round(performance.now() - since);
}
