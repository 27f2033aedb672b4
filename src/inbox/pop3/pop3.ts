import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import {
  InboxRejected,
  InboxUnreachable,
  PART_OCTETS,
  type Inbox,
  type InboxSettings,
  type Received,
  type Sought,
} from '../inbox.js';
import { marksOf } from '../headers.js';
import { MaildropBusy, MAX_ARRIVED, Pop3Session } from './session.js';
import { Pop3Sessions } from './sessions.js';
import { ended, every, search, type Arrival, type Folder } from '../search.js';
import { Tally } from '../tally.js';

/** POP3 tells of nothing by itself: a new session looks after so long. Servers dislike it more often. */
const LOOK_AGAIN_MS = 3000;

/** As many characters are kept of what makes known those that have come; two hundred each would be usual. */
const MAX_MARKS_CHARACTERS = 256 * 1024;

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
  readonly #sessions: Pop3Sessions;
  readonly #timeoutMs: number;
  readonly #end: Deadline;
  /** Those that were there before. */
  #old = new Tally(0);
  /** Those that have been looked at since. */
  readonly #arrived = new Map<string, Arrival>();
  #marksCharacters = 0;

  constructor(target: MailboxTarget, settings: InboxSettings, stop: AbortSignal) {
    this.#end = Deadline.on(stop);
    this.#timeoutMs = settings.timeoutMs;
    this.#sessions = new Pop3Sessions(() => Pop3Session.open(target, settings, this.#end), this.#end);
  }

  /** Connecting and the list have as long together as two answers. */
  async noteOld(): Promise<void> {
    const until = Deadline.after(2 * this.#timeoutMs, this.#end);
    await this.#sessions.look(until, async (session) => {
      this.#old = await session.identifiers();
    });
  }

  async look(_sought: Sought, deadline: Deadline, last: boolean): Promise<readonly Arrival[]> {
    const until = this.#until(deadline, 1);
    try {
      await this.#sessions.look(until, (session) => this.#lookAtNew(session));
    } catch (error) {
      // Whoever has the maildrop open lets go of it, and what there was no time for is still there: there is another look.
      if (last || !(error instanceof MaildropBusy || until.isOver)) throw error;
    }
    return [...this.#arrived.values()];
  }

  read(id: string, most: number, deadline: Deadline): Promise<Buffer | undefined> {
    const until = this.#until(deadline, 1 + Math.ceil(most / PART_OCTETS));
    return this.#sessions.read(until, async (session) => {
      const message = (await session.arrived(this.#old)).get(id);
      return message === undefined ? undefined : session.message(message, most);
    });
  }

  async remove(ids: readonly string[], deadline: Deadline): Promise<void> {
    try {
      await this.#sessions.delete(this.#until(deadline, 1), (session) => this.#mark(session, ids));
    } catch (error) {
      if (!(error instanceof InboxRejected)) throw error;
      throw new InboxRejected(`the message arrived, and the server does not let it be deleted (${error.message})`);
    }
  }

  /** Whatever it is, it may take some time beyond the end of the search. */
  #until(deadline: Deadline, answers: number): Deadline {
    return Deadline.after(deadline.remainingMs + answers * this.#timeoutMs, this.#end);
  }

  async #lookAtNew(session: Pop3Session): Promise<void> {
    for (const [id, message] of await session.arrived(this.#old)) {
      if (this.#arrived.has(id)) continue;
      const marks = marksOf(await session.header(message));
      this.#marksCharacters += id.length + marks.messageId.length + marks.subject.length;
      if (this.#arrived.size === MAX_ARRIVED || this.#marksCharacters > MAX_MARKS_CHARACTERS) {
        throw new InboxUnreachable(
          `over ${MAX_ARRIVED} messages have come, or over ${MAX_MARKS_CHARACTERS} characters of their names`,
        );
      }
      this.#arrived.set(id, { id, ...marks });
    }
  }

  /** Some servers give an identifier to another message once its own is gone, so each is looked at first. */
  async #mark(session: Pop3Session, ids: readonly string[]): Promise<void> {
    const messages = await session.arrived(this.#old);
    for (const id of ids) {
      const message = messages.get(id);
      if (message === undefined) continue;
      const { messageId, subject } = marksOf(await session.header(message));
      const noted = this.#arrived.get(id);
      if (noted?.messageId !== messageId || noted.subject !== subject)
        throw new InboxRejected('another message has its name');
      await session.mark(message);
    }
  }
}
