import type { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../net/deadline.js';

/** Each part of this size of a large message has as long as one answer. */
export const PART_OCTETS = 1024 * 1024;

/** A mailbox that is being watched. */
export interface Inbox {
  /**
   * Waits for one message among those that have come since the inbox was opened.
   * @returns the message, or undefined if it was not there by the deadline
   * @throws {InboxUnreachable} if the connection is lost meanwhile, or an answer does not come in time
   * @throws {InboxRejected} if the server does not let us look
   * @throws {MessageGone} if the message is taken away before it is read
   */
  find(sought: Sought, deadline: Deadline): Promise<Received | undefined>;
  /** Settles when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Says goodbye and closes the connection. Never throws. */
  close(): Promise<void>;
}

/** A message that is waited for. */
export interface Sought {
  /** With the angle brackets. */
  readonly messageId: string;
  /** What its Subject contains: how to know it where something on the way gave it another Message-ID. */
  readonly nonce: string;
  /**
   * Whether a message with that Message-ID or such a Subject is the one, or a copy of it. A message that has the
   * Message-ID and is not the one counts only if no other has arrived by the deadline, because its body may have been
   * replaced in transit. Any other message is left alone.
   */
  readonly is: (source: Buffer) => boolean;
  /** How many it had when it was sent. */
  readonly octets: number;
}

/** A message that was found. */
export interface Received {
  /** Header and body as the inbox has them, up to `mostOctets` of what was sent. */
  readonly source: Buffer;
  /** The folder for junk in which it lay, if it did, as the server names it. */
  readonly junk?: string;
  /** How many there are, 1 or more, as far as was looked. */
  readonly copies: number;
  /** Whether the last search found more possible copies than the gate reads. The others are not deleted. */
  readonly hasMore: boolean;
  /**
   * Looks once more for copies.
   * @throws {InboxUnreachable} {InboxRejected} if that cannot be done
   */
  recount(): Promise<void>;
  /**
   * Looks once more for copies, then deletes this message and its copies and no other; where the server can only
   * delete all that are marked, marks them.
   * @throws {InboxUnreachable} {InboxRejected} if that cannot be done
   */
  delete(): Promise<void>;
}

/** The certificates of an inbox, leaf first, and what OpenSSL has against the chain. */
export interface InboxPeer {
  readonly sent: readonly X509Certificate[];
  readonly verifyError?: string;
}

/** How the inbox's own channel is made and judged. */
export interface InboxSettings {
  readonly context: SecureContext;
  /** Days for which the certificate must still be valid; `objection` demands it. */
  readonly minValidDays: number;
  /**
   * Judges the certificates of the inbox.
   * @returns what is wrong with them, or undefined; only then is the password sent
   */
  readonly objection: (peer: InboxPeer) => string | undefined;
  /** Milliseconds for any one wait. */
  readonly timeoutMs: number;
}

type FailureTraits = Pick<InboxUnreachable, 'transient' | 'inconclusive'>;

/** The mailbox cannot be looked into; where its TLS is the reason, no password was sent. */
export class InboxUnreachable extends Error {
  override readonly name: string = 'InboxUnreachable';
  /** Whether it may be temporary, so that another attempt makes sense. */
  readonly transient: boolean;

  /** Whether the inbox could not be tested from here, as opposed to tested and bad. */
  readonly inconclusive: boolean;

  constructor(message: string, { transient = false, inconclusive = false }: Partial<FailureTraits> = {}) {
    super(message);
    this.transient = transient;
    this.inconclusive = inconclusive;
  }
}

/** The connection to the inbox was lost, or the server did not answer in time. */
export function inboxLost(message: string): InboxUnreachable {
  return new InboxUnreachable(message, { transient: true });
}

/** The mailbox refuses the login, or has no such folder. */
export class InboxRejected extends Error {
  override readonly name = 'InboxRejected';
}

/** The message was in the mailbox, and was taken away before it was read. */
export class MessageGone extends InboxRejected {
  constructor() {
    super('the message arrived, and was gone before it could be read: something else takes mail out');
  }
}
