import type { Duplex } from 'node:stream';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import { LineChannel } from '../../net/line-channel.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import { connectTo, secure } from '../channel.js';
import { inboxLost, InboxRejected, InboxUnreachable, PART_OCTETS, type InboxSettings } from '../inbox.js';
import { MAX_HEADER_OCTETS } from '../headers.js';
import { Pop3Text } from './text.js';
import { Tally } from '../tally.js';

const CR = 0x0d;

/** RFC 2449 section 4 allows 512 octets; eight times that is read. */
const MAX_LINE_OCTETS = 4096;

/** Every session is told of all messages in the maildrop, and counts how many have each identifier. */
const MAX_MESSAGES = 10_000;

/** As many of them may have come since the inbox was opened: each is kept, and asked for by itself. More is a flood. */
export const MAX_ARRIVED = 1000;

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
export class MaildropBusy extends InboxUnreachable {
  constructor(message: string) {
    super(message, { transient: true });
  }
}

/**
 * One session on a maildrop by POP3 (RFC 1939), logged in: `pop3s` with TLS from the first byte, `pop3` with STLS
 * (RFC 2595) or not at all. The server locks the maildrop meanwhile, and what comes is seen by the next session.
 */
export class Pop3Session {
  readonly #channel: LineChannel;
  readonly #timeoutMs: number;
  readonly #end: Deadline;
  #arrived: ReadonlyMap<string, number> | undefined;

  private constructor(channel: Duplex, timeoutMs: number, end: Deadline) {
    this.#channel = new LineChannel(channel);
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

  /**
   * How many messages have each unique identifier (RFC 1939 section 7, UIDL).
   * @throws {InboxUnreachable} if there are more than a maildrop may have
   * @throws {InboxRejected} if the server does not tell messages apart
   */
  identifiers(): Promise<Tally> {
    return this.#list(() => undefined);
  }

  /**
   * The messages that have come since others were counted, asked for once a session.
   * @param old how many had each identifier then
   * @returns the number of each in this session by its identifier; of several with the same, each further one has a
   *   number of its own behind it
   * @throws as {@link identifiers} does, and {InboxUnreachable} if too many have come
   */
  async arrived(old: Tally): Promise<ReadonlyMap<string, number>> {
    this.#arrived ??= await this.#listArrived(old);
    return this.#arrived;
  }

  /** The header of a message, as much of it as is looked through; the message is not marked as seen by that. */
  async header(message: number): Promise<Buffer> {
    await this.#demand(`TOP ${message} 0`, 'the header of a message');
    const header = new Pop3Text(MAX_HEADER_OCTETS);
    await this.#readText(header, MAX_TOP_OCTETS, this.#wait());
    if (header.hasEnded) return header.text;
    throw new InboxUnreachable(`the server sent a header of over ${MAX_TOP_OCTETS} octets`);
  }

  /** A whole message, or `most` octets of it; then the session is over. */
  async message(message: number, most: number): Promise<Buffer> {
    await this.#demand(`RETR ${message}`, 'the message');
    const source = new Pop3Text(most);
    // Each part of a large message has as long as one answer.
    const deadline = Deadline.after(this.#timeoutMs * Math.ceil(most / PART_OCTETS), this.#end);
    await this.#readText(source, most, deadline);
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
    this.#channel.stream.destroy();
  }

  /** Whether nothing can be asked any more. */
  get isOver(): boolean {
    return this.#channel.stream.destroyed;
  }

  async #listArrived(old: Tally): Promise<ReadonlyMap<string, number>> {
    const arrived = new Map<string, number>();
    await this.#list((identifier, nth, message) => {
      if (nth <= old.count(identifier)) return;
      if (arrived.size === MAX_ARRIVED) throw new InboxUnreachable(`over ${MAX_ARRIVED} messages have come`);
      // A blank is in no identifier. A copy: a part of a line would keep the whole in memory.
      arrived.set(Buffer.from(nth === 1 ? identifier : `${identifier} ${nth}`).toString(), message);
    });
    return arrived;
  }

  /** @param tell gets the identifier of each message, how many have had the same so far, and its number */
  async #list(tell: (identifier: string, nth: number, message: number) => void): Promise<Tally> {
    await this.#demand('UIDL', 'the list of messages');
    const deadline = this.#wait();
    const listed = new Tally(MAX_MESSAGES);
    for (let messages = 0; ; messages += 1) {
      const line = (await this.#readLine(deadline)).toString('latin1');
      if (line === '.') return listed;
      if (messages === MAX_MESSAGES) throw new InboxUnreachable(`there are over ${MAX_MESSAGES} messages`);
      const [, message, identifier] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
      if (message === undefined || identifier === undefined) {
        throw new InboxUnreachable(`the server sent a line that is no answer to UIDL: ${excerpt(line)}`);
      }
      // Identical messages may have the same identifier (RFC 1939 section 7).
      tell(identifier, listed.add(identifier), Number(message));
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
    this.#channel.detach();
    const early = this.#channel.received.unread;
    if (early.length > 0) {
      throw new InboxUnreachable(
        `the server sent more in the clear behind its answer to STLS: ${excerpt(early.toString('latin1'))}`,
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
    this.#channel.stream.write(`${line}\r\n`);
    return this.#status();
  }

  /** The first line of an answer. */
  async #status(): Promise<{ ok: boolean; text: string }> {
    const line = (await this.#readLine(this.#wait())).toString('utf8');
    const text = excerpt(line);
    if (/^\+OK(?: |$)/i.test(line)) return { ok: true, text };
    if (/^-ERR(?: |$)/i.test(line)) return { ok: false, text };
    throw new InboxUnreachable(`the server does not speak POP3: ${text}`);
  }

  /** The next line, without its line end. */
  async #readLine(deadline: Deadline): Promise<Buffer> {
    const tooLong = (): Error => new InboxUnreachable(`the server sent a line of over ${MAX_LINE_OCTETS} octets`);
    for (;;) {
      const line = this.#channel.received.takeLine(MAX_LINE_OCTETS, tooLong);
      if (line) return line.at(-1) === CR ? line.subarray(0, -1) : line;
      await this.#more(deadline);
    }
  }

  /** Reads a text to its end, or until it has so many octets. */
  async #readText(text: Pop3Text, most: number, deadline: Deadline): Promise<void> {
    const { received } = this.#channel;
    for (;;) {
      received.skip(text.take(received.unread));
      if (text.hasEnded || text.octets >= most) return;
      await this.#more(deadline);
    }
  }

  async #more(deadline: Deadline): Promise<void> {
    const { end } = this.#channel;
    if (end) {
      throw inboxLost(
        end.cause === undefined ? 'the connection was lost' : `the connection was lost (${codeOf(end.cause)})`,
      );
    }
    await deadline.race(this.#channel.more(), () => inboxLost('the server gave no answer in time'));
  }
}
