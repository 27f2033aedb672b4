import { performance } from 'node:perf_hooks';
import { finding, type KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint, InboxTarget } from '../plan/endpoint.js';
import { STEP_IDS, type EndpointReport, type Finding, type StepId, type StepReport } from '../report/report.js';
import { formatReply, type Reply } from '../smtp/reply.js';
import type { SessionPoint } from '../smtp/session-point.js';
import { Transcript } from '../net/transcript.js';
import { authentication } from '../steps/authentication/authentication.js';
import { awaited } from '../steps/awaited.js';
import { attemptMs } from '../steps/budget.js';
import { capability } from '../steps/capability/capability.js';
import { certificate } from '../steps/certificate/certificate.js';
import type { Context, RunContext } from '../steps/context.js';
import { delivery } from '../steps/delivery/delivery.js';
import { stoppedBy } from '../steps/error-to-finding.js';
import type { Facts, StepResult, Transient } from '../steps/hand-over.js';
import { judgeMxRecord } from '../steps/mx.js';
import { upgrade } from '../steps/upgrade/upgrade.js';
import { openingStep } from '../steps/worked-before.js';
import { statusOf } from '../verdict/verdict.js';
import { blockedStep, enrich, ofTheGate, redactingIn, reportOf, runStopped } from './endpoint-report.js';
import { unlessStarved } from './runner-starved.js';
import { asksForFewer } from './turns.js';
import { own } from '../text/own.js';
import { excerpt } from '../text/peer.js';

export interface Attempt {
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly transient: Transient;
  /** Whether the server asks for fewer connections. */
  readonly isThrottled: boolean;
  /** The reply by which the server asked to send the message again later (RFC 6647). */
  readonly greylisted?: string;
}

/**
 * Runs the five steps for one endpoint, in order. Each step receives what the one before it proved; if one blocks, the
 * rest are skipped. Errors of the network and of the gate become findings.
 */
export async function attempt(
  endpoint: Endpoint,
  run: RunContext,
  before: Pick<Context, 'addresses' | 'found' | 'turn' | 'greylisting' | 'furthest'> = {},
): Promise<Attempt> {
  const closers: (() => Promise<void>)[] = [];
  const bareLineFeeds: KnownFinding[] = [];
  const context: Context = {
    endpoint,
    run,
    transcript: new Transcript(),
    sideTranscript: new Transcript(),
    budget: Deadline.after(attemptMs(endpoint), run.end),
    ...before,
    atEnd: (close) => closers.unshift(close),
    onBareLineFeed: (reply, at) => bareLineFeeds.push(bareLineFeed(reply, at)),
  };
  const startedAt = performance.now();
  const inbox = endpoint.delivery?.inbox;
  // The inbox opens while steps 1 to 4 run, and step 5 judges whether it did.
  if (inbox) void openAhead(context, inbox).catch(() => undefined);

  const steps = new Steps(context, bareLineFeeds);
  try {
    const connected = await steps.run('capability', () => capability(context));
    const upgraded = connected && (await steps.run('upgrade', () => upgrade(context, connected)));
    const secured = upgraded && (await steps.run('certificate', () => certificate(context, upgraded)));
    const signedIn = secured && (await steps.run('authentication', () => authentication(context, secured)));
    if (signedIn) await steps.run('delivery', () => delivery(context, signedIn));
  } finally {
    for (const close of closers) await close();
  }

  const reports = steps.reports();
  for (const { step, notice } of await unusedWaivers(endpoint, reports, run)) {
    reports.find(({ id }) => id === step)?.findings.push(await ofTheGate(notice, redactingIn(endpoint, run)));
  }
  return {
    report: reportOf(context, steps.facts, reports, performance.now() - startedAt),
    transient: steps.transient,
    isThrottled: steps.isThrottled,
    ...(steps.greylisted !== undefined && { greylisted: steps.greylisted }),
  };
}

async function openAhead(context: Context, inbox: InboxTarget): Promise<void> {
  // Loaded only for a delivery.
  const { openInbox } = await import('../steps/delivery/inbox-access.js');
  await openInbox(context, inbox);
}

async function unusedWaivers({ waive }: Endpoint, reports: readonly StepReport[], run: RunContext) {
  if (waive.length === 0) return [];
  const { unusedWaivers: unused } = await import('../verdict/unused-waivers.js');
  return unused(waive, reports, run.now());
}

/** Runs the steps of one attempt and keeps their reports. */
class Steps {
  readonly #reports: StepReport[] = [];
  #aheadMs = 0;
  facts: Facts = {};
  /** Whether the failure of the last step that ran may be temporary. */
  transient: Transient = false;
  isThrottled = false;
  greylisted: string | undefined;

  constructor(
    private readonly context: Context,
    private readonly bareLineFeeds: KnownFinding[],
  ) {}

