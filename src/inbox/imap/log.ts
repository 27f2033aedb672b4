import type { Logger } from 'imapflow';
import type { Transcript } from '../../net/transcript.js';

/** What imapflow writes to its log instead of a password or what AUTH makes of it. */
const HIDDEN = /"?\(\* value hidden \*\)"?/g;

/** One entry of the log. Those without `src` are about the client. */
interface Entry {
  readonly src?: unknown;
  readonly msg?: unknown;
}

/**
 * Records the dialogue of an IMAP client. FETCH responses have a log level of their own and are not recorded: they are
 * about other mail, too.
 */
export class ImapLog implements Logger {
  /** The command that was sent last, such as `LOGIN`; empty before the first one. */
  command = '';
  /** The first line of the server. */
  greeting = '';
  /** The last NO or BAD of the server, without its tag. */
  refusal = '';

  constructor(private readonly transcript: Transcript) {}

  readonly debug = (entry: Entry): void => {
    const { src, msg } = entry;
    if (typeof msg !== 'string') return;
    const text = msg.replace(HIDDEN, '<redacted>');
    if (src === 's') {
      this.greeting ||= text;
      this.refusal = /^\d+ ((?:NO|BAD)\b.*)/is.exec(text)?.[1] ?? this.refusal;
      this.transcript.add('server', text);
    } else if (src === 'c') {
      const command = /^\d+ ((?:UID )?[A-Z]+)/i.exec(text)?.[1];
      // Within AUTHENTICATE, every line is base64 and may contain the password.
      const isSecret = command === undefined && this.command === 'AUTHENTICATE';
      this.transcript.add('client', isSecret ? '<redacted>' : text);
      this.command = command ?? this.command;
    }
  };
  /** Lines that the client does not understand are errors. */
  readonly error = this.debug;
  readonly warn = (): void => undefined;
  readonly info = (): void => undefined;
  readonly trace = (): void => undefined;
}
