import type { ImapFlow } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import { excerpt } from '../../text/peer.js';
import { InboxError, rejected, temporary } from '../failure.js';

const LOGOUT_WAIT_MS = 1000;

/** The commands to an IMAP server, one at a time, so that each has its full time. */
export class ImapDialogue {
  readonly #client: ImapFlow;
  readonly #timeoutMs: number;
  /** The end of every command so far. */
  #previous: Promise<unknown> = Promise.resolve();

  /** @param timeoutMs for any one answer */
  constructor(client: ImapFlow, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends a command after those before it have been answered.
   * @param about what the command asks for
   * @throws {InboxError} `rejected` if the server rejects it. Without an answer the connection is closed, because a late
   *   one could be taken for the answer to another command
   */
  ask<T>(about: string, command: (client: ImapFlow) => Promise<T>): Promise<T> {
    const answer = this.#previous.then(() => this.#answerTo(about, command(this.#client)));
    this.#previous = answer.catch(() => undefined);
    return answer;
  }

  /** The error for a connection that has ended, if the client has thrown none. */
  lost(about: string): InboxError {
    const reason = this.#client.byeReason;
    const said = reason === undefined ? '' : `: ${whatServerSays({ reason })}`;
    return temporary(`asked for ${about}, the connection was lost${said}`);
  }

  /** Logs out and closes the connection. Never throws. */
  async close(): Promise<void> {
    const deadline = Deadline.after(LOGOUT_WAIT_MS);
    await deadline.race(this.#client.logout(), () => new Error('no answer to LOGOUT')).catch(() => undefined);
    this.#client.close();
  }

  async #answerTo<T>(about: string, answer: Promise<T>): Promise<T> {
    const late = (): Error => temporary(`asked for ${about}, the server did not answer in time`);
    try {
      return await Deadline.after(this.#timeoutMs).race(answer, late);
    } catch (error) {
      if (isRefusal(error)) throw rejected(`asked for ${about}, the server says: ${whatServerSays(error)}`);
      this.#client.close();
      throw error instanceof InboxError ? error : this.lost(about);
    }
  }
}

/** What imapflow adds to its errors. */
export interface ImapFlowError {
  readonly message?: string;
  readonly authenticationFailed?: boolean;
  /** Of a tagged response that is not OK. */
  readonly responseStatus?: string;
  readonly responseText?: string;
  /** The text of the server's BYE. */
  readonly reason?: string;
}

/** Whether the server answered NO or BAD. */
export function isRefusal(error: unknown): boolean {
  const { responseStatus } = error as ImapFlowError;
  return responseStatus === 'NO' || responseStatus === 'BAD';
}

/** The text of the server if there is one, otherwise that of the client; escaped. */
export function whatServerSays(error: unknown): string {
  const { responseText, reason, message } = error as ImapFlowError;
  return excerpt(responseText ?? reason ?? message ?? 'no reason given');
}
