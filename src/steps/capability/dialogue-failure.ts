import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { DialogueFailure } from '../../smtp/dialogue.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { ConnectionLost, ReplyTimeout, type SmtpSession } from '../../smtp/session.js';
import { decodeBytes } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { awaited } from '../awaited.js';
import type { Context } from '../context.js';
import { answerToHandshake } from '../diagnostic-handshake.js';
import { heardBefore, stoppedBy } from '../error-to-finding.js';
import { stopped, type Connection, type Stopped } from '../hand-over.js';
import { isLimit, sameHost } from '../replies/same-host.js';
import { throttled } from '../throttled.js';
import { implicitTlsPort } from './implicit-tls-port.js';
import { inspectionAt, isOverwritten, overwrittenGreeting } from './inspection.js';
import { otherProtocol } from './other-protocol.js';
import { ehloRejectionOf, rejectionOf } from './rejection.js';
import { fixed, own, type OwnText } from '../../text/own.js';

/** Where a session could not be opened: before TLS in step 1, over TLS in step 4. */
export interface OpeningPlace {
  readonly session: SmtpSession;
  readonly ehloName: string;
  /** The greeting, if there was one, in this phase or before. */
  readonly greeting: string | undefined;
  /** The IP address of the server. */
  readonly address: string | undefined;
  readonly phase: 'plain' | 'after-starttls' | 'implicit-tls';
}

export async function judgeDialogueFailure(
  context: Context,
  { at, answer }: DialogueFailure,
  place: OpeningPlace,
): Promise<Stopped> {
  if (!answer.refused) {
    const received = place.phase === 'implicit-tls' ? 'inside-tls' : 'greeting';
    return stoppedBy(answer.error, context, place.greeting === undefined ? 'nothing' : received);
  }
  const { reply } = answer;
  const isGreeting = at === 'greeting';
  const said = own`The server ${isGreeting ? own`greeted the client` : own`replied to EHLO ${place.ehloName}`} with "${formatReply(reply)}"`;
  const evidence = { reply: formatReply(reply) };
  const point = { of: at, isDue: true, overTls: place.phase !== 'plain' };
  if (reply.code >= 400 && reply.code < 500) return stopped(throttled(reply, point, context), { transient: true });
  if (reply.code >= 500) {
    // A server that does not serve this client greets with 4xx or 5xx (RFC 5321 section 3.1).
    if (!isGreeting) return refusedEhlo(said, reply, place);
    const isSubmission = context.endpoint.role === 'submission' && context.endpoint.auth !== undefined;
    const because = rejectionOf(reply, isSubmission);
    const shared = isLimit(because.cause) ? sameHost(context) : {};
    return stopped(finding('greeting-rejected', own`${said}.`, { evidence: { ...evidence, ...shared }, ...because }));
  }
  const other = isGreeting ? otherProtocol(context.endpoint, reply.raw[0]?.exact ?? '') : undefined;
  const message = own`${said}, but ${isGreeting ? 220 : 250} is required.`;
  const unexpected = { evidence: { ...evidence, awaited: awaited(point) }, cause: 'unexpected-code' } as const;
  return stopped(other ?? finding('protocol-error', message, unexpected));
}

