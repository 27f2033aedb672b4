import type { ImapFlow } from 'imapflow';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { UidState } from './baselines.js';
import { FETCH_OCTETS, type ImapConnection } from './client.js';
import { ImapDialogue } from './dialogue.js';
import { InboxRejected, InboxUnreachable } from '../inbox.js';
import { marksOf } from '../headers.js';
import type { Arrival, Folder } from '../search.js';

/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
export const LOOK_AGAIN_MS = 10_000;

/** As many answers to our looks are taken in all; a server that sends more floods us. */
const MAX_ANSWERS = 50_000;

/** A folder that is not selected. */
export interface FolderState extends UidState {
  readonly path: string;
  readonly uidNext: number;
}

/** One selected mailbox, watched by IDLE for as many waiting messages as there are. */
export class ImapMailbox implements Folder {
  /** Settles when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #client: ImapFlow;
  readonly #dialogue: ImapDialogue;
  /** Messages from this UID on have not been looked at. */
  #nextUid: number;
  readonly #arrived: Arrival[] = [];
  /** To all looks so far. */
  #answers = 0;
  /** A look whose turn has not come yet. */
  #toLook: Promise<void> | undefined;
  /** Rises with every sign that there may be something new. */
  #signs = 0;
  #wake: (() => void)[] = [];

  /** @param timeoutMs for any one answer */
  constructor({ client, nextUid }: ImapConnection, timeoutMs: number) {
    this.#client = client;
    this.#dialogue = new ImapDialogue(client, timeoutMs);
    this.#nextUid = nextUid;
    this.ended = new Promise((resolve) => {
      if (!client.usable) resolve();
      client.on('close', resolve);
    });
    client.on('exists', this.sign).on('close', this.sign);
  }

  /** Looks at what has come since the last look; one look for all who ask before its turn comes. */
  async look(): Promise<readonly Arrival[]> {
    this.#toLook ??= this.#dialogue.ask('what is new', () => {
      this.#toLook = undefined;
      return this.#readNew();
    });
    await this.#toLook;
    return this.#arrived;
  }

  async read(id: string, most: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let start = 0; start < most; start += FETCH_OCTETS) {
      const source = { ...(start > 0 && { start }), maxLength: Math.min(FETCH_OCTETS, most - start) };
      const message = await this.#dialogue.ask('the message', (client) =>
        client.fetchOne(id, { source }, { uid: true }),
      );
      if (message === false || message.source === undefined) return undefined;
      parts.push(message.source);
      if (message.source.length < source.maxLength) break;
    }
    return Buffer.concat(parts);
  }

  async remove(ids: readonly string[]): Promise<void> {
    const about = 'its deletion';
    // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
    const done = await this.#dialogue.ask(about, (client) =>
      client.capabilities.has('UIDPLUS')
        ? client.messageDelete(ids.join(','), { uid: true })
        : client.messageFlagsAdd(ids.join(','), ['\\Deleted'], { uid: true }),
    );
    if (done) return;
    if (!this.#client.usable) throw this.#dialogue.lost(about);
    throw new InboxRejected('the message arrived, and the server does not let it be deleted');
  }

  /**
   * The folder for junk, by its special use (RFC 6154) or else by a usual name.
   * @returns undefined where there is none, or it is the selected one, or the server does not tell
   */
  async junkFolder(): Promise<FolderState | undefined> {
    try {
      const folders = await this.#dialogue.ask('the folders', (client) => client.list());
      const path = folders.find(({ specialUse }) => specialUse === '\\Junk')?.path;
      const { mailbox } = this.#client;
      if (path === undefined || (mailbox && mailbox.path === path)) return undefined;
      return await this.stateOf(path);
    } catch (error) {
      if (error instanceof InboxRejected) return undefined;
      throw error;
    }
  }

  /**
   * The state of another folder (RFC 9051 section 6.3.11).
   * @returns undefined where the server does not say which UID the next message gets
   */
  async stateOf(path: string): Promise<FolderState | undefined> {
    const status = await this.#dialogue.ask('the state of a folder', (client) =>
      client.status(path, { uidNext: true, uidValidity: true }).catch((error: unknown): false => {
        if (codeOf(error) === 'NotFound') return false;
        throw error;
      }),
    );
    // Nothing at all, whatever the types say, where the connection was lost meanwhile.
    if (!status || status.uidNext === undefined) return undefined;
    return { path, uidNext: status.uidNext, uidValidity: status.uidValidity };
  }

  /** Takes note of how things are. @returns waits until they have changed, or another look is due */
  watch(): (deadline: Deadline) => Promise<void> {
    const signs = this.#signs;
    return async (deadline) => {
      if (this.#signs !== signs) return;
      const sign = new Promise<void>((resolve) => this.#wake.push(resolve));
      await Deadline.after(LOOK_AGAIN_MS, deadline)
        .race(sign, () => new Error('no sign'))
        .catch(() => undefined);
    };
  }

  /** Has everybody look who waits. */
  readonly sign = (): void => {
    this.#signs += 1;
    for (const wake of this.#wake.splice(0)) wake();
  };

  /** Says goodbye and closes the connection. Never throws. */
  close(): Promise<void> {
    return this.#dialogue.close();
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
      // may tell of changed flags at any time, with no header and perhaps no UID. NIL for a header is no Buffer either.
      if (!Buffer.isBuffer(headers) || !(uid >= from)) continue;
      this.#arrived.push({ id: String(uid), ...marksOf(headers) });
      this.#nextUid = Math.max(this.#nextUid, uid + 1);
    }
  }
}
