import type { Duplex } from 'node:stream';
import { Deadline } from '../net/deadline.js';
import { LineChannel } from '../net/line-channel.js';
import type { Transcript } from '../net/transcript.js';
import type { PeerText } from '../text/peer.js';
import { ReplyParser, ReplySyntaxError, type Reply } from './reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from './session-errors.js';
import { commandIn, type SessionError, type SessionPoint } from './session-point.js';

export { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from './session-errors.js';

export interface SessionSettings {
  readonly transcript: Transcript;
  /** Milliseconds for a whole reply. */
  readonly timeoutMs: number;
  /** The end of every wait in this attempt. */
  readonly budget: Deadline;
  /** Whether the channel is TLS, for errors. */
  readonly overTls?: boolean;
  /** Receives each reply in which a line ended in a bare line feed. */
  readonly onBareLineFeed?: (reply: Reply, at: SessionPoint) => void;
}

/** How long QUIT may take to be sent. Only a server that reads nothing delays it. */
const QUIT_WAIT_MS = 1000;

/** 221 is the reply to QUIT. A 221 to these is judged by those who read it. */
const WITH_221: readonly string[] = ['greeting', 'STARTTLS'];

/** A message is sent in pieces, so that a stalled connection is detected. */
const PIECE_BYTES = 64 * 1024;

/** A connection slower than this counts as stalled. */
const MIN_BYTES_PER_MS = 64;

const FINAL_DOT = '.\r\n';

/** The transcript keeps this much of a message. Only a message with an attachment is longer. */
const MAX_SHOWN_CHARACTERS = 16 * 1024;

/**
 * One SMTP session over one channel, unencrypted or over TLS. It judges nothing. When the channel changes (STARTTLS),
 * the session ends and a new one begins, so that nothing learned before TLS is used after it (RFC 3207 section 4.2).
 */
export class SmtpSession {
  readonly #channel: LineChannel;
  readonly #parser: ReplyParser;
  /** How many replies the server must still send. */
  #pending = 0;
  /** Commands sent together that have no reply yet. The transcript shows each of them before its reply. */
  readonly #unanswered: string[] = [];
  /** What the reply that is due, or else the last one, is to. */
  #subject = 'greeting';
  #isOver = false;

  /** @param channel connected; nobody else may read from it while the session lives */
  constructor(
    channel: Duplex,
    private readonly settings: SessionSettings,
  ) {
    this.#channel = new LineChannel(channel);
    this.#parser = new ReplyParser(this.#channel.received);
  }

  /** @throws as {@link command} does */
  async greeting(): Promise<Reply> {
    return this.nextReply();
  }

  /**
   * Reads a reply that belongs to no command of this session.
   * @throws as {@link command} does
   */
  async nextReply(): Promise<Reply> {
    this.#pending += 1;
    return this.#read();
  }

  /**
   * Sends one command line and reads the reply to it.
   * @param line without its CR LF
   * @param shownAs what the transcript shows instead, if the line contains a secret
   * @throws {UnsolicitedReply} if the server has already sent a reply; then the command is not sent
   * @throws {ConnectionLost} if the connection ends first
   * @throws {ReplyTimeout} if the reply is not complete in time
   * @throws {ReplySyntaxError} if what the server sends is not a reply
   * @throws {ServiceNotAvailable} if the reply is 421
   * @throws {ConnectionLost} if it is 221 instead of a reply to the command
   */
  async command(line: string, shownAs = line): Promise<Reply> {
    await this.#refuseEarlyReply();
    return this.#exchange(line, shownAs);
  }

  /**
   * Sends several command lines in one write (RFC 2920 section 3.1). Read the {@link reply} to each of them.
   * @param lines without their CR LF
   * @throws {UnsolicitedReply} and {ConnectionLost} as {@link command} does
   */
  async send(lines: readonly string[]): Promise<void> {
    await this.#refuseEarlyReply();
    this.#unanswered.push(...lines);
    this.#pending += lines.length;
    this.#channel.stream.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /**
   * Reads the reply to the first line {@link send | sent} that has no reply yet.
   * @throws as {@link command} does
   */
  async reply(): Promise<Reply> {
    const line = this.#unanswered.shift();
    if (line !== undefined) {
      this.settings.transcript.add('client', line);
      this.#subject = commandIn(line) ?? this.#subject;
    }
    return this.#read();
  }

  /**
   * Sends a message after 354, with dots stuffed (RFC 5321 section 4.5.2) and the final dot, and reads the reply. If the
   * server refuses a large message before its end, the rest and the final dot are not sent, and the session is over.
   * A 421 after the reply ends the session (section 3.8), but the reply still counts.
   * @param message lines that end in CR LF, the last one included; empty for a dot alone
   * @param beforeDot called before the last piece is written, which has the dot
   * @throws as {@link command} does
   * @throws {UnsolicitedReply} if the server accepts an incomplete message, or sends more than one reply
   */
  async message(message: string, beforeDot: () => void = () => undefined): Promise<Reply> {
    await this.#refuseEarlyReply();
    const stuffed = message.replace(/^\./gm, '..');
    const bytes = Buffer.from(`${stuffed}${FINAL_DOT}`);
    this.settings.transcript.add('client', `${beginningOf(stuffed)}.`);
    this.#subject = 'message';
    this.#pending += 1;
    // The time that a large message takes at the minimum rate does not count as time of the session.
    const budget = this.settings.budget.extendedBy(bytes.length / MIN_BYTES_PER_MS);
    const next = this.#nextReply();
    const isWhole = await this.#transmit(bytes, beforeDot, next, budget);
    if (!isWhole) this.hangUp();
    const reply = await this.#read(this.settings.timeoutMs, budget, next);
    if (isWhole) await this.expectSilence().catch(unlessItCloses);
    else if (reply.code < 400) throw this.#located(unsolicited(reply));
    return reply;
  }

  /** Sends QUIT, and closes the connection without waiting for the reply: no verdict depends on it. Never throws. */
  async quit(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { stream } = this.#channel;
    if (!this.#channel.end && this.#pending === 0) {
      this.settings.transcript.add('client', 'QUIT');
      const sent = new Promise<void>((resolve) => {
        stream.end('QUIT\r\n', resolve);
      });
      await this.#inTime(sent, QUIT_WAIT_MS, this.settings.budget).catch(() => undefined);
    }
    stream.destroy();
  }

  /** Closes the connection without QUIT: a server that waits for a message would read QUIT as part of it. */
  hangUp(): void {
    this.#isOver = true;
    this.#channel.stream.destroy();
  }

  /**
   * Ends the session and leaves the connection open, for TLS to take over.
   * @returns bytes that the server sent after its last reply; RFC 3207 allows none
   */
  detach(): Buffer {
    this.#isOver = true;
    this.#channel.detach();
    return this.#parser.unread;
  }

  async #exchange(line: string, shownAs: string): Promise<Reply> {
    this.settings.transcript.add('client', shownAs);
    this.#subject = commandIn(shownAs) ?? this.#subject;
    this.#pending += 1;
    this.#channel.stream.write(`${line}\r\n`);
    return this.#read();
  }

  /**
   * Writes the message piece by piece, each when the one before has been sent, and none after the server has replied.
   * @returns whether the whole message was sent, with its final dot
   */
  async #transmit(bytes: Buffer, beforeDot: () => void, next: Promise<Reply>, budget: Deadline): Promise<boolean> {
    const answered = next.then(() => true);
    // The last piece has the dot and the line end before it, so no server can consider the message complete before that.
    const lastFrom = bytes.length - FINAL_DOT.length - PIECE_BYTES;
    for (let at = 0; ; at += PIECE_BYTES) {
      const isLast = at >= lastFrom;
      if (isLast) {
        beforeDot();
        this.#subject = 'end of the message';
      }
      const piece = bytes.subarray(at, isLast ? undefined : at + PIECE_BYTES);
      const sent = this.#write(piece).then(() => false);
      const isAnswered = await this.#inTime(Promise.race([answered, sent]), this.settings.timeoutMs, budget);
      if (isLast || isAnswered) return isLast;
    }
  }

  /** Writes a piece, and waits until it has been sent and a reply that has arrived has been read. */
  async #write(piece: Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#channel.stream.write(piece, () => {
        resolve();
      });
    });
    await this.#channel.readPending();
  }

  async #read(
    timeoutMs = this.settings.timeoutMs,
    budget = this.settings.budget,
    next = this.#nextReply(),
  ): Promise<Reply> {
    const reply = await this.#inTime(next, timeoutMs, budget);
    this.#pending -= 1;
    if (reply.code === 421) throw this.#located(new ServiceNotAvailable(reply));
    // In place of another reply, it announces the end of the session (RFC 5321 section 4.2.3) and accepts nothing.
    if (reply.code === 221 && !WITH_221.includes(this.#subject)) {
      throw this.#located(new ConnectionLost(undefined, [], reply));
    }
    return reply;
  }

  /** @param isDue whether the reply to the last command was due */
  #located<E extends SessionError>(error: E, isDue = true): E {
    error.at = this.#at(isDue);
    return error;
  }

  #at(isDue: boolean): SessionPoint {
    return { of: this.#subject, isDue, overTls: this.settings.overTls ?? false };
  }

  #inTime<T>(work: Promise<T>, timeoutMs: number, budget: Deadline): Promise<T> {
    const deadline = Deadline.after(timeoutMs, budget);
    const waitMs = Math.round(deadline.remainingMs);
    return deadline.race(work, () => this.#located(new ReplyTimeout(waitMs, this.#unfinished())));
  }

  async #nextReply(): Promise<Reply> {
    for (;;) {
      const reply = this.#take();
      if (reply) return reply;
      const { end } = this.#channel;
      if (end) throw this.#located(new ConnectionLost(end.cause, this.#unfinished()));
      await this.#channel.more();
    }
  }

  /**
   * Makes sure that the server has sent no unsolicited reply. After a positive reply, it could revoke that reply. Before
   * a command, it would be read as the reply to that command, and each later reply as that to the next one.
   * @throws {UnsolicitedReply} or {ServiceNotAvailable} if the reply is 421
   * @throws {ReplySyntaxError}
   */
  async expectSilence(): Promise<void> {
    await this.#channel.readPending();
    const early = this.#take(false);
    if (early) throw this.#located(early.code === 421 ? new ServiceNotAvailable(early) : unsolicited(early), false);
    if (this.#parser.unread.length > 0 || this.#parser.isMidReply) {
      throw this.#located(new UnsolicitedReply(this.#parser.unread.toString('latin1')), false);
    }
  }

  async #refuseEarlyReply(): Promise<void> {
    await this.expectSilence();
    const { end } = this.#channel;
    if (end) throw this.#located(new ConnectionLost(end.cause), false);
  }

  #take(isDue = true): Reply | undefined {
    try {
      const reply = this.#parser.take();
      for (const line of reply?.raw ?? []) this.#note(line.exact);
      if (reply?.bareLine) this.settings.onBareLineFeed?.(reply, this.#at(isDue));
      return reply;
    } catch (error) {
      if (!(error instanceof ReplySyntaxError)) throw error;
      for (const { exact } of [...error.before, error.line]) this.#note(exact);
      throw this.#located(error, isDue);
    }
  }

  /** What has been received of a reply that is no longer waited for. */
  #unfinished(): readonly PeerText[] {
    const { unfinished } = this.#parser;
    for (const { exact } of unfinished) this.#note(exact);
    return unfinished;
  }

  #note(text: string): void {
    this.settings.transcript.add('server', text);
  }
}

function unsolicited({ raw }: Reply): UnsolicitedReply {
  return new UnsolicitedReply(raw.map(({ exact }) => exact).join(' / '));
}

/** @throws any error other than {@link ServiceNotAvailable} */
function unlessItCloses(error: unknown): void {
  if (!(error instanceof ServiceNotAvailable)) throw error;
}

/** What the transcript shows of a message: all of it, or its first complete lines. */
function beginningOf(message: string): string {
  if (message.length <= MAX_SHOWN_CHARACTERS) return message;
  const end = message.lastIndexOf('\r\n', MAX_SHOWN_CHARACTERS - 2) + 2;
  return `${message.slice(0, end)}… and ${message.length - end} more characters\r\n`;
}
