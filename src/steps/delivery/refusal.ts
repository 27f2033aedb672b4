import type { CauseOf } from '../../findings/catalog.js';
import { finding } from '../../findings/finding.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import type { Context } from '../context.js';
import { stopped, type Stopped } from '../hand-over.js';
import { refusalMeaningOf, type RefusedAt } from './refusal-meaning.js';

const REJECTED = {
  MAIL: 'sender-rejected',
  RCPT: 'recipient-rejected',
  DATA: 'message-rejected',
  MESSAGE: 'message-rejected',
} as const;

/**
 * Judges a reply that ends the transaction.
 * @param remark is added to the message
 * @param unknown the cause if the reply does not name one
 */
export function judgeRefusal(
  { endpoint, greylisting }: Context,
  { verb: at, line, reply }: { readonly verb: RefusedAt; readonly line: string; readonly reply: Reply },
  remark = '',
  unknown?: CauseOf<'recipient-rejected'>,
): Stopped {
  const said = `The server replied to ${line} with "${formatReply(reply)}"`;
  const evidence = { reply: formatReply(reply) };
  if (reply.code < 400) {
    const message = `${said}, but ${at === 'DATA' ? '354' : '250'} is required.${remark}`;
    return stopped(finding('protocol-error', message, { evidence }));
  }
  const meaning = refusalMeaningOf(at, reply, endpoint);
  const text = meaning ? ` ${meaning.text}` : '';
  const isTemporary = reply.code < 500;
  const waited =
    greylisting && isTemporary
      ? ` The server has deferred the message for ${Math.round(greylisting.waitedMs / 1000)} s.`
      : '';
  const cause = meaning?.cause ?? unknown;
  const code = meaning?.cause === 'message-too-large' ? 'message-rejected' : REJECTED[at];
  const found = finding(code, `${said}.${text}${waited}${remark}`, {
    evidence,
    ...(cause !== undefined && { cause }),
    ...(isTemporary && { inconclusive: true }),
  });
  // Such a server is likely to accept the message a little later (RFC 6647 section 4).
  const greylisted = meaning?.cause === 'greylisting' && { greylisted: formatReply(reply) };
  return stopped(found, { transient: isTemporary, ...greylisted });
}
