import { finding, type KnownFinding } from '../findings/finding.js';
import type { Deadline } from '../net/deadline.js';
import type { SmtpSession } from '../smtp/session.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { Unanswered, handshakeError, handshakeForProbe, openForProbe, tryMail } from './answers.js';
import { fixed, own } from '../text/own.js';

/** Whether the server accepts mail before TLS. */
export async function plaintextMail(
  side: Context,
  connection: Connection,
  attempt: Deadline,
): Promise<KnownFinding | undefined> {
  const { session } = await openForProbe(side, connection, 'EHLO');
  return judgeMail(session, 'plain', attempt);
}

/** Whether the server accepts mail over TLS from an unauthenticated client. */
export async function unauthenticatedMail(
  side: Context,
  connection: Connection,
  attempt: Deadline,
): Promise<KnownFinding | undefined> {
  const { leftover } = await openForProbe(side, connection, 'STARTTLS');
  if (leftover.length > 0) throw new Unanswered(own`The server sent unencrypted data after the 220 to STARTTLS.`);
  const result = await handshakeForProbe(side, connection);
  if (!result.ok) throw handshakeError(result.failure);
  const { session } = await openForProbe(side, connection, 'EHLO', result.channel.stream);
  return judgeMail(session, 'tls', attempt);
}

async function judgeMail(
  session: SmtpSession,
  channel: 'plain' | 'tls',
  attempt: Deadline,
): Promise<KnownFinding | undefined> {
  const accepted = await tryMail(session, attempt);
  if (!accepted) return undefined;
  const { sender, reply } = accepted;
  const sent = own`MAIL FROM:<${sender}>`;
  const [code, place] =
    channel === 'plain'
      ? (['plaintext-mail-accepted', 'Before TLS'] as const)
      : (['unauthenticated-mail-accepted', 'Over TLS, without AUTH'] as const);
  return finding(code, own`${fixed(place)}, the server replied to ${sent} with "${reply}".`, {
    evidence: { sent, reply },
  });
}
