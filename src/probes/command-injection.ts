import { finding, type KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import { ReplyParser, formatReply, type Reply } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout } from '../smtp/session.js';
import { beginSession } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import type { TlsChannel } from '../tls/handshake.js';
import { Unanswered, handshakeForProbe, isRefusal, openForProbe, handshakeError } from './answers.js';

/** How the transcript shows two lines in one write: as two, they would look like two writes. */
const TOGETHER = 'STARTTLS and NOOP in one write';

/**
 * Whether a command that arrives unencrypted together with STARTTLS is answered over TLS (CVE-2011-0411). A server that
 * refuses both, closes the connection, answers unencrypted or fails the handshake is not vulnerable.
 */
export async function commandInjection(side: Context, connection: Connection): Promise<KnownFinding | undefined> {
  const session = beginSession(side, connection.socket);
  await openForProbe(side, connection, session, { greets: true, upTo: 'EHLO' });
  const reply = await session.command('STARTTLS\r\nNOOP', TOGETHER).catch((error: unknown) => {
    if (error instanceof ConnectionLost) return undefined;
    throw error;
  });
  if (!reply || isRefusal(reply) || reply.code !== 220 || session.detach().length > 0) return undefined;
  const result = await handshakeForProbe(side, connection);
  if (!result.ok) {
    const { failure } = result;
    if (failure.kind === 'timed-out' || (failure.kind === 'alert' && failure.asked)) throw handshakeError(failure);
    return undefined;
  }
  const surplus = await surplusReply(side, result.channel);
  if (!surplus) return undefined;
  // No command reproduces it: every tool for STARTTLS waits for the 220 before it sends more.
  const message = `A NOOP that was sent unencrypted after STARTTLS is answered over TLS, with "${formatReply(surplus)}".`;
  return finding('starttls-command-injection', message, { evidence: { sent: TOGETHER, reply: formatReply(surplus) } });
}

/** A greeting, the reply to QUIT, and one more. */
const MAX_REPLIES = 3;

/**
 * Sends QUIT over TLS, to which the server must send one reply, and looks for a second. An SmtpSession would reject the
 * second as unsolicited. The connection is of no further use.
 * @returns the reply to what was sent unencrypted; undefined if 221 is the only reply
 * @throws {ConnectionLost} {ReplyTimeout} {ReplySyntaxError} {Unanswered} if there is neither a second reply nor a 221
 */
async function surplusReply(
  { transcript, budget, endpoint }: Context,
  { stream }: TlsChannel,
): Promise<Reply | undefined> {
  const deadline = Deadline.after(endpoint.timeoutMs, budget);
  const waitMs = Math.round(deadline.remainingMs);
  transcript.add('client', 'QUIT');
  stream.write('QUIT\r\n');
  const collect = async (): Promise<Reply | undefined> => {
    let count = 0;
    let first: Reply | undefined;
    for await (const reply of repliesOf(stream)) {
      for (const line of reply.raw) transcript.add('server', line.exact);
      if (first) return first;
      if (reply.code === 221) return undefined;
      // A server behind a proxy may greet again.
      if (reply.code !== 220) first = reply;
      if (++count === MAX_REPLIES) break;
    }
    throw new Unanswered('Over TLS the server does not answer QUIT with 221.');
  };
  return deadline.race(collect(), () => new ReplyTimeout(waitMs));
}

async function* repliesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Reply> {
  const parser = new ReplyParser();
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await chunks.next().catch((error: unknown) => {
      throw new ConnectionLost(error);
    });
    if (chunk.done === true) throw new ConnectionLost();
    parser.push(chunk.value);
    for (let reply = parser.take(); reply; reply = parser.take()) yield reply;
  }
}
