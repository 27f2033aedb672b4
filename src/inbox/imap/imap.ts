import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import type { ImapBaselines } from './baselines.js';
import { connectImap } from './client.js';
import { JunkFolder } from './junk.js';
import { ImapMailbox } from './mailbox.js';
import { InboxUnreachable, type Inbox, type InboxSettings, type Received, type Sought } from '../inbox.js';
import { search } from '../search.js';

/**
 * Opens a mailbox by IMAP (RFC 9051), and the folder for junk beside it, where there is one.
 * @param stop says that nobody wants the inbox any more
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
export async function openImapInbox(
  target: MailboxTarget,
  settings: InboxSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<Inbox> {
  const { timeoutMs } = settings;
  const mailbox = new ImapMailbox(await connectImap(target, settings, stop, baselines), timeoutMs);
  const folder = await Deadline.on(stop)
    .race(mailbox.junkFolder(), () => new InboxUnreachable('given up'))
    .catch(async (error: unknown) => {
      await mailbox.close();
      throw error;
    });
  if (!folder) return new ImapInbox(mailbox);
  const { path } = folder;
  const connect = () => connectImap({ ...target, mailbox: path }, settings, stop, baselines);
  return new ImapInbox(mailbox, new JunkFolder(path, baselines.of(path, folder), mailbox, connect, timeoutMs));
}

class ImapInbox implements Inbox {
  readonly #mailbox: ImapMailbox;
  readonly #junk: JunkFolder | undefined;

  constructor(mailbox: ImapMailbox, junk?: JunkFolder) {
    this.#mailbox = mailbox;
    this.#junk = junk;
  }

  get ended(): Promise<void> {
    return this.#mailbox.ended;
  }

  find(sought: Sought, deadline: Deadline): Promise<Received | undefined> {
    const folders = [this.#mailbox, ...(this.#junk ? [this.#junk] : [])];
    return search(folders, sought, deadline, () => this.#mailbox.watch());
  }

  async close(): Promise<void> {
    await Promise.all([this.#mailbox.close(), this.#junk?.close()]);
  }
}
