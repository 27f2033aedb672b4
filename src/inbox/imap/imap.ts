import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import type { ImapBaselines } from './baselines.js';
import { connectImap } from './client.js';
import { JunkFolder } from './junk.js';
import { ImapMailbox } from './mailbox.js';
import { temporary, type InboxResult } from '../failure.js';
import type { Inbox, InboxSettings, Received, Sought } from '../inbox.js';
import { alwaysOpen, search } from '../search.js';

/**
 * Opens a mailbox by IMAP (RFC 9051), and the junk folder of the account, if there is one.
 * @param stop ends the attempt
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxError}
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
    .race(mailbox.junkFolder(), () => temporary('the run ended'))
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

  find(sought: Sought, deadline: Deadline): Promise<InboxResult<Received | undefined>> {
    const junk = this.#junk ? [alwaysOpen(this.#junk, this.#junk.path)] : [];
    const folders = [alwaysOpen(this.#mailbox), ...junk];
    return search(folders, sought, deadline, () => this.#mailbox.watch());
  }

  async close(): Promise<void> {
    await Promise.all([this.#mailbox.close(), this.#junk?.close()]);
  }
}
