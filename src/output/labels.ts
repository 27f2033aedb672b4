import {
  STEP_IDS,
  type EndpointReport,
  type Finding,
  type Party,
  type StepReport,
  type TlsReport,
} from '../report/report.js';
import { authority } from '../findings/commands/shell.js';
import { timeLeft } from '../text/time-left.js';
import { allWaived, type Outcome } from './counts.js';

/* The words and signs that all outputs share. A sign stands without a word only where {@link LEGEND} explains it. */

export interface Sign {
  /** For pages that show emoji. */
  readonly emoji: string;
  /** For logs and terminals: one column wide. */
  readonly plain: string;
}

export const SIGNS: Readonly<Record<Outcome | 'skip', Sign>> = {
  pass: { emoji: '✅', plain: '✓' },
  waived: { emoji: '🔕', plain: '~' },
  flaky: { emoji: '🔁', plain: '↻' },
  warn: { emoji: '⚠️', plain: '!' },
  inconclusive: { emoji: '❓', plain: '?' },
  fail: { emoji: '❌', plain: '✗' },
  skip: { emoji: '➖', plain: '-' },
};

/** What a program says if it has no verdict, before and after the reasons. */
export const NO_VERDICT = {
  gate: { headline: 'No server was tested', meaning: 'The gate did not connect to any server.' },
  merge: { headline: 'There is no verdict', meaning: 'The job fails, because the verdict needs every report.' },
} as const;

export type Program = keyof typeof NO_VERDICT;

const NOT_CONFIGURED = '⚪';

/** What {@link stepSigns} does not explain itself. */
export const LEGEND = [
  `Steps: ${STEP_IDS.join(', ')}`,
  `${SIGNS.pass.emoji} passed`,
  `${SIGNS.waived.emoji} waived`,
  `${SIGNS.flaky.emoji} passed after a retry`,
  `${SIGNS.warn.emoji} warning`,
  `${SIGNS.inconclusive.emoji} inconclusive`,
  `${SIGNS.fail.emoji} failed`,
  `${NOT_CONFIGURED} not configured`,
  `${SIGNS.skip.emoji} not applicable, or blocked by an earlier step`,
].join(' · ');

/** One emoji for each step, with spaces between them at which no line breaks. */
export function stepSigns(steps: readonly StepReport[]): string {
  const marks = steps.map(({ status, skipped, findings }) => {
    if (skipped === 'not-configured') return NOT_CONFIGURED;
    return SIGNS[status === 'warn' && allWaived(findings) ? 'waived' : status].emoji;
  });
  return marks.join('\u00a0');
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

/** Who has to act. */
export const PARTY_LABELS: Readonly<Record<Party, string>> = {
  server: 'Server owner',
  'certificate-authority': 'CA',
  network: 'Network',
  inbox: 'Inbox administrator',
  configuration: 'Workflow author',
  gate: 'Gate',
};

/** What comes before the colon of a fix: "Fix" is followed by "(server owner, likely)". */
export function whoActs({ party, certainty }: Pick<Finding, 'party' | 'certainty'>): string {
  const who = party === 'certificate-authority' ? PARTY_LABELS[party] : PARTY_LABELS[party].toLowerCase();
  return certainty === 'likely' ? `(${who}, likely)` : `(${who})`;
}

/**
 * How long the certificate of a server is still valid: "20 days", "50 hours", or "expired". Of several certificates the one
 * that expires first counts.
 * @param startedAt of the run
 */
export function validFor({ certificate, otherCertificates = [] }: TlsReport, startedAt: string): string {
  const { daysLeft, validTo } = otherCertificates.reduce(
    (first, other) => (Date.parse(other.validTo) < Date.parse(first.validTo) ? other : first),
    certificate,
  );
  return daysLeft < 0 ? 'expired' : timeLeft(Math.max(Date.parse(validTo) - Date.parse(startedAt), 0));
}

/** A time for people: "321 ms", "12.3 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Where an endpoint is, `host:port`, with brackets around an IPv6 address. */
export function addressOf({ host, port }: EndpointReport): string {
  return authority(host, port);
}
