import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { TestMessage } from '../../message/test-message.js';
import { isLoopbackOrPrivate } from '../../net/private-address.js';
import type { Delivery } from '../../plan/endpoint.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { askForRecipient, isDone, openTransaction, sizeLimit } from '../../smtp/transaction.js';
import { clientLine } from '../../text/client-line.js';
import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import { stopped, type SignedIn, type StepResult } from '../hand-over.js';
import { judgeRefusal } from './refusal.js';
import { requiresAuthentication, refusesRecipient } from './refused-recipient.js';
import { own } from '../../text/own.js';

/**
 * Submits the test message, using only what the server offers (PIPELINING, SIZE, SMTPUTF8). The message is 7-bit unless
 * an address in its header contains non-ASCII characters (BODY=8BITMIME, RFC 6152): a server with SMTPUTF8 must also
 * have 8BITMIME (RFC 6531 section 3.1).
 * @returns the reply with which the server has accepted the message
 */
export async function submit(
  context: Context,
  server: SignedIn,
  envelope: Delivery,
  { text, messageId }: TestMessage,
): Promise<StepResult<Reply>> {
  const { session, capabilities } = server;
  const { from, to } = envelope;
  const size = Buffer.byteLength(text);
  const unfit = unmailable(capabilities, from, to) ?? tooLarge(capabilities, size);
  if (unfit) return stopped(unfit);

  const parameters = [
    ...(capabilities.has('SIZE') ? [`SIZE=${size}`] : []),
    ...(capabilities.has('8BITMIME') && size > text.length ? ['BODY=8BITMIME'] : []),
    ...(nonAscii(from, to) === undefined ? [] : ['SMTPUTF8']),
  ];
  let isHandedOver = false;
  let end: Reply;
  try {
    const refused = await openTransaction(session, { from, to, parameters }, capabilities.has('PIPELINING'));
    if (refused) return judgeRefusal(context, envelope, server, refused);
    end = await session.message(text, () => {
      isHandedOver = true;
    });
    const refusal = { verb: 'MESSAGE', line: 'the end of the message', reply: end } as const;
    if (!isDone(end)) return { ...judgeRefusal(context, envelope, server, refusal), isHandedOver };
  } catch (error) {
    return { ...stoppedBy(error, context, 'inside-tls'), isHandedOver };
  }
  const findings: KnownFinding[] = [];
  if (context.greylisting) {
    const { reply, waitedMs } = context.greylisting;
    const seconds = Math.round(waitedMs / 1000);
    const message = own`The server first replied with "${reply}", and accepted the message ${seconds} s later.`;
    const evidence = { reply, seconds: String(seconds) };
    findings.push(finding('greylisted', message, { evidence, ...(context.endpoint.auth && { cause: 'account' }) }));
  }
  return { ok: true, findings, facts: { delivery: { messageId, octets: size } }, isHandedOver, next: end };
}

/**
 * Tests whether the server rejects the recipient, as it must. No message is ever sent. A server that requires
 * authentication rejects it to unauthenticated clients. A rejection for any other reason proves nothing.
 */
export async function expectRefusal(
  context: Context,
  server: SignedIn,
  envelope: Delivery,
): Promise<StepResult<undefined>> {
  const { session, capabilities, connection } = server;
  const { from, to } = envelope;
  const unfit = unmailable(capabilities, from, to);
  if (unfit) return stopped(unfit);
  const parameters = nonAscii(from, to) === undefined ? [] : ['SMTPUTF8'];
  const asExpected = { ok: true, findings: [], next: undefined } as const;
  try {
    const asked = await askForRecipient(session, { from, to, parameters });
    const { verb, line, reply } = asked;
    const isSignedIn = context.endpoint.auth !== undefined;
    if (verb === 'MAIL') {
      if (!isSignedIn && requiresAuthentication(reply)) return asExpected;
      return judgeRefusal(context, envelope, server, asked, own` The gate did not send RCPT.`);
    }
    if (!isDone(reply)) {
      if (refusesRecipient(reply, { to, isSignedIn })) return asExpected;
      const remark = own` This does not show that the server rejects the recipient.`;
      return judgeRefusal(context, envelope, server, asked, remark, 'not-about-recipient');
    }
    const client = isSignedIn ? own`this account` : own`an unauthenticated client`;
    const message = own`The server accepted ${clientLine(line)} from ${client} ("${formatReply(reply)}"), but it must reject this recipient.`;
    const evidence = { reply: formatReply(reply), recipient: excerpt(to) };
    const cause = relayCause(isSignedIn, connection);
    return stopped(finding('relay-open', message, { evidence, ...(cause && { cause }) }));
  } catch (error) {
    return stoppedBy(error, context, 'inside-tls');
  }
}

/** The server sees a private client only if both are in one private network: a runner behind NAT has a public address there. */
function relayCause(
  isSignedIn: boolean,
  { address, localAddress }: SignedIn['connection'],
): CauseOf<'relay-open'> | undefined {
  if (isSignedIn) return 'account';
  return [address, localAddress].every((one) => one !== undefined && isLoopbackOrPrivate(one))
    ? 'trusted-network'
    : undefined;
}

function nonAscii(from: string, to: string): string | undefined {
  return [from, to].find((mailbox) => /[^\x20-\x7e]/.test(mailbox));
}

function unmailable(capabilities: Capabilities, from: string, to: string): KnownFinding | undefined {
  const mailbox = nonAscii(from, to);
  if (mailbox === undefined || capabilities.has('SMTPUTF8')) return undefined;
  const code = mailbox === from ? 'sender-rejected' : 'recipient-rejected';
  const message = own`The address ${excerpt(mailbox)} requires SMTPUTF8, which the server does not offer.`;
  return finding(code, message, { cause: 'no-smtputf8' });
}

function tooLarge(capabilities: Capabilities, size: number): KnownFinding | undefined {
  const limit = sizeLimit(capabilities);
  if (limit === undefined || size <= limit) return undefined;
  const message = own`The message is ${size} bytes, but the server's SIZE limit is ${limit} bytes, so it was not sent.`;
  const evidence = { size: String(size), limit: String(limit) };
  return finding('message-rejected', message, { evidence, cause: 'size-limit' });
}
