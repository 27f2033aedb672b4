import { finding, type KnownFinding } from '../../findings/finding.js';
import type { TestMessage } from '../../message/test-message.js';
import type { Delivery } from '../../plan/endpoint.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { askForRecipient, isDone, openTransaction, sizeLimit } from '../../smtp/transaction.js';
import { excerpt } from '../../text/peer.js';
import { refusalMeaningOf, type RefusedAt } from './refusal.js';
import { requiresAuthentication, refusesRecipient } from './refused-recipient.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import { stopped, type SignedIn, type StepResult, type Stopped } from '../hand-over.js';

const REJECTED = {
  MAIL: 'sender-rejected',
  RCPT: 'recipient-rejected',
  DATA: 'message-rejected',
  MESSAGE: 'message-rejected',
} as const;

/**
 * Submits the probe. It uses only what the server offers (PIPELINING, SIZE, SMTPUTF8) and never requests a delivery
 * status notification (DSN). The probe is 7-bit, unless its header has an international address, which is announced as 8-bit (RFC
 * 6152): a server with SMTPUTF8 must also have 8BITMIME (RFC 6531 section 3.1).
 * @returns ok once the server has accepted the message
 */
export async function submit(
  context: Context,
  { session, capabilities }: SignedIn,
  { from, to }: Delivery,
  probe: TestMessage,
): Promise<StepResult<undefined>> {
  const size = Buffer.byteLength(probe.text);
  const unfit = unmailable(capabilities, from, to) ?? tooLarge(capabilities, size);
  if (unfit) return stopped(unfit);

  const parameters = [
    ...(capabilities.has('SIZE') ? [`SIZE=${size}`] : []),
    ...(capabilities.has('8BITMIME') && size > probe.text.length ? ['BODY=8BITMIME'] : []),
    ...(international(from, to) === undefined ? [] : ['SMTPUTF8']),
  ];
  let isHandedOver = false;
  try {
    const refused = await openTransaction(session, { from, to, parameters }, capabilities.has('PIPELINING'));
    if (refused) return judgeRefusal(context, refused);
    const end = await session.message(probe.text, () => {
      isHandedOver = true;
    });
    const refusal = { verb: 'MESSAGE', line: 'the end of the message', reply: end } as const;
    if (!isDone(end)) return { ...judgeRefusal(context, refusal), isHandedOver };
  } catch (error) {
    return { ...stoppedBy(error, context, 'inside-tls'), isHandedOver };
  }
  const facts = { delivery: { messageId: probe.messageId, octets: size } };
  return { ok: true, findings: afterGreylisting(context), facts, isHandedOver, next: undefined };
}

/** The notice that the server accepted the message only after another attempt (RFC 6647). */
function afterGreylisting({ greylisting }: Context): KnownFinding[] {
  if (!greylisting) return [];
  const { reply, waitedMs } = greylisting;
  const seconds = Math.round(waitedMs / 1000);
  const message = `The server first answered "${reply}", and accepted the message ${seconds} s later.`;
  return [finding('greylisted', message, { evidence: { reply, seconds: String(seconds) } })];
}

/**
 * Asks whether the server rejects the recipient, as it must. No message is ever sent. A server that requires
 * authentication rejects it to clients that have not signed in. A rejection for any other reason leaves the question open.
 */
export async function expectRefusal(
  context: Context,
  { session, capabilities }: SignedIn,
  { from, to }: Delivery,
): Promise<StepResult<undefined>> {
  const unfit = unmailable(capabilities, from, to);
  if (unfit) return stopped(unfit);
  const parameters = international(from, to) === undefined ? [] : ['SMTPUTF8'];
  const asExpected = { ok: true, findings: [], next: undefined } as const;
  try {
    const asked = await askForRecipient(session, { from, to, parameters });
    const { verb, line, reply } = asked;
    const isSignedIn = context.endpoint.auth !== undefined;
    if (verb === 'MAIL') {
      if (!isSignedIn && requiresAuthentication(reply)) return asExpected;
      return judgeRefusal(context, asked, 'So the gate did not send RCPT.');
    }
    if (!isDone(reply)) {
      if (refusesRecipient(reply, { to, isSignedIn })) return asExpected;
      return judgeRefusal(context, asked, 'So it is unknown whether the server rejects the recipient, which it must.');
    }
    const client = isSignedIn ? 'this account' : 'an unauthenticated client';
    const message = `The server accepts ${line} from ${client} ("${formatReply(reply)}"), but it must reject this recipient.`;
    const evidence = { reply: formatReply(reply), recipient: excerpt(to) };
    return stopped(finding('relay-open', message, { evidence }));
  } catch (error) {
    return stoppedBy(error, context, 'inside-tls');
  }
}

/** The address that is not plain ASCII, if there is one. */
function international(from: string, to: string): string | undefined {
  return [from, to].find((mailbox) => /[^\x20-\x7e]/.test(mailbox));
}

function unmailable(capabilities: Capabilities, from: string, to: string): KnownFinding | undefined {
  const mailbox = international(from, to);
  if (mailbox === undefined || capabilities.has('SMTPUTF8')) return undefined;
  const code = mailbox === from ? 'sender-rejected' : 'recipient-rejected';
  const message = `The address ${excerpt(mailbox)} needs SMTPUTF8, which the server does not offer.`;
  return finding(code, message, { cause: 'no-smtputf8' });
}

function tooLarge(capabilities: Capabilities, size: number): KnownFinding | undefined {
  const limit = sizeLimit(capabilities);
  if (limit === undefined || size <= limit) return undefined;
  const message = `The message has ${size} bytes, but the server announces a maximum of ${limit}. So it was not sent.`;
  const evidence = { size: String(size), limit: String(limit) };
  return finding('message-rejected', message, { evidence, cause: 'size-limit' });
}

/** Judges a reply that ends the transaction. */
function judgeRefusal(
  { endpoint, greylisting }: Context,
  { verb: at, line, reply }: { readonly verb: RefusedAt; readonly line: string; readonly reply: Reply },
  remark = '',
): Stopped {
  const answer = `The server answers ${line} with "${formatReply(reply)}"`;
  const evidence = { reply: formatReply(reply) };
  if (reply.code < 400) {
    const message = sentences(`${answer}, but ${at === 'DATA' ? '354' : '250'} is required.`, remark);
    return stopped(finding('protocol-error', message, { evidence }));
  }
  const meaning = refusalMeaningOf(at, reply, endpoint);
  const isTemporary = reply.code < 500;
  const seconds = greylisting && isTemporary ? Math.round(greylisting.waitedMs / 1000) : undefined;
  const waited = seconds === undefined ? '' : `The server has deferred the message for ${seconds} s.`;
  const code = meaning?.cause === 'message-too-large' ? 'message-rejected' : REJECTED[at];
  const found = finding(code, sentences(`${answer}.`, meaning?.text ?? '', waited, remark), {
    evidence,
    ...(meaning && { cause: meaning.cause }),
    ...(isTemporary && { inconclusive: true }),
  });
  // Such a server is likely to accept the message a little later (RFC 6647 section 4).
  const greylisted = meaning?.cause === 'greylisting' && { greylisted: formatReply(reply) };
  return stopped(found, { transient: isTemporary, ...greylisted });
}

function sentences(...all: readonly string[]): string {
  return all.filter(Boolean).join(' ');
}
