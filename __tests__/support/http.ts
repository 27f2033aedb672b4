import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listen } from '../../src/servers/listener.js';
import type { Identity } from '../../src/servers/pki.js';

/** A response: status, body, and further header fields. */
export interface HttpReply {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpScript {
  /** For HTTPS; without it, the server uses plain HTTP. */
  readonly identity?: Pick<Identity, 'key' | 'chain'>;
  /** The credentials that the server requires, as `user:password`. */
  readonly requires?: string;
  /** Different responses, by `GET /path` without the query. */
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

/** Starts an HTTP server on a free port of 127.0.0.1; `answer` is the default if the script has no response. */
export async function startHttp(
  script: HttpScript,
  answer: (asked: Asked) => HttpReply | undefined,
): Promise<HttpServer> {
  const heard: string[] = [];
  const authorizations: string[] = [];
  const expected =
    script.requires === undefined ? undefined : `Basic ${Buffer.from(script.requires).toString('base64')}`;
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
