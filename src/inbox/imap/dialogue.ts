import type { ImapFlow } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import { excerpt } from '../../text/peer.js';
import { InboxError, noReply, rejected, temporary } from '../failure.js';
import { fixed, own, type OwnText } from '../../text/own.js';

const LOGOUT_WAIT_MS = 1000;
const NO_REASON = 'no reason given';

/** The commands to an IMAP server, one at a time, so that each has its full time. */
export class ImapDialogue {
  /** The end of every command so far. */
  #previous: Promise<unknown> = Promise.resolve();

  /** @param timeoutMs for any one reply */
  constructor(
    private readonly client: ImapFlow,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Sends a command after the replies to those before it.
   * @param about what the command requests
   * @throws {InboxError} `rejected` if the server rejects it. Without a reply the connection is closed, because a late
   *   one could be taken for the reply to the next command
   */
  ask<T>(about: string, command: (client: ImapFlow) => Promise<T>): Promise<T> {
    const reply = this.#previous.then(() => this.#replyTo(about, command(this.client)));
    this.#previous = reply.catch(() => undefined);
    return reply;
  }

  /** The error for a connection that has ended, if the client has thrown none. */
  lost(about: string): InboxError {
    const reason = this.client.byeReason;
    const said = reason === undefined ? own`` : own`: ${quotedFrom({ reason })}`;
    return temporary(
      'connection-lost',
      own`the request for ${fixed(about)} failed because the connection was lost${said}`,
    );
  }

  /** Logs out and closes the connection. Never throws. */
  async close(): Promise<void> {
    const deadline = Deadline.after(LOGOUT_WAIT_MS);
    await deadline.race(this.client.logout(), () => new Error('no reply to LOGOUT')).catch(() => undefined);
    this.client.close();
  }

  async #replyTo<T>(about: string, reply: Promise<T>): Promise<T> {
    const late = (): Error => noReply(`the request for ${about}`);
    try {
      return await Deadline.after(this.timeoutMs).race(reply, late);
    } catch (error) {
      if (isRefusal(error)) {
        const detail = own`the server rejected the request for ${fixed(about)}: ${quotedFrom(error)}`;
        throw rejected('command-refused', detail, whatServerSays(error));
      }
      this.client.close();
      throw error instanceof InboxError ? error : this.lost(about);
    }
  }
}

/** What imapflow adds to its errors. */
export interface ImapFlowError {
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  /** The server does not list the mailbox. */
  readonly mailboxMissing?: boolean;
  /** Of a tagged response that is not OK. */
  readonly responseStatus?: string;
  readonly responseText?: string;
  /** The text of the server's BYE. */
  readonly reason?: string;
}

/** Whether the server replied with NO or BAD. */
export function isRefusal(error: unknown): boolean {
  const { responseStatus } = error as ImapFlowError;
  return responseStatus === 'NO' || responseStatus === 'BAD';
}

/** The text of the server, escaped. What the client says about it is not the server's. */
export function whatServerSays(error: unknown): string {
  const { responseText, reason } = error as ImapFlowError;
  return excerpt(responseText ?? reason ?? NO_REASON);
}

/** The same for a message: in quotation marks, if the server gave a reason. */
export function quotedFrom(error: unknown): OwnText {
  const said = whatServerSays(error);
  return said === NO_REASON ? own`no reason given` : own`"${said}"`;
}
