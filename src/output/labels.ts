import type { EndpointReport, Report, Result, SkipReason, StepReport, Verdict } from '../report/report.js';
import { authority } from '../findings/reproduce.js';
import { count, countOf } from '../text/count.js';

/* The words and signs that all outputs share. A sign stands without a word only where {@link LEGEND} explains it. */

export interface Sign {
  /** For pages that show emoji. */
  readonly emoji: string;
  /** For logs and terminals: one column wide. */
  readonly plain: string;
}

export const SIGNS: Readonly<Record<StepReport['status'], Sign>> = {
  pass: { emoji: '✅', plain: '✓' },
  warn: { emoji: '⚠️', plain: '!' },
  inconclusive: { emoji: '❓', plain: '?' },
  fail: { emoji: '❌', plain: '✗' },
  skip: { emoji: '➖', plain: '-' },
};

const SKIPPED_SHORT: Readonly<Record<SkipReason, string>> = {
  'not-applicable': 'n/a',
  'not-configured': 'unset',
  blocked: 'blocked',
};

/** What {@link shortStatus} does not explain itself. */
export const LEGEND = `${SIGNS.pass.emoji} passed · ${SIGNS.skip.emoji} skipped: n/a (not applicable), unset (not configured), blocked (by an earlier step)`;

/** A step's status with its sign, short enough for a cell of a table. */
export function shortStatus({ status, skipped }: StepReport): string {
  const { emoji } = SIGNS[status];
  if (status === 'pass') return emoji;
  return `${emoji} ${skipped ? SKIPPED_SHORT[skipped] : status}`;
}

/** A step's status; of a skipped step, the reason. */
export function statusWord({ status, skipped }: StepReport): string {
  return skipped?.replace('-', ' ') ?? status;
}

/** How long the message was in transit, to follow the status of step 5. Empty if it is not known. */
export function transitTime({ id, status }: StepReport, { delivery }: EndpointReport): string {
  const arrived = id === 'delivery' && (status === 'pass' || status === 'warn');
  return arrived && delivery?.latencyMs !== undefined ? ` (arrived after ${duration(delivery.latencyMs)})` : '';
}

/** The result of some endpoints, to follow their number: "2 failed". */
export const RESULT_LABELS: Readonly<Record<Result, string>> = {
  pass: 'passed',
  warn: 'with warnings',
  inconclusive: 'inconclusive',
  fail: 'failed',
};

/** The endpoints by their result, worst first, without results that no endpoint has. */
export function byResult(endpoints: readonly EndpointReport[]): [Result, EndpointReport[]][] {
  const worstFirst: readonly Result[] = ['fail', 'inconclusive', 'warn', 'pass'];
  return worstFirst
    .map((result): [Result, EndpointReport[]] => [result, endpoints.filter((endpoint) => endpoint.result === result)])
    .filter(([, some]) => some.length > 0);
}

/** What follows the subject of the headline: "2 of 9 endpoints failed". */
const PREDICATES: Readonly<Record<Result, { one: string; several: string }>> = {
  pass: { one: 'passed', several: 'passed' },
  warn: { one: 'has warnings', several: 'have warnings' },
  inconclusive: { one: 'is inconclusive', several: 'are inconclusive' },
  fail: { one: 'failed', several: 'failed' },
};

/**
 * The verdict in one line, such as "Gate failed: 2 of 9 endpoints failed, 1 inconclusive", and the status that gives it
 * its sign. The counts of a failed gate are those of the endpoints that fail it.
 */
export function headline({ endpoints }: Report, { blocks, failed }: Verdict): { status: Result; text: string } {
  const [first, ...others] = byResult(blocks ? failed : endpoints).filter(([result]) => result !== 'pass');
  const [result, some] = first ?? (['pass', endpoints] as const);
  const { one, several } = PREDICATES[result];
  const counts = [
    `${countOf(some.length, endpoints.length, 'endpoint')} ${some.length === 1 ? one : several}`,
    ...others.map(([other, { length }]) => `${length} ${RESULT_LABELS[other]}`),
  ];
  const reportOnly = !blocks && failed.length > 0 ? ' (report only)' : '';
  return {
    status: blocks ? 'fail' : result === 'pass' ? 'pass' : 'warn',
    text: `Gate ${blocks ? 'failed' : 'passed'}: ${counts.join(', ')}${reportOnly}`,
  };
}

/** How long a certificate is still valid: "20 days", or "expired". */
export function daysLeft(days: number): string {
  if (days === 0) return 'less than a day';
  return days < 0 ? 'expired' : count(days, 'day');
}

/** A time for people: "321 ms", "12.3 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Where an endpoint is, `host:port`, with brackets around an IPv6 address. */
export function addressOf({ host, port }: EndpointReport): string {
  return authority(host, port);
}
