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
   * @throws {InboxUnreachable} if the connection is lost meanwhile, or an answer does not come in time
   * @throws {InboxRejected} if the server does not let us look, or the message is taken away before it is read
   */
  find(messageId: string, deadline: Deadline): Promise<Received | undefined>;
  /** Settles when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Says goodbye and closes the connection. Never throws. */
  close(): Promise<void>;
}

/** A message that was found. */
export interface Received {
  /** Header and body as the inbox has them. */
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
  readonly #open = new Map<SecureContext, Map<string, Promise<Inbox>>>();

  /**
   * Opens an inbox, or hands out the one that is open under the same TLS policy. A refused login is handed out, too:
   * thirty endpoints that try the same wrong password lock the account.
   * @throws {InboxUnreachable} {InboxRejected}
   */
  open(target: InboxTarget, settings: InboxSettings): Promise<Inbox> {
    const { scheme, host, port, mailbox, username, password } = target;
    const key = JSON.stringify([scheme, host, port, mailbox, username, password.reveal()]);
    const opened = this.#open.get(settings.context) ?? new Map<string, Promise<Inbox>>();
    this.#open.set(settings.context, opened);
    let inbox = opened.get(key);
    if (!inbox) {
      // Loaded when it is used: most runs have no inbox, and the client is the largest part of the bundle.
      inbox = import('./imap.js').then(({ openImapInbox }) => openImapInbox(target, settings));
      opened.set(key, inbox);
      void passed(inbox).then((gone) => gone && opened.delete(key));
    }
    return inbox;
  }

  /** Closes whatever is open. Never throws. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled([...this.#open.values()].flatMap((inboxes) => [...inboxes.values()]));
    await Promise.all(opened.map(async (inbox) => inbox.status === 'fulfilled' && inbox.value.close()));
  }
}

/** Settles when an inbox is no longer of use. @returns whether another try may bring one that is */
async function passed(inbox: Promise<Inbox>): Promise<boolean> {
  try {
    await (
      await inbox
    ).ended;
    return true;
  } catch (error) {
    return !(error instanceof InboxRejected);
  }
}
