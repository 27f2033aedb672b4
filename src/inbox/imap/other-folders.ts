import { Deadline } from '../../net/deadline.js';
import { isRejection } from '../failure.js';
import { headersOf } from '../headers.js';
import { hasMessageId } from '../search.js';
import type { Elsewhere, Sought } from '../inbox.js';
import type { ImapConnection } from './client.js';
import { ImapDialogue } from './dialogue.js';

/** One search looks in this many folders. */
const MAX_FOLDERS = 20;

/** Of the messages that a server finds in a folder, this many are checked. */
const MAX_CHECKED = 2;

/**
 * The folders of an account that the gate does not read. A rule may have filed the message in one of them. They are
 * searched over a connection of their own, one search at a time, because servers allow few connections for each account.
 */
export class OtherFolders {
  #previous: Promise<unknown> = Promise.resolve();
  /** For all searches of an inbox: a slow server must not delay thousands of endpoints. */
  #leftMs: number;

  /**
   * @param list the paths of these folders
   * @param connect opens a connection
   * @param timeoutMs for any one reply
   */
  constructor(
    private readonly list: () => Promise<readonly string[]>,
    private readonly connect: (stop: AbortSignal) => Promise<ImapConnection>,
    private readonly timeoutMs: number,
  ) {
    this.#leftMs = 2 * timeoutMs;
  }

  /** @returns undefined if the search could not be completed. Never throws */
  find(sought: Sought): Promise<Elsewhere | undefined> {
    const search = this.#previous.then(async () => {
      const deadline = Deadline.after(this.#leftMs);
      const found = deadline.isOver ? undefined : await this.#find(sought, deadline).catch(() => undefined);
      this.#leftMs = deadline.remainingMs;
      return found;
    });
    this.#previous = search;
    return search;
  }

  async #find(sought: Sought, deadline: Deadline): Promise<Elsewhere | undefined> {
    const paths = (await this.list()).slice(0, MAX_FOLDERS);
    if (paths.length === 0) return { count: 0 };
    const { client } = await this.connect(AbortSignal.timeout(Math.ceil(deadline.remainingMs)));
    const dialogue = new ImapDialogue(client, this.timeoutMs);
    try {
      let count = 0;
      for (const path of paths) {
        if (deadline.isOver) return undefined;
        const uid = await uidIn(dialogue, path, sought);
        if (uid !== undefined) count += 1;
        if (typeof uid === 'number') return { count, found: { folder: path, uid } };
      }
      return { count };
    } finally {
      await dialogue.close();
    }
  }
}

/** The UID of the message in a folder, if it is there; undefined if the server does not allow the search. */
async function uidIn(dialogue: ImapDialogue, path: string, sought: Sought): Promise<number | 'absent' | undefined> {
  try {
    await dialogue.ask('a folder', (client) => client.mailboxOpen(path, { readOnly: true }));
    const uids = await dialogue.ask('the message', (client) =>
      client.search({ header: { 'message-id': sought.messageId } }, { uid: true }),
    );
    if (!uids) return undefined;
    for (const uid of uids.slice(-MAX_CHECKED)) {
      const query = { headers: ['message-id', 'subject'] };
      const message = await dialogue.ask('the message', (client) => client.fetchOne(String(uid), query, { uid: true }));
      if (message && message.headers && hasMessageId(sought, headersOf(message.headers))) return uid;
    }
    return 'absent';
  } catch (error) {
    if (isRejection(error)) return undefined;
    throw error;
  }
}
