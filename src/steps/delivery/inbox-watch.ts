import { performance } from 'node:perf_hooks';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { describeFailure, isTransient, type InboxFailure, type InboxResult } from '../../inbox/failure.js';
import type { Inbox, Received, Sought } from '../../inbox/inbox.js';
import { alterations, hasToken, isReencoded, isTestMessage } from '../../message/alterations.js';
import { parseMessage, type ParsedMessage } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import { receivedHops } from '../../message/trace.js';
import { Deadline } from '../../net/deadline.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import { judgePeer } from '../certificate/judge.js';
import type { Context } from '../context.js';
import type { Facts, SignedIn } from '../hand-over.js';
import { judgeHop } from './hop.js';
import { judgeVerdicts } from './verdicts.js';

/** How long to wait for copies, which arrive a moment after the message. Every delivery takes this much longer. */
const SETTLING_MS = 1000;

/** The pause before a lost inbox is opened again; each later pause is twice as long, up to the longest. */
const FIRST_REOPEN_MS = 1000;
const LONGEST_REOPEN_MS = 8000;

/** A lost inbox is opened again for this long to clean up, which is no more than four times before a warning. */
const CLEANUP_MS = 10_000;

/** Opens the inbox, or shares its open session. Call it early, so that it is ready when the message is sent. */
export function openInbox({ endpoint, run }: Context, target: InboxTarget): Promise<InboxResult<Inbox>> {
  const { ca, minVersion, minValidDays } = endpoint.tls;
  return run.inboxes.open(target, {
    resolver: run.resolver,
    context: run.trust.context({ ca, minVersion }),
    timeoutMs: endpoint.timeoutMs,
    minValidDays,
    judge: (peer) => {
      const { findings } = judgePeer(peer, {
        // Pins and waivers apply to the endpoint only.
        policy: { ca, minVersion, minValidDays, pins: [] },
        name: target.host,
        now: run.now(),
        trust: run.trust,
        waived: () => false,
      });
      return findings.filter(({ severity }) => severity === 'error');
    },
  });
}

/** Waits for the test message that the server has just accepted, judges the message that arrived, and deletes it. */
export async function awaitArrival(
  context: Context,
  signedIn: SignedIn,
  message: TestMessage,
  delivery: Delivery & { readonly inbox: InboxTarget },
): Promise<{ readonly findings: readonly KnownFinding[]; readonly facts?: Facts }> {
  const acceptedAt = performance.now();
  const { messageId, nonce } = message;
  const { inbox, to, withinMs } = delivery;
  const size = Buffer.byteLength(message.text);
  const deadline = Deadline.after(withinMs, context.run.end);
  const sought = { messageId, nonce, size, is: (source: Buffer) => isTestMessage(message, source) };
  const found = await reopening(context, inbox, deadline, (opened) => opened.find(sought, deadline));
  if (!found.ok) return { findings: [inboxFinding(found.failure, inbox)] };
  const received = found.value;
  if (!received) {
    const text = `The server accepted the message to ${to}, but it was not in the inbox after ${withinMs / 1000} s.`;
    return { findings: [finding('message-not-received', text, { evidence: { messageId } })] };
  }
  const latencyMs = Math.round(performance.now() - acceptedAt);
  const settled = Deadline.after(SETTLING_MS, deadline);
  const parsed = parseMessage(received.source);
  const hops = receivedHops(parsed);
  const findings = [
    ...judgeIdentity(message, received.source, parsed),
    ...judgeHop(context.endpoint, signedIn, hops, delivery),
    ...(delivery.verdicts ? await judgeVerdicts(context, delivery.verdicts, received.source, parsed, hops) : []),
  ];
  const folder = received.junk === undefined ? undefined : excerpt(received.junk);
  if (folder !== undefined) {
    findings.push(
      finding('message-in-junk', `The message arrived in the folder "${folder}".`, { evidence: { folder } }),
    );
  }
  await context.run.pause(settled.remainingMs);
  // What the message shows stays true even if the last search or the deletion fails.
  const { copies, hasMore, failures } = await finished(context, received, delivery, sought, deadline);
  findings.push(...failures);
  if (copies > 1) {
    const times = hasMore ? `at least ${copies}` : String(copies);
    const rest = hasMore ? ' More messages that may be copies were not read and stay in the inbox.' : '';
    const text = `The message arrived ${times} times, but the gate sent it once.${rest}`;
    findings.push(finding('message-duplicated', text, { evidence: { messageId, copies: times } }));
  }
  const report = { messageId, octets: size, latencyMs, ...(folder !== undefined && { folder }), copies };
  return { findings, facts: { delivery: report } };
}

