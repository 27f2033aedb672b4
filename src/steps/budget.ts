import type { Deadline } from '../net/deadline.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Context } from './context.js';
import { own, type OwnText } from '../text/own.js';

/**
 * The session of an attempt may wait for as long as this many timeouts. A server that is slow at one or two points
 * passes, but one that uses every timeout to its end does not delay the endpoint for minutes.
 */
const DIALOGUE_TIMEOUTS = 4;
/** The same for each probe, which the session waits for. */
const PROBE_TIMEOUTS = 2;

/** The default of `timeout`. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** A timer counts whole milliseconds and may fire one early. */
const TIMER_SLACK_MS = 2;

/** Milliseconds that one attempt may wait in total, including its probes but not the arrival of the message. */
export function attemptMs({ timeoutMs, probes }: Endpoint): number {
  // `plaintext-mail` makes two connections: one tests before TLS, one over TLS.
  const connections = probes.length + (probes.includes('plaintext-mail') ? 1 : 0);
  return timeoutMs * (DIALOGUE_TIMEOUTS + PROBE_TIMEOUTS * connections);
}

export function probeMs({ timeoutMs }: Endpoint): number {
  return timeoutMs * PROBE_TIMEOUTS;
}

export function inSeconds(ms: number): OwnText {
  return own`${(ms / 1000).toFixed(1)} s`;
}

/** A sentence that says that the probe reached its time limit; empty if it did not. */
export function spentProbe(budget: Deadline, endpoint: Endpoint): OwnText {
  if (budget.remainingMs > TIMER_SLACK_MS) return own``;
  return own` The probe reached its time limit of ${probeMs(endpoint) / 1000} s (twice the timeout).`;
}

/** Whether the attempt has reached its time limit. */
export function isBudgetSpent({ budget }: Pick<Context, 'budget'>): boolean {
  return budget.remainingMs <= TIMER_SLACK_MS;
}

/** What a finding about a wait must add if the attempt reached its time limit: then this wait alone was not too long. */
export function spentBudget(context: Context): { clause: OwnText; evidence: Record<string, string> } {
  const { endpoint, run } = context;
  if (!isBudgetSpent(context) || run.end.isOver) return { clause: own``, evidence: {} };
  const attempt = `${attemptMs(endpoint) / 1000} s`;
  return { clause: own`; the whole attempt reached its time limit of ${attempt}`, evidence: { attemptLimit: attempt } };
}

/** The configured `timeout` as evidence, if it is shorter than the default. */
export function shortTimeout({ timeoutMs }: Endpoint): { readonly timeout: string } | undefined {
  return timeoutMs < DEFAULT_TIMEOUT_MS ? { timeout: `${timeoutMs / 1000} s` } : undefined;
}
