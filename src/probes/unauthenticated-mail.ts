import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { mailCommand } from '../findings/reproduce.js';
import { beginSession } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { Unanswered, handshakeForProbe, openForProbe, tryMail, handshakeError } from './answers.js';

/** Whether the server accepts mail inside TLS from a client that has not signed in. */
export async function unauthenticatedMail(side: Context, connection: Connection): Promise<KnownFinding | undefined> {
  const plaintext = beginSession(side, connection.socket);
  const { leftover } = await openForProbe(side, connection, plaintext, { greets: true, upTo: 'STARTTLS' });
  if (leftover.length > 0) throw new Unanswered('Unencrypted data follows the 220 to STARTTLS.');
  const result = await handshakeForProbe(side, connection);
  if (!result.ok) throw handshakeError(result.failure);
  const session = beginSession(side, result.channel.stream);
  await openForProbe(side, connection, session, { greets: false, upTo: 'EHLO' });
  const accepted = await tryMail(session);
  if (!accepted) return undefined;
  const { sender, reply } = accepted;
  const sent = `MAIL FROM:<${sender}>`;
  const message = `Inside TLS, without AUTH, the server answers ${sent} with "${reply}".`;
  return finding('unauthenticated-mail-accepted', message, {
    evidence: { sent, reply },
    reproduce: mailCommand(side.endpoint, 'tls', connection.address, sender),
  });
}
