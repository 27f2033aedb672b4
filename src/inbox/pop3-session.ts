import type { Duplex } from 'node:stream';
import { Deadline } from '../net/deadline.js';
import type { MailboxTarget } from '../plan/endpoint.js';
import { brief } from '../text/peer.js';
import { connectTo, secure } from './channel.js';
import { InboxRejected, InboxUnreachable, PART_OCTETS } from './inbox.js';
import type { InboxSettings } from './inbox.js';
import { MAX_HEADER_OCTETS } from './marks.js';
import { Pop3Lines } from './pop3-lines.js';
import { Pop3Text } from './pop3-text.js';

/** RFC 2449 section 4 allows 512 octets; eight times that is read. */
const MAX_LINE_OCTETS = 4096;

/** Every session is told of all messages in the maildrop, and keeps their names. */
const MAX_MESSAGES = 10_000;
/** Their names are mostly shorter than half of this, which allows fifty octets each. */
const MAX_LIST_OCTETS = 512 * 1024;

/** As much is read of a header, which is more than is looked through: no server takes a longer one. */
const MAX_TOP_OCTETS = 1024 * 1024;

/** What comes of a session that only looked does not depend on the answer to QUIT. */
const GOODBYE_MS = 1000;

/**
 * The maildrop is open in another session, or too many came one after the other (RFC 2449 section 8.1, RFC 3206); older
 * servers say it in the words of RFC 1939 section 5.
 */
const BUSY = /^-ERR +(?:\[(?:IN-USE|LOGIN-DELAY|SYS\/TEMP)\]|maildrop already locked)/i;

/** No login for now; another try may find the maildrop free. */
export class MaildropBusy extends InboxUnreachable {}

/**
 * One session on a maildrop by POP3 (RFC 1939), logged in: `pop3s` with TLS from the first byte, `pop3` with STLS
 * (RFC 2595) or not at all. The server locks the maildrop meanwhile, and what comes is seen by the next session.
 */
export class Pop3Session {
  readonly #channel: Duplex;
  readonly #lines: Pop3Lines;
  readonly #timeoutMs: number;
  readonly #end: Deadline;
  #messages: ReadonlyMap<string, number> | undefined;

  private constructor(channel: Duplex, timeoutMs: number, end: Deadline) {
    this.#channel = channel;
    this.#lines = new Pop3Lines(channel);
    this.#timeoutMs = timeoutMs;
    this.#end = end;
  }

