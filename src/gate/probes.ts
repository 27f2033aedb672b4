import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { ProbeName } from '../plan/schema.js';
import type { StepId } from '../report/report.js';
import type { Capabilities } from '../smtp/capabilities.js';
import { ReplyParser, shown } from '../smtp/reply.js';
import type { Reply } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout } from '../smtp/session.js';
import type { SmtpSession } from '../smtp/session.js';
import type { HandshakeFailure, TlsChannel } from '../tls/handshake.js';
import { aside, handshakeAside } from './aside.js';
import { interruption } from './interruption.js';
import { beginSession, readGreeting, sayEhlo } from './steps/opening.js';
import type { StepOutcome, Visit } from './visit.js';

/*
 * Tries that the user asks for, each on a connection of its own once the main dialogue is over. None sends a
 * credential, shows a client certificate or names a recipient, and none waits for the sake of waiting.
 */

/** A probe may wait this many times as long as any one wait in it. */
const BUDGET_IN_TIMEOUTS = 2;

/** What a probe found, and the step to which it belongs. */
export interface Probed {
  readonly step: StepId;
  readonly finding: KnownFinding;
}

interface Probe {
  readonly name: ProbeName;
  readonly step: StepId;
  /** Whether the main dialogue came as far as the probe begins; where it did not, its failure says enough. */
  readonly reached: (visit: Visit) => boolean;
  /** @throws {Unanswered} and what a session throws */
  readonly run: (second: Visit) => Promise<KnownFinding | undefined>;
}

const PROBES: readonly Probe[] = [
  { name: 'plaintext-auth', step: 'capability', reached: ({ plain }) => plain !== undefined, run: authInTheClear },
  { name: 'plaintext-mail', step: 'capability', reached: ({ plain }) => plain !== undefined, run: mailInTheClear },
  { name: 'command-injection', step: 'upgrade', reached: ({ tls }) => tls !== undefined, run: commandInjection },
  { name: 'plaintext-mail', step: 'authentication', reached: ({ secured }) => secured !== undefined, run: mailInTls },
];

/**
 * Makes the probes that the endpoint asks for, one after the other. Never throws.
 * @param visit whose main dialogue is over
 */
export async function probe(visit: Visit): Promise<Probed[]> {
  const probed: Probed[] = [];
  for (const one of PROBES) {
    if (!visit.endpoint.probes.includes(one.name) || !one.reached(visit)) continue;
    const found = await carryOut(one, visit);
    if (found) probed.push({ step: one.step, finding: found });
  }
  return probed;
}

