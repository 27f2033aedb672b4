import { finding, type KnownFinding } from '../findings/finding.js';
import type { Deadline } from '../net/deadline.js';
import { formatReply, type Reply } from '../smtp/reply.js';
import type { Context } from '../steps/context.js';
import type { Connection } from '../steps/hand-over.js';
import { excerpt } from '../text/peer.js';
import { closedInstead, isRefusal, openForProbe } from './answers.js';
import { own } from '../text/own.js';

/** RFC 4954 section 4: the server waits for the client's next message, here the credentials. */
const WAITS_FOR_CREDENTIALS = 334;

/**
 * Whether the server accepts AUTH before TLS, where a client would send its password unencrypted.
 * @returns also a notice if the server offers AUTH there but refuses it; it replaces what step 1 says about the offer
 */
export async function plaintextAuth(
  side: Context,
  connection: Connection,
  attempt: Deadline,
): Promise<KnownFinding | undefined> {
  const { session, capabilities } = await openForProbe(side, connection, 'EHLO');
  const { mechanisms } = capabilities;
  const reply = await session.command('AUTH PLAIN').catch(closedInstead(attempt));
  const isWaiting = reply?.code === WAITS_FOR_CREDENTIALS;
  if (!reply || (!isWaiting && isRefusal(reply))) return mechanisms && refused(mechanisms, reply);
  // RFC 4954 section 4: a lone `*` cancels the exchange. The reply no longer matters.
  if (isWaiting) await session.command('*').catch(() => undefined);
  const meaning = isWaiting ? own`it waits for the credentials` : own`it accepts AUTH without asking for credentials`;
  const message = own`Before TLS, the server replied to AUTH PLAIN with "${formatReply(reply)}": ${meaning}.`;
  return finding('plaintext-auth-accepted', message, {
    evidence: { sent: own`AUTH PLAIN`, reply: formatReply(reply) },
  });
}

/** RFC 4954 section 4 and section 6: encryption or authentication is required first, whatever the mechanism is. */
const TLS_FIRST: readonly number[] = [530, 538];

/** A refusal of PLAIN says nothing about other mechanisms if the server does not offer PLAIN, unless it requires TLS. */
function refused(offered: readonly string[], reply: Reply | undefined): KnownFinding | undefined {
  if (!offered.includes('PLAIN') && !(reply && TLS_FIRST.includes(reply.code))) return undefined;
  const mechanisms = excerpt(offered.join(' '));
  const how = reply ? own`with "${formatReply(reply)}"` : own`by closing the connection`;
  const message = own`The server offers AUTH ${mechanisms} before TLS, but refuses AUTH PLAIN there ${how}.`;
  const evidence = { mechanisms, ...(reply && { reply: formatReply(reply) }) };
  return finding('plaintext-auth-advertised', message, { evidence, severity: 'notice', cause: 'refused' });
}
