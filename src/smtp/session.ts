import type { Duplex } from 'node:stream';
import { Deadline } from '../net/deadline.js';
import { pendingInput } from '../net/standstill.js';
import type { PeerText } from '../text/peer.js';
import { ReplyParser, ReplySyntaxError } from './reply.js';
import type { Reply } from './reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from './session-errors.js';
import type { Transcript } from './transcript.js';

export { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from './session-errors.js';

/** How long a session may wait, and where it writes down what was said. */
export interface SessionSettings {
  readonly transcript: Transcript;
  /** Milliseconds for a whole reply. */
  readonly timeoutMs: number;
  /** The end of everything that may be waited for in this attempt. */
  readonly budget: Deadline;
  /** Receives each reply in which a line ended in a bare line feed. */
  readonly onBareLineFeed?: (reply: Reply) => void;
}

/** The answer to QUIT is a courtesy; no verdict waits for it. */
const QUIT_WAIT_MS = 1000;

/** A message goes out in pieces of so many octets, so that one that stalls is noticed. */
const PIECE_OCTETS = 64 * 1024;

/** A path that is slower than this, in octets for each millisecond, counts as stalled. */
const SLOWEST_PACE = 64;

const FINAL_DOT = '.\r\n';

/** As much of a message is kept in the transcript; only an attachment makes one longer. */
const KEPT_CHARACTERS = 16 * 1024;

/**
 * One SMTP dialogue over one channel, in the clear or inside TLS: commands go out, replies come back, one at a
 * time. It judges nothing. When the channel changes (STARTTLS), the session ends and a new one begins, so that
 * nothing learned in the clear can outlive it (RFC 3207 section 4.2).
 */
export class SmtpSession {
  readonly #channel: Duplex;
  readonly #settings: SessionSettings;
  readonly #parser = new ReplyParser();
  #end: ConnectionLost | undefined;
  #wake: (() => void) | undefined;
  #owed = 0;
  /** Sent together, and not yet answered: the transcript shows each of them before its reply. */
  readonly #unanswered: string[] = [];
  #quitted = false;

  /** @param channel connected; nobody else may read from it while the session lives */
  constructor(channel: Duplex, settings: SessionSettings) {
    this.#channel = channel;
    this.#settings = settings;
    channel.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
    channel.pause();
    // What ended before anybody listened tells nobody of its end again.
    if (channel.destroyed) this.#end = new ConnectionLost(channel.errored ?? undefined);
  }

  /**
   * Reads the greeting, which the server owes without being asked.
   * @throws {ConnectionLost} {ReplyTimeout} {ReplySyntaxError} {ServiceNotAvailable} as {@link command} does
   */
  async greeting(): Promise<Reply> {
    this.#owed += 1;
    return this.#read();
  }

  /**
   * Sends one command line and reads the reply to it.
   * @param line without its CR LF
   * @param shownAs what the transcript shows in its place, where it holds a secret
   * @throws {UnsolicitedReply} if the server has already said something; nothing is sent then
   * @throws {ConnectionLost} if the channel ends first
   * @throws {ReplyTimeout} if the whole reply is not there in time
   * @throws {ReplySyntaxError} if what comes is no reply
   * @throws {ServiceNotAvailable} if the reply is 421
   */
  async command(line: string, shownAs = line): Promise<Reply> {
    await this.#refuseEarlyReply();
    return this.#exchange(`${line}\r\n`, shownAs);
  }

  /**
   * Sends several command lines in one write (RFC 2920 section 3.1). Each is owed a {@link reply}.
   * @param lines without their CR LF
   * @throws {UnsolicitedReply} and {ConnectionLost} as {@link command} does
   */
  async send(lines: readonly string[]): Promise<void> {
    await this.#refuseEarlyReply();
    this.#unanswered.push(...lines);
    this.#owed += lines.length;
    this.#channel.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /**
   * Reads the reply to the first line {@link send | sent} that has none yet.
   * @throws as {@link command} does
   */
  async reply(): Promise<Reply> {
    const line = this.#unanswered.shift();
    if (line !== undefined) this.#settings.transcript.add('client', line);
    return this.#read();
  }

  /**
   * Sends a message after 354, with dots stuffed (RFC 5321 section 4.5.2) and the final dot, and reads the reply. A
   * server that refuses a large one before its end is sent no more of it, no dot in any case, and the session is over.
   * With 421 behind its answer a server ends the session (section 3.8); what it said before stands.
   * @param message lines that end in CR LF, the last one included; nothing at all for a lone dot
   * @param beforeDot called when all that is left to be written is the last piece, which has the dot
   * @throws as {@link command} does
   * @throws {UnsolicitedReply} if the server takes a message that it does not have to its end, or says more than one thing
   */
  async message(message: string, beforeDot: () => void = () => undefined): Promise<Reply> {
    await this.#refuseEarlyReply();
    const stuffed = message.replace(/^\./gm, '..');
    const octets = Buffer.from(`${stuffed}${FINAL_DOT}`);
    this.#settings.transcript.add('client', `${kept(stuffed)}.`);
    this.#owed += 1;
    // What a large message needs for its way, at the slowest, is not taken from the time of the dialogue.
    const budget = this.#settings.budget.extendedBy(octets.length / SLOWEST_PACE);
    const next = this.#nextReply();
    const isWhole = await this.#transmit(octets, beforeDot, next, budget);
    if (!isWhole) this.hangUp();
    const reply = await this.#read(this.#settings.timeoutMs, budget, next);
    if (isWhole) await this.expectSilence().catch(unlessItCloses);
    else if (reply.code < 400) throw unsolicited(reply);
    return reply;
  }

  /** Says goodbye, waits a moment for the answer, and closes the channel whatever comes. Never throws. */
  async quit(): Promise<void> {
    if (this.#quitted) return;
    this.#quitted = true;
    if (!this.#end && this.#owed === 0) {
      await this.#exchange('QUIT\r\n', 'QUIT', QUIT_WAIT_MS).catch(() => undefined);
    }
    this.#channel.end(() => {
      this.#channel.destroy();
    });
  }

  /** Hangs up without a word: to a server that waits for a message QUIT would be its text. */
  hangUp(): void {
    this.#quitted = true;
    this.#channel.destroy();
  }

  /**
   * Ends the session and leaves the channel open, for TLS to take it over.
   * @returns octets that the server sent behind its last reply; RFC 3207 allows none
   */
  detach(): Buffer {
    this.#quitted = true;
    this.#channel.pause();
    this.#channel
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
    return this.#parser.unread;
  }

  async #exchange(octets: string, shownAs: string, timeoutMs?: number): Promise<Reply> {
    this.#settings.transcript.add('client', shownAs);
    this.#owed += 1;
    this.#channel.write(octets);
    return this.#read(timeoutMs);
  }

  /**
   * Writes piece by piece, each when the one before has left, and none once the server has answered.
   * @returns whether the message went out with its final dot
   */
  async #transmit(octets: Buffer, beforeDot: () => void, next: Promise<Reply>, budget: Deadline): Promise<boolean> {
    const answered = next.then(() => true);
    // The dot is not torn from its line end: before the last piece no server can take the message for whole.
    const lastFrom = octets.length - FINAL_DOT.length - PIECE_OCTETS;
    for (let at = 0; ; at += PIECE_OCTETS) {
      const isLast = at >= lastFrom;
      if (isLast) beforeDot();
      const gone = this.#write(isLast ? octets.subarray(at) : octets.subarray(at, at + PIECE_OCTETS)).then(() => false);
      const deadline = Deadline.after(this.#settings.timeoutMs, budget);
      const waitMs = Math.round(deadline.remainingMs);
      const isAnswered = await deadline.race(
        Promise.race([answered, gone]),
        () => new ReplyTimeout(waitMs, this.#unfinished()),
      );
      if (isLast || isAnswered) return isLast;
    }
  }

  /** Writes a piece, and waits until it has left and what the server says to it has been read. */
  async #write(piece: Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#channel.write(piece, () => {
        resolve();
      });
    });
    await this.#listen();
  }

  async #read(
    timeoutMs = this.#settings.timeoutMs,
    budget = this.#settings.budget,
    next = this.#nextReply(),
  ): Promise<Reply> {
    const deadline = Deadline.after(timeoutMs, budget);
    const waitMs = Math.round(deadline.remainingMs);
    const reply = await deadline.race(next, () => new ReplyTimeout(waitMs, this.#unfinished()));
    this.#owed -= 1;
    if (reply.code === 421) throw new ServiceNotAvailable(reply);
    return reply;
  }

  async #nextReply(): Promise<Reply> {
    for (;;) {
      const reply = this.#take();
      if (reply) return reply;
      if (this.#end) throw new ConnectionLost(this.#end.cause, this.#unfinished());
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#channel.resume();
      });
    }
  }

  /**
   * Makes sure that the server has said no more than it was asked for: a second reply behind a good one takes it
   * back, and before a command it would be taken for the answer to that, and every later one be off by one.
   * @throws {UnsolicitedReply} or {ServiceNotAvailable} where that is 421
   * @throws {ReplySyntaxError}
   */
  async expectSilence(): Promise<void> {
    await this.#listen();
    const early = this.#take();
    if (early) throw early.code === 421 ? new ServiceNotAvailable(early) : unsolicited(early);
    if (this.#parser.unread.length > 0 || this.#parser.midReply) {
      throw new UnsolicitedReply(this.#parser.unread.toString('latin1'));
    }
  }

  async #listen(): Promise<void> {
    this.#channel.resume();
    await pendingInput();
  }

  async #refuseEarlyReply(): Promise<void> {
    await this.expectSilence();
    if (this.#end) throw this.#end;
  }

  #take(): Reply | undefined {
    try {
      const reply = this.#parser.take();
      for (const line of reply?.raw ?? []) this.#note(line.exact);
      if (reply?.bareLineFeed) this.#settings.onBareLineFeed?.(reply);
      return reply;
    } catch (error) {
      if (error instanceof ReplySyntaxError)
        [...error.before, error.line].forEach(({ exact }) => {
          this.#note(exact);
        });
      throw error;
    }
  }

  /** What there is of a reply that nobody waits for any longer. */
  #unfinished(): readonly PeerText[] {
    const { unfinished } = this.#parser;
    for (const { exact } of unfinished) this.#note(exact);
    return unfinished;
  }

  #note(text: string): void {
    this.#settings.transcript.add('server', text);
  }

  readonly #onData = (octets: Buffer): void => {
    this.#parser.push(octets);
    // Nothing more is taken from the system until somebody waits for it: a flood stays in the kernel.
    this.#channel.pause();
    this.#woken();
  };

  readonly #onEnd = (): void => {
    this.#end ??= new ConnectionLost();
    this.#woken();
  };

  readonly #onError = (error: unknown): void => {
    this.#end ??= new ConnectionLost(error);
    this.#woken();
  };

  #woken(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function unsolicited({ raw }: Reply): UnsolicitedReply {
  return new UnsolicitedReply(raw.map(({ exact }) => exact).join(' / '));
}

/** @throws all but that the server closes the session */
function unlessItCloses(error: unknown): void {
  if (!(error instanceof ServiceNotAvailable)) throw error;
}

/** What the transcript shows of a message: all of it, or its beginning in whole lines. */
function kept(message: string): string {
  if (message.length <= KEPT_CHARACTERS) return message;
  const end = message.lastIndexOf('\r\n', KEPT_CHARACTERS - 2) + 2;
  return `${message.slice(0, end)}… and ${message.length - end} more characters\r\n`;
}
