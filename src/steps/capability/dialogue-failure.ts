import { finding } from '../../findings/finding.js';
import type { DialogueFailure } from '../../smtp/dialogue.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import type { Context } from '../context.js';
import { stoppedBy, type Received } from '../error-to-finding.js';
import { stopped, type Stopped } from '../hand-over.js';
import { otherProtocol } from './other-protocol.js';

/** The place of a dialogue that could not be opened: before TLS in step 1, over TLS in step 4. */
export interface OpeningPlace {
  readonly session: SmtpSession;
  readonly ehloName: string;
  /** The greeting, if there was one, on this channel or before TLS. */
  readonly greeting: string | undefined;
  readonly received: Received;
  /** The finding for a permanent refusal of EHLO. */
  readonly refusal: 'ehlo-rejected' | 'ehlo-after-tls-rejected';
}

/** Judges why a dialogue could not be opened up to EHLO. */
export async function judgeDialogueFailure(
  context: Context,
  { at, answer }: DialogueFailure,
  place: OpeningPlace,
): Promise<Stopped> {
  if (!answer.refused) return stoppedBy(answer.error, context, place.received);
  const { reply } = answer;
  const isGreeting = at === 'greeting';
  const said = `The server ${isGreeting ? 'greets' : `answers EHLO ${place.ehloName}`} with "${formatReply(reply)}"`;
  const evidence = { reply: formatReply(reply) };
  if (reply.code >= 400 && reply.code < 500) {
    return stopped(finding('throttled', `${said}.`, { inconclusive: true, evidence }), { transient: true });
  }
  if (reply.code >= 500) {
    // A server that does not serve this client greets with 4yz or 5yz (RFC 5321 section 3.1).
    return isGreeting
      ? stopped(finding('greeting-rejected', `${said}.`, { evidence }))
      : refusedEhlo(said, reply, place);
  }
  const other = isGreeting ? otherProtocol(reply.raw[0]?.exact ?? '') : undefined;
  const message = `${said}, but ${isGreeting ? '220' : '250'} is required.`;
  return stopped(other ?? finding('protocol-error', message, { evidence }));
}

async function refusedEhlo(said: string, reply: Reply, place: OpeningPlace): Promise<Stopped> {
  const { session, ehloName, greeting, refusal } = place;
  const evidence = { reply: formatReply(reply) };
  const other = greetsAs(greeting);
  if (other !== undefined) {
    const message = `This is an ${other} server, not an SMTP server: it greets with "${greeting ?? ''}" and does not support EHLO.`;
    return stopped(finding('not-smtp', message, { evidence: { ...evidence, protocol: other } }));
  }
  // For the evidence only: the finding is that EHLO does not work, whatever the reply to HELO is.
  const helo = await session.command(`HELO ${ehloName}`).catch(() => undefined);
  const heloEvidence = helo && { ...evidence, helo: formatReply(helo) };
  const heloNote =
    helo?.code === 250 ? ' It accepts HELO, but HELO has no extensions, so neither STARTTLS nor AUTH.' : '';
  return stopped(finding(refusal, `${said}.${heloNote}`, { evidence: heloEvidence ?? evidence }));
}

/** Protocols whose servers greet with 220 like SMTP, by words in their greetings. */
const GREETINGS: readonly [RegExp, 'FTP' | 'LMTP'][] = [
  [/\b(FTP|ProFTPD|vsFTPd|Pure-FTPd|FileZilla)\b/i, 'FTP'],
  [/\bLMTP\b/i, 'LMTP'],
];

/** A greeting that says SMTP is of an SMTP server, even if the name of the host says otherwise. */
function greetsAs(greeting = ''): 'FTP' | 'LMTP' | undefined {
  if (/\bE?SMTP\b/i.test(greeting)) return undefined;
  return GREETINGS.find(([words]) => words.test(greeting))?.[1];
}
