import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { formatReply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import { excerptOfList } from '../../text/peer.js';

/**
 * Judges a reply to EHLO without STARTTLS. It sends STARTTLS anyway: if the server accepts it, the offer was removed in
 * transit.
 */
export async function judgeMissingOffer(
  { host, port }: Endpoint,
  session: SmtpSession,
  { lines, masked }: Capabilities,
): Promise<KnownFinding> {
  const answer = await session.command('STARTTLS').catch(() => undefined);
  const isAccepted = answer?.code === 220;
  // The server now expects a handshake, so there must be no unencrypted QUIT.
  if (isAccepted) session.detach();
  const evidence = {
    capabilities: excerptOfList(lines) || 'none',
    ...(masked.length > 0 && { masked: excerptOfList(masked) }),
    ...(answer && { reply: formatReply(answer) }),
  };
  const answered = answer
    ? `the server answers STARTTLS with "${formatReply(answer)}"`
    : 'the server does not answer STARTTLS';
  const keyword = masked.find(({ exact }) => exact.length === 'STARTTLS'.length)?.exact;
  if (keyword !== undefined) {
    const message = `The reply to EHLO does not list STARTTLS, but "${keyword}": a device between client and server overwrote a keyword of eight letters, the length of STARTTLS (and of CHUNKING, SMTPUTF8 and 8BITMIME). When it is sent anyway, ${answered}.`;
    return finding('starttls-stripped', message, { evidence: { ...evidence, keyword } });
  }
  if (isAccepted) {
    const message = `The reply to EHLO does not list STARTTLS, but ${answered}: the offer was removed in transit.`;
    return finding('starttls-stripped', message, { evidence });
  }
  const overwritten =
    masked.length > 0
      ? ` Another keyword is overwritten ("${evidence.masked}"), probably by a firewall that inspects SMTP, but its length is not that of STARTTLS.`
      : '';
  const message = `Port ${port} of ${host} does not offer STARTTLS.${overwritten}`;
  return finding('starttls-not-advertised', message, { evidence });
}
