import { finding, type KnownFinding } from '../../findings/finding.js';
import { composeTestMessage } from '../../message/test-message.js';
import { isTransient } from '../../inbox/failure.js';
import type { Context } from '../context.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { type Proved, type SignedIn, type StepResult } from '../hand-over.js';
import { inboxSession, openInbox } from './inbox-access.js';
import { inboxFinding } from './inbox-finding.js';
import { awaitArrival } from './inbox-watch.js';
import { expectRefusal, submit } from './submission.js';
import { own } from '../../text/own.js';

/**
 * The test message is accepted in the same session (RFC 5321 section 3.3), and that very message arrives, unless only
 * acceptance is expected; or the recipient is refused, if that is expected. A required delivery needs proof of arrival:
 * without an inbox, no message is sent.
 */
export async function deliver(context: Context, signedIn: SignedIn, wanted: Delivery): Promise<StepResult<undefined>> {
  const { endpoint, run } = context;
  const { inbox, from, to, attachmentBytes, expect } = wanted;
  if (expect === 'refused') return expectRefusal(context, signedIn, wanted);
  if (!inbox && expect === 'received' && endpoint.require.includes('delivery')) {
    const message = own`Delivery is required, but no inbox is configured to prove that the message arrives.`;
    return done([finding('step-required', message, { cause: run.inTerminal ? 'no-inbox-in-terminal' : 'no-inbox' })]);
  }
  if (inbox) {
    const opened = await openInbox(context, inbox);
    if (!opened.ok) {
      const failed = {
        ...done([inboxFinding(opened.failure, inbox, context.run)]),
        transient: isTransient(opened.failure),
      };
      return withInboxSession(context, inbox, failed);
    }
  }
  const message = await composeTestMessage(from, to, run.now(), attachmentBytes);
  const submitted = await submit(context, signedIn, wanted, message);
  if (!submitted.ok) return submitted;
  if (!inbox && expect === 'accepted') return { ...submitted, next: undefined };
  if (!inbox) {
    const text = own`The server accepted the message ${message.messageId}, but no inbox is configured, so its arrival was not checked.`;
    return { ...submitted, findings: [...submitted.findings, finding('receipt-not-verified', text)], next: undefined };
  }
  const waiting = awaitArrival(context, signedIn, message, submitted.next, { ...wanted, inbox });
  // The server does not have to keep the session open while the message is in transit, and others may connect to it.
  const closing = signedIn.session.quit().then(() => context.turn?.end());
  const [arrival] = await Promise.all([waiting, closing]);
  const all = { ...submitted, ...arrival, findings: [...submitted.findings, ...arrival.findings], next: undefined };
  return withInboxSession(context, inbox, all);
}

/** Adds the session with the inbox if a finding is about the inbox. */
function withInboxSession(context: Context, inbox: InboxTarget, result: Proved<undefined>): Proved<undefined> {
  const isAboutInbox = result.findings.some(({ code }) => code.startsWith('inbox-') || code === 'message-not-received');
  if (!isAboutInbox) return result;
  const { lines, mailbox, endsInDefaultStore } = inboxSession(context, inbox);
  const facts = {
    ...result.facts,
    ...(lines.length > 0 && { inboxTranscript: lines }),
    ...(mailbox !== undefined && { inboxMailbox: mailbox }),
    ...(endsInDefaultStore !== undefined && { inboxEndsInDefaultStore: endsInDefaultStore }),
  };
  return { ...result, facts };
}

function done(findings: readonly KnownFinding[]): { ok: true; findings: readonly KnownFinding[]; next: undefined } {
  return { ok: true, findings, next: undefined };
}
