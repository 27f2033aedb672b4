import { finding } from '../../findings/finding.js';
import { Deadline } from '../../net/deadline.js';
import { shown } from '../../smtp/reply.js';
import type { Reply } from '../../smtp/reply.js';
import { PeerText, brief } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { beginHandshake } from '../../tls/handshake.js';
import { serverNameIndication } from '../../tls/names.js';
import type { StepOutcome, Visit } from '../context.js';

/** Step 2: STARTTLS is answered 220, and nothing else arrives in the clear after it (RFC 3207 section 4). */
export async function upgrade(visit: Visit): Promise<StepOutcome> {
  const { session, socket, endpoint } = visit;
  if (endpoint.transport === 'implicit') return { findings: [], skipped: 'not-applicable' };
  if (!session || !socket) throw new TypeError('step 2 without a session');

  const reply = await session.command('STARTTLS');
  if (reply.code !== 220) {
    return {
      findings: [
        finding(
          'starttls-refused',
          `The server offers STARTTLS and answers it with "${shown(reply)}"${meaning(reply)}.`,
          { evidence: { reply: shown(reply) } },
        ),
      ],
      impassable: true,
      transient: reply.code === 454,
    };
  }

  const behind = session.detach();
  if (behind.length > 0) return cleartext(visit, behind);
  startTls(visit);
  const begun = performance.now();
  const opening = await visit.handshake?.opening;
  if (opening?.kind === 'cleartext') return cleartext(visit, opening.octets);
  return { findings: [], aheadMs: performance.now() - begun };
}

/** What RFC 3207 section 4 and RFC 5321 section 4.2.2 mean by each answer that is not 220. */
const MEANINGS: Readonly<Record<number, string>> = {
  454: 'TLS is not available now, usually because certificate or key could not be loaded',
  500: 'it does not know the command that it has offered',
  501: 'it takes STARTTLS for a command with a parameter',
  502: 'the command that it has offered is not implemented',
  503: 'not at this point: it may believe that TLS is on already, as behind a proxy',
  530: 'it wants something else first',
  554: 'it refuses TLS to this client',
};

function meaning({ code }: Reply): string {
  const known = MEANINGS[code];
  return known === undefined ? '' : `: ${known}`;
}

/** Begins the handshake on the connected socket, by the endpoint's policy. */
export function startTls(visit: Visit): void {
  const { endpoint, world, socket, budget } = visit;
  if (!socket) throw new TypeError('TLS without a socket');
  visit.handshake = beginHandshake(socket, {
    context: world.trust.context(endpoint.tls),
    servername: serverNameIndication(endpoint.servername),
    deadline: Deadline.after(endpoint.timeoutMs, budget),
  });
}

function cleartext(visit: Visit, octets: Buffer): StepOutcome {
  const text = new PeerText(octets);
  visit.transcript.add('server', text.exact.trimEnd());
  const came = brief(text.exact);
  const message = isTlsRecord(octets)
    ? `Behind the 220 to STARTTLS came "${came}" before the gate had begun the handshake: it looks like TLS, and answers nothing.`
    : `Behind the 220 to STARTTLS, where only TLS may follow, came "${came}" in the clear.`;
  return {
    findings: [finding('plaintext-after-starttls', message, { evidence: { octets: came } })],
    impassable: true,
  };
}
