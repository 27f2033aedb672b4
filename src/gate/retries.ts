import { earlierFindings, STEP_IDS, type EndpointReport } from '../report/report.js';
import type { Context, EarlierFailure, RunContext } from '../steps/context.js';
import { statusOf, worst } from '../verdict/verdict.js';
import { attempt, type Attempt } from './attempt.js';
import { inTurn } from './turns.js';
import { defectReport, notTriedAgain, redactingIn } from './endpoint-report.js';

/** An endpoint and its IP addresses. */
export type Target = Pick<Context, 'endpoint' | 'addresses'>;

type Earlier = NonNullable<EndpointReport['earlier']>;

/** The pause before the second try; each later one is four times as long, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds to wait before the n-th try, from the second on: longer each time, with jitter. */
export function pauseBefore(tries: number, { random }: Pick<RunContext, 'random'>): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (tries - 2), LONGEST_PAUSE_MS) * (0.75 + random() / 2);
}

/** Attempts an endpoint until it passes, fails permanently, or has no retries left. Never throws. */
export async function attemptWithRetries(target: Target, retries: number, run: RunContext): Promise<EndpointReport> {
  const { endpoint, addresses } = target;
  const earlier: Earlier = [];
  let furthest: EarlierFailure | undefined;
  let isSilent = false;
  let firstDefer: { readonly reply: string; readonly atMs: number } | undefined;
  let tries = 1;
  let spentMs = 0;
  try {
    for (; ; tries += 1) {
      const greylisting = firstDefer && { reply: firstDefer.reply, waitedMs: spentMs - firstDefer.atMs };
      const usualPauseMs = pauseBefore(tries + 1, run);
      const { report, transient, greylisted } = await inTurn(target, run, usualPauseMs, (more) =>
        attempt(endpoint, run, { addresses, greylisting, furthest, ...more }),
      );
      spentMs += report.durationMs;
      let greylistingLeftMs = 0;
      if (greylisted !== undefined) {
        firstDefer ??= { reply: greylisted, atMs: spentMs };
        greylistingLeftMs = firstDefer.atMs + (endpoint.delivery?.withinMs ?? 0) - spentMs;
      }
      // A lost packet may explain the server's silence, so one more attempt in total makes sense.
      const isFinal = !transient || (transient === 'once' && isSilent);
      isSilent ||= transient === 'once';
      const pauseMs = isFinal ? undefined : nextPause(usualPauseMs, tries, retries, greylistingLeftMs);
      if (pauseMs === undefined) return withEarlier({ ...report, durationMs: spentMs, attempts: tries }, earlier);
      // A failed lookup has already been repeated with the same pauses.
      if (!(addresses instanceof Error)) await run.pause(pauseMs);
      if (run.end.isOver) {
        return withEarlier(
          { ...(await notTriedAgain(report, endpoint, run)), durationMs: spentMs, attempts: tries },
          earlier,
        );
      }
      earlier.push(...findingsToKeep(report));
      furthest = further(furthest, failureIn(report));
      spentMs += Math.round(pauseMs);
    }
  } catch (error) {
    return withEarlier(
      { ...(await defectReport(endpoint, error, redactingIn(endpoint, run))), attempts: tries },
      earlier,
    );
  }
}

/**
 * Milliseconds to wait before the next try, or undefined if there is none. With `retries: 0` there is none; otherwise a
 * greylisted message is retried for `delivery.within` after the server's first such reply.
 */
function nextPause(usualMs: number, tries: number, retries: number, greylistingLeftMs: number): number | undefined {
  if (tries <= retries) return usualMs;
  return retries > 0 && greylistingLeftMs >= FIRST_PAUSE_MS ? Math.min(usualMs, greylistingLeftMs) : undefined;
}

/**
 * Adds the findings of earlier attempts to a report, each once. A warning or a waived error counts even if the last
 * attempt does not have it.
 */
function withEarlier(report: EndpointReport, before: Earlier): EndpointReport {
  const known = new Set(report.steps.flatMap(({ id, findings }) => findings.map(({ code }) => `${id} ${code}`)));
  const earlier = before.filter((one) => {
    if (!('severity' in one)) return true;
    const isNew = !known.has(`${one.step} ${one.code}`);
    known.add(`${one.step} ${one.code}`);
    return isNew;
  });
  if (earlier.length === 0) return report;
  const result = earlierFindings({ earlier }).length > 0 ? worst([report.result, 'warn']) : report.result;
  return { ...report, result, earlier };
}

/** The failure in the later step, or the earlier one in the same step. */
function further(one: EarlierFailure | undefined, other: EarlierFailure | undefined): EarlierFailure | undefined {
  if (!one || !other) return one ?? other;
  return STEP_IDS.indexOf(other.step) > STEP_IDS.indexOf(one.step) ? other : one;
}

/** What is kept of an attempt that is followed by another: its failure, warnings and waived errors. */
function findingsToKeep(report: Attempt['report']): Earlier {
  // The failure that led to the next attempt is ignored, waived or not: a waiver must not make the verdict worse.
  const failure = failureIn(report);
  const counting = report.steps.flatMap(({ id: step, findings }) =>
    findings.filter((one) => one !== failure?.finding && statusOf([one]) === 'warn').map((one) => ({ step, ...one })),
  );
  if (!failure) return counting;
  const { step, code, title, message } = failure;
  return [{ step, code, title, message }, ...counting];
}

/** Why an attempt failed. */
function failureIn({ steps }: Attempt['report']) {
  const last = steps.findLast(({ status }) => status !== 'skip');
  const errors = last?.findings.filter(({ severity }) => severity === 'error') ?? [];
  const failure = errors.find(({ waived }) => !waived) ?? errors[0];
  if (!last || !failure) return undefined;
  const { code, title, message, evidence: { awaited, detail, beforeTls } = {} } = failure;
  return { step: last.id, finding: failure, code, title, message, awaited, detail, beforeTls };
}
