import type { ImapFlow } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import { isRefusal, whatServerSays } from './failure.js';
import { inboxLost, InboxRejected, InboxUnreachable } from '../inbox.js';

const GOODBYE_MS = 1000;

/** Questions to an IMAP server, one at a time, so that each has its full time. */
export class ImapDialogue {
  readonly #client: ImapFlow;
  readonly #timeoutMs: number;
  /** The end of all that has been asked so far. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param timeoutMs for any one answer */
  constructor(client: ImapFlow, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks when those before have been answered, and waits for the answer no longer than for any other.
   * @throws {InboxRejected} where the server refuses
   * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
   */
  ask<T>(about: string, question: (client: ImapFlow) => Promise<T>): Promise<T> {
    const answer = this.#turn.then(() => this.#answerTo(about, question(this.#client)));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** What is to be said where the connection has ended and the client has thrown nothing. */
  lost(about: string): InboxUnreachable {
    const said = this.#client.byeReason;
    return inboxLost(
      `asked for ${about}, the connection was lost${said === undefined ? '' : `: ${whatServerSays({ reason: said })}`}`,
    );
  }

  /** Says goodbye and closes the connection. Never throws. */
  async close(): Promise<void> {
    const deadline = Deadline.after(GOODBYE_MS);
    await deadline.race(this.#client.logout(), () => new InboxUnreachable('no goodbye')).catch(() => undefined);
    this.#client.close();
  }

  async #answerTo<T>(about: string, answer: Promise<T>): Promise<T> {
    const late = (): Error => inboxLost(`asked for ${about}, the server gave no answer in time`);
    try {
      return await Deadline.after(this.#timeoutMs).race(answer, late);
    } catch (error) {
      if (isRefusal(error)) throw new InboxRejected(`asked for ${about}, the server says: ${whatServerSays(error)}`);
      this.#client.close();
      throw error instanceof InboxUnreachable ? error : this.lost(about);
    }
  }
}
