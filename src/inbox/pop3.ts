import { Deadline } from '../net/deadline.js';
import type { MailboxTarget } from '../plan/endpoint.js';
import { InboxRejected } from './inbox.js';
import type { Inbox, InboxSettings, Received, Sought } from './inbox.js';
import { MaildropBusy, Pop3Session } from './pop3-session.js';
import { arrival, ended, every, search } from './search.js';
import type { Arrival, Folder } from './search.js';

/** POP3 tells of nothing by itself: a new session looks after so long. Servers dislike it more often. */
const LOOK_AGAIN_MS = 3000;

/**
 * Opens a maildrop by POP3 (RFC 1939) and notes what is in it. POP3 has one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused, or the server does not tell messages apart (UIDL)
 */
export async function openPop3Inbox(target: MailboxTarget, settings: InboxSettings, stop: AbortSignal): Promise<Inbox> {
  const maildrop = new Maildrop(target, settings, stop);
  await maildrop.noteOld();
  const watch = every(LOOK_AGAIN_MS);
  return {
    find: (sought: Sought, deadline: Deadline): Promise<Received | undefined> =>
      search([maildrop], sought, deadline, () => watch),
    ended: ended(stop),
    close: () => Promise.resolve(),
  };
}

/** What has come into a maildrop, over one session after the other. */
class Maildrop implements Folder {
  readonly #target: MailboxTarget;
  readonly #settings: InboxSettings;
  readonly #end: Deadline;
  /** Those that were there before, or have been looked at. */
  readonly #known = new Set<string>();
  readonly #arrived: Arrival[] = [];
  /** The end of the last session that was asked for: the server lets us have one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  /** A look whose turn has not come yet. */
  #toLook: Promise<void> | undefined;

  constructor(target: MailboxTarget, settings: InboxSettings, stop: AbortSignal) {
    this.#target = target;
    this.#settings = settings;
    this.#end = Deadline.on(stop);
  }

  async noteOld(): Promise<void> {
    const messages = await this.#session((session) => session.messages());
    for (const id of messages.keys()) this.#known.add(id);
  }

  async look(): Promise<readonly Arrival[]> {
    this.#toLook ??= this.#session(async (session) => {
      for (const [id, message] of await session.messages()) {
        if (this.#known.has(id)) continue;
        this.#arrived.push(arrival(id, await session.header(message)));
        this.#known.add(id);
      }
    }).catch((error: unknown) => {
      // Whoever else has the maildrop open lets go of it; there will be another look.
      if (!(error instanceof MaildropBusy)) throw error;
    });
    await this.#toLook;
    return this.#arrived;
  }

  read(id: string, most: number): Promise<Buffer | undefined> {
    return this.#session(async (session) => {
      const message = (await session.messages()).get(id);
      return message === undefined ? undefined : session.message(message, most);
    });
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#session(async (session) => {
      const messages = await session.messages();
      const numbers = ids.flatMap((id) => messages.get(id) ?? []);
      try {
        for (const number of numbers) await session.mark(number);
        await session.quit();
      } catch (error) {
        if (!(error instanceof InboxRejected)) throw error;
        throw new InboxRejected('the message arrived, and the server does not let it be deleted');
      }
    });
  }

  /** Has a session when those before are over. */
  #session<T>(use: (session: Pop3Session) => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      this.#toLook = undefined;
      const session = await Pop3Session.open(this.#target, this.#settings, this.#end);
      try {
        return await use(session);
      } finally {
        session.leave();
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
