import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { shown } from '../../smtp/reply.js';
import { ReplyTimeout } from '../../smtp/session.js';
import type { SmtpSession } from '../../smtp/session.js';
import { brief } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { opensslCommand, plainEhloCommand } from '../reproduce.js';
import { speaksTlsAtOnce } from '../second-look.js';
import type { StepOutcome, Visit } from '../visit.js';
import { beginSession, openConnection, readGreeting, sayEhlo } from './opening.js';

/** Step 1: the server greets, answers EHLO, and advertises STARTTLS (RFC 3207 section 2). */
export async function capability(visit: Visit): Promise<StepOutcome> {
  const { endpoint } = visit;
  if (endpoint.transport === 'implicit') return { findings: [], skipped: 'not-applicable' };

  await openConnection(visit);
  if (!visit.socket) throw new TypeError('connected without a socket');
  const session = beginSession(visit, visit.socket);
  const refused = await greeted(visit, session);
  if (refused) return refused;
  const plain = await sayEhlo(visit, session, 'ehlo-rejected');
  if ('findings' in plain) return plain;
  visit.plain = plain;

  const findings: KnownFinding[] = [];
  if (plain.mechanisms) {
    findings.push(
      finding(
        'plaintext-auth-advertised',
        `Before TLS the server offers AUTH ${brief(plain.mechanisms.join(' '))}.`,
        endpoint.role === 'mx' ? { severity: 'notice' } : { reproduce: plainEhloCommand(endpoint, visit.address) },
      ),
    );
  }
  if (plain.has('STARTTLS')) return { findings };
  return { findings: [await withoutStarttls(visit, session, plain), ...findings], impassable: true };
}

/** Reads the greeting; where none comes, finds out whether the port waits for TLS. */
async function greeted(visit: Visit, session: SmtpSession): Promise<StepOutcome | undefined> {
  try {
    return await readGreeting(visit, session);
  } catch (error) {
    if (!(error instanceof ReplyTimeout)) throw error;
    const { unread } = session;
    const isTls = unread.length === 0 ? await speaksTlsAtOnce(visit) : isTlsRecord(unread);
    if (!isTls) throw error;
    const { port, host } = visit.endpoint;
    const found = finding(
      'implicit-tls-port',
      `Port ${port} of ${host} does not greet: it speaks TLS from the first byte.`,
    );
    const reproduce = opensslCommand({ ...visit.endpoint, transport: 'implicit' }, visit.address);
    return { findings: [{ ...found, reproduce }], impassable: true };
  }
}

/** Asks for STARTTLS all the same: a server that knows it has offered it, and somebody took the offer away. */
async function withoutStarttls(
  { endpoint }: Visit,
  session: SmtpSession,
  { lines, masked }: Capabilities,
): Promise<KnownFinding> {
  const evidence = { capabilities: lines.length > 0 ? brief(lines.join(', ')) : 'none' };
  if (masked !== undefined) {
    return finding(
      'starttls-stripped',
      `Where STARTTLS should stand, the answer to EHLO says "${brief(masked)}": a device on the way wrote over the keyword.`,
      { evidence: { ...evidence, keyword: brief(masked) } },
    );
  }
  const answer = await session.command('STARTTLS').catch(() => undefined);
  if (answer?.code === 220) {
    // The server waits for a handshake now, and a QUIT in the clear would be taken for one.
    session.detach();
    return finding(
      'starttls-stripped',
      `The answer to EHLO does not list STARTTLS, and STARTTLS is answered "${shown(answer)}": the offer was hidden on the way.`,
      { evidence: { ...evidence, reply: shown(answer) } },
    );
  }
  return finding('starttls-not-advertised', `Port ${endpoint.port} of ${endpoint.host} does not offer STARTTLS.`, {
    evidence,
  });
}
