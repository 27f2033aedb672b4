import { setTimeout as sleep } from 'node:timers/promises';
import { mostOctets } from '../message/alterations.js';
import type { Deadline } from '../net/deadline.js';
import { InboxUnreachable, MessageGone, type Received, type Sought } from './inbox.js';
import { marksOf, type Marks } from './headers.js';

/** As many messages with the probe's Message-ID or Subject are read in one search. */
const MAX_READ = 16;

/** As many of them once the time is over: each may take as long as one answer more. */
const MAX_READ_LATE = 2;

/** A message that has come, before it is read. What its folder says of it is a hint, and no more: see {@link Hunt}. */
export interface Arrival extends Marks {
  /** By which its folder knows it. */
  readonly id: string;
}

/** Where a message may arrive. */
export interface Folder {
  /** Its name, where it is one for junk. */
  readonly junk?: string;
  /**
   * Looks for what has come.
   * @param deadline of the search; whoever has no answer by then may take as long as for one answer more
   * @param last nobody will look again, so the look may not be put off
   * @returns what is there of all that has come since the inbox was opened; it need not be more than may be the sought one
   */
  look(sought: Sought, deadline: Deadline, last: boolean): Promise<readonly Arrival[]>;
  /**
   * @param most octets that are read
   * @param deadline as for `look`
   * @returns undefined where there is no such message any more
   */
  read(id: string, most: number, deadline: Deadline): Promise<Buffer | undefined>;
  /** Deletes these messages and no other. @param ids at least one @param deadline as for `look` */
  remove(ids: readonly string[], deadline: Deadline): Promise<void>;
}

/**
 * Waits for a message to come into one of several folders.
 * @param folders in the order in which they are looked through
 * @param watch called before each look; what it returns waits until another look is worth while
 * @returns undefined if it was not there by the deadline
 * @throws {InboxUnreachable} {InboxRejected}, the first also where there was more that may be the message than is read
 */
export async function search(
  folders: readonly Folder[],
  sought: Sought,
  deadline: Deadline,
  watch: () => (deadline: Deadline) => Promise<void>,
): Promise<Received | undefined> {
  const hunts = folders.map((folder) => new Hunt(folder, sought, deadline));
  for (;;) {
    const last = deadline.isOver;
    const wait = watch();
    for (const hunt of hunts) {
      const source = await hunt.look(last);
      if (source) return new FoundMessage(source, hunt.junk, hunts);
    }
    if (last) {
      for (const hunt of hunts) {
        const source = hunt.claimAltered();
        if (source) return new FoundMessage(source, hunt.junk, hunts);
      }
      if (hunts.some(({ passedOver }) => passedOver)) throw new InboxUnreachable(PASSED_OVER);
      return undefined;
    }
    await wait(deadline);
  }
}

/** @returns waits for so many milliseconds; all who wait meanwhile wake at once, so that one look serves them all */
export function every(ms: number): (deadline: Deadline) => Promise<void> {
  let pause: Promise<void> | undefined;
  return async (deadline) => {
    pause ??= sleep(ms, undefined, { ref: false }).finally(() => {
      pause = undefined;
    });
    await deadline.race(pause, () => new Error('no time left')).catch(() => undefined);
  };
}

/** For an inbox without a connection of its own: nothing ends it but the end of the run. */
export function ended(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => {
      resolve();
    });
  });
}

/**
 * The search for a message in one folder. A message is ours, to be judged and deleted, only if its own source says so:
 * a server may answer a search with mail of others, or know it by identifiers that it uses again.
 */
class Hunt {
  readonly #folder: Folder;
  readonly #sought: Sought;
  readonly #deadline: Deadline;
  /** Those that were read. */
  readonly #read = new Set<string>();
  /** Those of them that are the message, or a copy. */
  readonly #ours = new Set<string>();
  /** The first message that has the Message-ID but is not the one: altered beyond recognition, or forged. */
  #altered: { id: string; source: Buffer } | undefined;
  #passedOver = false;

  constructor(folder: Folder, sought: Sought, deadline: Deadline) {
    this.#folder = folder;
    this.#sought = sought;
    this.#deadline = deadline;
  }

  get junk(): string | undefined {
    return this.#folder.junk;
  }

  get copies(): number {
    return this.#ours.size;
  }

  /** Whether there was more to read in the last look than is read. */
  get passedOver(): boolean {
    return this.#passedOver;
  }

  /** @returns the message, where this look found it */
  async look(last: boolean): Promise<Buffer | undefined> {
    const { is, octets } = this.#sought;
    let found: Buffer | undefined;
    let gone = false;
    let late = 0;
    const arrivals = await this.#folder.look(this.#sought, this.#deadline, last);
    this.#passedOver = false;
    for (const arrived of arrivals) {
      const { id } = arrived;
      if (!isLike(this.#sought, arrived)) continue;
      if (this.#read.has(id)) continue;
      this.#passedOver = this.#read.size === MAX_READ || (this.#deadline.isOver && late === MAX_READ_LATE);
      if (this.#passedOver) break;
      if (this.#deadline.isOver) late += 1;
      this.#read.add(id);
      const source = await this.#folder.read(id, mostOctets(octets), this.#deadline);
      if (!source) {
        gone ||= isNamed(this.#sought, arrived);
        continue;
      }
      const marks = marksOf(source);
      if (isLike(this.#sought, marks) && is(source)) {
        this.#ours.add(id);
        found ??= source;
      } else if (isNamed(this.#sought, marks)) {
        this.#altered ??= { id, source };
      }
    }
    if (gone && !found && !this.#altered && this.copies === 0) throw new MessageGone();
    return found;
  }

  /**
   * Treats the altered message as the one that is sought. Only when the time is over, because such a message always
   * fails.
   * @returns undefined if there is none
   */
  claimAltered(): Buffer | undefined {
    if (this.#altered) this.#ours.add(this.#altered.id);
    return this.#altered?.source;
  }

  async remove(): Promise<void> {
    if (this.#ours.size > 0) await this.#folder.remove([...this.#ours], this.#deadline);
  }
}

/** Whether a message may be the sought one, or a copy of it: it must be read to know. */
export function isLike(sought: Sought, marks: Marks): boolean {
  const { nonce } = sought;
  return isNamed(sought, marks) || marks.messageId.includes(nonce) || marks.subject.includes(nonce);
}

function isNamed(sought: Sought, { messageId }: Marks): boolean {
  return messageId.includes(sought.messageId);
}

const PASSED_OVER =
  'more messages came with its Message-ID or in its Subject than are read, and it is none of those that were read';

class FoundMessage implements Received {
  readonly source: Buffer;
  readonly junk?: string;
  readonly #hunts: readonly Hunt[];

  constructor(source: Buffer, junk: string | undefined, hunts: readonly Hunt[]) {
    this.source = source;
    if (junk !== undefined) this.junk = junk;
    this.#hunts = hunts;
  }

  get copies(): number {
    return this.#hunts.reduce((sum, { copies }) => sum + copies, 0);
  }

  get hasMore(): boolean {
    return this.#hunts.some(({ passedOver }) => passedOver);
  }

  async recount(): Promise<void> {
    for (const hunt of this.#hunts) await hunt.look(true);
  }

  async delete(): Promise<void> {
    await this.recount();
    for (const hunt of this.#hunts) await hunt.remove();
  }
}
