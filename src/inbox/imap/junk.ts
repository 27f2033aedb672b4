import { Deadline } from '../../net/deadline.js';
import type { ImapConnection } from './client.js';
import { ImapMailbox, LOOK_AGAIN_MS } from './mailbox.js';
import type { Sought } from '../inbox.js';
import type { Arrival, OpenFolder } from '../search.js';

/**
 * The junk folder (RFC 6154) of an account whose mailbox is open. STATUS shows from time to time, in the background,
 * whether something has arrived. Only then the folder is opened, over its own connection: selecting it on the first one
 * would end IDLE there.
 */
export class JunkFolder implements OpenFolder {
  #mailbox: Promise<ImapMailbox> | undefined;
  #arrived: readonly Arrival[] = [];
  #hasFailed = false;
  #due = Deadline.after(LOOK_AGAIN_MS);

  /**
   * @param nextUid the UID from which messages are new
   * @param inbox the mailbox whose connection is used for STATUS
   * @param connect opens the folder
   */
  constructor(
    readonly path: string,
    private readonly nextUid: number,
    private readonly inbox: ImapMailbox,
    private readonly connect: () => Promise<ImapConnection>,
    private readonly timeoutMs: number,
  ) {}

  /** Whether the last look could not be completed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  async look(_sought: Sought, last: boolean): Promise<readonly Arrival[]> {
    if (last) await this.#lookNow();
    else if (this.#due.remainingMs === 0) void this.#lookNow();
    return this.#arrived;
  }

  async read(id: string, maxBytes: number): Promise<Buffer | undefined> {
    return (await this.#opened()).read(id, maxBytes);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await (await this.#opened()).remove(ids);
  }

  /** Closes its connection, if there is one. Never throws. */
  async close(): Promise<void> {
    const mailbox = await this.#mailbox?.catch(() => undefined);
    await mailbox?.close();
  }

  async #lookNow(): Promise<void> {
    this.#due = Deadline.after(LOOK_AGAIN_MS);
    try {
      const state = await this.inbox.stateOf(this.path);
      this.#hasFailed = !state;
      if (!state || state.uidNext <= this.nextUid) return;
      const before = this.#arrived.length;
      this.#arrived = [...(await (await this.#opened()).look())];
      if (this.#arrived.length > before) this.inbox.wake();
    } catch {
      this.#hasFailed = true;
      // A message in the inbox is found without the junk folder, and one that is found nowhere has not been received.
    }
  }

  /** Opens the folder once, and again if that failed or the connection has ended. */
  #opened(): Promise<ImapMailbox> {
    if (!this.#mailbox) {
      const opening = this.connect().then((connection) => new ImapMailbox(connection, this.timeoutMs));
      const forget = (): void => {
        if (this.#mailbox === opening) this.#mailbox = undefined;
      };
      opening.then(({ ended }) => ended).then(forget, forget);
      this.#mailbox = opening;
    }
    return this.#mailbox;
  }
}
