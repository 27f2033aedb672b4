import { buffer } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { listen, type Listener } from '../../src/servers/listener.js';

/** How a filter changes a message: header and body, in lines that end in CR LF. */
export type Change = (message: Buffer) => Buffer | Promise<Buffer>;

/** A content filter after Postfix's queue. */
export interface ContentFilter extends Listener {
  /** The change to the next messages; initially none. */
  change: Change;
}

/**
 * Starts a filter that receives and returns messages by unencrypted SMTP (Postfix, FILTER_README).
 * @param backTo the port to which it returns them
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
    // Postfix may close the connection at any time; its log has the outcome of a message.
  });
  const listener = await listen(server.server);
  const filter: ContentFilter = { ...listener, change: (message) => message };
  return filter;
}
