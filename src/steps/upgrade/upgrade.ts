import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { shown } from '../../smtp/reply.js';
import type { Reply } from '../../smtp/reply.js';
import { brief, decodeBytes } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { beginTls } from '../connection.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import { stopped } from '../hand-over.js';
import type { Connected, StepResult, Stopped, Upgraded } from '../hand-over.js';

/** Step 2: STARTTLS is answered 220, and nothing unencrypted follows (RFC 3207 section 4). */
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
  if (reply.code !== 220) return { ...stopped(refused(reply)), transient: reply.code === 454 };

  const leftover = session.detach();
  if (leftover.length > 0) return judgePlaintext(context, leftover);
  const handshake = beginTls(context, connection);
  const begun = performance.now();
  const opening = await handshake.opening;
  if (opening.kind === 'cleartext') return judgePlaintext(context, opening.octets);
  const aheadMs = performance.now() - begun;
  const next = { transport: 'starttls', connection, handshake, plaintext } as const;
  return { ok: true, findings: [], facts: { handshake }, next, aheadMs };
}

function refused(reply: Reply): KnownFinding {
  const meaning = MEANINGS[reply.code];
  const because = meaning === undefined ? '' : `: ${meaning}`;
  const message = `The server offers STARTTLS and answers it with "${shown(reply)}"${because}.`;
  return finding('starttls-refused', message, { evidence: { reply: shown(reply) } });
}

/** What RFC 3207 section 4 and RFC 5321 section 4.2.2 mean by each answer that is not 220. */
const MEANINGS: Readonly<Record<number, string>> = {
  454: 'TLS is not available now, usually because the certificate or its key could not be loaded',
  500: 'it does not know the command that it offers',
  501: 'it takes STARTTLS for a command with a parameter',
  502: 'it has not implemented the command that it offers',
  503: 'not at this point: it may believe that TLS is already active, for example behind a proxy',
  530: 'it requires something else first',
  554: 'it refuses TLS to this client',
};

function judgePlaintext({ transcript }: Context, bytes: Buffer): Stopped {
  const text = decodeBytes(bytes);
  transcript.add('server', text.trimEnd());
  const came = brief(text);
  const message = isTlsRecord(bytes)
    ? `After the 220 to STARTTLS the server sent "${came}" before the gate had begun the handshake: it looks like TLS, but answers nothing.`
    : `After the 220 to STARTTLS, where only TLS may follow, the server sent "${came}" unencrypted.`;
  return stopped(finding('plaintext-after-starttls', message, { evidence: { data: came } }));
}
