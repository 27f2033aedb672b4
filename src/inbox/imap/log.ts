import type { Logger } from 'imapflow';
import type { Transcript } from '../../net/transcript.js';
import { invalid, recordable } from './recorded.js';

/** What imapflow writes to its log instead of a password or what AUTH makes of it. */
const HIDDEN = /"?\(\* value hidden \*\)"?/g;

const BYE = /^\* BYE (.*)/i;

/** Whether a command with this name logs in. */
export function isLogin(command: string): boolean {
  return /^(?:LOGIN|AUTHENTICATE)$/i.test(command);
}

/** One entry of the log. Those without `src` are about the client. */
interface Entry {
  readonly src?: unknown;
  readonly msg?: unknown;
  /** Of a line that the client cannot parse. */
  readonly payloadBytes?: unknown;
}

/**
 * Records the dialogue of an IMAP client: commands and status, and nothing of other mail. FETCH responses have a log level
 * of their own and are not recorded.
 */
export class ImapLog implements Logger {
  /** The command that was sent last, such as `LOGIN`; empty before the first one. */
  command = '';
  /** The first line of the server. */
  greeting = '';
  /** The last NO or BAD of the server, without its tag. */
  refusal = '';
  /** The text of its OK to the login. */
  accepted = '';
  /** The text of its BYE. */
  bye = '';
  #tag = '';
  #previous = '';

  /** @param mailbox that the gate reads */
  constructor(
    private readonly transcript: Transcript,
    private readonly mailbox: string,
  ) {}

  readonly debug = (entry: Entry): void => {
    const { src, msg } = entry;
    if (typeof msg !== 'string') return;
    const text = msg.replace(HIDDEN, '<redacted>');
    if (src === 's') {
      this.greeting ||= text;
      this.#addReply(recordable(text, { tag: this.#tag, command: this.command, mailbox: this.mailbox }));
    } else if (src === 'c') {
      const [, tag, command] = /^([0-9A-F]+) ((?:UID )?[A-Z]+)/i.exec(text) ?? [];
      // Within AUTHENTICATE, every line is base64 and may contain the password.
      const isSecret = command === undefined && this.command === 'AUTHENTICATE';
      this.#add('client', isSecret ? '<redacted>' : text);
      this.command = command ?? this.command;
      this.#tag = tag ?? this.#tag;
    }
  };
  /** A line that the client cannot parse is an error. It may be a part of a message. */
  readonly error = ({ src, payloadBytes }: Entry): void => {
    if (src === 's') this.#addReply(invalid(Number(payloadBytes)));
  };
  readonly warn = (): void => undefined;
  readonly info = (): void => undefined;
  readonly trace = (): void => undefined;

  /** Adds what the client has not read because the connection ended. @param lines the last ones of the server */
  addUnread(lines: readonly string[]): void {
    if (this.accepted === '' && isLogin(this.command)) {
      const reply = lines.find((line) => line.startsWith(`${this.#tag} OK `));
      if (reply !== undefined) this.#addReply(reply);
    }
    const bye = lines.find((line) => BYE.test(line));
    if (this.bye === '' && bye !== undefined) this.#addReply(bye);
  }

  #addReply(text: string): void {
    this.bye = BYE.exec(text)?.[1] ?? this.bye;
    if (isLogin(this.command)) this.accepted = /^[0-9A-F]+ OK (.*)/i.exec(text)?.[1] ?? this.accepted;
    this.refusal = /^[0-9A-F]+ ((?:NO|BAD)\b.*)/is.exec(text)?.[1] ?? this.refusal;
    // Of many folders or messages, one line is enough.
    if (text.endsWith('(…)') && text === this.#previous) return;
    this.#add('server', text);
  }

  #add(from: 'server' | 'client', text: string): void {
    this.#previous = text;
    this.transcript.add(from, text);
  }
}
