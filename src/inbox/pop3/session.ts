import type { Duplex } from 'node:stream';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import { deferred } from '../../net/deferred.js';
import { LineChannel } from '../../net/line-channel.js';
import type { Transcript } from '../../net/transcript.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { INBOX_SCHEMES } from '../../plan/schema/values.js';
import { excerpt } from '../../text/peer.js';
import { connectTo, secure } from '../channel.js';
import {
  busy,
  noGreeting,
  noReply,
  otherProtocol,
  rejected,
  temporary,
  unusable,
  type InboxError,
} from '../failure.js';
import { MAX_HEADER_BYTES } from '../headers.js';
import { PART_BYTES, type SessionSettings } from '../inbox.js';
import { pop3LoginProblem } from '../response-codes.js';
import { IdentifierCounts } from './identifier-counts.js';
import { Pop3Text } from './text.js';
import { fixed, own, type OwnText } from '../../text/own.js';

const CR = 0x0d;

/** RFC 2449 section 4 allows 512 bytes. */
const MAX_LINE_BYTES = 4096;

/** In the mailbox. Every session lists all of them. */
const MAX_MESSAGES = 10_000;

/** Since the inbox was opened. The headers of each are requested and kept. */
export const MAX_ARRIVED = 1000;

/** More than {@link MAX_HEADER_BYTES}: no server accepts a longer header. */
const MAX_TOP_BYTES = 1024 * 1024;

/** For the reply to QUIT, if nothing is deleted. */
const QUIT_WAIT_MS = 1000;

/**
 * One POP3 session (RFC 1939), logged in: `pop3s` with implicit TLS, `pop3` with STLS (RFC 2595). The server
 * locks the mailbox meanwhile, and shows messages that arrive only to the next session.
 */
export class Pop3Session {
  readonly #channel: LineChannel;
  readonly #deleted = deferred<unknown>();
  #arrived: ReadonlyMap<string, number> | undefined;
  #hasMarks = false;
  /** What the server has to reply to. */
  #waitsFor = '';

  private constructor(
    channel: Duplex,
    private readonly timeoutMs: number,
    private readonly end: Deadline,
    private readonly transcript: Transcript,
  ) {
    this.#channel = new LineChannel(channel);
    // Nobody waits for it if nothing is deleted.
    this.#deleted.promise.catch(() => undefined);
  }

