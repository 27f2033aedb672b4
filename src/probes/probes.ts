import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { ProbeName } from '../plan/schema/enums.js';
import type { StepId } from '../report/report.js';
import type { Capabilities } from '../smtp/capabilities.js';
import { ReplyParser, shown } from '../smtp/reply.js';
import type { Reply } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout } from '../smtp/session.js';
import type { SmtpSession } from '../smtp/session.js';
import type { HandshakeFailure, HandshakeResult, TlsChannel } from '../tls/handshake.js';
import { aside, handshakeAside } from '../steps/side-connection.js';
import { probeMs, spentProbe } from '../steps/budget.js';
import { interruption } from '../steps/error-to-finding.js';
import { Unanswered, isRefusal, mail } from './probe-answers.js';
import { mailCommand, plainAuthCommand } from '../findings/reproduce.js';
import { beginSession, readGreeting, sayEhlo } from '../steps/opening.js';
import type { StepOutcome, Visit } from '../steps/context.js';

/*
 * Tries that the user asks for, each on a connection of its own while the main dialogue waits at the end of the step
 * that it belongs to. None sends a credential, shows a client certificate or names a recipient, and none waits for
 * the sake of waiting.
 */

interface Probe {
  readonly name: ProbeName;
  readonly step: StepId;
  /** Whether the main dialogue came as far as the probe begins; where it did not, its failure says enough. */
  readonly reached: (visit: Visit) => boolean | Promise<boolean>;
  /** @throws {Unanswered} and what a session throws */
  readonly run: (second: Visit) => Promise<KnownFinding | undefined>;
}

const PROBES: readonly Probe[] = [
  { name: 'plaintext-auth', step: 'capability', reached: ({ plain }) => plain !== undefined, run: authInTheClear },
  { name: 'plaintext-mail', step: 'capability', reached: ({ plain }) => plain !== undefined, run: mailInTheClear },
  { name: 'command-injection', step: 'upgrade', reached: handshakeStands, run: commandInjection },
  { name: 'plaintext-mail', step: 'authentication', reached: ({ secured }) => secured !== undefined, run: mailInTls },
];

/**
 * Makes the probes of a step that the endpoint asks for, one after the other. Never throws.
 * @param visit whose main dialogue is at the end of the step
 */
export async function probe(step: StepId, visit: Visit): Promise<KnownFinding[]> {
  const findings: KnownFinding[] = [];
  for (const one of PROBES.filter(({ name, step: of }) => of === step && visit.endpoint.probes.includes(name))) {
    const found = (await one.reached(visit)) && (await carryOut(one, visit));
    if (found) findings.push(found);
  }
  return findings;
}

async function handshakeStands({ handshake }: Visit): Promise<boolean> {
  return handshake !== undefined && (await handshake.outcome).ok;
}

async function carryOut({ name, step, run }: Probe, visit: Visit): Promise<KnownFinding | undefined> {
  const budget = Deadline.after(probeMs(visit.endpoint), visit.budget);
  try {
    return await aside(visit, { transcript: visit.asides, budget }, run);
  } catch (error) {
    if (error instanceof Unanswered) return inconclusive(name, error.message);
    const { finding: found } = interruption(error, step, visit);
    if (found.code === 'internal-error') return found;
    return inconclusive(name, `${found.message}${spentProbe(budget, visit.endpoint)}`, found.evidence);
  }
}

function inconclusive(probe: ProbeName, why: string, evidence: Readonly<Record<string, string>> = {}): KnownFinding {
  return finding('probe-inconclusive', `The probe ${probe} has no answer. ${why}`, {
    evidence: { ...evidence, probe },
  });
}

const WAITS_FOR_CREDENTIALS = 334;

async function authInTheClear(second: Visit): Promise<KnownFinding | undefined> {
  const session = await greeted(second);
  const reply = await session.command('AUTH PLAIN');
  const isWaiting = reply.code === WAITS_FOR_CREDENTIALS;
  if (!isWaiting && isRefusal(reply)) return undefined;
  // RFC 4954 section 4: a lone `*` gives the exchange up. What the server makes of that does not matter any more.
  if (isWaiting) await session.command('*').catch(() => undefined);
  const meaning = isWaiting
    ? 'it waits for the credentials'
    : 'it takes AUTH there without even asking for the credentials';
  return finding(
    'plaintext-auth-accepted',
    `Before TLS the server answers a bare AUTH PLAIN with "${shown(reply)}": ${meaning}.`,
    {
      evidence: { sent: 'AUTH PLAIN', reply: shown(reply) },
      reproduce: plainAuthCommand(second.endpoint, second.address),
    },
  );
}

async function mailInTheClear(second: Visit): Promise<KnownFinding | undefined> {
  const taken = await mail(await greeted(second));
  if (!taken) return undefined;
  const { sender, reply } = taken;
  const sent = `MAIL FROM:<${sender}>`;
  return finding('plaintext-mail-accepted', `Before TLS the server answers ${sent} with "${reply}".`, {
    evidence: { sent, reply },
    reproduce: mailCommand(second.endpoint, 'plain', second.address, sender),
  });
}

