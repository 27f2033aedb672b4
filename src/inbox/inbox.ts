import type { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../net/deadline.js';

/** The probe has some two thousand octets; a message of that name that is larger than this is not read to its end. */
export const MAX_MESSAGE_OCTETS = 1024 * 1024;

/** A mailbox that is being watched. */
export interface Inbox {
  /**
   * Waits for one message among those that have come since the inbox was opened.
   * @param messageId its Message-ID with the angle brackets
   * @param renamed how to know it where something on the way gave it another one
   * @returns the message, or undefined if it was not there by the deadline
   * @throws {InboxUnreachable} if the connection is lost meanwhile, or an answer does not come in time
   * @throws {InboxRejected} if the server does not let us look, or the message is taken away before it is read
   */
  find(messageId: string, deadline: Deadline, renamed?: Renamed): Promise<Received | undefined>;
  /** Settles when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Says goodbye and closes the connection. Never throws. */
  close(): Promise<void>;
}

/** A message whose Message-ID may be another one. */
export interface Renamed {
  /** What its Subject contains. */
  readonly nonce: string;
  /** Whether a message with such a Subject is the one; any other is left alone. */
  readonly is: (source: Buffer) => boolean;
}

/** A message that was found. */
export interface Received {
  /** Header and body as the inbox has them, up to MAX_MESSAGE_OCTETS. */
  readonly source: Buffer;
  /**
   * Deletes this message and no other; where the server can only delete all that are marked, marks it.
   * @throws {InboxUnreachable} {InboxRejected} if that cannot be done
   */
  delete(): Promise<void>;
}

/** How the inbox's own channel is made and judged. */
export interface InboxSettings {
  readonly context: SecureContext;
  /** Days for which the certificate must still be valid; `objection` demands it. */
  readonly minValidDays: number;
  /**
   * Judges the certificate of the inbox, once its chain holds.
   * @returns what is wrong with it, or undefined; only then is the password sent
   */
  readonly objection: (leaf: X509Certificate) => string | undefined;
  /** Milliseconds for any one wait. */
  readonly timeoutMs: number;
}

/** The mailbox cannot be looked into; where its TLS is the reason, no password was sent. */
export class InboxUnreachable extends Error {
  override readonly name = 'InboxUnreachable';
}

/** The mailbox refuses the login, or has no such folder. */
export class InboxRejected extends Error {
  override readonly name = 'InboxRejected';
}
