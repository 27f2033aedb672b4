import { ConnectFailure } from '../net/connect.js';
import type { EndpointReport } from '../report/report.js';
import type { Greylisting, RunContext } from '../steps/context.js';
import type { Target } from './addresses.js';
import { attempt } from './attempt.js';
import { findingsToKeep, withEarlier, type Earlier } from './earlier.js';
import { defectReport, notTriedAgain } from './endpoint-report.js';
import { FIRST_PAUSE_MS, pauseBefore } from './pauses.js';

/** Attempts an endpoint until it passes, fails permanently, or has no retries left. Never throws. */
export async function attemptWithRetries(
  { endpoint, addresses }: Target,
  retries: number,
  run: RunContext,
): Promise<EndpointReport> {
  const earlier: Earlier = [];
  let isSilent = false;
  const clock = new GreylistingClock(endpoint.delivery?.withinMs ?? 0);
  let tries = 1;
  let spentMs = 0;
  try {
    for (; ; tries += 1) {
      const attempted = await attempt(endpoint, run, { addresses, greylisting: clock.at(spentMs) });
      const { report, transient, greylisted } = attempted;
      spentMs += report.durationMs;
      const timeLeftMs = clock.timeLeft(greylisted, spentMs);
      // The server's silence may be the loss of a packet, so it is worth one more attempt in total.
      const isFinal = !transient || (transient === 'once' && isSilent);
      isSilent ||= transient === 'once';
      const pauseMs = isFinal ? undefined : nextPause(tries, retries, timeLeftMs, run);
      if (pauseMs === undefined) return withEarlier({ ...report, durationMs: spentMs, attempts: tries }, earlier);
      // A failed lookup has already been repeated with the same pauses.
      if (!(addresses instanceof ConnectFailure)) await run.pause(pauseMs);
      if (run.end.isOver) {
        return withEarlier({ ...notTriedAgain(report, run), durationMs: spentMs, attempts: tries }, earlier);
      }
      earlier.push(...findingsToKeep(report));
      spentMs += Math.round(pauseMs);
    }
  } catch (error) {
    return withEarlier({ ...defectReport(endpoint, error), attempts: tries }, earlier);
  }
}

/** How long a greylisted message is retried: for `delivery.within`, from the server's first such reply. */
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
   * @returns milliseconds left for the message
   */
  timeLeft(reply: string | undefined, atMs: number): number {
    if (reply === undefined) return 0;
    this.#first ??= { reply, atMs };
    return this.#first.atMs + this.#withinMs - atMs;
  }
}

/**
 * Milliseconds to wait before the next try, or undefined if there is none. With `retries: 0` there is none; otherwise a
 * greylisted message is retried as often as the time that is left for it allows.
 */
function nextPause(tries: number, retries: number, timeLeftMs: number, run: RunContext): number | undefined {
  const pauseMs = pauseBefore(tries + 1, run);
  if (tries <= retries) return pauseMs;
  return retries > 0 && timeLeftMs >= FIRST_PAUSE_MS ? Math.min(pauseMs, timeLeftMs) : undefined;
}
