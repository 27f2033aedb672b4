import { finding, type KnownFinding } from '../../findings/finding.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { excerpt, decodeBytes } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { beginTls } from '../connection.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import { stopped, type Connected, type StepResult, type Stopped, type Upgraded } from '../hand-over.js';

/** Step 2: the server replies to STARTTLS with 220, and nothing unencrypted follows (RFC 3207 section 4). */
export async function upgrade(context: Context, connected: Connected): Promise<StepResult<Upgraded>> {
  if (connected.transport === 'implicit') {
    return { ok: true, findings: [], skipped: 'not-applicable', next: connected };
  }
  const { connection, session, plaintext } = connected;
  let reply: Reply;
  try {
    reply = await session.command('STARTTLS');
  } catch (error) {
    return stoppedBy(error, context, 'greeting');
  }
  if (reply.code !== 220) return stopped(refused(reply), { transient: reply.code === 454 });

  const leftover = session.detach();
  if (leftover.length > 0) return judgePlaintext(context, leftover);
  const handshake = beginTls(context, connection);
  const startedAt = performance.now();
  const opening = await handshake.opening;
  if (opening.kind === 'cleartext') return judgePlaintext(context, opening.bytes);
  const aheadMs = performance.now() - startedAt;
  const next = { transport: 'starttls', connection, handshake, plaintext } as const;
  return { ok: true, findings: [], facts: { handshake }, next, aheadMs };
}

function refused(reply: Reply): KnownFinding {
  const meaning = MEANINGS[reply.code];
  const because = meaning === undefined ? '' : `: ${meaning}`;
  const message = `The server offers STARTTLS, but replied to it with "${formatReply(reply)}"${because}.`;
  return finding('starttls-refused', message, { evidence: { reply: formatReply(reply) } });
}

/** The meaning of each reply other than 220 (RFC 3207 section 4, RFC 5321 section 4.2.2). */
const MEANINGS: Readonly<Record<number, string>> = {
  454: 'TLS is not available now, usually because the certificate or its key could not be loaded',
  500: 'it does not recognize the command that it offers',
  501: 'it reports a syntax error, although STARTTLS has no parameters',
  502: 'it does not implement the command that it offers',
  503: 'it does not allow the command now: it may assume that TLS is already active, for example behind a proxy',
  530: 'it requires another command first',
  554: 'it refuses TLS to this client',
};

function judgePlaintext({ transcript }: Context, bytes: Buffer): Stopped {
  const text = decodeBytes(bytes);
  transcript.add('server', text.trimEnd());
  const data = excerpt(text);
  const message = isTlsRecord(bytes)
    ? `After the 220 to STARTTLS, the server sent "${data}": this looks like a TLS record, but the gate had not sent a ClientHello.`
    : `After the 220 to STARTTLS, where only TLS may follow, the server sent "${data}" unencrypted.`;
  return stopped(finding('plaintext-after-starttls', message, { evidence: { data } }));
}
