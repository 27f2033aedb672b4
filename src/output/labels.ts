import { CATALOG } from '../findings/catalog.js';
import type { EndpointReport, Finding, Report, Result, SkipReason, StepReport, Verdict } from '../report/report.js';
import { count, countOf } from '../text/count.js';

/* The words and signs that all outputs share. A sign stands without a word only where {@link LEGEND} explains it. */

interface Sign {
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

/** A step's status in words. For a skipped step, the reason. */
export function statusWord({ status, skipped }: StepReport): string {
  return skipped?.replace('-', ' ') ?? status;
}

/** How long the message was in transit, to follow the status of step 5: " in 1.2 s". Empty if it is not known. */
export function transitTime({ id, status }: StepReport, { delivery }: EndpointReport): string {
  const arrived = id === 'delivery' && (status === 'pass' || status === 'warn');
  return arrived && delivery?.latencyMs !== undefined ? ` in ${duration(delivery.latencyMs)}` : '';
}

/** The result of some endpoints, to follow their number: "2 failed". */
export const RESULT_LABELS: Readonly<Record<Result, string>> = {
  pass: 'passed',
  warn: 'with warnings',
  inconclusive: 'inconclusive',
  fail: 'failed',
};

/** The endpoints of a report by their result, worst first, without results that no endpoint has. */
export function byResult(endpoints: readonly EndpointReport[]): [Result, EndpointReport[]][] {
  const worstFirst: readonly Result[] = ['fail', 'inconclusive', 'warn', 'pass'];
  return worstFirst
    .map((result): [Result, EndpointReport[]] => [result, endpoints.filter((endpoint) => endpoint.result === result)])
    .filter(([, some]) => some.length > 0);
}

/** The verdict in one line, such as "Gate closed: 2 of 9 endpoints failed", and the status that gives it its sign. */
export function headline({ endpoints }: Report, { blocks, failed }: Verdict): { status: Result; text: string } {
  const gate = blocks ? 'Gate closed' : 'Gate open';
  const bad = byResult(endpoints).filter(([result]) => result !== 'pass');
  const decisive = blocks ? bad.filter(([, some]) => some.some((endpoint) => failed.includes(endpoint))) : bad;
  const [first, ...others] = decisive;
  if (!first) return { status: 'pass', text: `${gate}: ${predicate('pass', endpoints.length, endpoints.length)}` };
  const counts = [
    predicate(first[0], first[1].length, endpoints.length),
    ...others.map(([result, { length }]) => `${length} ${RESULT_LABELS[result]}`),
  ].join(', ');
  const reportOnly = !blocks && failed.length > 0 ? ' (report only)' : '';
  return { status: blocks ? 'fail' : 'warn', text: `${gate}: ${counts}${reportOnly}` };
}

/** How many endpoints have a result, as a clause: "2 of 9 endpoints failed". */
function predicate(result: Result, some: number, all: number): string {
  const subject = countOf(some, all, 'endpoint');
  return result === 'inconclusive'
    ? `${subject} ${some === 1 ? 'is' : 'are'} inconclusive`
    : `${subject} ${OUTCOME[result]}`;
}

/** The title of a finding, from the catalog. Its code, if a later version of the gate wrote the report. */
export function titleOf({ code }: Pick<Finding, 'code'>): string {
  return Object.hasOwn(CATALOG, code) ? CATALOG[code as keyof typeof CATALOG].title : code;
}

/** The sign of a finding: that of the status which it gives its step. */
export function signOf(finding: Finding): Sign {
  if (finding.severity === 'notice') return SIGNS.pass;
  if (finding.waived || finding.severity === 'warning') return SIGNS.warn;
  return finding.inconclusive ? SIGNS.inconclusive : SIGNS.fail;
}

/** Fields of evidence whose names are not words. */
const EVIDENCE_LABELS: ReadonlyMap<string, string> = new Map([
  ['authservId', 'authserv-id'],
  ['caIssuers', 'CA Issuers URL'],
  ['helo', 'reply to HELO'],
  ['messageId', 'Message-ID'],
  ['openssl', 'OpenSSL error'],
  ['insideTls', 'over TLS'],
  ['beforeTls', 'before TLS'],
  ['rootSha256', 'SHA-256 of the root'],
  ['saslError', 'SASL error'],
  ['sha256', 'SHA-256'],
]);

/** A field of evidence as people read it: "valid to" for `validTo`. */
export function evidenceLabel(field: string): string {
  return EVIDENCE_LABELS.get(field) ?? field.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** How long a certificate is still valid: "20 days", or "expired". */
export function daysLeft(days: number): string {
  return days < 0 ? 'expired' : count(days, 'day');
}

/** A time for people: "321 ms", "12.3 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const OUTCOME: typeof RESULT_LABELS = { ...RESULT_LABELS, warn: 'passed with warnings' };

/** How often an endpoint was tried, and what failed first: "passed on attempt 2, after connection-timeout". */
export function attemptsInShort({ attempts, result, earlier }: EndpointReport): string | undefined {
  if (attempts === 1) return undefined;
  const first = firstFailure(earlier);
  return `${OUTCOME[result]} on attempt ${attempts}${first ? `, after ${first.code}` : ''}`;
}

/** The same with the step and the message of the first failure. */
export function attemptsInFull(endpoint: EndpointReport): string | undefined {
  const short = attemptsInShort(endpoint);
  const first = firstFailure(endpoint.earlier);
  return short !== undefined && first ? `${short} in ${first.step}: ${first.message}` : short;
}

function firstFailure(earlier: EndpointReport['earlier']) {
  return earlier?.find((one) => !('severity' in one));
}

/** Where an endpoint is, `host:port`, with brackets around an IPv6 address. */
export function addressOf({ host, port }: EndpointReport): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
