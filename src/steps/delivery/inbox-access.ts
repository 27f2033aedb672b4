import { isTransient, type InboxResult } from '../../inbox/failure.js';
import type { Inbox, InboxPeer, InboxSettings, SessionRecord } from '../../inbox/inbox.js';
import type { Deadline } from '../../net/deadline.js';
import type { InboxTarget } from '../../plan/endpoint.js';
import type { PeerJudgment } from '../certificate/judge.js';
import type { Context } from '../context.js';

/** The pause before a lost inbox is opened again; each later pause is twice as long, up to the longest. */
const FIRST_REOPEN_MS = 1000;
const LONGEST_REOPEN_MS = 8000;

/** Opens the inbox, or shares its open session. Call it early, so that it is ready when the message is sent. */
export function openInbox(context: Context, target: InboxTarget): Promise<InboxResult<Inbox>> {
  return context.run.inboxes.open(target, settingsFor(context, target));
}

/** Works in an inbox, and opens it again if its connection is lost before the deadline. */
export async function reopening<T>(
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

/** The session with the inbox, which all endpoints that deliver there share. */
export function inboxSession(context: Context, target: InboxTarget): SessionRecord {
  return context.run.inboxes.session(target, settingsFor(context, target));
}

function settingsFor({ endpoint, run }: Context, target: InboxTarget): InboxSettings {
  const { ca, minVersion, minValidDays } = endpoint.tls;
  const judged = (peer: InboxPeer): PeerJudgment => {
    // Pins and waivers apply to the endpoint only.
    const policy = { ca, minVersion, minValidDays, pins: [] };
    return run.judgments.of(peer, { policy, name: target.host, now: run.now(), trust: run.trust }, []);
  };
  return {
    resolver: run.resolver,
    context: run.trust.context({ ca, minVersion }),
    minVersion,
    anything: () => run.trust.anything(),
    timeoutMs: endpoint.timeoutMs,
    minValidDays,
    judge: (peer) => judged(peer).findings.filter(({ severity }) => severity === 'error'),
    endsInDefaultStore: (peer) => judged(peer).endsInDefaultStore,
  };
}
