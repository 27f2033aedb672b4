import { isIP } from 'node:net';
import { finding } from '../findings/finding.js';
import { connect, resolve } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import { isQualifiedDomain } from '../plan/schema/values.js';
import { capabilitiesOf } from '../smtp/capabilities.js';
import type { Capabilities } from '../smtp/capabilities.js';
import { shown } from '../smtp/reply.js';
import { SmtpSession } from '../smtp/session.js';
import { otherProtocol } from './capability/other-protocol.js';
import type { StepOutcome, Visit } from './context.js';

/**
 * What both transports begin with, in whichever step that falls: connect, greeting, EHLO.
 */

/** Connects, and remembers to whom. @throws {ConnectFailure} */
export async function openConnection(visit: Visit): Promise<void> {
  const { endpoint, world, budget } = visit;
  const deadline = Deadline.after(endpoint.timeoutMs, budget);
  const addresses = visit.addresses ?? (await resolve(endpoint.host, deadline, world.resolver));
  visit.socket = await connect(addresses, endpoint.port, deadline);
  visit.address = visit.socket.remoteAddress;
  visit.localAddress = visit.socket.localAddress;
}

/** Begins a dialogue on a channel. */
export function beginSession(visit: Visit, channel: ConstructorParameters<typeof SmtpSession>[0]): SmtpSession {
  const { transcript, budget, endpoint } = visit;
  visit.session = new SmtpSession(channel, { transcript, timeoutMs: endpoint.timeoutMs, budget });
  return visit.session;
}

/**
 * Reads the greeting (RFC 5321 section 3.1).
 * @returns what is wrong with it, or undefined
 */
export async function readGreeting(visit: Visit, session: SmtpSession): Promise<StepOutcome | undefined> {
  const reply = await session.greeting();
  visit.greeting = shown(reply);
  if (reply.code === 220) return undefined;
  const said = `The server greets with "${shown(reply)}"`;
  const evidence = { reply: shown(reply) };
  switch (Math.floor(reply.code / 100)) {
    case 4:
      return temporary(said, evidence);
    case 5:
      return { findings: [finding('greeting-rejected', `${said}.`, { evidence })], impassable: true };
    default: {
      const other = otherProtocol(reply.raw[0]?.exact ?? '');
      return {
        findings: [other ?? finding('protocol-error', `${said}, where 220 is due.`, { evidence })],
        impassable: true,
      };
    }
  }
}

/**
 * Sends EHLO (RFC 5321 section 4.1.1.1).
 * @param refusal the finding that stands for a permanent refusal here
 * @returns the capabilities, or what is wrong
 */
export async function sayEhlo(
  visit: Visit,
  session: SmtpSession,
  refusal: 'ehlo-rejected' | 'ehlo-after-tls-rejected',
): Promise<Capabilities | StepOutcome> {
  const name = ehloName(visit);
  visit.ehlo = name;
  const reply = await session.command(`EHLO ${name}`);
  if (reply.code === 250) return capabilitiesOf(reply);
  const said = `The server answers EHLO ${name} with "${shown(reply)}"`;
  const evidence = { reply: shown(reply) };
  if (reply.code < 400) {
    return { findings: [finding('protocol-error', `${said}, where 250 is due.`, { evidence })], impassable: true };
  }
  if (reply.code < 500) return temporary(said, evidence);

  const other = greetsAs(visit.greeting);
  if (other !== undefined) {
    const message = `What answers is ${other}: it greets with "${visit.greeting ?? ''}" and does not know EHLO.`;
    return {
      findings: [finding('not-smtp', message, { evidence: { ...evidence, protocol: other } })],
      impassable: true,
    };
  }
  // Only for the evidence: whatever goes wrong with HELO, the finding is that EHLO does not work.
  const helo = await session.command(`HELO ${name}`).catch(() => undefined);
  const heloEvidence = helo && { ...evidence, helo: shown(helo) };
  const heloSays = helo?.code === 250 ? ' It does take HELO, which brings no extensions: no STARTTLS, no AUTH.' : '';
  return {
    findings: [finding(refusal, `${said}.${heloSays}`, { evidence: heloEvidence ?? evidence })],
    impassable: true,
  };
}

/** Protocols that greet with 220 like SMTP, by the words in which they or their servers name themselves. */
const GREETERS: readonly [RegExp, 'FTP' | 'LMTP'][] = [
  [/\b(FTP|ProFTPD|vsFTPd|Pure-FTPd|FileZilla)\b/i, 'FTP'],
  [/\bLMTP\b/i, 'LMTP'],
];

/** Who says that it speaks SMTP is taken at its word, whatever its host is called. */
function greetsAs(greeting = ''): 'FTP' | 'LMTP' | undefined {
  if (/\bE?SMTP\b/i.test(greeting)) return undefined;
  return GREETERS.find(([words]) => words.test(greeting))?.[1];
}

function temporary(said: string, evidence: Record<string, string>): StepOutcome {
  return {
    findings: [finding('throttled', `${said}.`, { inconclusive: true, evidence })],
    impassable: true,
    transient: true,
  };
}

/**
 * What EHLO says: the name that the user gave, else by RFC 5321 section 4.1.4 this host's name if it is a fully
 * qualified domain, else the address literal of section 4.1.3. Host names often are not: nothing checks them when they
 * are set.
 */
export function ehloName({ endpoint, world, socket }: Visit): string {
  if (endpoint.ehlo !== undefined) return endpoint.ehlo;
  if (isQualifiedDomain(world.hostName)) return world.hostName;
  // The zone of a link-local address means something on this machine only, and has no place in a literal.
  const address = (socket?.localAddress ?? '127.0.0.1').replace(/%.*/, '');
  return isIP(address) === 6 ? `[IPv6:${address}]` : `[${address}]`;
}
