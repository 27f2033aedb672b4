import { ReplyParser, type Reply } from '../../src/smtp/reply.js';

/** The reply of one line. */
export function replyOf(line: string): Reply {
  const parser = new ReplyParser();
  parser.push(Buffer.from(`${line}\r\n`));
  const reply = parser.take();
  if (!reply) throw new Error(`not a reply: ${line}`);
  return reply;
}
