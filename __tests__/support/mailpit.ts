import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { z } from 'zod';
import { listen } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

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

/** A response: status, body, and further header fields. */
export interface HttpReply {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpScript {
  /** For HTTPS; without it the server speaks plain HTTP. */
  readonly identity?: Pick<Identity, 'key' | 'chain'>;
  /** The credentials that the server requires, as `user:password`. */
  readonly wants?: string;
  /** What to answer instead, by `GET /path` without its query. */
  readonly replies?: Readonly<Record<string, HttpReply | 'silence' | 'close'>>;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** Method, path and query of every request, and its body after a space if it has one. */
  readonly heard: readonly string[];
  /** The Authorization field of every request that had one. */
  readonly authorizations: readonly string[];
  /** How many connections are open. */
  readonly open: number;
}

/** A request. */
interface Asked {
  /** Its method and path, without the query. */
  readonly route: string;
  readonly url: URL;
  readonly body: string;
}

const UNAUTHORIZED: HttpReply = { status: 401, body: 'Unauthorized.' };
const NOT_FOUND: HttpReply = { status: 404, body: '404 page not found' };

/** Starts an HTTP server on a free port of 127.0.0.1; `answer` has what the script leaves out. */
export async function startHttp(
  script: HttpScript,
  answer: (asked: Asked) => HttpReply | undefined,
): Promise<HttpServer> {
  const heard: string[] = [];
  const authorizations: string[] = [];
  const expected = script.wants === undefined ? undefined : `Basic ${Buffer.from(script.wants).toString('base64')}`;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = [];
    request
      .on('data', (piece: Buffer) => pieces.push(piece))
      .on('end', () => {
        const body = Buffer.concat(pieces).toString();
        const url = new URL(request.url ?? '/', 'http://localhost');
        const route = `${request.method ?? ''} ${url.pathname}`;
        heard.push([request.method, request.url, ...(body === '' ? [] : [body])].join(' '));
        const { authorization } = request.headers;
        if (authorization !== undefined) authorizations.push(authorization);
        const scripted = script.replies?.[route];
        if (scripted === 'silence') return;
        if (scripted === 'close') {
          request.socket.destroy();
          return;
        }
        const refused = expected !== undefined && authorization !== expected ? UNAUTHORIZED : undefined;
        const reply = scripted ?? refused ?? answer({ route, url, body }) ?? NOT_FOUND;
        response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
      });
  };
  const server = script.identity
    ? createTlsServer({ key: script.identity.key, cert: script.identity.chain }, serve)
    : createServer(serve);
  const listener = await listen(server);
  return {
    port: listener.port,
    heard,
    authorizations,
    get open() {
      return listener.sockets.size;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

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
 * Starts a server with Mailpit's API, as the description of API v1 and of the search syntax have it: a part
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
