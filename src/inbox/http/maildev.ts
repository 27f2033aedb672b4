import { z } from 'zod';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { unusable } from '../failure.js';
import { boundedHeaders } from '../headers.js';
import type { Inbox, SessionSettings, Sought } from '../inbox.js';
import { alwaysOpen, isLike, polledInbox, type Arrival, type OpenFolder } from '../search.js';
import { FOLDER, ID, LOOK_AGAIN_MS, MAX_FOUND, removeFrom, unknownApi } from './api.js';
import { HttpApi } from './http.js';
import { own } from '../../text/own.js';

/**
 * Versions before 2.0.2 respond with all messages in full. Parsed, JSON can take twenty times its size, and thirty inboxes
 * may respond at the same time, several times before garbage is collected: more would not fit into 256 MiB.
 */
const MAX_LIST_BYTES = 128 * 1024;
/** A message takes more than the 260 bytes that this leaves for each. Validating each takes memory. */
const MAX_LISTED = 500;

const CONFIG = z.object({ version: z.string() });

/** A summary has no headers. A field that a message has several times is an array. */
const HEADERS = z.object({ 'message-id': z.union([z.string(), z.array(z.string())]) }).catch({ 'message-id': '' });

const EMAIL = z.object({ id: ID, subject: z.string().default(''), headers: HEADERS });
const EMAILS = z.array(EMAIL);
const SUMMARIES = z.object({ items: EMAILS });

/**
 * Opens the inbox of a MailDev by its HTTP API, which is under `/api` from version 3 on. It has only one folder.
 * @param stop ends the use of the inbox
 * @throws {InboxError}
 */
export async function openMailDevInbox(
  target: ApiTarget,
  settings: SessionSettings,
  stop: AbortSignal,
): Promise<Inbox> {
  const api = new HttpApi(target, settings, Deadline.on(stop));
  for (const prefix of ['/api', '']) {
    const config = CONFIG.safeParse(await api.json(`${prefix}/config`));
    if (config.success) return polledInbox(FOLDER, alwaysOpen(new MailDev(api, prefix)), LOOK_AGAIN_MS, stop);
  }
  throw await unknownApi('MailDev', api);
}

class MailDev implements OpenFolder {
  constructor(
    private readonly api: HttpApi,
    private readonly prefix: string,
  ) {}

  /** The nonce is new with every message, so everything found has arrived since. */
  async look(sought: Sought): Promise<readonly Arrival[]> {
    // Version 2 cannot search for a part of the Subject.
    const bySubject = this.prefix === '' ? [] : await this.#summaries(sought.nonce);
    const found = new Map<string, Arrival>();
    for (const arrival of [...bySubject, ...(await this.#byMessageId(sought))]) found.set(arrival.id, arrival);
    return [...found.values()];
  }

  read(id: string, maxBytes: number): Promise<Buffer | undefined> {
    return this.api.source(`${this.prefix}/email/${id}/source`, maxBytes);
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await removeFrom(this, [id], () => this.api.delete(`${this.prefix}/email/${id}`));
  }

  async #summaries(text: string): Promise<readonly Arrival[]> {
    const query = new URLSearchParams({ search: text, limit: String(MAX_FOUND) });
    const summaries = SUMMARIES.safeParse(await this.api.json(`${this.prefix}/email/summary?${query.toString()}`));
    if (!summaries.success) throw await unknownApi('MailDev', this.api);
    return summaries.data.items.slice(0, MAX_FOUND).map(arrivalOf);
  }

  /** Versions before 2.0.2 ignore the query, and respond with everything that they have. */
  async #byMessageId(sought: Sought): Promise<readonly Arrival[]> {
    const query = new URLSearchParams({ 'headers.message-id': sought.messageId });
    const list = await this.api.json(`${this.prefix}/email?${query.toString()}`, MAX_LIST_BYTES);
    if (Array.isArray(list) && list.length > MAX_LISTED) {
      throw unusable('too-many-messages', own`the server has more than ${MAX_LISTED} messages`);
    }
    const emails = EMAILS.safeParse(list);
    if (!emails.success) throw await unknownApi('MailDev', this.api);
    const arrivals = emails.data.map(arrivalOf);
    return arrivals.filter((arrival) => isLike(sought, arrival)).slice(0, MAX_FOUND);
  }
}

function arrivalOf({ id, subject, headers }: z.infer<typeof EMAIL>): Arrival {
  return { id, ...boundedHeaders([headers['message-id']].flat().join(' '), subject) };
}
