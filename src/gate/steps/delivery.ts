import type { X509Certificate } from 'node:crypto';
import type { FindingCode } from '../../findings/catalogue.js';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { InboxRejected, InboxUnreachable } from '../../inbox/inbox.js';
import type { Inbox } from '../../inbox/inbox.js';
import { composeProbe, isProbe } from '../../message/probe.js';
import type { Probe } from '../../message/probe.js';
import { Deadline } from '../../net/deadline.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { shown } from '../../smtp/reply.js';
import type { Reply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import { brief } from '../../text/peer.js';
import { judgePeer } from '../peer.js';
import { judgeArrival } from '../proof.js';
import { swaksCommand } from '../reproduce.js';
import type { StepOutcome, Visit } from '../visit.js';

/** Step 5: a probe message is accepted in the same session (RFC 5321 section 3.3), and that very message arrives. */
export async function delivery(visit: Visit): Promise<StepOutcome> {
  const { endpoint, session, world } = visit;
  if (!endpoint.delivery) return notConfigured(visit);
  if (!session || !visit.peerAuthenticated) throw new TypeError('step 5 without an authenticated session');

  const { from, to, inbox: target } = endpoint.delivery;
  let inbox: Inbox | undefined;
  if (target) {
    try {
      inbox = await openInbox(visit, target);
    } catch (error) {
      return { findings: [inboxFinding(error, target)] };
    }
  }
  const probe = await composeProbe(from, to, world.now());
  const refused = await send(visit, session, endpoint.delivery, probe);
  if (refused) return refused;
  // The server has what it needs; it need not keep a session while the message travels.
  await session.quit();
  if (!inbox || !target) {
    return {
      findings: [finding('receipt-not-verified', `The server accepted ${probe.messageId}; no inbox is configured.`)],
    };
  }
  try {
    return { findings: await lookFor(visit, probe, inbox, endpoint.delivery, target) };
  } catch (error) {
    return { findings: [inboxFinding(error, target)] };
  }
}

/** Opens the inbox, or joins those who have; begun early, so that it is ready when the message is sent. */
export function openInbox({ endpoint, world }: Visit, target: InboxTarget): Promise<Inbox> {
  const { ca, minVersion, minValidDays } = endpoint.tls;
  return world.inboxes.open(target, {
    context: world.trust.context({ ca, minVersion }),
    timeoutMs: endpoint.timeoutMs,
    minValidDays,
    objection: (leaf: X509Certificate) => {
      const { findings } = judgePeer(
        { sent: [leaf] },
        {
          // The pins are those of the endpoint's key, and a waiver is for the endpoint.
          policy: { ca, minVersion, minValidDays, pins: [] },
          name: target.host,
          now: world.now(),
          trust: world.trust,
          waived: () => false,
        },
      );
      const errors = findings.filter(({ severity }) => severity === 'error');
      return errors.length === 0 ? undefined : errors.map(({ message }) => message).join(' ');
    },
  });
}

function notConfigured({ endpoint }: Visit): StepOutcome {
  if (!endpoint.require.includes('delivery')) return { findings: [], skipped: 'not-configured' };
  return { findings: [finding('step-required', 'Delivery is required, and is not configured.')] };
}

/** @returns what was refused, or undefined once the server has accepted the message */
async function send(
  visit: Visit,
  session: SmtpSession,
  { from, to }: Delivery,
  probe: Probe,
): Promise<StepOutcome | undefined> {
  const international = [from, to].find((mailbox) => /[^\x20-\x7e]/.test(mailbox));
  if (international !== undefined && visit.secured?.has('SMTPUTF8') !== true) {
    const code = international === from ? 'sender-rejected' : 'recipient-rejected';
    const message = `The address ${brief(international)} needs SMTPUTF8, which the server does not offer.`;
    return { findings: [finding(code, message, { reference: 'RFC 6531 section 3.1' })] };
  }
  const parameters = international === undefined ? '' : ' SMTPUTF8';

  const mail = await session.command(`MAIL FROM:<${from}>${parameters}`);
  if (!accepted(mail)) return refusal(visit, 'sender-rejected', `MAIL FROM:<${from}>`, mail);
  const rcpt = await session.command(`RCPT TO:<${to}>`);
  if (!accepted(rcpt)) return refusal(visit, 'recipient-rejected', `RCPT TO:<${to}>`, rcpt);
  const data = await session.command('DATA');
  if (data.code !== 354) return refusal(visit, 'message-rejected', 'DATA', data);
  visit.handedOver = true;
  const end = await session.message(probe.text);
  return accepted(end) ? undefined : refusal(visit, 'message-rejected', 'the end of the message', end);
}

function accepted({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

function refusal({ endpoint }: Visit, code: FindingCode, to: string, reply: Reply): StepOutcome {
  const temporary = reply.code >= 400 && reply.code < 500;
  return {
    findings: [
      finding(code, `To ${to} the server says "${shown(reply)}".`, {
        evidence: { reply: shown(reply) },
        reproduce: swaksCommand(endpoint, 'delivery'),
        ...(temporary && { inconclusive: true }),
      }),
    ],
    transient: temporary,
  };
}

/** @throws {InboxUnreachable} {InboxRejected} if the message cannot be looked for */
async function lookFor(
  visit: Visit,
  probe: Probe,
  inbox: Inbox,
  { to, withinMs }: Delivery,
  target: InboxTarget,
): Promise<KnownFinding[]> {
  const received = await inbox.find(probe.messageId, Deadline.after(withinMs), {
    nonce: probe.nonce,
    is: (source) => isProbe(probe, source),
  });
  if (!received) {
    return [
      finding(
        'message-not-received',
        `The server accepted the message to ${to}, and after ${withinMs / 1000} s it was not in the inbox.`,
        { evidence: { messageId: probe.messageId } },
      ),
    ];
  }
  const findings = await judgeArrival(visit, probe, received.source);
  try {
    await received.delete();
  } catch (error) {
    // What was seen in the message stays true.
    findings.push(inboxFinding(error, target));
  }
  return findings;
}

/** @throws what is neither the inbox's unreachability nor its refusal */
function inboxFinding(error: unknown, { scheme, host, port }: InboxTarget): KnownFinding {
  const where = `${scheme}://${host}:${port}`;
  if (error instanceof InboxUnreachable) {
    return finding('inbox-unreachable', `${where}: ${error.message}`, { evidence: { reason: error.message } });
  }
  if (error instanceof InboxRejected) {
    return finding('inbox-rejected', `${where}: ${error.message}`, { evidence: { reason: error.message } });
  }
  throw error;
}
