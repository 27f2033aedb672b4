import type { ImapFlow } from 'imapflow';
import { Deadline } from '../net/deadline.js';
import { isRefusal, whatServerSays } from './imap-failure.js';
import { InboxRejected, InboxUnreachable, MAX_MESSAGE_OCTETS } from './inbox.js';
import type { Inbox, Received, Renamed } from './inbox.js';

/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;

/** As many answers to our looks are taken in all; a server that sends more floods us. */
const MAX_ANSWERS = 50_000;

/** As much is kept of a message's Message-ID and Subject; those of the probe have some two hundred octets. */
const MAX_HEADER_OCTETS = 1024;

/** As many messages with the probe's Subject and another Message-ID are read. */
const MAX_NAMESAKES = 8;

const GOODBYE_MS = 1000;

/** A message that has come. */
interface Arrival {
  readonly uid: number;
  readonly messageId: string | undefined;
  /** Its Message-ID and Subject as they stand in the header. */
  readonly header: string;
}

/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
export class ImapMailbox implements Inbox {
  readonly ended: Promise<void>;
  readonly #client: ImapFlow;
  readonly #timeoutMs: number;
  /** Messages from this UID on have not been looked at. */
  #nextUid: number;
  readonly #arrived: Arrival[] = [];
  /** To all looks so far. */
  #answers = 0;
  /** The end of all that has been asked so far: one question at a time, so that each has its full time. */
  #turn: Promise<unknown> = Promise.resolve();
  /** A look whose turn has not come yet. */
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

  async find(messageId: string, deadline: Deadline, renamed?: Renamed): Promise<Received | undefined> {
    const strangers = new Set<number>();
    for (;;) {
      const last = deadline.remainingMs === 0;
      const signs = this.#signs;
      await this.#look();
      const named = this.#arrived.find((arrival) => arrival.messageId === messageId);
      if (named) {
        const received = await this.#read(named.uid);
        if (received) return received;
        throw new InboxRejected(
          'the message arrived, and was gone before it could be read: something else takes mail out',
        );
      }
      const other = renamed && (await this.#findRenamed(renamed, strangers));
      if (other) return other;
      if (last) return undefined;
      if (this.#signs === signs) await this.#sign(Deadline.after(LOOK_AGAIN_MS, deadline));
    }
  }

  async close(): Promise<void> {
    const deadline = Deadline.after(GOODBYE_MS);
    await deadline.race(this.#client.logout(), () => new InboxUnreachable('no goodbye')).catch(() => undefined);
    this.#client.close();
  }

  /** @param strangers UIDs of those that were read and are not the one; grows */
  async #findRenamed({ nonce, is }: Renamed, strangers: Set<number>): Promise<Received | undefined> {
    const namesakes = this.#arrived.filter(({ header }) => header.includes(nonce)).slice(0, MAX_NAMESAKES);
    for (const { uid } of namesakes) {
      if (strangers.has(uid)) continue;
      const received = await this.#read(uid);
      if (received && is(received.source)) return received;
      strangers.add(uid);
    }
    return undefined;
  }

  /** Looks at what has come since the last look; one look for all who ask before its turn comes. */
  #look(): Promise<void> {
    this.#toLook ??= this.#ask('what is new', () => {
      this.#toLook = undefined;
      return this.#readNew();
    });
    return this.#toLook;
  }

  async #readNew(): Promise<void> {
    // A FETCH sees no more than the server has told of before (RFC 9051 section 5.2).
    await this.#client.noop();
    const from = this.#nextUid;
    const range = `${from}:*`;
    const query = { headers: ['message-id', 'subject'] };
    for await (const { uid, headers } of this.#client.fetch(range, query, { uid: true })) {
      this.#answers += 1;
      if (this.#answers > MAX_ANSWERS) throw new InboxUnreachable(`the server told of over ${MAX_ANSWERS} messages`);
      // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range); and a server
      // may tell of changed flags at any time, with no header and perhaps no UID.
      if (headers === undefined || !(uid >= from)) continue;
      const header = headers.toString('latin1', 0, MAX_HEADER_OCTETS);
      this.#arrived.push({ uid, messageId: /^message-id:\s*(<[^<>]*>)/im.exec(header)?.[1], header });
      this.#nextUid = Math.max(this.#nextUid, uid + 1);
    }
  }

  /** @returns undefined where there is no such message any more */
  async #read(uid: number): Promise<Received | undefined> {
    const range = String(uid);
    const query = { source: { maxLength: MAX_MESSAGE_OCTETS } };
    const message = await this.#ask('the message', () => this.#client.fetchOne(range, query, { uid: true }));
    if (message === false || message.source === undefined) return undefined;
    return { source: message.source, delete: () => this.#delete(range) };
  }

  async #delete(range: string): Promise<void> {
    // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
    const done = await this.#ask('its deletion', () =>
      this.#client.capabilities.has('UIDPLUS')
        ? this.#client.messageDelete(range, { uid: true })
        : this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true }),
    );
    if (done) return;
    if (!this.#client.usable) throw this.#lost('its deletion');
    throw new InboxRejected('the message arrived, and the server does not let it be deleted');
  }

  /**
   * Asks when those before have been answered, and waits for the answer no longer than for any other.
   * @throws {InboxRejected} where the server refuses
   * @throws {InboxUnreachable} where no answer comes; then the connection is over, lest a late one is misunderstood
   */
  #ask<T>(about: string, question: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(() => this.#answerTo(about, question()));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #answerTo<T>(about: string, answer: Promise<T>): Promise<T> {
    const late = (): Error => new InboxUnreachable(`asked for ${about}, the server gave no answer in time`);
    try {
      return await Deadline.after(this.#timeoutMs).race(answer, late);
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
