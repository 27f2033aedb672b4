import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { basicCredentials } from '../../secrets/forms.js';
import { connectTo, secure } from '../channel.js';
import { inboxLost, InboxRejected, InboxUnreachable, PART_OCTETS, type InboxSettings } from '../inbox.js';
import { Kept } from '../bounded-buffer.js';

/** Everything that is asked for has a few kilobytes, except for the list of an old MailDev. */
const MAX_JSON_BYTES = 64 * 1024;

/** An answer of an HTTP server. */
export interface HttpAnswer<T> {
  /** 200 or 404. */
  readonly status: number;
  /** What was made of its body. */
  readonly body: T;
}

/** A question to an HTTP API. */
export interface HttpQuestion {
  readonly method?: 'GET' | 'DELETE';
  /** Behind the base path, with its slash and query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** The HTTP API of a mail catcher. Each question has a connection of its own, judged before anything is asked. */
export class HttpApi {
  readonly #target: ApiTarget;
  readonly #settings: InboxSettings;
  readonly #end: Deadline;

  /** @param end of everything that is waited for */
  constructor(target: ApiTarget, settings: InboxSettings, end: Deadline) {
    this.#target = target;
    this.#settings = settings;
    this.#end = end;
  }

  /**
   * Asks, and parses the answer as JSON.
   * @param maxBytes of the answer
   * @returns undefined if the answer is 404 or not JSON: another server, or another path
   * @throws as {@link ask} does, and {InboxUnreachable} if the answer is longer
   */
  async json(question: HttpQuestion, maxBytes = MAX_JSON_BYTES): Promise<unknown> {
    const { status, body } = await this.ask(question, maxBytes, async (answer) => {
      const json = await upTo(maxBytes, answer);
      if (json.length >= maxBytes) throw new InboxUnreachable(`the server sent over ${maxBytes} octets of JSON`);
      return parsed(json);
    });
    return status === 404 ? undefined : body;
  }

  /**
   * Asks for a message.
   * @param most octets that are read
   * @returns undefined where there is none
   */
  async source(path: string, most: number): Promise<Buffer | undefined> {
    const { status, body } = await this.ask({ path }, most, (answer) => upTo(most, answer));
    return status === 404 ? undefined : body;
  }

  /**
   * Asks for something to be deleted.
   * @param json says what, where the path does not
   * @throws as {@link ask} does, and {InboxRejected} where the answer is 404: whatever is not there, that is no success
   */
  async delete(path: string, json?: unknown): Promise<void> {
    const { status } = await this.ask({ method: 'DELETE', path, json }, 0, () => Promise.resolve());
    if (status === 404) throw new InboxRejected(`to DELETE ${path} the server says 404`);
  }

  /**
   * Asks, and takes the answer if it is 200 or 404. No redirection is followed: it leads to somebody else.
   * @param most octets of the body that are read
   * @param read reads them
   * @throws {InboxUnreachable} if there is no connection, no TLS, a certificate that does not hold, or no answer in time
   * @throws {InboxRejected} if the server refuses
   */
  async ask<T>(
    question: HttpQuestion,
    most: number,
    read: (body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<HttpAnswer<T>> {
    const { timeoutMs } = this.#settings;
    const channel = await this.#channel(Deadline.after(2 * timeoutMs, this.#end));
    // Each part of a large message has as long as one answer.
    const deadline = Deadline.after(timeoutMs * Math.max(1, Math.ceil(most / PART_OCTETS)), this.#end);
    try {
      const late = (): Error => inboxLost('the server gave no answer in time');
      const { status, body } = await deadline.race(this.#exchange(channel, question, read), late);
      if (status === 200 || status === 404) return { status, body };
      const told = `to ${question.method ?? 'GET'} ${question.path} the server says ${status}`;
      if (status === 401 || status === 403) throw new InboxRejected(`login refused: ${told}`);
      throw status >= 400 && status < 500
        ? new InboxRejected(told)
        : new InboxUnreachable(told, { transient: status >= 500 });
    } finally {
      channel.destroy();
    }
  }

  async #channel(deadline: Deadline): Promise<Duplex> {
    const socket = await connectTo(this.#target, deadline);
    return this.#isSecure ? secure(socket, this.#target.host, this.#settings, deadline) : socket;
  }

  get #isSecure(): boolean {
    return this.#target.scheme.endsWith('+https');
  }

  async #exchange<T>(
    channel: Duplex,
    question: HttpQuestion,
    read: (body: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<HttpAnswer<T>> {
    const { host, port, basePath } = this.#target;
    const body = question.json === undefined ? undefined : JSON.stringify(question.json);
    const asked = request({
      createConnection: () => channel,
      host,
      port,
      method: question.method ?? 'GET',
      path: `${basePath}${question.path}`,
      headers: {
        accept: 'application/json, */*',
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...this.#authorization(),
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.on('response', resolve);
      // Stays on: an error after the answer belongs to whoever reads then, and must not be thrown as unheard.
      asked.on('error', (error) => {
        reject(broken('no HTTP answer', error));
      });
    });
    asked.end(body);
    const answer = await answered;
    return { status: answer.statusCode ?? 0, body: await read(piecesOf(answer)) };
  }

  /** A password travels inside TLS or not at all. */
  #authorization(): { authorization?: string } {
    const { username, password } = this.#target;
    if (!this.#isSecure || username === undefined || !password) return {};
    return { authorization: `Basic ${basicCredentials(username, password)}` };
  }
}

/**
 * The body of an answer, of which no more is read than somebody asks for.
 * @throws {InboxUnreachable} if it breaks off
 */
async function* piecesOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    throw broken('the HTTP answer breaks off', error);
  }
}

/** @returns so many octets from the beginning, or all there are */
async function upTo(most: number, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept = new Kept(most);
  for await (const piece of body) {
    kept.add(piece);
    if (kept.total >= most) break;
  }
  return kept.octets;
}

/** @returns undefined if it is not JSON */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** An incomplete answer. Another connection may bring a complete one, unless the server does not speak HTTP. */
function broken(what: string, error: unknown): InboxUnreachable {
  const code = codeOf(error);
  return new InboxUnreachable(`${what} (${code})`, { transient: !code.startsWith('HPE_') });
}
