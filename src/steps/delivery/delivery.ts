import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { composeProbe } from '../../message/probe.js';
import type { Probe } from '../../message/probe.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { withheld } from '../authentication/authentication.js';
import type { Context } from '../context.js';
import type { SignedIn, StepResult } from '../hand-over.js';
import { stopped } from '../hand-over.js';
import { awaitArrival, inboxFinding, isTransient, openInbox } from './inbox-watch.js';
import { expectRefusal, submit } from './submission.js';

/**
 * Step 5: a probe message is accepted in the same session (RFC 5321 section 3.3), and that very message arrives, unless
 * only acceptance is expected; or the recipient is refused, if that is expected. A required delivery needs proof of
 * arrival: without an inbox, no message is sent.
 */
export async function delivery(context: Context, signedIn: SignedIn): Promise<StepResult<undefined>> {
  const { endpoint } = context;
  const isRequired = endpoint.require.includes('delivery');
  if (!endpoint.delivery) {
    return isRequired
      ? done([finding('step-required', 'Delivery is required, but it is not configured.')])
      : { ...done([]), skipped: 'not-configured' };
  }
  if (!signedIn.isVerified) return stopped(withheld(endpoint));
  if (endpoint.delivery.expect === 'refused') return expectRefusal(context, signedIn, endpoint.delivery);

  const { inbox: target, expect } = endpoint.delivery;
  if (!target && expect === 'received' && isRequired) {
    const message = 'Delivery is required, but no inbox is configured to prove that the message arrives.';
    return done([finding('step-required', message)]);
  }
  if (!target) return deliverUnseen(context, signedIn, endpoint.delivery);
  try {
    await openInbox(context, target);
  } catch (error) {
    return { ...done([inboxFinding(error, target)]), transient: isTransient(error) };
  }
  return deliverInto(context, signedIn, { ...endpoint.delivery, inbox: target });
}

function done(findings: readonly KnownFinding[]): { ok: true; findings: readonly KnownFinding[]; next: undefined } {
  return { ok: true, findings, next: undefined };
}

async function deliverUnseen(context: Context, signedIn: SignedIn, to: Delivery): Promise<StepResult<undefined>> {
  const probe = await compose(context, to);
  const submitted = await submit(context, signedIn, to, probe);
  if (!submitted.ok || to.expect === 'accepted') return submitted;
  const message = `The server accepted ${probe.messageId}; no inbox is configured.`;
  return { ...submitted, findings: [...submitted.findings, finding('receipt-not-verified', message)] };
}

async function deliverInto(
  context: Context,
  signedIn: SignedIn,
  to: Delivery & { readonly inbox: InboxTarget },
): Promise<StepResult<undefined>> {
  const probe = await compose(context, to);
  const submitted = await submit(context, signedIn, to, probe);
  if (!submitted.ok) return submitted;
  const waiting = awaitArrival(context, signedIn, probe, to).catch((error: unknown) => ({
    findings: [inboxFinding(error, to.inbox)],
    delivery: undefined,
  }));
  // The server has what it needs; it does not have to keep a session while the message travels.
  const [arrival] = await Promise.all([waiting, signedIn.session.quit()]);
  return {
    ...submitted,
    findings: [...submitted.findings, ...arrival.findings],
    ...(arrival.delivery && { facts: { delivery: arrival.delivery } }),
  };
}

function compose({ run }: Context, { from, to, attachmentOctets }: Delivery): Promise<Probe> {
  return composeProbe(from, to, run.now(), attachmentOctets);
}
