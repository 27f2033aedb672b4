import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { shown } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import { briefList } from '../../text/peer.js';

/**
 * Judges a reply to EHLO without STARTTLS. It sends STARTTLS anyway: if the server knows it, something between client
 * and server has removed the offer.
 */
export async function judgeMissingOffer(
  { host, port }: Endpoint,
  session: SmtpSession,
  { lines, masked }: Capabilities,
): Promise<KnownFinding> {
  const answer = await session.command('STARTTLS').catch(() => undefined);
  const isAccepted = answer?.code === 220;
  // The server now waits for a handshake, and would take an unencrypted QUIT for one.
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
      `The answer to EHLO does not list STARTTLS and says "${keyword}": a device in transit overwrote a keyword of eight letters, which is the length of STARTTLS (and of CHUNKING, SMTPUTF8 and 8BITMIME). ${answered}.`,
      { evidence: { ...evidence, keyword } },
    );
  }
  if (isAccepted) {
    return finding(
      'starttls-stripped',
      `The answer to EHLO does not list STARTTLS, and ${answered}: the offer was removed in transit.`,
      { evidence },
    );
  }
  const overwritten =
    masked.length > 0
      ? ` Another keyword is overwritten ("${evidence.masked}"), as by SMTP inspection in transit; its length is not that of STARTTLS.`
      : '';
  const message = `Port ${port} of ${host} does not offer STARTTLS.${overwritten}`;
  return finding('starttls-not-advertised', message, { evidence });
}