  /**
   * @param end the end of every wait in the session
   * @throws {InboxError}
   */
  static async open(target: MailboxTarget, settings: SessionSettings, end: Deadline): Promise<Pop3Session> {
    const { timeoutMs, transcript } = settings;
    const isImplicit = INBOX_SCHEMES[target.scheme].tls === 'implicit';
    const socket = await connectTo(target, settings, Deadline.after(timeoutMs, end));
    try {
      if (!isImplicit) {
        const plain = new Pop3Session(socket, timeoutMs, end, transcript);
        await plain.#greeting();
        await plain.#startTls();
      }
      const channel = await secure(socket, target.host, settings, Deadline.after(timeoutMs, end), !isImplicit);
      const session = new Pop3Session(channel, timeoutMs, end, transcript);
      if (isImplicit) await session.#greeting();
      await session.#login(target);
      return session;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /**
   * How many messages have each unique identifier (UIDL, RFC 1939 section 7).
   * @throws {InboxError}
   */
  identifiers(): Promise<IdentifierCounts> {
    return this.#list(() => undefined);
  }

  /**
   * The messages that have arrived since. They are listed once a session.
   * @param old how many messages had each identifier before
   * @returns the number of each message in this session, by identifier. If several have the same, the second and each
   *   further one gets a suffix
   * @throws {InboxError}
   */
  async arrived(old: IdentifierCounts): Promise<ReadonlyMap<string, number>> {
    if (this.#arrived) return this.#arrived;
    const arrived = new Map<string, number>();
    await this.#list((identifier, nth, message) => {
      if (nth <= old.count(identifier)) return;
      if (arrived.size === MAX_ARRIVED) {
        throw unusable('too-many-messages', own`more than ${MAX_ARRIVED} messages have arrived`);
      }
      // An identifier has no space.
      arrived.set(nth === 1 ? identifier : `${identifier} ${nth}`, message);
    });
    return (this.#arrived = arrived);
  }

  /** The beginning of the header of a message. TOP does not mark the message as seen. */
  async header(message: number): Promise<Buffer> {
    await this.#demand(`TOP ${message} 0`, 'the header of a message');
    const header = new Pop3Text(MAX_HEADER_BYTES);
    await this.#readText(header, MAX_TOP_BYTES, this.#wait());
    if (header.hasEnded) return header.bytes;
    throw unusable('too-much-data', own`the server sent a header of more than ${MAX_TOP_BYTES} bytes`);
  }

  /** A message. If it is longer than `maxBytes`, it is cut, and the session is over. */
  async message(message: number, maxBytes: number): Promise<Buffer> {
    await this.#demand(`RETR ${message}`, 'the message');
    const source = new Pop3Text(maxBytes);
    const deadline = Deadline.after(this.timeoutMs * Math.ceil(maxBytes / PART_BYTES), this.end);
    await this.#readText(source, maxBytes, deadline);
    if (!source.hasEnded) this.leave();
    return source.bytes;
  }

  /** Marks a message, which the server deletes when the session {@link quit | ends}. */
  async mark(message: number): Promise<void> {
    await this.#demand(`DELE ${message}`, 'the deletion of the message');
    this.#hasMarks = true;
  }

  /**
   * Resolves when the server has deleted the marked messages.
   * @throws {InboxError} if it rejects that, or the session was lost before
   */
  get deleted(): Promise<unknown> {
    return this.#deleted.promise;
  }

  /** Ends the session, so that the server deletes the marked messages and unlocks the mailbox. Never throws. */
  async quit(): Promise<void> {
    const deadline = this.#hasMarks ? this.#wait() : Deadline.after(QUIT_WAIT_MS, this.end);
    this.#deleted.resolve(deadline.race(this.#demand('QUIT', 'the end of the session'), () => noReply('QUIT')));
    await this.#deleted.promise.catch(() => undefined);
    this.leave();
  }

  /** Closes the connection; nothing is deleted. */
  leave(): void {
    this.#channel.stream.destroy();
  }

  get isOver(): boolean {
    return this.#channel.stream.destroyed;
  }

  /**
   * @param onMessage gets the identifier of each message, how many have had the same so far, and its number
   * @returns how many messages have each identifier
   */
  async #list(onMessage: (identifier: string, nth: number, message: number) => void): Promise<IdentifierCounts> {
    await this.#demand('UIDL', 'the list of messages');
    const deadline = this.#wait();
    const counts = new IdentifierCounts(MAX_MESSAGES);
    for (let messages = 0; ; messages += 1) {
      const line = (await this.#readLine(deadline)).toString('latin1');
      if (line === '.') return counts;
      if (messages === MAX_MESSAGES) {
        throw unusable('too-many-messages', own`the mailbox has more than ${MAX_MESSAGES} messages`);
      }
      const [, message, text] = /^(\d{1,9}) +([!-~]{1,255})\s*$/.exec(line) ?? [];
      if (message === undefined || text === undefined) {
        throw unusable('invalid-reply', own`the server replied to UIDL with an invalid line (${line.length} bytes)`);
      }
      // A copy, because a slice would keep the whole line in memory.
      const identifier = Buffer.from(text).toString('latin1');
      // Identical messages may have the same identifier (RFC 1939 section 7).
      onMessage(identifier, counts.add(identifier), Number(message));
    }
  }

  #wait(): Deadline {
    return Deadline.after(this.timeoutMs, this.end);
  }

  async #greeting(): Promise<void> {
    const line = await this.#readLine(this.#wait());
    const text = line.toString('utf8');
    this.transcript.add('server', text);
    if (isOk(text)) return;
    if (!isError(text)) throw otherProtocol('POP3', line);
    throw unusable(
      'greeting-refused',
      own`the server refused the connection with the greeting "${excerpt(text)}"`,
      excerpt(text),
    );
  }

