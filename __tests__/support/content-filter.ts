import { buffer } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { listen, type Listener } from '../../src/servers/listener.js';

/** What a filter makes of a message: header and body, in lines that end in CR LF. */
export type Change = (message: Buffer) => Buffer | Promise<Buffer>;

/** A content filter behind Postfix's queue. */
export interface ContentFilter extends Listener {
  /** What happens to the next messages; at first, nothing. */
  change: Change;
}

/**
 * Starts a filter that takes messages by SMTP, in the clear, and hands them back by SMTP (Postfix, FILTER_README).
 * @param backTo the port that takes them back
 */
export async function startContentFilter(backTo: number): Promise<ContentFilter> {
  const handBack = createTransport({ host: '127.0.0.1', port: backTo, secure: false, ignoreTLS: true });
  const handle = async (message: Buffer, { envelope }: SMTPServerSession): Promise<void> => {
    const from = envelope.mailFrom ? envelope.mailFrom.address : '';
    const to = envelope.rcptTo.map(({ address }) => address);
    await handBack.sendMail({ envelope: { from, to }, raw: await filter.change(message) });
  };
  const server = new SMTPServer({
    name: 'filter.example.test',
    logger: false,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, session, callback) => {
      buffer(stream)
        .then((message) => handle(message, session))
        .then(
          () => {
            callback();
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : new Error(String(error)));
          },
        );
    },
  });
  server.on('error', () => {
    // Postfix may hang up whenever it likes; what became of a message is in its log.
  });
  const listener = await listen(server.server);
  const filter: ContentFilter = { ...listener, change: (message) => message };
  return filter;
}