function judgeIdentity(sent: TestMessage, source: Buffer, parsed: ParsedMessage): KnownFinding[] {
  const differences = alterations(sent, source);
  if (differences.length === 0) return [];
  const altered = excerpt(differences.join('; '));
  const evidence = { messageId: sent.messageId, altered };
  if (isReencoded(sent, source)) {
    const text = `A server has encoded the message again. Its decoded parts are the same: ${altered}.`;
    return [finding('message-reencoded', text, { evidence })];
  }
  const doubt = hasToken(sent, parsed)
    ? ''
    : ' The random value in its body is missing: the body was replaced or the message was forged.';
  const text = `The message that arrived is not the one that was sent: ${altered}.${doubt}`;
  return [finding('message-altered', text, { evidence })];
}

/** Works in an inbox, and opens it again if its connection is lost before the deadline. */
async function reopening<T>(
  context: Context,
  target: InboxTarget,
  deadline: Deadline,
  work: (inbox: Inbox) => Promise<InboxResult<T>>,
): Promise<InboxResult<T>> {
  for (let pauseMs = FIRST_REOPEN_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_REOPEN_MS)) {
    const opened = await openInbox(context, target);
    const result = opened.ok ? await work(opened.value) : opened;
    if (result.ok || !isTransient(result.failure) || deadline.remainingMs <= pauseMs) return result;
    await context.run.pause(pauseMs);
  }
}

/**
 * Counts the copies of a message and, unless it is to be kept, deletes them all. If the connection is lost meanwhile,
 * the message is searched for again; if it is no longer there, it has been deleted.
 */
async function finished(
  context: Context,
  received: Received,
  { keep, inbox }: Delivery & { readonly inbox: InboxTarget },
  sought: Sought,
  deadline: Deadline,
): Promise<{ copies: number; hasMore: boolean; failures: KnownFinding[] }> {
  const cleanUp = (found: Received): Promise<InboxResult<void>> => (keep ? found.recount() : found.delete());
  const finds = [received];
  let cleaned = await cleanUp(received);
  if (!cleaned.ok && isTransient(cleaned.failure) && !deadline.isOver) {
    cleaned = await reopening(context, inbox, Deadline.after(CLEANUP_MS, deadline), async (reopened) => {
      const again = await findAgain(reopened, sought, Deadline.after(SETTLING_MS, deadline));
      if (!again.ok) return again;
      if (!again.value) return { ok: true, value: undefined };
      finds.push(again.value);
      return cleanUp(again.value);
    });
  }
  const failures: KnownFinding[] = [];
  if (!cleaned.ok) {
    const { message, evidence = {} } = inboxFinding(cleaned.failure, inbox);
    failures.push(finding('inbox-cleanup-failed', message, { evidence }));
  }
  // Some copies may have been deleted before the connection was lost.
  const copies = Math.max(...finds.map((found) => found.copies));
  return { copies, hasMore: finds.at(-1)?.hasMore === true, failures };
}

/** @returns undefined if the message is no longer there, even if a different one has its Message-ID */
async function findAgain(inbox: Inbox, sought: Sought, deadline: Deadline): Promise<InboxResult<Received | undefined>> {
  const found = await inbox.find(sought, deadline);
  const isThere = found.ok ? found.value && sought.is(found.value.source) : found.failure.kind !== 'message-gone';
  return isThere ? found : { ok: true, value: undefined };
}

export function inboxFinding(failure: InboxFailure, { scheme, host, port }: InboxTarget): KnownFinding {
  const reason = describeFailure(failure);
  const isRejected = failure.kind === 'rejected' || failure.kind === 'message-gone';
  const isInconclusive = failure.kind === 'no-connection' && failure.cause.inconclusive;
  return finding(isRejected ? 'inbox-rejected' : 'inbox-unreachable', `${scheme}://${host}:${port}: ${reason}`, {
    evidence: { reason },
    ...(isInconclusive && { inconclusive: true }),
  });
}
