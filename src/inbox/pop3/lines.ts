import type { Duplex } from 'node:stream';
import { codeOf } from '../../net/connect.js';
import type { Deadline } from '../../net/deadline.js';
import { inboxLost, InboxUnreachable } from '../inbox.js';
import type { Pop3Text } from './text.js';

const LF = 0x0a;
const CR = 0x0d;

/** Reads lines from a server, and no more than somebody waits for: a flood stays in the kernel. */
export class Pop3Lines {
  readonly #channel: Duplex;
  #unread: Buffer = Buffer.alloc(0);
  #searchedTo = 0;
  #end: InboxUnreachable | undefined;
  #wake: (() => void) | undefined;

  /** @param channel connected; nobody else may read from it */
  constructor(channel: Duplex) {
    this.#channel = channel;
    channel.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
    channel.pause();
  }

  /**
   * The next line without its end.
   * @param most octets that it may have
   * @throws {InboxUnreachable} if it has more, is not there in time, or the connection ends first
   */
  async next(most: number, deadline: Deadline): Promise<Buffer> {
    for (;;) {
      const end = this.#unread.indexOf(LF, this.#searchedTo);
      if (end > most || (end < 0 && this.#unread.length > most)) {
        throw new InboxUnreachable(`the server sent a line of over ${most} octets`);
      }
      if (end >= 0) {
        const line = this.#unread.subarray(0, this.#unread[end - 1] === CR ? end - 1 : end);
        this.#unread = this.#unread.subarray(end + 1);
        this.#searchedTo = 0;
        return line;
      }
      this.#searchedTo = this.#unread.length;
      await this.#more(deadline);
    }
  }

  /**
   * Reads a text up to its end, or until it has so many octets.
   * @throws {InboxUnreachable} if it is not there in time, or the connection ends first
   */
  async into(text: Pop3Text, most: number, deadline: Deadline): Promise<void> {
    for (;;) {
      this.#unread = this.#unread.subarray(text.take(this.#unread));
      if (text.hasEnded || text.octets >= most) return;
      await this.#more(deadline);
    }
  }

  /** Lets go of the channel, for TLS to take it over. @returns what was sent behind the last line that was read */
  detach(): Buffer {
    this.#channel.pause();
    this.#channel
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
    return this.#unread;
  }

  async #more(deadline: Deadline): Promise<void> {
    if (this.#end) throw this.#end;
    const more = new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#channel.resume();
    });
    await deadline.race(more, () => inboxLost('the server gave no answer in time'));
  }

  readonly #onData = (octets: Buffer): void => {
    this.#unread = this.#unread.length === 0 ? octets : Buffer.concat([this.#unread, octets]);
    this.#channel.pause();
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    this.#end ??= inboxLost('the connection was lost');
    this.#wake?.();
  };

  readonly #onError = (error: unknown): void => {
    this.#end ??= inboxLost(`the connection was lost (${codeOf(error)})`);
    this.#wake?.();
  };
}
