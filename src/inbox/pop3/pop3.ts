import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { busy, describeFailure, isRejection, rejected, unusable, type InboxError } from '../failure.js';
import { headersOf } from '../headers.js';
import type { Inbox, SessionSettings } from '../inbox.js';
import { polledInbox, type Arrival, type Folder, type OpenFolder } from '../search.js';
import { IdentifierCounts } from './identifier-counts.js';
import { MAX_ARRIVED, Pop3Session } from './session.js';
import { Pop3Sessions } from './sessions.js';
import { own } from '../../text/own.js';

/** POP3 does not announce new messages, so a new session looks for them. Servers reject logins in quick succession. */
const LOOK_AGAIN_MS = 3000;

/** Of the headers and identifiers of the messages that have arrived; two hundred for each is usual. */
const MAX_HEADERS_CHARACTERS = 256 * 1024;

/**
 * Opens a mailbox by POP3 (RFC 1939), and notes what is in it. POP3 has only one folder.
 * @param stop ends the use of the inbox
 * @throws {InboxError}
 */
export async function openPop3Inbox(
  target: MailboxTarget,
  settings: SessionSettings,
  stop: AbortSignal,
): Promise<Inbox> {
  const mailbox = new Pop3Mailbox(target, settings, Deadline.on(stop));
  await mailbox.noteOld();
  return polledInbox('INBOX', mailbox, LOOK_AGAIN_MS, stop);
}

/** A mailbox over one session after the other. */
class Pop3Mailbox implements Folder {
  readonly #sessions: Pop3Sessions;
  /** How many messages had each identifier when the inbox was opened. */
  #old = new IdentifierCounts(0);
  /** The messages whose headers have been read since, by identifier. */
  readonly #arrived = new Map<string, Arrival>();
  #headersCharacters = 0;

  constructor(
    target: MailboxTarget,
    private readonly settings: SessionSettings,
    private readonly end: Deadline,
  ) {
    this.#sessions = new Pop3Sessions(() => Pop3Session.open(target, settings, end), end);
  }

  /** Connecting and the list have the time of two replies. */
  async noteOld(): Promise<void> {
    const until = Deadline.after(2 * this.settings.timeoutMs, this.end);
    await this.#sessions.use(until, async (session) => {
      this.#old = await until.race(session.identifiers(), late);
    });
  }

  async use<T>(deadline: Deadline, work: (folder: OpenFolder) => Promise<T>): Promise<T> {
    const until = Deadline.after(deadline.remainingMs + this.settings.timeoutMs, this.end);
    let deleted: Promise<unknown> | undefined;
    const result = await this.#sessions.use(until, (session) =>
      work({
        look: async () => {
          await until.race(this.#readNewHeaders(session), late);
          return [...this.#arrived.values()];
        },
        read: async (id, maxBytes) => {
          const message = (await session.arrived(this.#old)).get(id);
          return message === undefined ? undefined : session.message(message, maxBytes);
        },
        remove: async (ids) => {
          await this.#mark(session, ids).catch(notDeleted);
          deleted = session.deleted;
        },
      }),
    );
    // The server deletes marked messages when the session ends.
    await deleted?.catch(notDeleted);
    return result;
  }

  async #readNewHeaders(session: Pop3Session): Promise<void> {
    for (const [id, message] of await session.arrived(this.#old)) {
      if (this.#arrived.has(id)) continue;
      const headers = headersOf(await session.header(message));
      this.#headersCharacters += id.length + headers.messageId.length + headers.subject.length;
      if (this.#arrived.size === MAX_ARRIVED || this.#headersCharacters > MAX_HEADERS_CHARACTERS) {
        throw unusable(
          'too-many-messages',
          own`more than ${MAX_ARRIVED} messages have arrived, or more than ${MAX_HEADERS_CHARACTERS} characters of their headers`,
        );
      }
      this.#arrived.set(id, { id, ...headers });
    }
  }

  /** Some servers reuse the identifier of a deleted message, so the headers are compared first. */
  async #mark(session: Pop3Session, ids: readonly string[]): Promise<void> {
    const messages = await session.arrived(this.#old);
    for (const id of ids) {
      const message = messages.get(id);
      if (message === undefined) continue;
      const { messageId, subject } = headersOf(await session.header(message));
      const known = this.#arrived.get(id);
      if (known?.messageId !== messageId || known.subject !== subject) {
        throw rejected(
          'not-deleted',
          own`the server now uses the identifier of the test message for a different message`,
        );
      }
      await session.mark(message);
    }
  }
}

function late(): InboxError {
  return busy(own`the server did not list the mailbox in time`);
}

/** @throws the error; a rejection with the remark that the message did arrive */
function notDeleted(error: unknown): never {
  if (!isRejection(error)) throw error;
  throw rejected(
    'not-deleted',
    own`the server does not allow the test message to be deleted (${describeFailure(error.failure)})`,
  );
}
