import { finding, type KnownFinding } from '../../findings/finding.js';
import { own } from '../../text/own.js';
import { describeFailure, isTransient, type InboxResult } from '../../inbox/failure.js';
import type { Inbox, Received, Sought } from '../../inbox/inbox.js';
import { Deadline } from '../../net/deadline.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import type { Context } from '../context.js';
import { reopening } from './inbox-access.js';
import { inboxEvidence } from './inbox-finding.js';

/** How long to search for a message again whose deletion may have succeeded. */
const SEARCH_AGAIN_MS = 1000;

/** A lost inbox is opened again for this long to clean up, which is no more than four times before a warning. */
const CLEANUP_MS = 10_000;

/** What was found out while cleaning up. */
interface CleanedUp {
  readonly copies: number;
  readonly hasMore: boolean;
  readonly failures: readonly KnownFinding[];
}

/**
 * Counts the copies of a message and, unless it is to be kept, deletes them all. If the connection is lost meanwhile,
 * the message is searched for again; if it is no longer there, it has been deleted.
 */
export async function cleanUp(
  context: Context,
  received: Received,
  { keep, inbox }: Delivery & { readonly inbox: InboxTarget },
  sought: Sought,
  deadline: Deadline,
): Promise<CleanedUp> {
  const countOrDelete = (found: Received): Promise<InboxResult<void>> => (keep ? found.recount() : found.delete());
  const finds = [received];
  let cleaned = await countOrDelete(received);
  if (!cleaned.ok && isTransient(cleaned.failure) && !deadline.isOver) {
    cleaned = await reopening(context, inbox, Deadline.after(CLEANUP_MS, deadline), async (reopened) => {
      const again = await findAgain(reopened, sought, Deadline.after(SEARCH_AGAIN_MS, deadline));
      if (!again.ok) return again;
      if (!again.value) return { ok: true, value: undefined };
      finds.push(again.value);
      return countOrDelete(again.value);
    });
  }
  const failures: KnownFinding[] = [];
  if (!cleaned.ok) {
    const { failure } = cleaned;
    const reason = describeFailure(failure);
    const evidence = { ...inboxEvidence(inbox), reason };
    const what = keep ? own`searched for copies` : own`cleaned up`;
    const end = failure.kind === 'bad-certificate' ? own`` : own`.`;
    const message = own`After the test message was read, the inbox ${evidence.inbox} could not be ${what}: ${reason}${end}`;
    const isRefused = failure.kind === 'rejected';
    const cause = isRefused ? { cause: 'not-deleted' as const } : {};
    failures.push(finding('inbox-cleanup-failed', message, { evidence, ...cause }));
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
