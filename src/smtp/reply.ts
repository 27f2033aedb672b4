import { PeerText, brief } from '../text/peer.js';

/** One reply of an SMTP server, complete (RFC 5321 section 4.2). */
export interface Reply {
  /** Three digits, 200 to 599. */
  readonly code: number;
  /** RFC 3463 status such as `5.7.8`, where the last line begins with one that fits the code. */
  readonly enhanced?: string;
  /** The text of each line, without its code; a bare code is an empty text. */
  readonly lines: readonly PeerText[];
  /** The lines as they came, without their line ends. */
  readonly raw: readonly PeerText[];
  /** A line ended in LF without CR before it (RFC 5321 section 2.3.8 forbids that). */
  readonly bareLineFeed: boolean;
}

/**
 * RFC 5321 section 4.5.3.1.5 allows 512 octets; long policy texts exist, so eight times that is read, and a peer
 * that never ends a line is stopped there.
 */
export const MAX_LINE_OCTETS = 4096;

/** The longest EHLO answers seen have some thirty lines; a peer that never ends a reply is stopped here. */
export const MAX_REPLY_LINES = 128;

/**
 * Thirty-two lines of the length that RFC 5321 allows. What an answer says goes into transcript, report and findings, and
 * in JSON becomes up to six times as much.
 */
export const MAX_REPLY_OCTETS = 16 * 1024;

/**
 * A session has a dozen replies, of a few hundred octets each. A peer that makes every one as large as it may be is
 * stopped here, with as much as a transcript keeps.
 */
export const MAX_SESSION_OCTETS = 64 * 1024;

/** What came is no SMTP reply. */
export class ReplySyntaxError extends Error {
  override readonly name = 'ReplySyntaxError';

  /**
   * @param problem what is wrong, in words
   * @param line the offending line, or as much of it as was read
   * @param before the lines of the same reply that came before it; none where another protocol would show itself
   */
  constructor(
    readonly problem: string,
    readonly line: PeerText,
    readonly before: readonly PeerText[],
  ) {
    super(`${problem}: ${brief(line.exact)}`);
  }
}

const LF = 0x0a;
const CR = 0x0d;
/** The text may hold any octet, so the pattern is matched against ISO 8859-1 and `s` lets the dot match them all. */
const REPLY_LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s;
const ENHANCED_STATUS = /^([245])\.\d{1,3}\.\d{1,3}(?=\s|$)/;

/**
 * Turns the octets of one session into replies, however they are cut into chunks. It reads one reply at a time, so that what follows
 * a reply stays unread until somebody asks: behind the 220 to STARTTLS that makes all the difference.
 */
export class ReplyParser {
  #unread: Buffer = Buffer.alloc(0);
  #searchedTo = 0;
  #partial: { code: number; lines: PeerText[]; raw: PeerText[]; bareLineFeed: boolean } | undefined;
  #replyOctets = 0;
  #sessionOctets = 0;

  /** Takes in what arrived. */
  push(octets: Uint8Array): void {
    this.#unread = this.#unread.length === 0 ? Buffer.from(octets) : Buffer.concat([this.#unread, octets]);
  }

  /** Octets that have arrived and belong to no complete reply yet taken. */
  get unread(): Buffer {
    return this.#unread;
  }

  /** What has arrived of a reply that has not ended: its whole lines, and the beginning of the next. */
  get unfinished(): readonly PeerText[] {
    const lines = this.#partial?.raw ?? [];
    return this.#unread.length === 0 ? lines : [...lines, new PeerText(this.#unread)];
  }

  /** Whether a reply has begun and not ended. */
  get midReply(): boolean {
    return this.#partial !== undefined;
  }

  /**
   * The next reply, if it is complete.
   * @throws {ReplySyntaxError} as soon as it is certain that what came is no reply
   */
  take(): Reply | undefined {
    for (;;) {
      const end = this.#unread.indexOf(LF, this.#searchedTo);
      if (end > MAX_LINE_OCTETS || (end < 0 && this.#unread.length > MAX_LINE_OCTETS)) {
        throw this.#error(`a line of more than ${MAX_LINE_OCTETS} octets`, this.#unread.subarray(0, MAX_LINE_OCTETS));
      }
      if (end < 0) {
        this.#searchedTo = this.#unread.length;
        return undefined;
      }
      const line = this.#unread.subarray(0, end);
      this.#unread = this.#unread.subarray(end + 1);
      this.#searchedTo = 0;
      const reply = this.#line(line);
      if (reply) return reply;
    }
  }

  #line(withCr: Buffer): Reply | undefined {
    const bareLineFeed = withCr.at(-1) !== CR;
    const octets = bareLineFeed ? withCr : withCr.subarray(0, -1);
    this.#count(withCr.length + 1, octets);
    const match = REPLY_LINE.exec(octets.toString('latin1'));
    if (!match?.[1]) throw this.#error('a line that is no SMTP reply', octets);

    const code = Number(match[1]);
    this.#partial ??= { code, lines: [], raw: [], bareLineFeed: false };
    const partial = this.#partial;
    if (partial.code !== code) throw this.#error(`a reply that mixes the codes ${partial.code} and ${code}`, octets);
    if (partial.lines.length === MAX_REPLY_LINES) {
      throw this.#error(`a reply of more than ${MAX_REPLY_LINES} lines`, octets);
    }
    partial.lines.push(new PeerText(octets.subarray(4)));
    partial.raw.push(new PeerText(octets));
    partial.bareLineFeed ||= bareLineFeed;
    if (match[2] === '-') return undefined;

    this.#partial = undefined;
    this.#replyOctets = 0;
    const [enhanced, digit] = ENHANCED_STATUS.exec(match[3] ?? '') ?? [];
    return { ...partial, ...(enhanced !== undefined && digit === match[1][0] && { enhanced }) };
  }

  #count(length: number, octets: Buffer): void {
    this.#replyOctets += length;
    this.#sessionOctets += length;
    if (this.#replyOctets > MAX_REPLY_OCTETS) {
      throw this.#error(`a reply of more than ${MAX_REPLY_OCTETS} octets`, octets);
    }
    if (this.#sessionOctets > MAX_SESSION_OCTETS) {
      throw this.#error(`more than ${MAX_SESSION_OCTETS} octets in one session`, octets);
    }
  }

  #error(problem: string, octets: Uint8Array): ReplySyntaxError {
    return new ReplySyntaxError(problem, new PeerText(octets), this.#partial?.raw ?? []);
  }
}

/** A reply on one line, as it is shown in messages: code and texts, with `/` between lines. */
export function shown(reply: Reply): string {
  const texts = reply.lines.map((line) => line.exact.trim()).filter((text) => text !== '');
  return brief([reply.code, texts.join(' / ')].join(' ').trim());
}
