import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { ReplySyntaxError, shown } from '../../smtp/reply.js';
import { ConnectionLost, ReplyTimeout } from '../../smtp/session.js';
import type { SmtpSession } from '../../smtp/session.js';
import { PeerText, brief, briefList } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { otherProtocol } from './other-protocol.js';
import { opensslCommand, plainEhloCommand } from '../../findings/reproduce.js';
import { answerToHandshake } from '../diagnostic-handshake.js';
import type { StepOutcome, Visit } from '../context.js';
import { beginSession, openConnection, readGreeting, sayEhlo } from '../opening.js';

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
    const mechanisms = brief(plain.mechanisms.join(' ')) || 'without a mechanism';
    findings.push(
      finding('plaintext-auth-advertised', `Before TLS the server offers AUTH ${mechanisms}.`, {
        evidence: { mechanisms },
        ...(endpoint.role === 'mx'
          ? { severity: 'notice' as const }
          : { reproduce: plainEhloCommand(endpoint, visit.address) }),
      }),
    );
  }
  if (plain.has('STARTTLS')) return { findings };
  return { findings: [await withoutStarttls(visit, session, plain), ...findings], impassable: true };
}

/** What stands before the length of a record. */
const TYPE_AND_VERSION_OCTETS = 3;

/** Who closes sooner turns a client away, and waits for nothing. */
const WAITS_AT_LEAST_MS = 250;

/** Reads the greeting; where none comes, finds out whether the port speaks TLS, or waits to be spoken to. */
async function greeted(visit: Visit, session: SmtpSession): Promise<StepOutcome | undefined> {
  const begun = performance.now();
  try {
    return await readGreeting(visit, session);
  } catch (error) {
    const [first] = error instanceof ReplySyntaxError ? [...error.before, error.line] : heardBefore(error);
    if (first) {
      if (!isTlsRecord(Buffer.from(first.exact))) throw error;
      return whole(implicitTlsPort(visit, first));
    }
    const waited = performance.now() - begun;
    const isSilence = error instanceof ReplyTimeout || (error instanceof ConnectionLost && waited > WAITS_AT_LEAST_MS);
    const answer = isSilence ? await answerToHandshake(visit) : undefined;
    if (answer?.kind === 'record') return whole(implicitTlsPort(visit, new PeerText(answer.octets)));
    const said = answer?.kind === 'cleartext' ? new PeerText(answer.octets).exact : '';
    const other = otherProtocol(said, ', which says nothing until it is spoken to');
    if (!other) throw error;
    return whole(other);
  }
}

function heardBefore(error: unknown): readonly PeerText[] {
  return error instanceof ReplyTimeout || error instanceof ConnectionLost ? error.heard : [];
}

/** @param said what the server says first */
function implicitTlsPort({ endpoint, address }: Visit, said: PeerText): KnownFinding {
  const message = `Port ${endpoint.port} of ${endpoint.host} does not greet: it speaks TLS from the first byte.`;
  const reproduce = opensslCommand({ ...endpoint, transport: 'implicit' }, address);
  const octets = brief(said.exact.slice(0, TYPE_AND_VERSION_OCTETS));
  return finding('implicit-tls-port', message, { evidence: { octets }, reproduce });
}

function whole(found: KnownFinding): StepOutcome {
  return { findings: [found], impassable: true };
}

/** Asks for STARTTLS all the same: a server that knows it has offered it, and somebody took the offer away. */
async function withoutStarttls(
  { endpoint }: Visit,
  session: SmtpSession,
  { lines, masked }: Capabilities,
): Promise<KnownFinding> {
  const answer = await session.command('STARTTLS').catch(() => undefined);
  const isAccepted = answer?.code === 220;
  // The server waits for a handshake now, and a QUIT in the clear would be taken for one.
  if (isAccepted) session.detach();
  const evidence = {
    capabilities: briefList(lines) || 'none',
    ...(masked.length > 0 && { masked: briefList(masked) }),
    ...(answer && { reply: shown(answer) }),
  };
  const answered = answer ? `STARTTLS is answered "${shown(answer)}"` : 'STARTTLS gets no answer';
  const keyword = masked.find(({ exact }) => exact.length === 'STARTTLS'.length)?.exact;
  if (keyword !== undefined) {
    return finding(
      'starttls-stripped',
      `The answer to EHLO does not list STARTTLS and says "${keyword}": a device on the way wrote over a keyword of eight letters, as STARTTLS has (CHUNKING, SMTPUTF8 and 8BITMIME have as many). ${answered}.`,
      { evidence: { ...evidence, keyword } },
    );
  }
  if (isAccepted) {
    return finding(
      'starttls-stripped',
      `The answer to EHLO does not list STARTTLS, and ${answered}: the offer was hidden on the way.`,
      { evidence },
    );
  }
  const over =
    masked.length > 0
      ? ` Another keyword is written over ("${evidence.masked}"), as SMTP inspection on the way does; it is too long or too short for STARTTLS.`
      : '';
  const message = `Port ${endpoint.port} of ${endpoint.host} does not offer STARTTLS.${over}`;
  return finding('starttls-not-advertised', message, { evidence });
}
