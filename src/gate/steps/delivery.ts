import { finding } from '../../findings/finding.js';
import type { Inbox } from '../../inbox/inbox.js';
import { composeProbe } from '../../message/probe.js';
import type { Probe } from '../../message/probe.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import type { SmtpSession } from '../../smtp/session.js';
import { awaitArrival, inboxFinding, openInbox } from '../inbox-watch.js';
import { expectRefusal, submit, takenLate } from '../submission.js';
import type { StepOutcome, Visit } from '../visit.js';

/**
 * Step 5: a probe message is accepted in the same session (RFC 5321 section 3.3), and that very message arrives; or,
 * where that is what is expected, its recipient is refused.
 */
export async function delivery(visit: Visit): Promise<StepOutcome> {
  const { endpoint, session } = visit;
  if (!endpoint.delivery) return notConfigured(visit);
  if (!session || !visit.peerAuthenticated) throw new TypeError('step 5 without an authenticated session');
  if (endpoint.delivery.expect === 'refused') return expectRefusal(visit, session, endpoint.delivery);

  const { inbox: target } = endpoint.delivery;
  if (!target) return deliverUnseen(visit, session, endpoint.delivery);
  let inbox: Inbox;
  try {
    inbox = await openInbox(visit, target);
  } catch (error) {
    return { findings: [inboxFinding(error, target)] };
  }
  return deliverInto(visit, session, inbox, { ...endpoint.delivery, inbox: target });
}

function notConfigured({ endpoint }: Visit): StepOutcome {
  if (!endpoint.require.includes('delivery')) return { findings: [], skipped: 'not-configured' };
  return { findings: [finding('step-required', 'Delivery is required, and is not configured.')] };
}

async function deliverUnseen(visit: Visit, session: SmtpSession, to: Delivery): Promise<StepOutcome> {
  const probe = await compose(visit, to);
  const refused = await submit(visit, session, to, probe);
  if (refused) return refused;
  const message = `The server accepted ${probe.messageId}; no inbox is configured.`;
  return { findings: [...takenLate(visit), finding('receipt-not-verified', message)] };
}

async function deliverInto(
  visit: Visit,
  session: SmtpSession,
  inbox: Inbox,
  to: Delivery & { readonly inbox: InboxTarget },
): Promise<StepOutcome> {
  const probe = await compose(visit, to);
  const refused = await submit(visit, session, to, probe);
  if (refused) return refused;
  const arrival = awaitArrival(visit, probe, inbox, to).catch((error: unknown) => [inboxFinding(error, to.inbox)]);
  // The server has what it needs; it need not keep a session while the message travels.
  const [findings] = await Promise.all([arrival, session.quit()]);
  return { findings: [...takenLate(visit), ...findings] };
}

function compose({ world }: Visit, { from, to, attachmentOctets }: Delivery): Promise<Probe> {
  return composeProbe(from, to, world.now(), attachmentOctets);
}