/** The server's answer leaves the question of the probe open. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

async function carryOut({ name, step, run }: Probe, visit: Visit): Promise<KnownFinding | undefined> {
  const budget = Deadline.after(BUDGET_IN_TIMEOUTS * visit.endpoint.timeoutMs);
  try {
    return await aside(visit, { transcript: visit.transcript, budget }, run);
  } catch (error) {
    if (error instanceof Unanswered) return inconclusive(name, error.message);
    const { finding: found } = interruption(error, step, visit);
    return found.code === 'internal-error' ? found : inconclusive(name, found.message, found.evidence);
  }
}

function inconclusive(probe: ProbeName, why: string, evidence: Readonly<Record<string, string>> = {}): KnownFinding {
  return finding('probe-inconclusive', `The probe ${probe} has no answer. ${why}`, {
    evidence: { ...evidence, probe },
  });
}

async function authInTheClear(second: Visit): Promise<KnownFinding | undefined> {
  const session = await greeted(second);
  const reply = decisive(await session.command('AUTH PLAIN'));
  if (reply.code !== 334) return undefined;
  // RFC 4954 section 4: a lone `*` gives the exchange up. What the server makes of that does not matter any more.
  await session.command('*').catch(() => undefined);
  return finding(
    'plaintext-auth-accepted',
    `Before TLS the server answers a bare AUTH PLAIN with "${shown(reply)}": it waits for the credentials.`,
    { evidence: { sent: 'AUTH PLAIN', reply: shown(reply) } },
  );
}

async function mailInTheClear(second: Visit): Promise<KnownFinding | undefined> {
  const reply = await mail(await greeted(second));
  if (reply.code !== 250) return undefined;
  return finding('plaintext-mail-accepted', `Before TLS the server answers MAIL FROM:<> with "${shown(reply)}".`, {
    evidence: { sent: 'MAIL FROM:<>', reply: shown(reply) },
  });
}

async function mailInTls(second: Visit): Promise<KnownFinding | undefined> {
  const clear = await greeted(second);
  const accepted = await clear.command('STARTTLS');
  if (accepted.code !== 220) throw new Unanswered(`To STARTTLS the server says "${shown(accepted)}".`);
  clear.detach();
  const channel = await handshake(second);
  if ('kind' in channel) throw new Unanswered(whyNoChannel(channel));
  const session = beginSession(second, channel.stream);
  unlessRefused(await sayEhlo(second, session, 'ehlo-after-tls-rejected'));
  const reply = await mail(session);
  if (reply.code !== 250) return undefined;
  return finding(
    'unauthenticated-mail-accepted',
    `Inside TLS, without AUTH, the server answers MAIL FROM:<> with "${shown(reply)}".`,
    { evidence: { sent: 'MAIL FROM:<>', reply: shown(reply) } },
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
  if (!reply || decisive(reply).code !== 220 || session.detach().length > 0) return undefined;
  const channel = await handshake(second);
  if ('kind' in channel) {
    if (channel.kind === 'timed-out' || (channel.kind === 'alert' && channel.asked)) {
      throw new Unanswered(whyNoChannel(channel));
    }
    return undefined;
  }
  const replies = await repliesUpToGoodbye(second, channel);
  // A server behind a proxy may greet anew, which answers nothing.
  const surplus = replies.find(({ code }) => code !== 220 && code !== 221);
  if (!surplus) return undefined;
  return finding(
    'starttls-command-injection',
    `A NOOP sent in the clear behind STARTTLS is answered inside TLS, with "${shown(surplus)}".`,
    { evidence: { sent: TOGETHER, reply: shown(surplus) } },
  );
}

/** A greeting, the answer to NOOP and the answer to QUIT: more has no meaning here. */
const MAX_REPLIES = 3;

/**
 * Says QUIT inside TLS and collects every reply up to the 221. A session would refuse what nobody asked for, and here
 * it is what is looked for.
 * @throws {ConnectionLost} {ReplyTimeout} {ReplySyntaxError} {Unanswered} if there is no 221
 */
async function repliesUpToGoodbye(
  { transcript, budget, endpoint }: Visit,
  { stream }: TlsChannel,
): Promise<readonly Reply[]> {
  const deadline = Deadline.after(endpoint.timeoutMs, budget);
  const waitMs = Math.round(deadline.remainingMs);
  transcript.add('client', 'QUIT');
  stream.write('QUIT\r\n');
  const replies: Reply[] = [];
  const collected = async (): Promise<readonly Reply[]> => {
    for await (const reply of repliesOf(stream)) {
      for (const line of reply.raw) transcript.add('server', line.exact);
      replies.push(reply);
      if (reply.code === 221) return replies;
      if (replies.length === MAX_REPLIES) break;
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

/** MAIL with the null sender, taken back at once. */
async function mail(session: SmtpSession): Promise<Reply> {
  const reply = decisive(await session.command('MAIL FROM:<>'));
  if (reply.code === 250) await session.command('RSET').catch(() => undefined);
  return reply;
}

/** @throws {Unanswered} where the server puts its answer off */
function decisive(reply: Reply): Reply {
  if (reply.code >= 400 && reply.code < 500) throw new Unanswered(`The server says "${shown(reply)}".`);
  return reply;
}

/** By the endpoint's policy, without its client certificate: that is a credential. */
function handshake(second: Visit): Promise<TlsChannel | HandshakeFailure> {
  const { ca, minVersion } = second.endpoint.tls;
  return handshakeAside(second, second.world.trust.context({ ca, minVersion })).outcome;
}

function whyNoChannel(failure: HandshakeFailure): string {
  const details = failure.kind === 'alert' ? ` (alert ${failure.number}, ${failure.name})` : '';
  return `The TLS handshake did not come to its end: ${failure.kind}${details}.`;
}
