import { finding, type KnownFinding } from '../findings/finding.js';
import { formatReply, type Reply } from '../smtp/reply.js';
import { ConnectionLost, ServiceNotAvailable } from '../smtp/session.js';
import { beginSession } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import type { TlsChannel } from '../tls/handshake.js';
import { Unanswered, handshakeForProbe, isRefusal, openForProbe, handshakeError } from './answers.js';
import { own } from '../text/own.js';

/** How the transcript shows two lines in one write: as two, they would look like two writes. */
const TOGETHER = 'STARTTLS and NOOP in one write';

/**
 * Whether the server replies over TLS to a command that arrives unencrypted together with STARTTLS (CVE-2011-0411). A
 * server that refuses both, closes the connection, replies unencrypted or fails the handshake is not vulnerable.
 */
export async function commandInjection(side: Context, connection: Connection): Promise<KnownFinding | undefined> {
  const { session } = await openForProbe(side, connection, 'EHLO');
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
  const message = own`The server replied over TLS to a NOOP that was sent unencrypted after STARTTLS: "${formatReply(surplus)}".`;
  return finding('starttls-command-injection', message, { evidence: { sent: TOGETHER, reply: formatReply(surplus) } });
}

/** A greeting, the reply to QUIT, and one more. */
const MAX_REPLIES = 3;

/**
 * Sends QUIT over TLS, to which the server must send one reply, and looks for a second.
 * @returns the reply to what was sent unencrypted; undefined if 221 is the only reply
 * @throws {Unanswered} if there is neither a second reply nor a 221, and what a session throws
 */
async function surplusReply(side: Context, { stream }: TlsChannel): Promise<Reply | undefined> {
  const session = beginSession(side, stream);
  // `command` would reject the surplus reply as unsolicited.
  side.transcript.add('client', 'QUIT');
  stream.write('QUIT\r\n');
  let first: Reply | undefined;
  try {
    for (let count = 0; count < MAX_REPLIES; count += 1) {
      const reply = await session.nextReply().catch(replyOf421);
      if (first) return first;
      if (reply.code === 221) return undefined;
      // A server behind a proxy may greet again.
      if (reply.code !== 220) first = reply;
    }
  } finally {
    // QUIT has been sent already.
    session.hangUp();
  }
  throw new Unanswered(own`The server did not reply to QUIT over TLS with 221.`);
}

function replyOf421(error: unknown): Reply {
  if (error instanceof ServiceNotAvailable) return error.reply;
  throw error;
}