  /**
   * Runs a step and its probes.
   * @returns what it proves; undefined if the next step must not run
   */
  async run<Next>(id: StepId, step: () => Promise<StepResult<Next>>): Promise<Next | undefined> {
    const { context } = this;
    const { end } = context.run;
    const startedAt = performance.now() - this.#aheadMs;
    this.transient = false;
    this.#aheadMs = 0;
    const result = end.isOver ? undefined : await this.#resultOf(step);
    this.facts = { ...this.facts, ...result?.facts };
    // Every wait ends with the run, so a failure of a step or a probe then proves nothing.
    const isOver = (): boolean => end.isOver;
    if (!result || isOver()) {
      this.#record(id, await enrich([runStopped(context.run)], id, context, this.facts), startedAt);
      return undefined;
    }

    const late = !result.ok && result.earlier ? await this.#amend(result.earlier.step, result.earlier.finding) : [];
    const found = unlessStarved(result.findings, result.transient ?? false, context.budget);
    // If there may be another attempt, it runs the probes. A finding of a probe also blocks the next step.
    const ofProbes = found.transient ? [] : await this.#probe(id);
    const probed = unlessStarved(ofProbes, false, context.budget);
    const last = isOver() ? [runStopped(context.run)] : probed.findings;
    // A probe may know more about what the step has found.
    const ofStep = found.findings.filter(({ code }) => !probed.findings.some((one) => one.code === code));
    const ofName = id === openingStep(context.endpoint) ? judgeMxRecord(context.endpoint) : [];
    const all = [...ofName, ...ofStep, ...late, ...this.#drainBareLineFeeds(), ...last];
    const earlier = result.ok || !result.earlier ? [] : [result.earlier.finding];
    this.isThrottled ||= [...all, ...earlier].some(asksForFewer);
    const findings = await this.#referToCauses(all, await enrich(all, id, context, this.facts));
    this.transient = result.isHandedOver ? false : found.transient || probed.transient;
    if (result.ok) this.#aheadMs = result.aheadMs ?? 0;
    else this.greylisted = result.greylisted;
    const status = this.#record(id, findings, startedAt + this.#aheadMs, result.skipped);
    return result.ok && status !== 'fail' && status !== 'inconclusive' ? result.next : undefined;
  }

  /** The reports of all five steps; those that did not run are blocked. */
  reports(): StepReport[] {
    return [...this.#reports, ...STEP_IDS.slice(this.#reports.length).map(blockedStep)];
  }

  async #probe(id: StepId): Promise<KnownFinding[]> {
    if (this.context.endpoint.probes.length === 0) return [];
    const { runProbes } = await import('../probes/probes.js');
    return runProbes(id, this.context, this.facts);
  }

  async #resultOf<Next>(step: () => Promise<StepResult<Next>>): Promise<StepResult<Next>> {
    try {
      return await this.context.run.end.race(step(), () => new Error('the run is over'));
    } catch (error) {
      // A step turns the errors of its session into findings. Other errors occur before the server's first reply.
      return stoppedBy(error, this.context, 'nothing');
    }
  }

  #record(id: StepId, findings: Finding[], startedAt: number, skipped?: StepReport['skipped']): StepReport['status'] {
    const status = statusOf(findings);
    const durationMs = Math.round(performance.now() - startedAt);
    const outcome = skipped !== undefined && status === 'pass' ? { status: 'skip' as const, skipped } : { status };
    this.#reports.push({ id, ...outcome, durationMs, findings });
    return status;
  }

  /** A finding of this step may explain others, of this step and of earlier ones. */
  async #referToCauses(found: readonly KnownFinding[], completed: Finding[]): Promise<Finding[]> {
    if (found.length === 0) return [];
    const { referToCause } = await import('../findings/shared-fix.js');
    const causes = found.filter(({ code }) => completed.some((one) => one.code === code && !one.waived));
    for (const report of this.#reports) report.findings = referToCause(causes, report.findings);
    return referToCause(causes, completed);
  }

  /**
   * Adds a finding to the report of an earlier step.
   * @returns the finding, if the current step must report it because the earlier one was skipped
   */
  async #amend(step: StepId, found: KnownFinding): Promise<KnownFinding[]> {
    const report = this.#reports.find(({ id, status }) => id === step && status !== 'skip');
    if (!report) return [found];
    report.findings.push(...(await enrich([found], step, this.context, this.facts)));
    report.status = statusOf(report.findings);
    return [];
  }

  /** A bare line feed is reported by the step in which it occurs. */
  #drainBareLineFeeds(): KnownFinding[] {
    return this.bareLineFeeds.splice(0).slice(0, 1);
  }
}

function bareLineFeed(reply: Reply, at: SessionPoint): KnownFinding {
  return finding('bare-line-feed', own`The server ended a line of its reply with a bare LF.`, {
    evidence: { reply: formatReply(reply), line: excerpt(reply.bareLine?.exact ?? ''), awaited: awaited(at) },
  });
}