  async #startTls(): Promise<void> {
    const { ok, text } = await this.#command('STLS');
    if (!ok) throw unusable('starttls-refused', own`the server replied to STLS with "${text}"`, text);
    this.#channel.detach();
    const early = this.#channel.received.unread;
    if (early.length > 0) {
      const data = excerpt(early.toString('latin1'));
      throw unusable('data-after-starttls', own`the server sent unencrypted data after its reply to STLS: "${data}"`);
    }
  }

  async #login({ username, password }: MailboxTarget): Promise<void> {
    for (const [verb, argument] of [
      ['USER', username],
      ['PASS', password.reveal()],
    ] as const) {
      const { ok, text } = await this.#command(`${verb} ${argument}`, verb === 'PASS' ? 'PASS <redacted>' : undefined);
      if (ok) continue;
      const problem = pop3LoginProblem(text);
      if (problem === 'account-needs-administrator') {
        throw rejected(problem, own`the server rejected the login: "${text}"`, text);
      }
      if (problem === 'login-throttled') {
        throw temporary(problem, own`the server does not allow a login now: "${text}"`, text);
      }
      if (problem === 'mailbox-not-opened') {
        throw busy(own`the server replied to ${fixed(verb)} with "${text}"`, problem, text);
      }
      if (problem) throw busy(own`the server does not allow a login now: "${text}"`, problem, text);
      throw rejected('login-refused', own`"${text}"`, text);
    }
  }

  async #demand(line: string, about: string): Promise<void> {
    const { ok, text } = await this.#command(line);
    if (!ok)
      throw rejected('command-refused', own`the server rejected the request for ${fixed(about)}: "${text}"`, text);
  }

  /** @param shown the line as it is recorded, if it contains a secret */
  async #command(line: string, shown = line): Promise<{ ok: boolean; text: string }> {
    this.transcript.add('client', shown);
    [this.#waitsFor = ''] = line.split(' ', 1);
    this.#channel.stream.write(`${line}\r\n`);
    return this.#status();
  }

  /** The first line of a reply. A line that is none is not quoted: it may be a part of a message. */
  async #status(): Promise<{ ok: boolean; text: string }> {
    const bytes = await this.#readLine(this.#wait());
    const line = bytes.toString('utf8');
    const [ok, error] = [isOk(line), isError(line)];
    this.transcript.add('server', ok || error ? line : `(${bytes.length} bytes that are not valid POP3)`);
    if (ok || error) return { ok, text: excerpt(line) };
    const invalid = own`an invalid line (${bytes.length} bytes)`;
    throw unusable('invalid-reply', own`the server replied to ${fixed(this.#waitsFor)} with ${invalid}`);
  }

  /** The next line, without its line end. */
  async #readLine(deadline: Deadline): Promise<Buffer> {
    const tooLong = (): Error =>
      unusable('too-much-data', own`the server sent a line of more than ${MAX_LINE_BYTES} bytes`);
    for (;;) {
      const line = this.#channel.received.takeLine(MAX_LINE_BYTES, tooLong);
      if (line) return line.at(-1) === CR ? line.subarray(0, -1) : line;
      await this.#more(deadline);
    }
  }

  /** Reads a text to its end, or `maxBytes` of it. */
  async #readText(text: Pop3Text, maxBytes: number, deadline: Deadline): Promise<void> {
    const { received } = this.#channel;
    for (;;) {
      received.skip(text.take(received.unread));
      if (text.hasEnded || text.total >= maxBytes) return;
      await this.#more(deadline);
    }
  }

  async #more(deadline: Deadline): Promise<void> {
    const { end } = this.#channel;
    if (end) {
      const cause = end.cause === undefined ? own`` : own` (${codeOf(end.cause)})`;
      throw temporary('connection-lost', own`the connection was lost${this.#meanwhile()}${cause}`);
    }
    await deadline.race(this.#channel.more(), () => this.#late());
  }

  #meanwhile(): OwnText {
    return this.#waitsFor === '' ? own` before the greeting` : own` after ${fixed(this.#waitsFor)}`;
  }

  #late(): InboxError {
    if (this.#waitsFor !== '') return noReply(this.#waitsFor);
    const { unread } = this.#channel.received;
    return unread.length > 0 ? otherProtocol('POP3', unread) : noGreeting();
  }
}

function isOk(line: string): boolean {
  return /^\+OK(?: |$)/i.test(line);
}

function isError(line: string): boolean {
  return /^-ERR(?: |$)/i.test(line);
}
