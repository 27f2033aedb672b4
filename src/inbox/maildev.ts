import { z } from 'zod';
import { Deadline } from '../net/deadline.js';
import type { ApiTarget } from '../plan/endpoint.js';
import { apiInbox, ID, unknownApi } from './api.js';
import { HttpApi } from './http.js';
import type { Inbox, InboxSettings, Sought } from './inbox.js';
import { arrival } from './search.js';
import type { Arrival, Folder } from './search.js';

const CONFIG = z.object({ version: z.string() });

const EMAIL = z.object({ id: ID, subject: z.string() });
const EMAILS = z.array(EMAIL);
const SUMMARIES = z.object({ items: EMAILS });

/**
 * Opens the inbox of a MailDev by its HTTP API: that of version 3 under `/api`, or that of version 2 without. It has
 * one folder, none for junk.
 * @param stop says that nobody wants the inbox any more
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused
 */
export async function openMailDevInbox(target: ApiTarget, settings: InboxSettings, stop: AbortSignal): Promise<Inbox> {
  const api = new HttpApi(target, settings, Deadline.on(stop));
  for (const prefix of ['/api', '']) {
    const answer = await api.json({ path: `${prefix}/config` });
    if (CONFIG.safeParse(answer).success) return apiInbox(new MailDev(api, prefix), stop);
  }
  throw unknownApi('MailDev');
}

class MailDev implements Folder {
  readonly #api: HttpApi;
  readonly #prefix: string;

  constructor(api: HttpApi, prefix: string) {
    this.#api = api;
    this.#prefix = prefix;
  }

  /** The nonce is new with every probe, so what is found has come since. */
  async look({ messageId, nonce }: Sought): Promise<readonly Arrival[]> {
    const byId = new URLSearchParams({ 'headers.message-id': messageId });
    const named = EMAILS.safeParse(await this.#get(`/email?${byId.toString()}`));
    // Version 2 finds nothing by a part of its Subject.
    const namesakes = this.#prefix === '' ? undefined : await this.#search(nonce);
    if (!named.success || (namesakes && !namesakes.success)) throw unknownApi('MailDev');
    const arrivals = [
      ...(namesakes?.data.items ?? []).map(({ id, subject }) => arrival(id, Buffer.from(`Subject: ${subject}\r\n`))),
      ...named.data.map(({ id, subject }) =>
        arrival(id, Buffer.from(`Message-ID: ${messageId}\r\nSubject: ${subject}\r\n`)),
      ),
    ];
    return [...new Map(arrivals.map((found) => [found.id, found])).values()];
  }

  read(id: string, most: number): Promise<Buffer | undefined> {
    return this.#api.source(`${this.#prefix}/email/${id}/source`, most);
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#api.ask({ method: 'DELETE', path: `${this.#prefix}/email/${id}` }, 0);
  }

  async #search(text: string) {
    const query = new URLSearchParams({ search: text, limit: '50' });
    return SUMMARIES.safeParse(await this.#get(`/email/summary?${query.toString()}`));
  }

  #get(path: string): Promise<unknown> {
    return this.#api.json({ path: `${this.#prefix}${path}` });
  }
}
