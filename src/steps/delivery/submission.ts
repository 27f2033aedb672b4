import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Probe } from '../../message/probe.js';
import type { Delivery } from '../../plan/endpoint.js';
import { shown } from '../../smtp/reply.js';
import type { Reply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import { askForRecipient, isDone, openTransaction, sizeLimit } from '../../smtp/transaction.js';
import { brief } from '../../text/peer.js';
import { refusalMeaningOf } from './refusal.js';
import type { RefusedAt } from './refusal.js';
import { demandsSignIn, refusesRecipient } from './refused-recipient.js';
import { CONTENT } from '../context.js';
import type { StepOutcome, Visit } from '../context.js';

const REJECTED = {
  MAIL: 'sender-rejected',
  RCPT: 'recipient-rejected',
  DATA: 'message-rejected',
  MESSAGE: 'message-rejected',
} as const;

/**
 * Hands the probe over. Nothing is asked of the server that it does not offer: PIPELINING, SIZE and SMTPUTF8 where they
 * are, and no notification in any case. The probe has seven bits, but for an international address in its header, which
 * is announced as eight (RFC 6152): who has SMTPUTF8 must have 8BITMIME, too (RFC 6531 section 3.1).
 * @returns what was refused, or undefined once the server has accepted the message
 * @throws what a session throws
 */
export async function submit(
  visit: Visit,
  session: SmtpSession,
  { from, to }: Delivery,
  probe: Probe,
): Promise<StepOutcome | undefined> {
  const { secured } = visit;
  const octets = Buffer.byteLength(probe.text);
  const unfit = unmailable(visit, from, to) ?? tooLarge(visit, octets);
  if (unfit) return { findings: [unfit] };

  const parameters = [
    ...(secured?.has('SIZE') === true ? [`SIZE=${octets}`] : []),
    ...(secured?.has('8BITMIME') === true && octets > probe.text.length ? ['BODY=8BITMIME'] : []),
    ...(international(from, to) === undefined ? [] : ['SMTPUTF8']),
  ];
  const stopped = await openTransaction(session, { from, to, parameters }, secured?.has('PIPELINING') === true);
  if (stopped) return judged(visit, stopped.verb, stopped.line, stopped.reply);
  const end = await session.message(probe.text, () => {
    visit.handedOver = true;
  });
  if (!isDone(end)) return judged(visit, 'MESSAGE', 'the end of the message', end);
  visit.delivered = { messageId: probe.messageId, octets };
  visit.observed.push(...takenLate(visit));
  return undefined;
}

/** That the server took the message only after it had put it off (RFC 6647), once it has taken it. */
function takenLate({ putOff }: Visit): KnownFinding[] {
  if (!putOff) return [];
  const seconds = Math.round(putOff.forMs / 1000);
  const message = `The server said "${putOff.said}" at first, and took the message ${seconds} s later.`;
  return [finding('greylisted', message, { evidence: { reply: putOff.said, seconds: String(seconds) } })];
}

/**
 * The negative of a delivery: the recipient must be refused, and no message follows in any case. That strangers must
 * sign in first refuses it to those who have not. A refusal of anything else answers another question.
 * @throws what a session throws
 */
export async function expectRefusal(visit: Visit, session: SmtpSession, { from, to }: Delivery): Promise<StepOutcome> {
  const unfit = unmailable(visit, from, to);
  if (unfit) return { findings: [unfit] };
  const parameters = international(from, to) === undefined ? [] : ['SMTPUTF8'];
  const { verb, line, reply } = await askForRecipient(session, { from, to, parameters });
  const isSignedIn = visit.endpoint.auth !== undefined;
  if (verb === 'MAIL' && !isSignedIn && demandsSignIn(reply)) return CONTENT;
  if (verb === 'MAIL') return withRemark(judged(visit, verb, line, reply), 'So the recipient was not asked for.');
  if (!isDone(reply)) {
    if (refusesRecipient(reply, { to, isSignedIn })) return CONTENT;
    return withRemark(
      judged(visit, verb, line, reply),
      'So it is not told whether the recipient is refused, as it must be.',
    );
  }
  const client = visit.endpoint.auth ? 'this account' : 'a client that has not signed in';
  return {
    findings: [
      finding('relay-open', `To ${line} from ${client} the server says "${shown(reply)}", and must refuse it.`, {
        evidence: { reply: shown(reply), recipient: brief(to) },
      }),
    ],
  };
}

/** The address that is not plain ASCII, if there is one. */
function international(from: string, to: string): string | undefined {
  return [from, to].find((mailbox) => /[^\x20-\x7e]/.test(mailbox));
}

function unmailable({ secured }: Visit, from: string, to: string): KnownFinding | undefined {
  const mailbox = international(from, to);
  if (mailbox === undefined || secured?.has('SMTPUTF8') === true) return undefined;
  const code = mailbox === from ? 'sender-rejected' : 'recipient-rejected';
  const message = `The address ${brief(mailbox)} needs SMTPUTF8, which the server does not offer.`;
  return finding(code, message, { reference: 'RFC 6531 section 3.1' });
}

function tooLarge({ secured }: Visit, octets: number): KnownFinding | undefined {
  const limit = secured && sizeLimit(secured);
  if (limit === undefined || octets <= limit) return undefined;
  const message = `The message has ${octets} octets, and the server says beforehand that it takes no more than ${limit}. So none was sent.`;
  return finding('message-rejected', message, {
    evidence: { size: String(octets), limit: String(limit) },
    remedy: 'Raise the limit of the server, or lower `delivery.attachment-bytes`.',
    reference: 'RFC 1870 section 4',
  });
}

/** What to make of a reply that does not let the transaction go on. */
function judged(visit: Visit, at: RefusedAt, to: string, reply: Reply): StepOutcome {
  const { endpoint, putOff } = visit;
  const said = `To ${to} the server says "${shown(reply)}"`;
  const evidence = { reply: shown(reply) };
  if (reply.code < 400) {
    const due = at === 'DATA' ? '354' : '250';
    return { findings: [finding('protocol-error', `${said}, where ${due} is due.`, { evidence })] };
  }
  const meaning = refusalMeaningOf(at, reply, endpoint);
  const temporary = reply.code < 500;
  // Such a server is likely to take the message a little later (RFC 6647 section 4).
  if (meaning?.about === 'newcomer') visit.puttingOff = shown(reply);
  const patience =
    putOff && temporary ? `It has put the message off for ${Math.round(putOff.forMs / 1000)} s now.` : '';
  return {
    findings: [
      finding(
        meaning?.about === 'message' ? 'message-rejected' : REJECTED[at],
        [`${said}.`, meaning?.says ?? '', patience].filter(Boolean).join(' '),
        {
          evidence,
          ...(meaning && { remedy: meaning.remedy }),
          ...(temporary && { inconclusive: true }),
        },
      ),
    ],
    transient: temporary,
  };
}

function withRemark(outcome: StepOutcome, remark: string): StepOutcome {
  const findings = outcome.findings.map((found) => ({ ...found, message: `${found.message} ${remark}` }));
  return { ...outcome, findings };
}
