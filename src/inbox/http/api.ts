import { z } from 'zod';
import type { Deadline } from '../../net/deadline.js';
import { InboxRejected, InboxUnreachable, type Inbox, type Received, type Sought } from '../inbox.js';
import { ended, every, search, type Folder } from '../search.js';

/** Asked so often; mail catchers stand near by. */
const LOOK_AGAIN_MS = 500;

/** As many of the messages that a mail catcher finds are looked at, which is more than are read. */
export const MAX_FOUND = 20;

/** By which a mail catcher knows a message. It goes into a path, and words that mean all or the last are none. */
export const ID = z.string().regex(/^(?!(?:all|latest)$)[\w-]{1,64}$/i);

/** The inbox of a mail catcher, which is asked again and again. */
export function apiInbox(folder: Folder, stop: AbortSignal): Inbox {
  const watch = every(LOOK_AGAIN_MS);
  return {
    find: (sought: Sought, deadline: Deadline): Promise<Received | undefined> =>
      search([folder], sought, deadline, () => watch),
    ended: ended(stop),
    close: () => Promise.resolve(),
  };
}

/**
 * Deletes messages, and looks whether they are gone: only that tells a server that does not delete them from one that
 * had them no more.
 * @param folder where they are
 * @throws if one of them is still there: what the deletion has thrown, or {InboxRejected} where it has not
 */
export async function makeSure(
  folder: { read: (id: string, most: number) => Promise<Buffer | undefined> },
  ids: readonly string[],
  remove: () => Promise<void>,
): Promise<void> {
  let reason: Error = new InboxRejected('the message arrived, and is still there although the server has deleted it');
  try {
    await remove();
  } catch (error) {
    reason = error as Error;
  }
  for (const id of ids) if (await folder.read(id, 1)) throw reason;
}

/** What answers is something else. */
export function unknownApi(name: string): InboxUnreachable {
  return new InboxUnreachable(`what answers is not the API of ${name}`);
}
