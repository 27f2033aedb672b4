import { z } from 'zod';
import { startHttp, type HttpReply, type HttpScript, type HttpServer } from './http.js';

const address = z.strictObject({ Name: z.string(), Address: z.string() });

/** MessagesSummary and MessageSummary of Mailpit's API v1 (swagger.json). */
const MESSAGES_SUMMARY = z.strictObject({
  total: z.int(),
  unread: z.int(),
  count: z.int(),
  messages_count: z.int(),
  messages_unread: z.int(),
  start: z.int(),
  tags: z.array(z.string()),
  messages: z.array(
    z.strictObject({
      ID: z.string(),
      MessageID: z.string(),
      Read: z.boolean(),
      From: address,
      To: z.array(address),
      Cc: z.array(address),
      Bcc: z.array(address),
      ReplyTo: z.array(address),
      Subject: z.string(),
      Created: z.iso.datetime(),
      Username: z.string(),
      Tags: z.array(z.string()),
      Size: z.int(),
      Attachments: z.int(),
      Snippet: z.string(),
    }),
  ),
});

/** A message in the store. */
export interface CaughtMessage {
  readonly id: string;
  readonly text: string;
  read: boolean;
}

export interface FakeMailpit extends HttpServer {
  readonly messages: CaughtMessage[];
}

/**
 * Starts a server with Mailpit's API, as described for API v1 and the search syntax: searches match a part
 * of the Message-ID or Subject in any case, and DELETE without a single ID deletes everything.
 */
export async function startMailpit(script: HttpScript & { readonly base?: string } = {}): Promise<FakeMailpit> {
  const messages: CaughtMessage[] = [];
  const { base = '' } = script;
  const server = await startHttp(script, ({ route, url, body }) => {
    const limit = Number(url.searchParams.get('limit') ?? 50);
    if (route === `GET ${base}/api/v1/messages`) return summary(messages, messages, limit);
    if (route === `GET ${base}/api/v1/search`) {
      const [, prefix = '', text = ''] =
        /^(message-id|subject):"([^"]*)"$/.exec(url.searchParams.get('query') ?? '') ?? [];
      const found = messages.filter((message) => field(message, prefix).toLowerCase().includes(text.toLowerCase()));
      return prefix === '' ? { status: 400, body: 'Error: no search query' } : summary(messages, found, limit);
    }
    const id = new RegExp(`^GET ${base}/api/v1/message/([^/]+)/raw$`).exec(route)?.[1];
    if (id !== undefined) {
      const message = messages.find((each) => each.id === id);
      return message && { body: message.text, headers: { 'content-type': 'text/plain; charset=utf-8' } };
    }
    if (route === `DELETE ${base}/api/v1/messages`) {
      const { IDs } = z.object({ IDs: z.array(z.string()) }).parse(JSON.parse(body));
      messages.splice(0, Infinity, ...messages.filter((each) => IDs.length > 0 && !IDs.includes(each.id)));
      return { body: 'ok' };
    }
    return undefined;
  });
  return Object.defineProperties({ messages } as FakeMailpit, Object.getOwnPropertyDescriptors(server));
}

function field(message: CaughtMessage, name: string): string {
  return new RegExp(`^${name}: *(.*?)\\r$`, 'im').exec(message.text)?.[1] ?? '';
}

function summary(all: readonly CaughtMessage[], found: readonly CaughtMessage[], limit: number): HttpReply {
  const unread = all.filter(({ read }) => !read).length;
  const listed = found.slice(0, limit).map((message) => ({
    ID: message.id,
    MessageID: field(message, 'message-id').replace(/^<|>$/g, ''),
    Read: message.read,
    From: { Name: '', Address: 'gate@example.test' },
    To: [{ Name: '', Address: 'inbox@example.test' }],
    Cc: [],
    Bcc: [],
    ReplyTo: [],
    Subject: field(message, 'subject'),
    Created: new Date().toISOString(),
    Username: '',
    Tags: [],
    Size: message.text.length,
    Attachments: 0,
    Snippet: '',
  }));
  const answer = {
    total: all.length,
    unread,
    count: listed.length,
    messages_count: found.length,
    messages_unread: found.filter(({ read }) => !read).length,
    start: 0,
    tags: [],
    messages: listed,
  };
  const body = JSON.stringify(MESSAGES_SUMMARY.parse(answer));
  return { body, headers: { 'content-type': 'application/json' } };
}