  /**
   * @param end of everything that is waited for in the session
   * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
   * @throws {InboxRejected} if the login is refused
   */
  static async open(target: MailboxTarget, settings: InboxSettings, end: Deadline): Promise<Pop3Session> {
    const { timeoutMs } = settings;
    const socket = await connectTo(target, Deadline.after(timeoutMs, end));
    try {
      if (target.scheme === 'pop3') {
        const plain = new Pop3Session(socket, timeoutMs, end);
        await plain.#greeting();
        await plain.#prepareTls();
      }
      const channel = await secure(socket, target.host, settings, Deadline.after(timeoutMs, end));
      const session = new Pop3Session(channel, timeoutMs, end);
      if (target.scheme === 'pop3s') await session.#greeting();
      await session.#login(target);
      return session;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** The number of each message in this session by its unique identifier (RFC 1939 section 7, UIDL). */
  async messages(): Promise<ReadonlyMap<string, number>> {
    this.#messages ??= await this.#list();
    return this.#messages;
  }

  /** The header of a message, as much of it as is looked through; the message is not marked as seen by that. */
  async header(message: number): Promise<Buffer> {
    await this.#demand(`TOP ${message} 0`, 'the header of a message');
    const header = new Pop3Text(MAX_HEADER_OCTETS);
    await this.#lines.into(header, MAX_TOP_OCTETS, this.#wait());
    if (header.hasEnded) return header.text;
    throw new InboxUnreachable(`the server sent a header of over ${MAX_TOP_OCTETS} octets`);
  }

  /** A whole message, or `most` octets of it; then the session is over. */
  async message(message: number, most: number): Promise<Buffer> {
    await this.#demand(`RETR ${message}`, 'the message');
    const source = new Pop3Text(most);
    // Each part of a large message has as long as one answer.
    const deadline = Deadline.after(this.#timeoutMs * Math.ceil(most / PART_OCTETS), this.#end);
    await this.#lines.into(source, most, deadline);
    if (!source.hasEnded) this.leave();
    return source.text;
  }

  /** Marks a message; it is deleted when the session ends with {@link quit}. */
  async mark(message: number): Promise<void> {
    await this.#demand(`DELE ${message}`, 'its deletion');
  }

  /** Ends the session and has the server delete what was marked. */
  async quit(): Promise<void> {
    await this.#demand('QUIT', 'the end of the session');
    this.leave();
  }

  /** Ends the session, so that the maildrop is free for the next. Never throws. */
  async goodbye(): Promise<void> {
    const deadline = Deadline.after(GOODBYE_MS, this.#end);
    if (!this.isOver) await deadline.race(this.quit(), () => new Error('no goodbye')).catch(() => undefined);
    this.leave();
  }

  /** Hangs up; nothing is deleted. */
  leave(): void {
    this.#channel.destroy();
  }

  /** Whether nothing can be asked any more. */
  get isOver(): boolean {
    return this.#channel.destroyed;
  }

  async #list(): Promise<ReadonlyMap<string, number>> {
    await this.#demand('UIDL', 'the list of messages');
    const deadline = this.#wait();
    const messages = new Map<string, number>();
    const namesakes = new Map<string, number>();
    let octets = 0;
    for (;;) {
      const line = (await this.#lines.next(MAX_LINE_OCTETS, deadline)).toString('latin1');
      if (line === '.') return messages;
      octets += line.length;
      if (messages.size === MAX_MESSAGES || octets > MAX_LIST_OCTETS) {
        throw new InboxUnreachable(
          `there are over ${MAX_MESSAGES} messages, or their names have over ${MAX_LIST_OCTETS} octets`,
        );
      }
      const [, number, name] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
      if (number === undefined || name === undefined) {
        throw new InboxUnreachable(`the server sent a line that is no answer to UIDL: ${brief(line)}`);
      }
      // Identical messages may have the same identifier (RFC 1939 section 7). A blank is in none.
      const nth = messages.has(name) ? (namesakes.get(name) ?? 1) + 1 : 1;
      if (nth > 1) namesakes.set(name, nth);
      messages.set(nth === 1 ? name : `${name} ${nth}`, Number(number));
    }
  }

  #wait(): Deadline {
    return Deadline.after(this.#timeoutMs, this.#end);
  }

  async #greeting(): Promise<void> {
    const { ok, text } = await this.#status();
    if (!ok) throw new InboxUnreachable(`the server greets with ${text}`);
  }

  async #prepareTls(): Promise<void> {
    const { ok, text } = await this.#command('STLS');
    if (!ok) throw new InboxUnreachable(`no TLS: to STLS the server says ${text}`);
    const early = this.#lines.detach();
    if (early.length > 0) {
      throw new InboxUnreachable(
        `the server sent more in the clear behind its answer to STLS: ${brief(early.toString('latin1'))}`,
      );
    }
  }

  async #login({ username, password }: MailboxTarget): Promise<void> {
    for (const line of [`USER ${username}`, `PASS ${password.reveal()}`]) {
      const { ok, text } = await this.#command(line);
      if (ok) continue;
      if (BUSY.test(text)) throw new MaildropBusy(`no login now: ${text}`);
      throw new InboxRejected(`login refused: ${text}`);
    }
  }

  async #demand(line: string, about: string): Promise<void> {
    const { ok, text } = await this.#command(line);
    if (!ok) throw new InboxRejected(`asked for ${about}, the server says: ${text}`);
  }

  async #command(line: string): Promise<{ ok: boolean; text: string }> {
    this.#channel.write(`${line}\r\n`);
    return this.#status();
  }

  /** The first line of an answer. */
  async #status(): Promise<{ ok: boolean; text: string }> {
    const line = (await this.#lines.next(MAX_LINE_OCTETS, this.#wait())).toString('utf8');
    const text = brief(line);
    if (/^\+OK(?: |$)/i.test(line)) return { ok: true, text };
    if (/^-ERR(?: |$)/i.test(line)) return { ok: false, text };
    throw new InboxUnreachable(`the server does not speak POP3: ${text}`);
  }
}
