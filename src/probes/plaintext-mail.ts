import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { mailCommand } from '../findings/reproduce.js';
import { beginSession } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { openForProbe, tryMail } from './answers.js';

/** Whether the server accepts mail before TLS. */
export async function plaintextMail(side: Context, connection: Connection): Promise<KnownFinding | undefined> {
  const session = beginSession(side, connection.socket);
  await openForProbe(side, connection, session, { greets: true, upTo: 'EHLO' });
  const accepted = await tryMail(session);
  if (!accepted) return undefined;
  const { sender, reply } = accepted;
  const sent = `MAIL FROM:<${sender}>`;
  return finding('plaintext-mail-accepted', `Before TLS the server answers ${sent} with "${reply}".`, {
    evidence: { sent, reply },
    reproduce: mailCommand(side.endpoint, 'plain', connection.address, sender),
  });
}
