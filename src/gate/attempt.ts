import { performance } from 'node:perf_hooks';
import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import type { Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint } from '../plan/endpoint.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport, SkipReason, StepId, StepReport } from '../report/report.js';
import { shown } from '../smtp/reply.js';
import { Transcript } from '../smtp/transcript.js';
import { weighed } from './enrich.js';
import { attemptMs } from '../steps/budget.js';
import { reportOf } from './endpoint-report.js';
import { openInbox } from '../steps/delivery/inbox-watch.js';
import { interruption } from '../steps/error-to-finding.js';
import type { Interruption } from '../steps/error-to-finding.js';
import { probe } from '../probes/probes.js';
import { unlessStarved } from './runner-starved.js';
import { runStopped } from './cancelled.js';
import { authentication } from '../steps/authentication/authentication.js';
import { capability } from '../steps/capability/capability.js';
import { certificate } from '../steps/certificate/certificate.js';
import { delivery } from '../steps/delivery/delivery.js';
import { upgrade } from '../steps/upgrade/upgrade.js';
import { statusOf } from '../verdict/verdict.js';
import type { PutOff, StepOutcome, Transient, Visit, World } from '../steps/context.js';
import { unusedWaivers } from '../verdict/waivers.js';

const STEPS: Readonly<Record<StepId, (visit: Visit) => Promise<StepOutcome>>> = {
  capability,
  upgrade,
  certificate,
  authentication,
  delivery,
};

/** One attempt at an endpoint. */
export interface Attempt {
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly transient: Transient;
  /** What the server said, where it wants the message later. */
  readonly putOff?: string;
}

/**
 * Takes one endpoint through its five steps, in order, once. Never throws: a defect of our own is a finding.
 * @param addresses the only ones to connect to, where they are known beforehand
 * @param putOff that the server has put the message off in an earlier attempt
 */
export async function attempt(
  endpoint: Endpoint,
  world: World,
  addresses?: readonly Address[],
  putOff?: PutOff,
): Promise<Attempt> {
  const visit: Visit = {
    endpoint,
    world,
    transcript: new Transcript(),
    asides: new Transcript(),
    budget: Deadline.after(attemptMs(endpoint), world.end),
    ...(addresses && { addresses }),
    ...(putOff && { putOff }),
    observed: [],
    peerAuthenticated: false,
    handedOver: false,
  };
  const begun = performance.now();
  const inbox = endpoint.delivery?.inbox;
  // Made ready while steps 1 to 4 run; whether it is, is the question of step 5.
  if (inbox) void openInbox(visit, inbox).catch(() => undefined);

  const steps: StepReport[] = [];
  let blocked = false;
  let transient: Transient = false;
  let aheadMs = 0;
  try {
    for (const id of STEP_IDS) {
      if (blocked) {
        steps.push({ id, status: 'skip', skipped: 'blocked', durationMs: 0, findings: [] });
        continue;
      }
      const taken = await takeStep(id, visit, performance.now() - aheadMs);
      if (taken.belated) amend(steps, taken.belated, visit);
      steps.push(taken.report);
      blocked = taken.blocks;
      transient = taken.transient;
      aheadMs = taken.aheadMs ?? 0;
    }
  } finally {
    await visit.session?.quit();
    visit.socket?.destroy();
  }

  noteUnusedWaivers(steps, visit);
  return {
    report: reportOf(visit, steps, performance.now() - begun),
    transient: !visit.handedOver && transient,
    ...(visit.puttingOff !== undefined && { putOff: visit.puttingOff }),
  };
}

interface TakenStep {
  readonly report: StepReport;
  /** No later step can be carried out. */
  readonly blocks: boolean;
  readonly transient: Transient;
  readonly belated?: Belated;
  /** What was spent on the next step already. */
  readonly aheadMs?: number;
}

/** What came to light only now, and belongs to an earlier step that was taken. */
type Belated = Pick<Interruption, 'step' | 'finding'>;

/** @param begun when the step began, in milliseconds of `performance.now()` */
async function takeStep(id: StepId, visit: Visit, begun: number): Promise<TakenStep> {
  const { end } = visit.world;
  const isOver = (): boolean => end.isOver;
  if (isOver()) return cutShort(id, visit, begun);
  visit.observed = [];
  let belated: Belated | undefined;
  let outcome: StepOutcome;
  try {
    outcome = await end.race(STEPS[id](visit), () => new Error('the run is over'));
  } catch (error) {
    if (isOver()) return cutShort(id, visit, begun);
    const stopped = interruption(error, id, visit);
    const { transient } = stopped;
    if (stopped.step === id) {
      outcome = { findings: [stopped.finding], impassable: true, transient };
    } else {
      belated = stopped;
      outcome = { findings: [], skipped: 'blocked', impassable: true, transient };
    }
  }

  // Every wait ends with the run, so what a step or a probe has come to by then says nothing.
  if (isOver()) return cutShort(id, visit, begun);
  outcome = unlessStarved({ ...outcome, findings: [...visit.observed, ...outcome.findings] }, visit);
  // What may pass by itself is tried anew, and probed then. A probe that finds something blocks what follows, too.
  const probed = unlessStarved({ findings: outcome.transient ? [] : await probe(id, visit) }, visit);
  const beside = isOver() ? [runStopped(visit.world)] : probed.findings;
  const findings = weighed([...outcome.findings, ...bareLineFeed(visit), ...beside], id, visit);
  const status = statusOf(findings);
  const skipped: SkipReason | undefined = status === 'pass' ? outcome.skipped : undefined;
  const { aheadMs = 0 } = outcome;
  return {
    report: {
      id,
      status: skipped ? 'skip' : status,
      ...(skipped && { skipped }),
      durationMs: elapsed(begun + aheadMs),
      findings,
    },
    aheadMs,
    blocks: outcome.impassable === true || status === 'fail' || status === 'inconclusive',
    transient: [outcome.transient, probed.transient].find(Boolean) ?? false,
    ...(belated && { belated }),
  };
}

function cutShort(id: StepId, visit: Visit, begun: number): TakenStep {
  const findings = weighed([runStopped(visit.world)], id, visit);
  return {
    report: { id, status: statusOf(findings), durationMs: elapsed(begun), findings },
    blocks: true,
    transient: false,
  };
}

/** Line ends are nobody's question in particular; what was seen of them counts for the step that saw it. */
function bareLineFeed({ session }: Visit): KnownFinding[] {
  if (!session?.bareLineFeed) return [];
  const evidence = { reply: shown(session.bareLineFeed) };
  session.bareLineFeed = undefined;
  return [finding('bare-line-feed', 'The server ends lines of its replies with a line feed alone.', { evidence })];
}

/** Adds what a step has come to in the eyes of the next one, which is blocked by it. */
function amend(steps: StepReport[], { step, finding: found }: Belated, visit: Visit): void {
  const at = steps.findIndex(({ id, status }) => id === step && status !== 'skip');
  const earlier = steps[at];
  if (!earlier) throw new RangeError(`a finding for step ${step}, which was not taken`);
  const findings = [...earlier.findings, ...weighed([found], step, visit)];
  steps[at] = { ...earlier, status: statusOf(findings), findings };
}

function noteUnusedWaivers(steps: readonly StepReport[], { endpoint, world }: Visit): void {
  for (const { step, notice } of unusedWaivers(endpoint.waive, steps, world.now())) {
    steps.find(({ id }) => id === step)?.findings.push(notice);
  }
}

function elapsed(since: number): number {
  return Math.round(performance.now() - since);
}