async function mailInTls(second: Visit): Promise<KnownFinding | undefined> {
  const clear = await greeted(second);
  const accepted = await clear.command('STARTTLS');
  if (accepted.code !== 220) throw new Unanswered(`To STARTTLS the server says "${shown(accepted)}".`);
  clear.detach();
  const outcome = await handshake(second);
  if (!outcome.ok) throw new Unanswered(whyNoChannel(outcome.failure));
  const session = beginSession(second, outcome.channel.stream);
  unlessRefused(await sayEhlo(second, session, 'ehlo-after-tls-rejected'));
  const taken = await mail(session);
  if (!taken) return undefined;
  const { sender, reply } = taken;
  const sent = `MAIL FROM:<${sender}>`;
  return finding(
    'unauthenticated-mail-accepted',
    `Inside TLS, without AUTH, the server answers ${sent} with "${reply}".`,
    {
      evidence: { sent, reply },
      reproduce: mailCommand(second.endpoint, 'tls', second.address, sender),
    },
  );
}

/** How two lines in one write are shown: apart they would look like two. */
const TOGETHER = 'STARTTLS and NOOP in one write';

/**
 * CVE-2011-0411: does a command that arrives together with STARTTLS, in the clear, get an answer inside TLS? Whoever
 * refuses the two together, hangs up, answers in the clear or spoils the handshake has carried nothing into it.
 */
async function commandInjection(second: Visit): Promise<KnownFinding | undefined> {
  const session = await greeted(second);
  const reply = await session.command('STARTTLS\r\nNOOP', TOGETHER).catch((error: unknown) => {
    if (error instanceof ConnectionLost) return undefined;
    throw error;
  });
  if (!reply || isRefusal(reply) || reply.code !== 220 || session.detach().length > 0) return undefined;
  const outcome = await handshake(second);
  if (!outcome.ok) {
    const { failure } = outcome;
    if (failure.kind === 'timed-out' || (failure.kind === 'alert' && failure.asked)) {
      throw new Unanswered(whyNoChannel(failure));
    }
    return undefined;
  }
  const surplus = await oneReplyTooMany(second, outcome.channel);
  if (!surplus) return undefined;
  // No command shows it by hand: whatever is at hand for STARTTLS waits for the 220 before it sends on.
  return finding(
    'starttls-command-injection',
    `A NOOP sent in the clear behind STARTTLS is answered inside TLS, with "${shown(surplus)}".`,
    { evidence: { sent: TOGETHER, reply: shown(surplus) } },
  );
}

/** A greeting and the answer to QUIT: with one more, a server that goes on to greet is not listened to for ever. */
const MAX_REPLIES = 3;

/**
 * Says QUIT inside TLS, which is owed one reply, and looks for a second. A session would refuse what nobody asked for,
 * and here it is what is looked for; what becomes of the connection after it does not matter.
 * @returns the reply to what was sent in the clear; undefined where 221 is the only one
 * @throws {ConnectionLost} {ReplyTimeout} {ReplySyntaxError} {Unanswered} if there is neither a second reply nor a 221
 */
async function oneReplyTooMany(
  { transcript, budget, endpoint }: Visit,
  { stream }: TlsChannel,
): Promise<Reply | undefined> {
  const deadline = Deadline.after(endpoint.timeoutMs, budget);
  const waitMs = Math.round(deadline.remainingMs);
  transcript.add('client', 'QUIT');
  stream.write('QUIT\r\n');
  const collected = async (): Promise<Reply | undefined> => {
    let count = 0;
    let first: Reply | undefined;
    for await (const reply of repliesOf(stream)) {
      for (const line of reply.raw) transcript.add('server', line.exact);
      if (first) return first;
      if (reply.code === 221) return undefined;
      // A server behind a proxy may greet anew, which answers nothing.
      if (reply.code !== 220) first = reply;
      if (++count === MAX_REPLIES) break;
    }
    throw new Unanswered('Inside TLS no 221 answers QUIT.');
  };
  return deadline.race(collected(), () => new ReplyTimeout(waitMs));
}

async function* repliesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Reply> {
  const parser = new ReplyParser();
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await chunks.next().catch((error: unknown) => {
      throw new ConnectionLost(error);
    });
    if (chunk.done === true) throw new ConnectionLost();
    parser.push(chunk.value);
    for (let reply = parser.take(); reply; reply = parser.take()) yield reply;
  }
}

async function greeted(second: Visit): Promise<SmtpSession> {
  const { socket } = second;
  if (!socket) throw new TypeError('a probe without a socket');
  const session = beginSession(second, socket);
  unlessRefused(await readGreeting(second, session));
  unlessRefused(await sayEhlo(second, session, 'ehlo-rejected'));
  return session;
}

/** @throws {Unanswered} where a greeting or EHLO was refused */
function unlessRefused(answer: StepOutcome | Capabilities | undefined): void {
  if (!answer || !('findings' in answer)) return;
  throw new Unanswered(answer.findings.map(({ message }) => message).join(' '));
}

/** By the endpoint's policy, without its client certificate: that is a credential. */
function handshake(second: Visit): Promise<HandshakeResult> {
  const { ca, minVersion } = second.endpoint.tls;
  return handshakeAside(second, second.world.trust.context({ ca, minVersion })).outcome;
}

function whyNoChannel(failure: HandshakeFailure): string {
  const details = failure.kind === 'alert' ? ` (alert ${failure.number}, ${failure.name})` : '';
  return `The TLS handshake did not come to its end: ${failure.kind}${details}.`;
}
