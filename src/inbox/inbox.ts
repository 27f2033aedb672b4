import type { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../net/deadline.js';
import type { InboxTarget } from '../plan/endpoint.js';

/** A mailbox that is being watched. */
export interface Inbox {
  /**
   * Waits for one message among those that have come since the inbox was opened.
   * @param messageId its Message-ID with the angle brackets
   * @returns the message, or undefined if it was not there by the deadline
   * @throws {InboxUnreachable} if the connection is lost meanwhile
   */
  find(messageId: string, deadline: Deadline): Promise<Received | undefined>;
  /** Says goodbye and closes the connection. Never throws. */
  close(): Promise<void>;
}

/** A message that was found. */
export interface Received {
  /** Header and body as the inbox has them. */
  readonly source: Buffer;
  /** Deletes this message and no other. */
  delete(): Promise<void>;
}

/** How the inbox's own channel is made and judged. */
export interface InboxSettings {
  readonly context: SecureContext;
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

/**
 * The inboxes of a run. Endpoints that deliver into the same one share a connection: servers allow few for each
 * account, and thirty endpoints at once would lock each other out.
 */
export class Inboxes {
  readonly #open = new Map<string, Promise<Inbox>>();

  /**
   * Opens an inbox, or hands out the one that is open.
   * @throws {InboxUnreachable} {InboxRejected}
   */
  open(target: InboxTarget, settings: InboxSettings): Promise<Inbox> {
    const { scheme, host, port, mailbox, username, password } = target;
    const key = JSON.stringify([scheme, host, port, mailbox, username, password.reveal()]);
    let inbox = this.#open.get(key);
    if (!inbox) {
      // Loaded when it is used: most runs have no inbox, and the client is the largest part of the bundle.
      inbox = import('./imap.js').then(({ openImapInbox }) => openImapInbox(target, settings));
      this.#open.set(key, inbox);
    }
    return inbox;
  }

  /** Closes whatever is open. Never throws. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    await Promise.all(opened.map(async (inbox) => inbox.status === 'fulfilled' && inbox.value.close()));
  }
}
