import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { basicCredentials } from '../../secrets/forms.js';
import { BoundedBuffer } from '../bounded-buffer.js';
import { connectTo, secure } from '../channel.js';
import { unusable, temporary, rejected, type InboxError } from '../failure.js';
import { PART_BYTES, type InboxSettings } from '../inbox.js';

/** Everything that is asked for has a few kilobytes, except for the list of an old MailDev. */
const MAX_JSON_BYTES = 64 * 1024;

/** A response of an HTTP server. */
interface HttpResponse<T> {
  /** 200 or 404. */
  readonly status: number;
  readonly body: T;
}

/** A request to an HTTP API. */
interface HttpRequest {
  readonly method?: 'GET' | 'DELETE';
  /** After the base path, with its slash and query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** The HTTP API of a mail catcher. Each request has its own connection, which is judged before the request is sent. */
export class HttpApi {
  readonly #target: ApiTarget;
  readonly #settings: InboxSettings;
  readonly #end: Deadline;

  /** @param end the end of every wait */
  constructor(target: ApiTarget, settings: InboxSettings, end: Deadline) {
    this.#target = target;
    this.#settings = settings;
    this.#end = end;
  }

  /**
   * Gets JSON.
   * @param maxBytes of the response
   * @returns undefined if the response is 404 or not JSON: another server, or another path
   * @throws {InboxError}
   */
  async json(path: string, maxBytes = MAX_JSON_BYTES): Promise<unknown> {
    const { status, body } = await this.#request({ path }, maxBytes, async (pieces) => {
      const json = await firstBytes(maxBytes, pieces);
      if (json.length >= maxBytes) throw unusable(`the server sent more than ${maxBytes} bytes of JSON`);
      return parsed(json);
    });
    return status === 404 ? undefined : body;
  }

  /**
   * Gets a message, or the first `maxBytes` of it.
   * @returns undefined if there is none
   * @throws {InboxError}
   */
  async source(path: string, maxBytes: number): Promise<Buffer | undefined> {
    const { status, body } = await this.#request({ path }, maxBytes, (pieces) => firstBytes(maxBytes, pieces));
    return status === 404 ? undefined : body;
  }

  /**
   * Deletes something.
   * @param json says what, if the path does not
   * @throws {InboxError} also if the response is 404, which is not a success
   */
  async delete(path: string, json?: unknown): Promise<void> {
    const { status } = await this.#request({ method: 'DELETE', path, json }, 0, () => Promise.resolve());
    if (status === 404) throw rejected(`to DELETE ${path} the server says 404`);
  }

  /**
   * Sends a request, and reads the response if it is 200 or 404. Redirects are not followed: they lead to another server.
   * @param maxBytes how much of the body `read` reads
   * @throws {InboxError}
   */
  async #request<T>(
    request: HttpRequest,
    maxBytes: number,
    read: (body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<HttpResponse<T>> {
    const { timeoutMs } = this.#settings;
    const channel = await this.#connect(Deadline.after(2 * timeoutMs, this.#end));
    const deadline = Deadline.after(timeoutMs * Math.max(1, Math.ceil(maxBytes / PART_BYTES)), this.#end);
    try {
      const late = (): InboxError => temporary('the server did not answer in time');
      const { status, body } = await deadline.race(this.#exchange(channel, request, read), late);
      if (status === 200 || status === 404) return { status, body };
      throw errorFor(status, request);
    } finally {
      channel.destroy();
    }
  }

  async #connect(deadline: Deadline): Promise<Duplex> {
    const socket = await connectTo(this.#target, this.#settings, deadline);
    return this.#isSecure ? secure(socket, this.#target.host, this.#settings, deadline) : socket;
  }

  get #isSecure(): boolean {
    return this.#target.scheme.endsWith('+https');
  }

  async #exchange<T>(
    channel: Duplex,
    { method = 'GET', path, json }: HttpRequest,
    read: (body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<HttpResponse<T>> {
    const { host, port, basePath } = this.#target;
    const body = json === undefined ? undefined : JSON.stringify(json);
    const sent = httpRequest({
      createConnection: () => channel,
      host,
      port,
      method,
      path: `${basePath}${path}`,
      headers: {
        accept: 'application/json, */*',
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...this.#authorization(),
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      // Stays on: an error without a listener ends the process, and the reader of the body gets it anyway.
      sent.on('error', (error) => {
        reject(incomplete('no HTTP response', error));
      });
    });
    sent.end(body);
    const response = await answered;
    return { status: response.statusCode ?? 0, body: await read(piecesOf(response)) };
  }

  /** A password is only sent over TLS. */
  #authorization(): { authorization?: string } {
    const { username, password } = this.#target;
    if (!this.#isSecure || username === undefined || !password) return {};
    return { authorization: `Basic ${basicCredentials(username, password)}` };
  }
}

function errorFor(status: number, { method = 'GET', path }: HttpRequest): InboxError {
  const said = `to ${method} ${path} the server says ${status}`;
  if (status === 401 || status === 403) return rejected(`login refused: ${said}`);
  if (status >= 500) return temporary(said);
  return status >= 400 ? rejected(said) : unusable(said);
}

/**
 * The body of a response, read only as far as it is needed.
 * @throws {InboxError} if it is incomplete
 */
async function* piecesOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const piece of response as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    throw incomplete('the HTTP response is incomplete', error);
  }
}

async function firstBytes(maxBytes: number, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const first = new BoundedBuffer(maxBytes);
  for await (const piece of body) {
    first.add(piece);
    if (first.total >= maxBytes) break;
  }
  return first.bytes;
}

/** @returns undefined if it is not JSON */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Another connection may bring a complete response, unless what the server sends is not HTTP. */
function incomplete(what: string, error: unknown): InboxError {
  const code = codeOf(error);
  return (code.startsWith('HPE_') ? unusable : temporary)(`${what} (${code})`);
}
