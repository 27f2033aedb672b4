import { z } from 'zod';
import type { Deadline } from '../net/deadline.js';
import { InboxUnreachable } from './inbox.js';
import type { Inbox, Received, Sought } from './inbox.js';
import { ended, every, search } from './search.js';
import type { Folder } from './search.js';

/** Asked so often; mail catchers stand near by. */
const LOOK_AGAIN_MS = 500;

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

/** What answers is something else. */
export function unknownApi(name: string): InboxUnreachable {
  return new InboxUnreachable(`what answers is not the API of ${name}`);
}
