import { LineBuffer } from '../net/line-channel.js';
import { decodeBytes, excerpt, PeerText } from '../text/peer.js';
import { SessionError } from './session-point.js';

/** One reply of an SMTP server, complete (RFC 5321 section 4.2). */
export interface Reply {
  /** Three digits, 200 to 599. */
  readonly code: number;
  /** RFC 3463 status such as `5.7.8`, if the last line begins with one that matches the code. */
  readonly enhanced?: string;
  /** The text of each line, without its code; empty for a code alone. */
  readonly lines: readonly PeerText[];
  /** The lines as they were sent, without their line ends. */
  readonly raw: readonly PeerText[];
  /** The first line that ended in LF without CR before it (RFC 5321 section 2.3.8 forbids that). */
  readonly bareLine?: PeerText;
}

/** RFC 5321 section 4.5.3.1.5 allows 512 bytes. Some servers send long policy texts. */
export const MAX_LINE_BYTES = 4096;

/** The longest known replies to EHLO have about thirty lines. */
export const MAX_REPLY_LINES = 128;

/** 32 lines of the length that RFC 5321 allows. In the report, a reply can be up to six times as long (JSON). */
export const MAX_REPLY_BYTES = 16 * 1024;

/** A session has a dozen replies of a few hundred bytes. */
export const MAX_SESSION_BYTES = 64 * 1024;

export class ReplySyntaxError extends SessionError {
  override readonly name = 'ReplySyntaxError';

  /**
   * @param line the malformed line, or as much of it as was read
   * @param before the lines of the same reply before it
   */
  constructor(
    readonly problem: string,
    readonly line: PeerText,
    readonly before: readonly PeerText[],
  ) {
    super(`${problem}: ${excerpt(line.exact)}`);
  }
}

/** A reply whose lines have different codes. */
export class MixedCodes extends ReplySyntaxError {
  constructor(first: number, code: number, line: PeerText, before: readonly PeerText[]) {
    super(`a reply that mixes the codes ${first} and ${code}`, line, before);
  }
}

const CR = 0x0d;
/** The text may have any byte, so it is decoded as ISO 8859-1, and with `s` the dot matches all of them. */
const REPLY_LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s;
const ENHANCED_STATUS = /^([245])\.\d{1,3}\.\d{1,3}(?=\s|$)/;

/**
 * Turns the bytes of one session into replies, no matter how they are split. What follows a reply stays unread until the
 * next call, so that data after the 220 to STARTTLS is noticed.
 */
export class ReplyParser {
  #partial: { code: number; lines: PeerText[]; raw: PeerText[]; bareLine?: PeerText } | undefined;
  #replyBytes = 0;
  #sessionBytes = 0;

  /** @param received what the session has received and not read */
  constructor(private readonly received = new LineBuffer()) {}

  push(bytes: Uint8Array): void {
    this.received.push(bytes);
  }

  get unread(): Buffer {
    return this.received.unread;
  }

  /** What has been received of an incomplete reply: its complete lines, and the beginning of the next. */
  get unfinished(): readonly PeerText[] {
    const lines = this.#partial?.raw ?? [];
    return this.unread.length === 0 ? lines : [...lines, new PeerText(this.unread)];
  }

  get isMidReply(): boolean {
    return this.#partial !== undefined;
  }

  /**
   * The next reply, if it is complete.
   * @throws {ReplySyntaxError} as soon as it is certain that what was received is not a reply
   */
  take(): Reply | undefined {
    const tooLong = (): ReplySyntaxError =>
      this.#error(`a line of more than ${MAX_LINE_BYTES} bytes`, this.unread.subarray(0, MAX_LINE_BYTES));
    for (;;) {
      const line = this.received.takeLine(MAX_LINE_BYTES, tooLong);
      if (!line) return undefined;
      const reply = this.#line(line);
      if (reply) return reply;
    }
  }

  #line(withCr: Buffer): Reply | undefined {
    const isBare = withCr.at(-1) !== CR;
    const bytes = isBare ? withCr : withCr.subarray(0, -1);
    this.#count(withCr.length + 1, bytes);
    const match = REPLY_LINE.exec(bytes.toString('latin1'));
    if (!match?.[1]) throw this.#error('a line that is not an SMTP reply', bytes);

    const code = Number(match[1]);
    this.#partial ??= { code, lines: [], raw: [] };
    const partial = this.#partial;
    if (partial.code !== code) throw new MixedCodes(partial.code, code, new PeerText(bytes), partial.raw);
    if (partial.lines.length === MAX_REPLY_LINES) {
      throw this.#error(`a reply of more than ${MAX_REPLY_LINES} lines`, bytes);
    }
    const text = decodeBytes(bytes);
    partial.lines.push(new PeerText(text.slice(4)));
    partial.raw.push(new PeerText(text));
    if (isBare) partial.bareLine ??= new PeerText(bytes);
    if (match[2] === '-') return undefined;

    this.#partial = undefined;
    this.#replyBytes = 0;
    const [enhanced, digit] = ENHANCED_STATUS.exec(match[3] ?? '') ?? [];
    return { ...partial, ...(enhanced !== undefined && digit === match[1][0] && { enhanced }) };
  }

  #count(length: number, bytes: Buffer): void {
    this.#replyBytes += length;
    this.#sessionBytes += length;
    if (this.#replyBytes > MAX_REPLY_BYTES) {
      throw this.#error(`a reply of more than ${MAX_REPLY_BYTES} bytes`, bytes);
    }
    if (this.#sessionBytes > MAX_SESSION_BYTES) {
      throw this.#error(`more than ${MAX_SESSION_BYTES} bytes in one session`, bytes);
    }
  }

  #error(problem: string, bytes: Uint8Array): ReplySyntaxError {
    return new ReplySyntaxError(problem, new PeerText(bytes), this.#partial?.raw ?? []);
  }
}

/** A reply on one line, for messages: code and texts, with `/` between lines. */
export function formatReply(reply: Reply): string {
  const texts = reply.lines.map((line) => line.exact.trim()).filter((text) => text !== '');
  return excerpt([reply.code, texts.join(' / ')].join(' ').trim());
}
