import type { CauseOf } from '../findings/catalog.js';
import type { Duplex } from 'node:stream';
import type { Deadline } from '../net/deadline.js';
import { openDialogue, type Dialogue, type DialogueResult } from '../smtp/dialogue.js';
import { formatReply, type Reply } from '../smtp/reply.js';
import { ConnectionLost, type SmtpSession } from '../smtp/session.js';
import { beginSession, beginTls, ehloName } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { fixed, own, type OwnText } from '../text/own.js';
import { codeOf } from '../text/reason.js';
import type { HandshakeFailure, HandshakeResult } from '../tls/handshake.js';

/** The server's reply leaves the probe without a result. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    readonly sentence: OwnText,
    readonly why?: CauseOf<'probe-inconclusive'>,
  ) {
    super('The probe has no result.');
  }
}

/** 530 and 538 require TLS or AUTH before MAIL from any sender (RFC 4954 section 6). */
const REQUIRES_MORE: readonly number[] = [530, 538];

/** The null sender, and one in a domain that does not exist (RFC 2606 section 2). */
const SENDERS = ['', 'gate@example.invalid'] as const;

/**
 * Opens a session for a probe.
 * @param overTls the channel after the handshake; the server does not greet again there
 * @throws {Unanswered} if the server refuses it, and what the session throws
 */
export async function openForProbe(
  side: Context,
  { socket, localAddress }: Connection,
  upTo: 'EHLO' | 'STARTTLS',
  overTls?: Duplex,
): Promise<Dialogue & { readonly session: SmtpSession }> {
  const session = beginSession(side, overTls ?? socket);
  const terms = { ehloName: ehloName(side, localAddress), greets: overTls === undefined, upTo };
  const opened: DialogueResult = await openDialogue(session, terms);
  if (opened.ok) return { ...opened.dialogue, session };
  const { at, answer } = opened.failure;
  if (!answer.refused) throw answer.error;
  const what = at === 'greeting' ? own`greeted the client` : own`replied to ${fixed(at)}`;
  throw new Unanswered(own`The server ${what} with "${formatReply(answer.reply)}".`);
}

/** Performs a handshake with the endpoint's policy, but without its client certificate, which is a credential. */
export function handshakeForProbe(side: Context, connection: Connection): Promise<HandshakeResult> {
  const { ca, minVersion } = side.endpoint.tls;
  return beginTls(side, connection, side.run.trust.context({ ca, minVersion })).outcome;
}

/** What to throw if a probe needs TLS and the handshake failed. */
export function handshakeError(failure: HandshakeFailure): Unanswered {
  const reason =
    failure.kind === 'alert'
      ? own`the server sent alert ${failure.number} (${fixed(failure.name)})`
      : REASONS[failure.kind];
  const isAsked = failure.kind === 'alert' && failure.asked;
  return new Unanswered(own`The TLS handshake failed: ${reason}.`, isAsked ? 'client-certificate' : undefined);
}

const REASONS = {
  'timed-out': own`it timed out`,
  lost: own`the connection was lost`,
  cleartext: own`the server sent unencrypted data`,
  'refused-here': own`the gate does not accept what the server sent`,
} as const;

/**
 * Sends MAIL, and RSET if it is accepted. Some servers refuse only the null sender, so another sender is tried if the
 * reply does not require TLS or AUTH.
 * @returns the sender that was accepted, and the reply; undefined if MAIL is refused from any sender, or the server closes
 *   the connection instead of a reply
 * @throws {Unanswered} if both senders are refused for different reasons
 */
export async function tryMail(
  session: SmtpSession,
  attempt: Deadline,
): Promise<{ sender: string; reply: string } | undefined> {
  const refusals: string[] = [];
  for (const sender of SENDERS) {
    const reply = await session.command(`MAIL FROM:<${sender}>`).catch(closedInstead(attempt));
    if (!reply) return undefined;
    if (!isRefusal(reply)) {
      await session.command('RSET').catch(() => undefined);
      return { sender, reply: formatReply(reply) };
    }
    if (REQUIRES_MORE.includes(reply.code)) return undefined;
    refusals.push(formatReply(reply));
  }
  if (new Set(refusals).size === 1) return undefined;
  const [toNull = '', toOther = ''] = refusals;
  throw new Unanswered(
    own`The server rejected MAIL from the null sender with "${toNull}" and from ${SENDERS[1]} with "${toOther}". Each rejection may be about the sender.`,
    'ambiguous-refusal',
  );
}

/** How a server closes a connection, if it does; other errors are those of the network. */
const CLOSED = ['ECONNRESET', 'EPIPE'];

/**
 * For a command that a server may answer by closing the connection: then it does not accept the command.
 * @param attempt the time limit of the attempt
 * @returns what turns the error of a closed connection into undefined, in place of a reply, and throws any other error
 */
export function closedInstead(attempt: Deadline): (error: unknown) => undefined {
  return (error) => {
    const isAnswer = error instanceof ConnectionLost && error.heard.length === 0 && error.at.isDue;
    const isClosed = isAnswer && (error.cause === undefined || CLOSED.includes(codeOf(error.cause)));
    // A server also closes the connection of a client that has not run for a while.
    if (!isClosed || attempt.stoodStillMs > 0) throw error;
  };
}

/** @throws {Unanswered} if the reply is temporary or has an unexpected code */
export function isRefusal(reply: Reply): boolean {
  if (reply.code >= 300 && reply.code < 500)
    throw new Unanswered(own`The server replied with "${formatReply(reply)}".`);
  return reply.code >= 500;
}
