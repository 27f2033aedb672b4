import type { ImapFlow } from 'imapflow';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import { areRenumbered, FETCH_BYTES, type Baseline, type ImapConnection, type UidState } from './client.js';
import { ImapDialogue } from './dialogue.js';
import { isRejection, rejected, unusable } from '../failure.js';
import { headersOf } from '../headers.js';
import type { UidRange } from '../inbox.js';
import type { Arrival, OpenFolder } from '../search.js';
import { own } from '../../text/own.js';

/** For a server without IDLE, or whose IDLE reports nothing. */
export const LOOK_AGAIN_MS = 10_000;

/** The most messages that all looks together may list. */
const MAX_RESPONSES = 50_000;

/** They have copies of messages that were sent, and views of other folders (RFC 6154); junk is searched before. */
const NOT_DELIVERED_TO: ReadonlySet<string> = new Set(['\\Sent', '\\Drafts', '\\All', '\\Flagged', '\\Junk']);

const UNSELECTABLE = ['\\Noselect', '\\NonExistent'];

/** A folder that is not selected. */
export interface FolderState extends UidState {
  readonly path: string;
  readonly uidNext: number;
}

/** One selected mailbox. Everybody who waits for a message shares its IDLE. */
export class ImapMailbox implements OpenFolder {
  /** Settles when the connection has ended, for any reason. */
  readonly ended: Promise<void>;
  readonly #client: ImapFlow;
  readonly #dialogue: ImapDialogue;
  readonly #baseline: Baseline;
  /** Messages from this UID have not been looked at. */
  #nextUid: number;
  readonly #arrived: Arrival[] = [];
  #responses = 0;
  /** A look that has not begun yet. */
  #nextLook: Promise<void> | undefined;
  /** Counts the events after which there may be something new. */
  #events = 0;
  #waiting: (() => void)[] = [];

  /** @param timeoutMs for any one reply */
  constructor({ client, nextUid, baseline }: ImapConnection, timeoutMs: number) {
    this.#client = client;
    this.#baseline = baseline;
    this.#dialogue = new ImapDialogue(client, timeoutMs);
    this.#nextUid = nextUid;
    this.ended = new Promise((resolve) => {
      if (!client.usable) resolve();
      client.on('close', resolve);
    });
    client.on('exists', this.wake).on('close', this.wake);
  }

  /** Looks for messages since the last look. Everybody who asks before a look begins shares it. */
  async look(): Promise<readonly Arrival[]> {
    this.#nextLook ??= this.#dialogue.ask('new messages', () => {
      this.#nextLook = undefined;
      return this.#readNew();
    });
    await this.#nextLook;
    return this.#arrived;
  }

  async read(id: string, maxBytes: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let start = 0; start < maxBytes; start += FETCH_BYTES) {
      const source = { ...(start > 0 && { start }), maxLength: Math.min(FETCH_BYTES, maxBytes - start) };
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
    const about = 'the deletion of the message';
    // Without UIDPLUS (RFC 4315), EXPUNGE would delete every message that is marked as deleted.
    const done = await this.#dialogue.ask(about, (client) =>
      client.capabilities.has('UIDPLUS')
        ? client.messageDelete(ids.join(','), { uid: true })
        : client.messageFlagsAdd(ids.join(','), ['\\Deleted'], { uid: true }),
    );
    if (done) return;
    if (!this.#client.usable) throw this.#dialogue.lost(about);
    throw rejected('not-deleted', own`the server does not allow the test message to be deleted`);
  }

  /**
   * The junk folder, by its special use (RFC 6154) or by a common name.
   * @returns undefined if there is none, if it is the selected one, or if the server does not report its state
   */
  async junkFolder(): Promise<FolderState | undefined> {
    try {
      const folders = await this.#dialogue.ask('the folders', (client) => client.list());
      const path = folders.find(({ specialUse }) => specialUse === '\\Junk')?.path;
      const { mailbox } = this.#client;
      if (path === undefined || (mailbox && mailbox.path === path)) return undefined;
      return await this.stateOf(path);
    } catch (error) {
      if (isRejection(error)) return undefined;
      throw error;
    }
  }

  /**
   * The state of another folder (RFC 9051 section 6.3.11).
   * @returns undefined if the server does not report which UID the next message gets
   */
  async stateOf(path: string): Promise<FolderState | undefined> {
    const status = await this.#dialogue.ask('the status of a folder', (client) =>
      client.status(path, { uidNext: true, uidValidity: true }).catch((error: unknown): false => {
        if (codeOf(error) === 'NotFound') return false;
        throw error;
      }),
    );
    // In spite of its type, it is undefined if the connection was lost meanwhile.
    if (!status || status.uidNext === undefined) return undefined;
    return { path, uidNext: status.uidNext, uidValidity: status.uidValidity };
  }

  /**
   * What the UIDs show about the messages that have arrived since the run first opened the mailbox.
   * @returns undefined if the server does not report it, or has assigned new UIDs
   */
  async uidRange(): Promise<UidRange | undefined> {
    const { uidNext: first, seen } = this.#baseline;
    const { mailbox } = this.#client;
    if (first === undefined || !mailbox) return undefined;
    const state = await this.stateOf(mailbox.path);
    if (!state || areRenumbered([this.#baseline, mailbox, state])) return undefined;
    // A message may have arrived since the last look.
    await this.look();
    return { first, next: state.uidNext, seen: seen.size };
  }

  /** The paths of the other folders of the account to which messages may be delivered, except the junk folder. */
  async otherFolders(): Promise<string[]> {
    const { mailbox } = this.#client;
    const folders = await this.#dialogue.ask('the folders', (client) => client.list());
    return folders
      .filter(({ path, specialUse = '', flags }) => {
        if (mailbox && mailbox.path === path) return false;
        return !NOT_DELIVERED_TO.has(specialUse) && !UNSELECTABLE.some((flag) => flags.has(flag));
      })
      .map(({ path }) => path);
  }

  /** @returns a function that waits for an event since the call of `watch`, or until it is time for another look */
  watch(): (deadline: Deadline) => Promise<void> {
    const events = this.#events;
    return async (deadline) => {
      if (this.#events !== events) return;
      const event = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await Deadline.after(LOOK_AGAIN_MS, deadline)
        .race(event, () => new Error('no event'))
        .catch(() => undefined);
    };
  }

  /** Makes everybody who is waiting look. */
  readonly wake = (): void => {
    this.#events += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** Logs out and closes the connection. Never throws. */
  close(): Promise<void> {
    return this.#dialogue.close();
  }

  async #readNew(): Promise<void> {
    // FETCH finds only messages that the server has announced (RFC 9051 section 5.2).
    await this.#client.noop();
    const from = this.#nextUid;
    const range = `${from}:*`;
    const query = { headers: ['message-id', 'subject', 'content-type'] };
    for await (const { uid, headers } of this.#client.fetch(range, query, { uid: true })) {
      this.#responses += 1;
      if (this.#responses > MAX_RESPONSES)
        throw unusable('too-many-messages', own`the server listed more than ${MAX_RESPONSES} messages`);
      // "n:*" includes the last message even if its UID is below n (RFC 9051 section 9, seq-range). A server may also
      // report changed flags at any time, without a header and perhaps without a UID. The header can also be NIL.
      if (!Buffer.isBuffer(headers) || !(uid >= from)) continue;
      this.#baseline.seen.add(uid);
      this.#arrived.push({ id: String(uid), ...headersOf(headers) });
      this.#nextUid = Math.max(this.#nextUid, uid + 1);
    }
  }
}
