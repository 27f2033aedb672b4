import { CATALOGUE } from '../findings/catalogue.js';
import type { EndpointReport, Finding, Report, Result, SkipReason, StepReport, Verdict } from '../report/report.js';

/* The words and signs for results, once for every sink. A sign stands alone only where {@link LEGEND} explains it. */

/** A sign for pages that show emoji, and one of a single column for logs and terminals. */
interface Sign {
  readonly emoji: string;
  readonly plain: string;
}

export const SIGNS: Readonly<Record<StepReport['status'], Sign>> = {
  pass: { emoji: '✅', plain: '✓' },
  warn: { emoji: '⚠️', plain: '!' },
  inconclusive: { emoji: '❓', plain: '?' },
  fail: { emoji: '❌', plain: '✗' },
  skip: { emoji: '➖', plain: '-' },
};

const SKIPPED: Readonly<Record<SkipReason, string>> = {
  'not-applicable': 'not applicable',
  'not-configured': 'not configured',
  blocked: 'blocked',
};

const SKIPPED_BRIEFLY: Readonly<Record<SkipReason, string>> = {
  'not-applicable': 'n/a',
  'not-configured': 'unset',
  blocked: 'blocked',
};

/** What {@link statusInBrief} leaves to be explained. */
export const LEGEND = `${SIGNS.pass.emoji} passed · ${SIGNS.skip.emoji} skipped: n/a (not applicable), unset (not configured), blocked (by an earlier step)`;

/** A step's status for a cell of a table, with its sign. */
export function statusInBrief({ status, skipped }: StepReport): string {
  const { emoji } = SIGNS[status];
  if (status === 'pass') return emoji;
  return `${emoji} ${skipped ? SKIPPED_BRIEFLY[skipped] : status}`;
}

/** What a cell of a table says behind the status of step 5: how long the message was on its way. */
export function travelTime({ id, status }: StepReport, { delivery }: EndpointReport): string {
  const arrived = id === 'delivery' && (status === 'pass' || status === 'warn');
  return arrived && delivery?.latencyMs !== undefined ? ` in ${duration(delivery.latencyMs)}` : '';
}

/** What became of endpoints with a result, as it follows their number: "2 failed". */
export const BECAME: Readonly<Record<Result, string>> = {
  pass: 'passed',
  warn: 'with warnings',
  inconclusive: 'inconclusive',
  fail: 'failed',
};

/** A step's status in words; a skip says why. */
export function statusWord({ status, skipped }: StepReport): string {
  return skipped ? SKIPPED[skipped] : status;
}

/** The endpoints of a report by their result, worst result first, without results that none has. */
export function byResult(endpoints: readonly EndpointReport[]): [Result, EndpointReport[]][] {
  const worstFirst: readonly Result[] = ['fail', 'inconclusive', 'warn', 'pass'];
  return worstFirst
    .map((result): [Result, EndpointReport[]] => [result, endpoints.filter((endpoint) => endpoint.result === result)])
    .filter(([, some]) => some.length > 0);
}

/** What the run came to, in a few words: "Gate closed: 2 of 9 endpoints failed". */
export function headline({ endpoints }: Report, { blocks, failed }: Verdict): { status: Result; text: string } {
  const gate = blocks ? 'Gate closed' : 'Gate open';
  const bad = byResult(endpoints).filter(([kind]) => kind !== 'pass');
  if (bad.length === 0) {
    return { status: 'pass', text: `${gate}: ${everyEndpoint(endpoints.length)} passed` };
  }
  const shown = blocks ? bad.filter(([, some]) => some.some((endpoint) => failed.includes(endpoint))) : bad;
  const [first, ...others] = shown.map(([kind, { length }]) => ({ length, became: BECAME[kind] }));
  const counts = [
    first ? `${first.length} of ${endpointsOf(endpoints.length)} ${first.became}` : '',
    ...others.map(({ length, became }) => `${length} ${became}`),
  ].join(', ');
  const reportOnly = !blocks && failed.length > 0 ? ' (report only)' : '';
  return { status: blocks ? 'fail' : 'warn', text: `${gate}: ${counts}${reportOnly}` };
}

/** "1 endpoint", "9 endpoints". */
export function endpointsOf(count: number): string {
  return `${count} ${count === 1 ? 'endpoint' : 'endpoints'}`;
}

function everyEndpoint(count: number): string {
  return count === 1 ? 'the endpoint' : `all ${endpointsOf(count)}`;
}

/** The title of a finding, from the catalogue; its code where a later version of the gate wrote the report. */
export function titleOf({ code }: Pick<Finding, 'code'>): string {
  return Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as keyof typeof CATALOGUE].title : code;
}

/** The sign of a finding: that of the status which it gives its step. */
export function signOf(finding: Finding): Sign {
  if (finding.severity === 'notice') return SIGNS.pass;
  if (finding.waived || finding.severity === 'warning') return SIGNS.warn;
  return finding.inconclusive ? SIGNS.inconclusive : SIGNS.fail;
}

/** How long a certificate is still valid: "20 days", or "expired". */
export function daysLeft(days: number): string {
  return days < 0 ? 'expired' : `${days} ${days === 1 ? 'day' : 'days'}`;
}

/** A time for people: "321 ms", "12.3 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const OUTCOME: Readonly<Record<Result, string>> = {
  pass: 'passed',
  warn: 'passed with warnings',
  inconclusive: 'inconclusive',
  fail: 'failed',
};

/** That there was more than one attempt, and what failed first: "passed on attempt 2, after connection-timeout". */
export function attemptsInBrief({ attempts, result, earlier }: EndpointReport): string | undefined {
  if (attempts === 1) return undefined;
  const first = firstFailure(earlier);
  return `${OUTCOME[result]} on attempt ${attempts}${first ? `, after ${first.code}` : ''}`;
}

/** The same with what was said of the first failure. */
export function attemptsInFull(endpoint: EndpointReport): string | undefined {
  const brief = attemptsInBrief(endpoint);
  const first = firstFailure(endpoint.earlier);
  return brief !== undefined && first ? `${brief} in ${first.step}: ${first.message}` : brief;
}

function firstFailure(earlier: EndpointReport['earlier']) {
  return earlier?.find((one) => !('severity' in one));
}

/** Where an endpoint is, as people write it: `host:port`, with brackets around an IPv6 address. */
export function addressOf({ host, port }: EndpointReport): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
