import { Deadline } from '../../net/deadline.js';
import type { ImapConnection } from './client.js';
import { ImapMailbox, LOOK_AGAIN_MS } from './mailbox.js';
import type { Sought } from '../inbox.js';
import type { Arrival, Folder } from '../search.js';

/**
 * The folder for junk (RFC 6154) beside a mailbox that is watched. It is asked by STATUS whether anything has come,
 * now and then and in the background, and only then opened, over a connection of its own: selected on the first one,
 * it would end the watch there.
 */
export class JunkFolder implements Folder {
  readonly junk: string;
  readonly #nextUid: number;
  readonly #beside: ImapMailbox;
  readonly #connect: () => Promise<ImapConnection>;
  readonly #timeoutMs: number;
  #mailbox: Promise<ImapMailbox> | undefined;
  #arrived: readonly Arrival[] = [];
  #due = Deadline.after(LOOK_AGAIN_MS);

  /**
   * @param path its name
   * @param nextUid the UID from which messages are new
   * @param beside the mailbox over whose connection it is asked about
   * @param connect opens it
   */
  constructor(
    path: string,
    nextUid: number,
    beside: ImapMailbox,
    connect: () => Promise<ImapConnection>,
    timeoutMs: number,
  ) {
    this.junk = path;
    this.#nextUid = nextUid;
    this.#beside = beside;
    this.#connect = connect;
    this.#timeoutMs = timeoutMs;
  }

  async look(_sought: Sought, _deadline: Deadline, last: boolean): Promise<readonly Arrival[]> {
    if (last) await this.#lookNow();
    else if (this.#due.remainingMs === 0) void this.#lookNow();
    return this.#arrived;
  }

  async read(id: string, most: number): Promise<Buffer | undefined> {
    return (await this.#opened()).read(id, most);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await (await this.#opened()).remove(ids);
  }

  /** Closes its connection, where there is one. Never throws. */
  async close(): Promise<void> {
    const mailbox = await this.#mailbox?.catch(() => undefined);
    await mailbox?.close();
  }

  async #lookNow(): Promise<void> {
    this.#due = Deadline.after(LOOK_AGAIN_MS);
    try {
      const state = await this.#beside.stateOf(this.junk);
      if (!state || state.uidNext <= this.#nextUid) return;
      const before = this.#arrived.length;
      this.#arrived = [...(await (await this.#opened()).look())];
      if (this.#arrived.length > before) this.#beside.sign();
    } catch {
      // What lies elsewhere does not depend on it; a message that is found nowhere has not been received.
    }
  }

  /** Opens it, once; where that failed or the connection has ended, anew. */
  #opened(): Promise<ImapMailbox> {
    if (!this.#mailbox) {
      const opening = this.#connect().then((connection) => new ImapMailbox(connection, this.#timeoutMs));
      const forget = (): void => {
        if (this.#mailbox === opening) this.#mailbox = undefined;
      };
      opening.then(({ ended }) => ended).then(forget, forget);
      this.#mailbox = opening;
    }
    return this.#mailbox;
  }
}
