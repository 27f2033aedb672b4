import { setTimeout as sleep } from 'node:timers/promises';
import type { Deadline } from '../net/deadline.js';
import { InboxRejected, mostOctets } from './inbox.js';
import type { Received, Sought } from './inbox.js';

/** As many messages with the probe's Message-ID or Subject are read in one search. */
const MAX_READ = 16;

/** As much is kept of a message's Message-ID and Subject; those of the probe have some two hundred octets. */
const MAX_HEADER_OCTETS = 1024;

/** A message that has come, before it is read. */
export interface Arrival {
  /** By which its folder knows it. */
  readonly id: string;
  /** With the angle brackets. */
  readonly messageId: string | undefined;
  /** Its Message-ID and Subject as they stand in the header. */
  readonly header: string;
}

/** Where a message may arrive. */
export interface Folder {
  /** Its name, where it is one for junk. */
  readonly junk?: string;
  /**
   * Looks for what has come.
   * @param last nobody will look again, so the look may not be put off
   * @returns what is there of all that has come since the inbox was opened; it need not be more than may be the sought one
   */
  look(sought: Sought, last: boolean): Promise<readonly Arrival[]>;
  /**
   * @param most octets that are read
   * @returns undefined where there is no such message any more
   */
  read(id: string, most: number): Promise<Buffer | undefined>;
  /** Deletes these messages and no other. @param ids at least one */
  remove(ids: readonly string[]): Promise<void>;
}

/** @param fields a header, or a part of it, with its Message-ID and Subject */
export function arrival(id: string, fields: Buffer): Arrival {
  const header = fields.toString('latin1', 0, MAX_HEADER_OCTETS);
  return { id, messageId: /^message-id:\s*(<[^<>]*>)/im.exec(header)?.[1], header };
}

/**
 * Waits for a message to come into one of several folders.
 * @param folders in the order in which they are looked through
 * @param watch called before each look; what it returns waits until another look is worth while
 * @returns undefined if it was not there by the deadline
 * @throws {InboxUnreachable} {InboxRejected}
 */
export async function search(
  folders: readonly Folder[],
  sought: Sought,
  deadline: Deadline,
  watch: () => (deadline: Deadline) => Promise<void>,
): Promise<Received | undefined> {
  const hunts = folders.map((folder) => new Hunt(folder, sought));
  for (;;) {
    const last = deadline.remainingMs === 0;
    const wait = watch();
    for (const hunt of hunts) {
      const source = await hunt.look(last);
      if (source) return new FoundMessage(source, hunt.junk, hunts);
    }
    if (last) return undefined;
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

/** The search for a message in one folder. */
class Hunt {
  readonly #folder: Folder;
  readonly #sought: Sought;
  /** Those that were read. */
  readonly #read = new Set<string>();
  /** Those of them that are the message, or a copy. */
  readonly #ours = new Set<string>();

  constructor(folder: Folder, sought: Sought) {
    this.#folder = folder;
    this.#sought = sought;
  }

  get junk(): string | undefined {
    return this.#folder.junk;
  }

  get copies(): number {
    return this.#ours.size;
  }

  /** @returns the message, where this look found it */
  async look(last: boolean): Promise<Buffer | undefined> {
    const { messageId, nonce, is, octets } = this.#sought;
    let found: Buffer | undefined;
    let changed: { id: string; source: Buffer } | undefined;
    let gone = false;
    for (const { id, ...arrived } of await this.#folder.look(this.#sought, last)) {
      const named = arrived.messageId === messageId;
      if (!named && !arrived.header.includes(nonce)) continue;
      if (this.#read.has(id) || this.#read.size >= MAX_READ) continue;
      this.#read.add(id);
      const source = await this.#folder.read(id, mostOctets(octets));
      if (source && is(source)) {
        this.#ours.add(id);
        found ??= source;
      } else if (named) {
        if (source) changed ??= { id, source };
        else gone = true;
      }
    }
    if (found || this.copies > 0) return found;
    // Changed beyond recognition, it is the message all the same: nobody else has its Message-ID.
    if (changed) this.#ours.add(changed.id);
    else if (gone) throw new InboxRejected(GONE);
    return changed?.source;
  }

  async remove(): Promise<void> {
    if (this.#ours.size > 0) await this.#folder.remove([...this.#ours]);
  }
}

const GONE = 'the message arrived, and was gone before it could be read: something else takes mail out';

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

  async delete(): Promise<void> {
    for (const hunt of this.#hunts) await hunt.look(true);
    for (const hunt of this.#hunts) await hunt.remove();
  }
}
