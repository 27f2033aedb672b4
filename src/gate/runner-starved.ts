import type { CauseOf } from '../findings/catalog.js';
import type { FindingCode } from '../findings/codes.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import type { Deadline } from '../net/deadline.js';
import { inSeconds } from '../steps/budget.js';
import type { Transient } from '../steps/hand-over.js';
import { exactly, own } from '../text/own.js';

/** The servers with the shortest timeout close the connection after ten seconds of silence. */
const MIN_STANDSTILL_MS = 5000;

/** Findings that a server can cause if the client is silent for too long. */
const OF_SILENCE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'connection-lost',
  'reply-timeout',
  'handshake-timeout',
  'throttled',
  'probe-inconclusive',
]);

/** Causes of `tls-handshake-failed`: the server closed the connection instead of sending something. */
const CLOSED: readonly CauseOf<'tls-handshake-failed'>[] = ['closed-at-start', 'closed-at-connect'];

/** A 421 that the server sent while the gate did not run, between the 220 to STARTTLS and the handshake. */
const CLOSING = /^421\b/;

/**
 * Replaces findings that the server may not have caused with `runner-starved`, if the gate did not run for a while in
 * this attempt. Then another attempt makes sense.
 */
export function unlessStarved(
  findings: readonly KnownFinding[],
  transient: Transient,
  { stoodStillMs }: Pick<Deadline, 'stoodStillMs'>,
): { readonly findings: readonly KnownFinding[]; readonly transient: Transient } {
  const isOfSilence = ({ code, evidence, cause }: KnownFinding): boolean => {
    // An inbox may be unreachable for other reasons, such as a reply that is too long. They are not transient.
    if (code === 'inbox-unreachable') return transient === true;
    if (code === 'tls-handshake-failed') return CLOSED.some((one) => one === cause);
    return OF_SILENCE.has(code) || (code === 'plaintext-after-starttls' && CLOSING.test(exactly(evidence?.data ?? '')));
  };
  if (stoodStillMs < MIN_STANDSTILL_MS || !findings.some(isOfSilence)) return { findings, transient };
  const suspendedFor = inSeconds(stoodStillMs);
  const starved = ({ code, message }: KnownFinding): KnownFinding => {
    const text = own`The gate process did not run for ${suspendedFor} during this attempt, which may be the cause of the failure: ${message}`;
    return finding('runner-starved', text, { inconclusive: true, evidence: { suspendedFor, finding: code } });
  };
  return { findings: findings.map((found) => (isOfSilence(found) ? starved(found) : found)), transient: true };
}
