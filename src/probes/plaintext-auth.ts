import { finding, type KnownFinding } from '../findings/finding.js';
import { formatReply } from '../smtp/reply.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { isRefusal, openForProbe } from './answers.js';

/** RFC 4954 section 4: the server waits for the client's next message, here the credentials. */
const WAITS_FOR_CREDENTIALS = 334;

/** Whether the server accepts AUTH before TLS, where a client would send its password unencrypted. */
export async function plaintextAuth(side: Context, connection: Connection): Promise<KnownFinding | undefined> {
  const { session } = await openForProbe(side, connection, 'EHLO');
  const reply = await session.command('AUTH PLAIN');
  const isWaiting = reply.code === WAITS_FOR_CREDENTIALS;
  if (!isWaiting && isRefusal(reply)) return undefined;
  // RFC 4954 section 4: a lone `*` cancels the exchange. The reply no longer matters.
  if (isWaiting) await session.command('*').catch(() => undefined);
  const meaning = isWaiting ? 'it waits for the credentials' : 'it accepts AUTH without asking for credentials';
  const message = `Before TLS, the server replied to AUTH PLAIN with "${formatReply(reply)}": ${meaning}.`;
  return finding('plaintext-auth-accepted', message, {
    evidence: { sent: 'AUTH PLAIN', reply: formatReply(reply) },
  });
}
