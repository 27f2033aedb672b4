import { setTimeout as sleep } from 'node:timers/promises';
import { maxReadBytes } from '../message/alterations.js';
import type { Deadline } from '../net/deadline.js';
import { InboxError, resultOf, unusable, type InboxResult } from './failure.js';
import { headersOf, type Headers } from './headers.js';
import type { Inbox, Received, Sought } from './inbox.js';
import { own } from '../text/own.js';

/** One search reads this many messages that have the Message-ID or Subject of the gate's message. */
const MAX_READ = 16;

/** The same after the deadline, because each may take as long as one more reply. */
const MAX_READ_LATE = 2;

/** Of the bounces and other reports in a folder, the last look reads this many: any of them may be about the message. */
const MAX_REPORTS = 4;

/**
 * A message that has arrived, before it is read. What its folder says about it is only a hint, because a server may
 * respond to a search with other mail.
 */
export interface Arrival extends Headers {
  /** The folder's identifier of the message. */
  readonly id: string;
}

/** Where a message may arrive. */
export interface Folder {
  /** Its name, if it is a junk folder. */
  readonly junk?: string;
  /**
   * Opens the folder for some work, which sees every message that has arrived until the call.
   * @param deadline of the search; the folder may take as long as one more reply
   */
  use<T>(deadline: Deadline, work: (folder: OpenFolder) => Promise<T>): Promise<T>;
}

/** A folder while it is open. */
export interface OpenFolder {
  /**
   * @param last nobody will look again, so the look cannot be postponed
   * @returns the messages that have arrived since the inbox was opened, or at least those that may be the one sought
   */
  look(sought: Sought, last: boolean): Promise<readonly Arrival[]>;
  /** @returns the message, cut after `maxBytes`; undefined if it is no longer there */
  read(id: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Deletes these messages and no other. @param ids at least one */
  remove(ids: readonly string[]): Promise<void>;
}

/** @returns a folder that is open for as long as its inbox is */
export function alwaysOpen(folder: OpenFolder, junk?: string): Folder {
  return { ...(junk !== undefined && { junk }), use: (_deadline, work) => work(folder) };
}

/**
 * Waits until a message arrives in one of several folders.
 * @param folders in the order in which they are searched
 * @param watch called before each look; the function that it returns waits until there may be something new
 * @returns undefined if the message did not arrive by the deadline. It is a failure if some messages that may be the one
 *   sought were not read
 */
export function search(
  folders: readonly Folder[],
  sought: Sought,
  deadline: Deadline,
  watch: () => (deadline: Deadline) => Promise<void>,
): Promise<InboxResult<Received | undefined>> {
  const searches = folders.map((folder) => new FolderSearch(folder, sought, deadline));
  return resultOf(searchAll(searches, deadline, watch));
}

async function searchAll(
  searches: readonly FolderSearch[],
  deadline: Deadline,
  watch: () => (deadline: Deadline) => Promise<void>,
): Promise<Received | undefined> {
  for (;;) {
    const last = deadline.isOver;
    const wait = watch();
    for (const each of searches) {
      const source = await each.look(last);
      if (source) return foundMessage(source, each, searches);
    }
    if (last) {
      for (const each of searches) {
        const source = each.claimAltered();
        if (source) return foundMessage(source, each, searches);
      }
      if (searches.some(({ hasMore }) => hasMore)) throw unusable('not-all-read', NOT_ALL_READ);
      return undefined;
    }
    await wait(deadline);
  }
}

/**
 * An inbox of one folder that is asked again and again, and keeps no connection: it ends only with the run.
 * @param name of the folder
 */
export function polledInbox(name: string, folder: Folder, everyMs: number, stop: AbortSignal): Inbox {
  /** Shared, so that one look serves everybody who waits. */
  let pause: Promise<void> | undefined;
  const wait = async (deadline: Deadline): Promise<void> => {
    pause ??= sleep(everyMs, undefined, { ref: false }).finally(() => {
      pause = undefined;
    });
    await deadline.race(pause, () => new Error('no time left')).catch(() => undefined);
  };
  return {
    find: (sought, deadline) => search([folder], sought, deadline, () => wait),
    explain: () => Promise.resolve({ folders: [name] }),
    ended: new Promise((resolve) => {
      stop.addEventListener('abort', () => {
        resolve();
      });
    }),
    close: () => Promise.resolve(),
  };
}

/**
 * The search for a message in one folder. A message counts as the one sought, to be judged and deleted, only because of
 * its own source: a server may respond to a search with other mail, or reuse its identifiers.
 */
class FolderSearch {
  /** The messages that were read. */
  readonly #read = new Set<string>();
  /** Those of them that are the message sought, or a copy. */
  readonly copies = new Set<string>();
  /** Whether the last look found more messages than are read. */
  hasMore = false;
  /** The first message that has the Message-ID but is not the one: altered beyond recognition, or forged. */
  #altered: { id: string; source: Buffer } | undefined;

