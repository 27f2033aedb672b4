import type { Deadline } from '../net/deadline.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Context } from './context.js';

/**
 * The dialogue of an attempt may wait this many times as long as any one wait in it. A server that is slow at one
 * or two points passes; one that spends every wait to its end does not hold the endpoint for minutes.
 */
const DIALOGUE_IN_TIMEOUTS = 4;
/** The same for each probe, for which the dialogue is kept waiting. */
const PROBE_IN_TIMEOUTS = 2;

/** A timer counts whole milliseconds, and may be one early. */
const TIMER_SLACK_MS = 2;

/** Milliseconds that one attempt may wait in all, its probes included, the arrival of the message not. */
export function attemptMs({ timeoutMs, probes }: Endpoint): number {
  // `plaintext-mail` asks twice: before TLS, and inside.
  const connections = probes.length + (probes.includes('plaintext-mail') ? 1 : 0);
  return timeoutMs * (DIALOGUE_IN_TIMEOUTS + PROBE_IN_TIMEOUTS * connections);
}

/** Milliseconds that one probe may wait in all. */
export function probeMs({ timeoutMs }: Endpoint): number {
  return timeoutMs * PROBE_IN_TIMEOUTS;
}

/** How long a wait of so many milliseconds was, as evidence. */
export function inSeconds(waitedMs: number): string {
  return `${(waitedMs / 1000).toFixed(1)} s`;
}

/** Why a wait in a probe was cut short, in a sentence of its own; nothing while the probe had time left. */
export function spentProbe(budget: Deadline, endpoint: Endpoint): string {
  if (budget.remainingMs > TIMER_SLACK_MS) return '';
  return ` A probe has ${probeMs(endpoint) / 1000} s in all, two timeouts, and they are spent.`;
}

/**
 * What a finding about a wait that was too long must add where it was not that wait alone that spent the time.
 * @returns the end of the message and the evidence; nothing while the attempt had time left
 */
export function spentBudget({ budget, endpoint, run }: Context): { clause: string; evidence: Record<string, string> } {
  if (budget.remainingMs > TIMER_SLACK_MS || run.end.isOver) return { clause: '', evidence: {} };
  const attempt = `${attemptMs(endpoint) / 1000} s`;
  return { clause: `; the whole attempt had ${attempt}, and they are spent`, evidence: { attemptLimit: attempt } };
}
