import { z } from 'zod';
import { unusable, rejected, type InboxError } from '../failure.js';
import type { HttpApi } from './http.js';
import type { OpenFolder } from '../search.js';
import { own } from '../../text/own.js';

/** Mail catchers usually run on the same machine, so they can be asked often. */
export const LOOK_AGAIN_MS = 500;

/** More than a single search reads (`MAX_READ`). */
export const MAX_FOUND = 20;

/** A mail catcher's identifier of a message. It becomes part of a path, so it must not be a word for several messages. */
export const ID = z.string().regex(/^(?!(?:all|latest)$)[\w-]{1,64}$/i);

/**
 * Deletes messages, and checks that they are gone: some responses are the same for a server that does not delete
 * messages and for one that no longer has them.
 * @throws {InboxError} if one of them is still there
 */
export async function removeFrom(
  folder: OpenFolder,
  ids: readonly string[],
  remove: () => Promise<void>,
): Promise<void> {
  let reason: unknown = rejected(
    'not-deleted',
    own`the test message is still there, although the server reported that it was deleted`,
  );
  try {
    await remove();
  } catch (error) {
    reason = error;
  }
  for (const id of ids) if (await folder.read(id, 1)) throw reason;
}

/** Mail catchers have no folders. */
export const FOLDER = 'all messages';

/** The title of the page of a mail catcher, which the gate does not support. */
const OTHER_CATCHER = /<title>[^<]*(MailHog|MailCatcher|smtp4dev|Inbucket|GreenMail)/i;
const PAGE_BYTES = 4096;

/** Says what the server has instead of an API: its last response, and the product that its page names. */
export async function unknownApi(name: string, api: HttpApi): Promise<InboxError> {
  const reply = api.latest;
  const page = await api.source('/', PAGE_BYTES).catch(() => undefined);
  const [, product] = OTHER_CATCHER.exec(page?.toString('latin1') ?? '') ?? [];
  return product === undefined
    ? unusable('unknown-api', own`the server does not have the API of ${name}`, reply)
    : unusable('other-catcher', own`the server is ${product}, which does not have the API of ${name}`, reply);
}