  constructor(
    readonly folder: Folder,
    private readonly sought: Sought,
    private readonly deadline: Deadline,
  ) {}

  /** @returns the message, if this look found it */
  async look(last: boolean): Promise<Buffer | undefined> {
    try {
      return await this.folder.use(this.deadline, (folder) => this.#lookIn(folder, last));
    } catch (error) {
      if (!last && error instanceof InboxError && error.failure.kind === 'busy') return undefined;
      throw error;
    }
  }

  /**
   * Treats the altered message as the one sought. Only after the deadline, because such a message always fails.
   * @returns undefined if there is none
   */
  claimAltered(): Buffer | undefined {
    if (this.#altered) this.copies.add(this.#altered.id);
    return this.#altered?.source;
  }

  /** Looks once more, then deletes the message and its copies. */
  remove(): Promise<void> {
    return this.folder.use(this.deadline, async (folder) => {
      await this.#lookIn(folder, true);
      if (this.copies.size > 0) await folder.remove([...this.copies]);
    });
  }

  async #lookIn(folder: OpenFolder, last: boolean): Promise<Buffer | undefined> {
    const { is, size } = this.sought;
    let found: Buffer | undefined;
    let gone = false;
    let late = 0;
    const arrivals = await folder.look(this.sought, last);
    this.hasMore = false;
    for (const arrived of arrivals) {
      const { id } = arrived;
      if (this.#read.has(id) || !isLike(this.sought, arrived)) continue;
      this.hasMore = this.#read.size === MAX_READ || (this.deadline.isOver && late === MAX_READ_LATE);
      if (this.hasMore) break;
      if (this.deadline.isOver) late += 1;
      this.#read.add(id);
      const source = await folder.read(id, maxReadBytes(size));
      if (!source) {
        gone ||= hasMessageId(this.sought, arrived);
        continue;
      }
      const headers = headersOf(source);
      if (isLike(this.sought, headers) && is(source)) {
        this.copies.add(id);
        found ??= source;
      } else if (hasMessageId(this.sought, headers)) {
        this.#altered ??= { id, source };
      } else if (isLike(this.sought, headers)) {
        this.sought.onOther?.(source);
      }
    }
    if (last && !found && this.copies.size === 0) await this.#readReports(folder, arrivals);
    if (gone && !found && !this.#altered && this.copies.size === 0) throw new InboxError({ kind: 'message-gone' });
    return found;
  }

  /** Looks for a report that quotes the message. Whether that succeeds changes nothing about the search. */
  async #readReports(folder: OpenFolder, arrivals: readonly Arrival[]): Promise<void> {
    const { nonce, size, onOther } = this.sought;
    if (!onOther) return;
    const reports = arrivals.filter(({ id, isReport }) => isReport && !this.#read.has(id)).slice(-MAX_REPORTS);
    for (const { id } of reports) {
      const source = await folder.read(id, maxReadBytes(size)).catch(() => undefined);
      if (source?.includes(nonce)) onOther(source);
    }
  }
}

/** Whether a message may be the one sought, or a copy of it: it must be read to know. */
export function isLike(sought: Sought, headers: Headers): boolean {
  const { nonce } = sought;
  return hasMessageId(sought, headers) || headers.messageId.includes(nonce) || headers.subject.includes(nonce);
}

export function hasMessageId(sought: Sought, { messageId }: Headers): boolean {
  return messageId.includes(sought.messageId);
}

const NOT_ALL_READ = own`the inbox has more messages with the Message-ID or the nonce of the test message than the gate reads, and none of those that it read is the test message`;

function foundMessage(source: Buffer, { folder }: FolderSearch, searches: readonly FolderSearch[]): Received {
  return {
    source,
    ...(folder.junk !== undefined && { junk: folder.junk }),
    get copies() {
      return searches.reduce((sum, { copies }) => sum + copies.size, 0);
    },
    get hasMore() {
      return searches.some(({ hasMore }) => hasMore);
    },
    recount: () => resultOf(inTurn(searches, (each) => each.look(true))),
    delete: () => resultOf(inTurn(searches, (each) => each.remove())),
  };
}

async function inTurn<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  for (const one of all) await act(one);
}
