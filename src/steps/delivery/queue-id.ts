import { formatReply, type Reply } from '../../smtp/reply.js';

/** How servers name the queue ID of a message when they accept it. */
const FORMS: readonly RegExp[] = [
  // Postfix, Mailpit, SendGrid.
  /\bqueued as ([\w.-]+)/i,
  // Exim.
  /\bid=([\w-]+)/,
  // Exchange.
  /\[InternalId=(\d+)/i,
  // Stalwart.
  /\bqueued with id ([\w.-]+)/i,
  // Haraka.
  /\bMessage queued \(([\w.-]+)\)/i,
  // qmail.
  /\b(qp \d+)/,
  // Sendmail, OpenSMTPD.
  /^250 (?:\d\.\d+\.\d+ )?([\w-]+) Message accepted for delivery/i,
  // Gmail.
  /^250 2\.0\.0 OK\s+(?:\w+ )?(\d+ [\w-]+\.[\w.-]+) - gsmtp/i,
  // Courier, Amazon SES.
  /^250 Ok\.? ([\dA-F][\w.-]{9,})$/i,
];

/** @returns the queue ID in the reply to a message, as the log of the server has it; undefined if it names none */
export function queueIdIn(reply: Reply): string | undefined {
  const text = formatReply(reply);
  const found = FORMS.map((form) => form.exec(text)?.[1]).find((id) => id !== undefined);
  return found?.replace(/\.$/, '');
}
