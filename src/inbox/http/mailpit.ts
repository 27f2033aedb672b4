import { z } from 'zod';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { boundedHeaders } from '../headers.js';
import type { Inbox, SessionSettings, Sought } from '../inbox.js';
import { alwaysOpen, polledInbox, type Arrival, type OpenFolder } from '../search.js';
import { FOLDER, ID, LOOK_AGAIN_MS, MAX_FOUND, removeFrom, unknownApi } from './api.js';
import { HttpApi } from './http.js';

/** The fields of a list of messages that are used (MessagesSummary in the description of Mailpit's API v1). */
const SUMMARY = z.object({
  messages: z.array(z.object({ ID, MessageID: z.string(), Subject: z.string() })),
});

/**
 * Opens the inbox of a Mailpit by its HTTP API. It has only one folder.
 * @param stop ends the use of the inbox
 * @throws {InboxError}
 */
export async function openMailpitInbox(
  target: ApiTarget,
  settings: SessionSettings,
  stop: AbortSignal,
): Promise<Inbox> {
  const api = new HttpApi(target, settings, Deadline.on(stop));
  const first = SUMMARY.safeParse(await api.json('/api/v1/messages?limit=1'));
  if (!first.success) throw await unknownApi('Mailpit', api);
  return polledInbox(FOLDER, alwaysOpen(new Mailpit(api)), LOOK_AGAIN_MS, stop);
}

class Mailpit implements OpenFolder {
  constructor(private readonly api: HttpApi) {}

  /** The nonce is new with every message, so everything found has arrived since. */
  async look({ messageId, nonce }: Sought): Promise<readonly Arrival[]> {
    const byMessageId = await this.#search(`message-id:"${messageId.slice(1, -1)}"`);
    const bySubject = await this.#search(`subject:"${nonce}"`);
    return [...new Map([...byMessageId, ...bySubject].map((found) => [found.id, found])).values()];
  }

  read(id: string, maxBytes: number): Promise<Buffer | undefined> {
    return this.api.source(`/api/v1/message/${id}/raw`, maxBytes);
  }

  async remove(ids: readonly string[]): Promise<void> {
    // Without any ID, Mailpit deletes everything.
    if (ids.length === 0) return;
    await removeFrom(this, ids, () => this.api.delete('/api/v1/messages', { IDs: ids }));
  }

  async #search(query: string): Promise<Arrival[]> {
    const parameters = new URLSearchParams({ query, limit: String(MAX_FOUND) });
    const found = SUMMARY.safeParse(await this.api.json(`/api/v1/search?${parameters.toString()}`));
    if (!found.success) throw await unknownApi('Mailpit', this.api);
    const messages = found.data.messages.slice(0, MAX_FOUND);
    return messages.map(({ ID: id, MessageID, Subject }) => ({ id, ...boundedHeaders(`<${MessageID}>`, Subject) }));
  }
}
