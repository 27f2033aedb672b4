import type { Redacting } from '../findings/complete.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { Endpoint } from '../plan/endpoint.js';
import { STEP_IDS, type EndpointReport, type Finding, type StepId, type StepReport } from '../report/report.js';
import { capabilityDifference } from '../smtp/capabilities.js';
import type { Context, RunContext } from '../steps/context.js';
import { internalError } from '../steps/error-to-finding.js';
import type { Facts } from '../steps/hand-over.js';
import { asUsed } from './as-used.js';
import type { PeerText } from '../text/peer.js';
import { shortenList } from '../text/shorten.js';
import { resultOf, statusOf } from '../verdict/verdict.js';
import { applyWaivers } from '../verdict/waivers.js';
import { fixed, own } from '../text/own.js';

export function reportOf(
  context: Context,
  facts: Facts,
  steps: StepReport[],
  durationMs: number,
): Omit<EndpointReport, 'attempts'> {
  const { endpoint, transcript, sideTranscript } = context;
  const { plaintext, insideTls, mechanism, tls, delivery, inboxTranscript } = facts;
  const difference = plaintext && insideTls && capabilityDifference(plaintext, insideTls);
  return {
    ...reportHead(endpoint, addressOf(context, facts)),
    result: resultOf(steps),
    durationMs: Math.round(durationMs),
    steps,
    ...((plaintext ?? insideTls) && {
      capabilities: {
        ...(plaintext && { plain: listed(plaintext.lines) }),
        ...(insideTls && { tls: listed(insideTls.lines) }),
        ...(difference && { gained: listed(difference.gained), lost: listed(difference.lost) }),
      },
    }),
    ...(tls && { tls }),
    ...(insideTls && {
      auth: { ...(mechanism !== undefined && { mechanism }), offered: shortenList(insideTls.mechanisms ?? []) },
    }),
    ...(delivery && { delivery }),
    transcript: [...transcript.lines, ...sideTranscript.lines],
    ...(inboxTranscript && { inboxTranscript: [...inboxTranscript] }),
  };
}

/** The fields of a report that are known before the attempt. */
function reportHead({ name, host, port, transport, role, environment, source, origin }: Endpoint, address?: string) {
  return {
    name,
    ...(origin && { configured: origin.name }),
    host,
    port,
    ...(address !== undefined && { address }),
    transport,
    role,
    ...(environment !== undefined && { environment }),
    ...(source && { source: { ...source } }),
  };
}

/** The IP address of the connection or, without a connection, the one to connect to. */
function addressOf({ addresses }: Context, { address }: Facts): string | undefined {
  return address ?? (addresses instanceof Error ? undefined : addresses?.[0]?.address);
}

/** The texts of a report are escaped where they are shown. */
function listed(texts: readonly PeerText[]): string[] {
  return shortenList(texts.map(({ exact }) => exact));
}

/** The findings of a step as the report has them: waivers applied, with a fix and a command. */
export async function enrich(
  found: readonly KnownFinding[],
  step: StepId,
  context: Context,
  facts: Facts,
): Promise<Finding[]> {
  if (found.length === 0) return [];
  const { endpoint, run } = context;
  const { greeting, plaintext, insideTls } = facts;
  const capabilities = [...(plaintext?.lines ?? []), ...(insideTls?.lines ?? [])].map(({ exact }) => exact);
  const used = asUsed(endpoint, facts);
  const observed = {
    step,
    endpoint: used,
    address: addressOf(context, facts),
    greeting,
    capabilities,
    ...redactingIn(endpoint, run),
  };
  const { completeFindings } = await catalog();
  return completeFindings(applyWaivers(found, endpoint.waive, run.now()), observed);
}

/** What redacts the secrets of an endpoint in a value. */
export function redactingIn(endpoint: Endpoint, run: Pick<RunContext, 'redactorOf'>): Redacting {
  const redactor = run.redactorOf(endpoint);
  return { redact: (value) => redactor.redact(value) };
}

export function runStopped({ whyEnded }: RunContext): KnownFinding {
  const { why, ...cause } = whyEnded();
  return finding('run-stopped', own`Nothing more was tested: ${fixed(why)}.`, { inconclusive: true, ...cause });
}

/** The finding as the report has it, if it is not about the server. */
export async function ofTheGate(found: KnownFinding, redacting: Redacting): Promise<Finding> {
  const { completeFinding } = await catalog();
  return completeFinding(found, redacting);
}

/** The texts of all fixes and commands are loaded with the first finding. */
function catalog() {
  return import('../findings/complete.js');
}

/** Adds to the last step of an attempt that the run ended before another one, which might have passed. */
export async function notTriedAgain<T extends Pick<EndpointReport, 'steps' | 'result'>>(
  report: T,
  endpoint: Endpoint,
  run: RunContext,
): Promise<T> {
  const stoppedAt = await ofTheGate(runStopped(run), redactingIn(endpoint, run));
  const failed = report.steps.findLast(({ status }) => status !== 'skip');
  const steps = report.steps.map((step) => {
    if (step !== failed) return step;
    const findings = [...step.findings, stoppedAt];
    return { ...step, findings, status: statusOf(findings) };
  });
  return { ...report, steps, result: resultOf(steps) };
}

/** The report of an endpoint for which the gate failed outside a step. The error may contain a secret. */
export async function defectReport(endpoint: Endpoint, error: unknown, redacting: Redacting): Promise<EndpointReport> {
  const [first, ...rest] = STEP_IDS;
  const findings = [await ofTheGate(internalError(error), redacting)];
  return {
    ...reportHead(endpoint),
    result: 'fail',
    attempts: 1,
    durationMs: 0,
    steps: [{ id: first, status: 'fail', durationMs: 0, findings }, ...rest.map(blockedStep)],
    transcript: [],
  };
}

export function blockedStep(id: StepId): StepReport {
  return { id, status: 'skip', skipped: 'blocked', durationMs: 0, findings: [] };
}