async function refusedEhlo(said: OwnText, reply: Reply, place: OpeningPlace): Promise<Stopped> {
  const { session, ehloName, greeting = '', phase, address } = place;
  const evidence = { reply: formatReply(reply) };
  const guess = greetsAs(greeting);
  if (guess === 'FTP') return stopped(notSmtp(guess, greeting, evidence));
  // For the evidence only: the finding is that EHLO does not work, even if HELO does.
  const helo = await session.command(`HELO ${ehloName}`).catch(() => undefined);
  const acceptsHelo = helo?.code === 250;
  if (phase !== 'after-starttls' && !acceptsHelo && isUnknownCommand(reply)) {
    // RFC 2033 section 4.1: an LMTP server has LHLO instead of EHLO and HELO.
    const lhlo = helo && (await session.command(`LHLO ${ehloName}`).catch(() => undefined));
    if (lhlo?.code === 250) {
      const message = own`${said}, but accepted LHLO: it is an LMTP server, not an SMTP server.`;
      const proof = { ...evidence, protocol: 'LMTP', lhlo: formatReply(lhlo) };
      return stopped(finding('not-smtp', message, { evidence: proof, cause: 'lmtp' }));
    }
  }
  if (guess === 'LMTP') return stopped(notSmtp(guess, greeting, evidence));
  const heloNote = acceptsHelo
    ? own` It accepts HELO, but HELO does not support extensions, so ${phase === 'plain' ? own`STARTTLS and AUTH are` : own`AUTH is`} not available.`
    : own``;
  const message = own`${said}.${heloNote}`;
  const all = { ...evidence, ...(helo && { helo: formatReply(helo) }) };
  if (phase === 'after-starttls') {
    const cause = OVER_TLS[reply.code];
    return stopped(finding('ehlo-after-tls-rejected', message, { evidence: all, ...(cause && { cause }) }));
  }
  const found = isOverwritten(greeting)
    ? finding('ehlo-rejected', own`${message}${overwrittenGreeting(greeting)}`, {
        evidence: { ...all, greeting },
        cause: inspectionAt(address, { greeting, reply }),
      })
    : finding('ehlo-rejected', message, { evidence: all, ...ehloRejectionOf(reply, acceptsHelo, address) });
  return stopped(found);
}

/** The server does not know the command (500), or does not implement it (502). */
function isUnknownCommand({ code }: Reply): boolean {
  return code === 500 || code === 502;
}

function notSmtp(protocol: 'FTP' | 'LMTP', greeting: string, evidence: { readonly reply: string }): KnownFinding {
  const message = own`This is probably an ${fixed(protocol)} server, not an SMTP server: its greeting is "${greeting}", and it does not support EHLO.`;
  return finding('not-smtp', message, { evidence: { ...evidence, protocol }, cause: 'by-greeting' });
}

/** What a rejection of EHLO over TLS means, by its code: the server accepted EHLO before TLS. */
const OVER_TLS: Readonly<Partial<Record<number, CauseOf<'ehlo-after-tls-rejected'>>>> = {
  503: 'not-reset',
  530: 'not-encrypted',
  538: 'not-encrypted',
};

/** Protocols whose servers greet with 220 like SMTP, by words in their greetings. */
const GREETINGS: readonly [RegExp, 'FTP' | 'LMTP'][] = [
  [/\b(FTP|ProFTPD|vsFTPd|Pure-FTPd|FileZilla)\b/i, 'FTP'],
  [/\bLMTP\b/i, 'LMTP'],
];

/** A greeting that says SMTP is of an SMTP server, even if the name of the host says otherwise. */
function greetsAs(greeting: string): 'FTP' | 'LMTP' | undefined {
  if (/\bE?SMTP\b/i.test(greeting)) return undefined;
  return GREETINGS.find(([words]) => words.test(greeting))?.[1];
}

/** A server that closes the connection sooner did not wait for the client to speak first. */
const MIN_WAIT_MS = 250;

/**
 * Finds out why there was no greeting: the server may expect TLS, or a protocol in which the client speaks first.
 * @param error of the wait for the greeting, which took `waitedMs`
 * @returns undefined if there is no better explanation than the error
 */
export async function judgeSilence(
  context: Context,
  { address }: Connection,
  error: unknown,
  waitedMs: number,
): Promise<Stopped | undefined> {
  const [first] = heardBefore(error);
  if (first) {
    return isTlsRecord(Buffer.from(first.exact)) ? stopped(implicitTlsPort(context, first.exact)) : undefined;
  }
  const isSilence = error instanceof ReplyTimeout || (error instanceof ConnectionLost && waitedMs > MIN_WAIT_MS);
  const answer = isSilence ? await answerToHandshake(context, address) : undefined;
  const opening = answer?.opening;
  if (opening?.kind === 'record')
    return stopped(implicitTlsPort(context, decodeBytes(opening.bytes), answer?.greeting));
  const said = opening?.kind === 'cleartext' ? decodeBytes(opening.bytes) : '';
  const other = otherProtocol(context.endpoint, said, 'is-spoken-to');
  return other && stopped(other);
}
