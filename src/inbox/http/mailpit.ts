import { z } from 'zod';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { apiInbox, ID, makeSure, MAX_FOUND, unknownApi } from './api.js';
import { HttpApi } from './http.js';
import type { Inbox, InboxSettings, Sought } from '../inbox.js';
import { marks } from '../headers.js';
import type { Arrival, Folder } from '../search.js';

/** A list of messages, as far as it is of interest (MessagesSummary in Mailpit's description of its API v1). */
const SUMMARY = z.object({
  messages: z.array(z.object({ ID, MessageID: z.string(), Subject: z.string() })),
});

/**
 * Opens the inbox of a Mailpit by its HTTP API. It has one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused
 */
export async function openMailpitInbox(target: ApiTarget, settings: InboxSettings, stop: AbortSignal): Promise<Inbox> {
  const api = new HttpApi(target, settings, Deadline.on(stop));
  const first = SUMMARY.safeParse(await api.json({ path: '/api/v1/messages?limit=1' }));
  if (!first.success) throw unknownApi('Mailpit');
  return apiInbox(new Mailpit(api), stop);
}

class Mailpit implements Folder {
  readonly #api: HttpApi;

  constructor(api: HttpApi) {
    this.#api = api;
  }

  /** The nonce is new with every probe, so what is found has come since. */
  async look({ messageId, nonce }: Sought): Promise<readonly Arrival[]> {
    const named = await this.#search(`message-id:"${messageId.slice(1, -1)}"`);
    const namesakes = await this.#search(`subject:"${nonce}"`);
    return [...new Map([...named, ...namesakes].map((found) => [found.id, found])).values()];
  }

  read(id: string, most: number): Promise<Buffer | undefined> {
    return this.#api.source(`/api/v1/message/${id}/raw`, most);
  }

  async remove(ids: readonly string[]): Promise<void> {
    // Without a single ID, Mailpit deletes everything.
    if (ids.length === 0) return;
    await makeSure(this, ids, () => this.#api.delete('/api/v1/messages', { IDs: ids }));
  }

  async #search(query: string): Promise<Arrival[]> {
    const path = `/api/v1/search?${new URLSearchParams({ query, limit: String(MAX_FOUND) }).toString()}`;
    const found = SUMMARY.safeParse(await this.#api.json({ path }));
    if (!found.success) throw unknownApi('Mailpit');
    const messages = found.data.messages.slice(0, MAX_FOUND);
    return messages.map(({ ID: id, MessageID, Subject }) => ({ id, ...marks(`<${MessageID}>`, Subject) }));
  }
}
