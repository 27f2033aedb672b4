import { finding, type KnownFinding } from '../../findings/finding.js';
import { authority } from '../../findings/reproduce.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { openDialogue } from '../../smtp/dialogue.js';
import { formatReply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import { excerpt, excerptOfList } from '../../text/peer.js';
import { beginSession, ehloName, openConnection } from '../connection.js';
import type { Context } from '../context.js';
import type { Connected, Facts, StepResult } from '../hand-over.js';
import { judgeDialogueFailure, judgeSilence } from './dialogue-failure.js';

/** Step 1: the server greets the client, accepts EHLO, and offers STARTTLS (RFC 3207 section 2). */
export async function capability(context: Context): Promise<StepResult<Connected>> {
  const { endpoint } = context;
  if (endpoint.transport === 'implicit') {
    return { ok: true, findings: [], skipped: 'not-applicable', next: { transport: 'implicit' } };
  }

  const connection = await openConnection(context);
  const session = beginSession(context, connection.socket);
  const name = ehloName(context, connection.localAddress);
  const startedAt = performance.now();
  const opened = await openDialogue(session, { ehloName: name, greets: true, upTo: 'EHLO' });
  if (!opened.ok) {
    const { failure } = opened;
    const greeting = failure.greeting && formatReply(failure.greeting);
    const facts = { address: connection.address, ...(greeting !== undefined && { greeting }) };
    const silence =
      failure.at === 'greeting' && !failure.answer.refused
        ? await judgeSilence(context, connection, failure.answer.error, performance.now() - startedAt)
        : undefined;
    const place = { session, ehloName: name, greeting, phase: 'plain' } as const;
    return { ...(silence ?? (await judgeDialogueFailure(context, failure, place))), facts };
  }

  const { greeting: reply, capabilities } = opened.dialogue;
  const greeting = reply ? formatReply(reply) : '';
  const facts: Facts = { address: connection.address, greeting, plaintext: capabilities };
  const findings = judgePlaintextAuth(endpoint, capabilities.mechanisms);
  if (!capabilities.has('STARTTLS')) {
    const missing = await judgeMissingOffer(endpoint, session, capabilities);
    return { ok: false, findings: [missing, ...findings], facts };
  }
  const plaintext = { greeting, capabilities };
  return { ok: true, findings, facts, next: { transport: 'starttls', connection, session, plaintext } };
}

function judgePlaintextAuth({ role }: Endpoint, offered: readonly string[] | undefined): KnownFinding[] {
  if (!offered) return [];
  const mechanisms = excerpt(offered.join(' ')) || 'without a mechanism';
  const found = finding('plaintext-auth-advertised', `The server offers AUTH ${mechanisms} before TLS.`, {
    evidence: { mechanisms },
  });
  return [role === 'mx' ? { ...found, severity: 'notice' } : found];
}

/** Sends STARTTLS although it is not offered: if the server accepts it, the offer was removed in transit. */
async function judgeMissingOffer(
  { host, port }: Endpoint,
  session: SmtpSession,
  { lines, masked }: Capabilities,
): Promise<KnownFinding> {
  const reply = await session.command('STARTTLS').catch(() => undefined);
  const isAccepted = reply?.code === 220;
  // The server now expects a handshake, so there must be no unencrypted QUIT.
  if (isAccepted) session.detach();
  const evidence = {
    capabilities: excerptOfList(lines) || 'none',
    ...(masked.length > 0 && { masked: excerptOfList(masked) }),
    ...(reply && { reply: formatReply(reply) }),
  };
  const tried = reply
    ? `The gate sent STARTTLS anyway, and the server replied with "${formatReply(reply)}"`
    : 'The gate tried STARTTLS anyway and got no usable reply';
  const keyword = masked.find(({ exact }) => exact.length === 'STARTTLS'.length)?.exact;
  if (keyword !== undefined) {
    const message = `The EHLO reply lists "${keyword}" where STARTTLS may have been: a device between client and server overwrote a keyword of 8 characters, the length of STARTTLS (and of CHUNKING, SMTPUTF8 and 8BITMIME). ${tried}.`;
    return finding('starttls-stripped', message, { evidence: { ...evidence, keyword } });
  }
  if (isAccepted) {
    const message = `The EHLO reply does not list STARTTLS. ${tried}: the offer was removed in transit.`;
    return finding('starttls-stripped', message, { evidence });
  }
  const overwritten =
    masked.length > 0
      ? ` A different keyword was overwritten ("${evidence.masked}"), probably by a firewall that inspects SMTP, but it is not as long as STARTTLS.`
      : '';
  const message = `${authority(host, port)} does not offer STARTTLS.${overwritten}`;
  return finding('starttls-not-advertised', message, { evidence });
}
