import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { connectImap, firstNewUid, type ImapBaselines } from './client.js';
import { JunkFolder } from './junk.js';
import { ImapMailbox, type FolderState } from './mailbox.js';
import { OtherFolders } from './other-folders.js';
import { Transcript } from '../../net/transcript.js';
import { temporary } from '../failure.js';
import type { Inbox, SessionSettings } from '../inbox.js';
import { alwaysOpen, search } from '../search.js';
import { own } from '../../text/own.js';

/**
 * Opens a mailbox by IMAP (RFC 9051), and the junk folder of the account, if there is one.
 * @param stop ends the attempt
 * @throws {InboxError}
 */
export async function openImapInbox(
  target: MailboxTarget,
  settings: SessionSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<Inbox> {
  const { timeoutMs } = settings;
  const mailbox = new ImapMailbox(await connectImap(target, settings, stop, baselines), timeoutMs);
  const state = await Deadline.on(stop)
    .race(mailbox.junkFolder(), () => temporary('no-reply', own`the run ended`))
    .catch(async (error: unknown) => {
      await mailbox.close();
      throw error;
    });
  // Two dialogues in one transcript could not be told apart.
  const aside = { ...settings, transcript: new Transcript(), onMailbox: () => undefined };
  const openJunk = ({ path }: FolderState) => connectImap({ ...target, mailbox: path }, aside, stop, baselines);
  const junk =
    state &&
    new JunkFolder(state.path, firstNewUid(baselines, state.path, state), mailbox, () => openJunk(state), timeoutMs);
  const others = new OtherFolders(
    () => mailbox.otherFolders(),
    (limit) => connectImap(target, aside, AbortSignal.any([stop, limit]), baselines),
    timeoutMs,
  );
  const folders = [alwaysOpen(mailbox), ...(junk ? [alwaysOpen(junk, junk.path)] : [])];
  return {
    ended: mailbox.ended,
    explain: async (sought) => {
      const uids = await mailbox.uidRange().catch(() => undefined);
      const elsewhere = await others.find(sought);
      return {
        folders: [target.mailbox],
        ...(junk && { junk: { folder: junk.path, searched: !junk.hasFailed } }),
        ...(uids && { uids }),
        ...(elsewhere && { elsewhere }),
      };
    },
    find: (sought, deadline) => search(folders, sought, deadline, () => mailbox.watch()),
    close: async () => {
      await Promise.all([mailbox.close(), junk?.close()]);
    },
  };
}
