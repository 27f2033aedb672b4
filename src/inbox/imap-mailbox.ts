import type { ImapFlow } from 'imapflow';
import { Deadline } from '../net/deadline.js';
import { isRefusal, whatServerSays } from './imap-failure.js';
import { InboxRejected, InboxUnreachable } from './inbox.js';
import type { Inbox, Received } from './inbox.js';

/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;

/** The probe has some two thousand octets; a message of that name that is larger than this is not read to its end. */
const MAX_MESSAGE_OCTETS = 1024 * 1024;

const GOODBYE_MS = 1000;

/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
export class ImapMailbox implements Inbox {
  readonly ended: Promise<void>;
  readonly #client: ImapFlow;
  readonly #timeoutMs: number;
  /** Messages from this UID on have not been looked at. */
  #nextUid: number;
  /** UIDs of the messages that have come, by Message-ID. */
  readonly #arrived = new Map<string, number>();
  /** The look under way, or the last one. */
  #looking: Promise<void> = Promise.resolve();
  /** The look that begins when that one has ended. */
  #toLook: Promise<void> | undefined;
  /** Rises with every sign that there may be something new. */
  #signs = 0;
  #wake: (() => void)[] = [];

  /**
   * @param client with the mailbox selected, and idling by itself between commands
   * @param nextUid the UID from which on messages are new
   * @param timeoutMs for any one answer
   */
  constructor(client: ImapFlow, nextUid: number, timeoutMs: number) {
    this.#client = client;
    this.#nextUid = nextUid;
    this.#timeoutMs = timeoutMs;
    this.ended = new Promise((resolve) => {
      if (!client.usable) resolve();
      client.on('close', resolve);
    });
    client.on('exists', this.#onSign).on('close', this.#onSign);
  }

  async find(messageId: string, deadline: Deadline): Promise<Received | undefined> {
    for (;;) {
      const last = deadline.remainingMs === 0;
      const signs = this.#signs;
      await this.#look();
      const uid = this.#arrived.get(messageId);
      if (uid !== undefined) return this.#received(uid);
      if (last) return undefined;
      if (this.#signs === signs) await this.#sign(Deadline.after(LOOK_AGAIN_MS, deadline));
    }
  }

  async close(): Promise<void> {
    const deadline = Deadline.after(GOODBYE_MS);
    await deadline.race(this.#client.logout(), () => new InboxUnreachable('no goodbye')).catch(() => undefined);
    this.#client.close();
  }

  /** Looks at what has come since the last look: one look at a time, and one for all who ask meanwhile. */
  #look(): Promise<void> {
    this.#toLook ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#toLook = undefined;
        this.#looking = this.#ask('what is new', this.#readNew());
        return this.#looking;
      });
    return this.#toLook;
  }

  async #readNew(): Promise<void> {
    const from = this.#nextUid;
    const range = `${from}:*`;
    for await (const { uid, headers } of this.#client.fetch(range, { headers: ['message-id'] }, { uid: true })) {
      // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range); and a server
      // may tell of changed flags at any time, with no header and perhaps no UID.
      if (headers === undefined || !(uid >= from)) continue;
      const messageId = /<[^<>]*>/.exec(headers.toString('latin1'))?.[0];
      if (messageId !== undefined) this.#arrived.set(messageId, uid);
      this.#nextUid = Math.max(this.#nextUid, uid + 1);
    }
  }

  async #received(uid: number): Promise<Received> {
    const range = String(uid);
    const query = { source: { maxLength: MAX_MESSAGE_OCTETS } };
    const message = await this.#ask('the message', this.#client.fetchOne(range, query, { uid: true }));
    if (message === false || message.source === undefined) {
      throw new InboxRejected(
        'the message arrived, and was gone before it could be read: something else takes mail out',
      );
    }
    return { source: message.source, delete: () => this.#delete(range) };
  }

  async #delete(range: string): Promise<void> {
    // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
    const deletion = this.#client.capabilities.has('UIDPLUS')
      ? this.#client.messageDelete(range, { uid: true })
      : this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true });
    const done = await this.#ask('its deletion', deletion);
    if (done) return;
    if (!this.#client.usable) throw this.#lost('its deletion');
    throw new InboxRejected('the message arrived, and the server does not let it be deleted');
  }

  /**
   * Waits for an answer, but not longer than for any other.
   * @throws {InboxRejected} where the server refuses
   * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
   */
  async #ask<T>(about: string, answer: Promise<T>): Promise<T> {
    try {
      return await Deadline.after(this.#timeoutMs).race(
        answer,
        () => new InboxUnreachable(`asked for ${about}, the server gave no answer in time`),
      );
    } catch (error) {
      if (isRefusal(error)) throw new InboxRejected(`asked for ${about}, the server says: ${whatServerSays(error)}`);
      this.#client.close();
      throw error instanceof InboxUnreachable ? error : this.#lost(about);
    }
  }

  #lost(about: string): InboxUnreachable {
    const said = this.#client.byeReason;
    return new InboxUnreachable(
      `asked for ${about}, the connection was lost${said === undefined ? '' : `: ${whatServerSays({ reason: said })}`}`,
    );
  }

  async #sign(deadline: Deadline): Promise<void> {
    const sign = new Promise<void>((resolve) => this.#wake.push(resolve));
    await deadline.race(sign, () => new Error('no sign')).catch(() => undefined);
  }

  readonly #onSign = (): void => {
    this.#signs += 1;
    for (const wake of this.#wake.splice(0)) wake();
  };
}
