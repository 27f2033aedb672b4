import { finding } from '../../findings/finding.js';
import { composeProbe } from '../../message/probe.js';
import type { Probe } from '../../message/probe.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import type { SmtpSession } from '../../smtp/session.js';
import { awaitArrival, inboxFinding, isTransient, openInbox } from './inbox-watch.js';
import { expectRefusal, submit } from './submission.js';
import { CONTENT } from '../context.js';
import type { StepOutcome, Visit } from '../context.js';

/**
 * Step 5: a probe message is accepted in the same session (RFC 5321 section 3.3), and that very message arrives, unless
 * only acceptance is expected; or the recipient is refused, if that is expected. A required delivery needs proof of
 * arrival: without an inbox, no message is sent.
 */
export async function delivery(visit: Visit): Promise<StepOutcome> {
  const { endpoint, session } = visit;
  const isRequired = endpoint.require.includes('delivery');
  if (!endpoint.delivery) {
    return isRequired
      ? stepRequired('Delivery is required, and is not configured.')
      : { findings: [], skipped: 'not-configured' };
  }
  if (!session || !visit.peerAuthenticated) throw new TypeError('step 5 without an authenticated session');
  if (endpoint.delivery.expect === 'refused') return expectRefusal(visit, session, endpoint.delivery);

  const { inbox: target, expect } = endpoint.delivery;
  if (!target && expect === 'received' && isRequired) {
    return stepRequired('Delivery is required, but no inbox is configured to prove that the message arrives.');
  }
  if (!target) return deliverUnseen(visit, session, endpoint.delivery);
  try {
    await openInbox(visit, target);
  } catch (error) {
    return { findings: [inboxFinding(error, target)], transient: isTransient(error) };
  }
  return deliverInto(visit, session, { ...endpoint.delivery, inbox: target });
}

function stepRequired(message: string): StepOutcome {
  return { findings: [finding('step-required', message)] };
}

async function deliverUnseen(visit: Visit, session: SmtpSession, to: Delivery): Promise<StepOutcome> {
  const probe = await compose(visit, to);
  const refused = await submit(visit, session, to, probe);
  if (refused) return refused;
  if (to.expect === 'accepted') return CONTENT;
  const message = `The server accepted ${probe.messageId}; no inbox is configured.`;
  return { findings: [finding('receipt-not-verified', message)] };
}

async function deliverInto(
  visit: Visit,
  session: SmtpSession,
  to: Delivery & { readonly inbox: InboxTarget },
): Promise<StepOutcome> {
  const probe = await compose(visit, to);
  const refused = await submit(visit, session, to, probe);
  if (refused) return refused;
  const arrival = awaitArrival(visit, probe, to).catch((error: unknown) => [inboxFinding(error, to.inbox)]);
  // The server has what it needs; it need not keep a session while the message travels.
  const [findings] = await Promise.all([arrival, session.quit()]);
  return { findings };
}

function compose({ world }: Visit, { from, to, attachmentOctets }: Delivery): Promise<Probe> {
  return composeProbe(from, to, world.now(), attachmentOctets);
}
