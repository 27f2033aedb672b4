import { z } from 'zod';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { apiInbox, ID, makeSure, MAX_FOUND, unknownApi } from './api.js';
import { HttpApi } from './http.js';
import { InboxUnreachable, type Inbox, type InboxSettings, type Sought } from '../inbox.js';
import { marks } from '../headers.js';
import { isLike, type Arrival, type Folder } from '../search.js';

/**
 * Versions before 2.0.2 answer with all messages in full. Parsed, JSON can take twenty times its size, and thirty inboxes
 * may answer at the same time, several times before the garbage collector runs: more would not fit into 256 MiB.
 */
const MAX_LIST_BYTES = 128 * 1024;
/** A message takes more than the 260 bytes that this leaves for each. Validating each takes memory. */
const MAX_LISTED = 500;

const CONFIG = z.object({ version: z.string() });

/** A summary has no header, and a field that is there twice is a list. */
const HEADERS = z.object({ 'message-id': z.union([z.string(), z.array(z.string())]) }).catch({ 'message-id': '' });

const EMAIL = z.object({ id: ID, subject: z.string().default(''), headers: HEADERS });
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

  /**
   * The nonce is new with every probe, so what is found has come since. Versions before 2.0.2 take no notice of the
   * question, and answer with all that they have.
   */
  async look(sought: Sought): Promise<readonly Arrival[]> {
    // Version 2 finds nothing by a part of its Subject.
    const namesakes = this.#prefix === '' ? [] : await this.#summaries(sought.nonce);
    const found = new Map<string, Arrival>();
    for (const arrival of [...namesakes, ...(await this.#named(sought))]) found.set(arrival.id, arrival);
    return [...found.values()];
  }

  read(id: string, most: number): Promise<Buffer | undefined> {
    return this.#api.source(`${this.#prefix}/email/${id}/source`, most);
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await makeSure(this, [id], () => this.#api.delete(`${this.#prefix}/email/${id}`));
  }

  async #summaries(text: string): Promise<readonly Arrival[]> {
    const query = new URLSearchParams({ search: text, limit: String(MAX_FOUND) });
    const answer = await this.#api.json({ path: `${this.#prefix}/email/summary?${query.toString()}` });
    const summaries = SUMMARIES.safeParse(answer);
    if (!summaries.success) throw unknownApi('MailDev');
    return summaries.data.items.slice(0, MAX_FOUND).map(arrivalOf);
  }

  async #named(sought: Sought): Promise<readonly Arrival[]> {
    const query = new URLSearchParams({ 'headers.message-id': sought.messageId });
    const list = await this.#api.json({ path: `${this.#prefix}/email?${query.toString()}` }, MAX_LIST_BYTES);
    if (Array.isArray(list) && list.length > MAX_LISTED) {
      throw new InboxUnreachable(`the server has over ${MAX_LISTED} messages`);
    }
    const emails = EMAILS.safeParse(list);
    if (!emails.success) throw unknownApi('MailDev');
    return emails.data
      .map(arrivalOf)
      .filter((arrival) => isLike(sought, arrival))
      .slice(0, MAX_FOUND);
  }
}

function arrivalOf({ id, subject, headers }: z.infer<typeof EMAIL>): Arrival {
  return { id, ...marks([headers['message-id']].flat().join(' '), subject) };
}
