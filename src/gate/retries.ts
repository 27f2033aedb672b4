import { ConnectFailure } from '../net/connect.js';
import type { Endpoint } from '../plan/endpoint.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport } from '../report/report.js';
import type { Greylisting, RunContext } from '../steps/context.js';
import { completeFinding } from '../findings/complete.js';
import { internalError } from '../steps/error-to-finding.js';
import type { Transient } from '../steps/hand-over.js';
import type { Target } from './addresses.js';
import { attempt } from './attempt.js';
import { notTriedAgain } from './cancelled.js';
import { remainsOf, withEarlier } from './earlier.js';
import type { Earlier } from './earlier.js';
import { reportHead } from './endpoint-report.js';
import { FIRST_PAUSE_MS, pauseBefore } from './pauses.js';

/** Attempts an endpoint until it passes, fails for good, or has had its retries. Never throws. */
export async function attemptWithRetries(
  { endpoint, addresses }: Target,
  retries: number,
  run: RunContext,
): Promise<EndpointReport> {
  const earlier: Earlier = [];
  const silences = new Silences();
  const clock = new GreylistingClock(endpoint.delivery?.withinMs ?? 0);
  let tries = 1;
  let spentMs = 0;
  try {
    for (; ; tries += 1) {
      const attempted = await attempt(endpoint, run, { addresses, greylisting: clock.at(spentMs) });
      const { report, transient, greylisted } = attempted;
      spentMs += report.durationMs;
      const patienceMs = clock.timeLeft(greylisted, spentMs);
      const isFinal = !transient || silences.areTooMany(transient);
      const pauseMs = isFinal ? undefined : nextPause(tries, retries, patienceMs, run);
      if (pauseMs === undefined) return withEarlier({ ...report, durationMs: spentMs, attempts: tries }, earlier);
      // The lookups of a failed family have been repeated with the same pauses already.
      if (!(addresses instanceof ConnectFailure)) await run.pause(pauseMs);
      if (run.end.isOver) {
        return withEarlier({ ...notTriedAgain(report, run), durationMs: spentMs, attempts: tries }, earlier);
      }
      earlier.push(...remainsOf(report));
      spentMs += Math.round(pauseMs);
    }
  } catch (error) {
    return withEarlier({ ...defectReport(endpoint, error), attempts: tries }, earlier);
  }
}

/** A server may have lost one packet: its silence is worth one more attempt in all. */
class Silences {
  #count = 0;

  areTooMany(transient: Transient): boolean {
    if (transient === 'once') this.#count += 1;
    return transient === 'once' && this.#count > 1;
  }
}

/** How long a greylisted message is tried: from the server's first such reply, as long as it may take to arrive. */
class GreylistingClock {
  readonly #withinMs: number;
  #first: { readonly reply: string; readonly atMs: number } | undefined;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** @param atMs milliseconds since the first attempt began */
  at(atMs: number): Greylisting | undefined {
    return this.#first && { reply: this.#first.reply, waitedMs: atMs - this.#first.atMs };
  }

  /**
   * @param reply by which an attempt was greylisted, if it was
   * @param atMs when it ended, in milliseconds since the first one began
   * @returns the milliseconds that are left for the message
   */
  timeLeft(reply: string | undefined, atMs: number): number {
    if (reply === undefined) return 0;
    this.#first ??= { reply, atMs };
    return this.#first.atMs + this.#withinMs - atMs;
  }
}

/**
 * Milliseconds to wait after so many tries, or undefined if there is no other one. Without retries there is none; with
 * them, a greylisted message is tried as often as the time that is left for it allows.
 */
function nextPause(tries: number, retries: number, patienceMs: number, run: RunContext): number | undefined {
  const pauseMs = pauseBefore(tries + 1, run);
  if (tries <= retries) return pauseMs;
  return retries > 0 && patienceMs >= FIRST_PAUSE_MS ? Math.min(pauseMs, patienceMs) : undefined;
}

/** The report of an endpoint for which the gate itself failed outside of every step. */
export function defectReport(endpoint: Endpoint, error: unknown): EndpointReport {
  const [first, ...rest] = STEP_IDS;
  return {
    ...reportHead(endpoint),
    result: 'fail',
    attempts: 1,
    durationMs: 0,
    steps: [
      { id: first, status: 'fail', durationMs: 0, findings: [completeFinding(internalError(error))] },
      ...rest.map((id) => ({ id, status: 'skip' as const, skipped: 'blocked' as const, durationMs: 0, findings: [] })),
    ],
    transcript: [],
  };
}
