import { shown } from '../smtp/reply.js';
import type { Reply } from '../smtp/reply.js';
import type { SmtpSession } from '../smtp/session.js';

/** The server's answer leaves the question of the probe open. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** The refusals that are about what is missing before MAIL, whoever the sender is: TLS, or AUTH (RFC 4954 section 6). */
const WANTS_MORE_FIRST: readonly number[] = [530, 538];

/** The null sender, and one of a domain that nobody has (RFC 2606 section 2). */
const SENDERS = ['', 'gate@example.invalid'] as const;

/**
 * MAIL, taken back at once. Some servers refuse the null sender for itself, which says nothing of other mail: then it is
 * tried once with another sender.
 * @returns whose mail was taken, and how; undefined where MAIL is refused whoever the sender is
 * @throws {Unanswered} where the two senders are refused for reasons that may be their own
 */
export async function mail(session: SmtpSession): Promise<{ sender: string; reply: string } | undefined> {
  const refusals: string[] = [];
  for (const sender of SENDERS) {
    const reply = await session.command(`MAIL FROM:<${sender}>`);
    if (!isRefusal(reply)) {
      await session.command('RSET').catch(() => undefined);
      return { sender, reply: shown(reply) };
    }
    if (WANTS_MORE_FIRST.includes(reply.code)) return undefined;
    refusals.push(shown(reply));
  }
  if (new Set(refusals).size === 1) return undefined;
  const [toNull, toOther] = refusals;
  throw new Unanswered(
    `The server refuses MAIL from the null sender with "${toNull}" and from ${SENDERS[1]} with "${toOther}": both may be about the sender.`,
  );
}

/**
 * Whether a command was refused, and not carried out.
 * @throws {Unanswered} where the server puts its answer off, or gives none that fits
 */
export function isRefusal(reply: Reply): boolean {
  if (reply.code >= 300 && reply.code < 500) throw new Unanswered(`The server says "${shown(reply)}".`);
  return reply.code >= 500;
}
