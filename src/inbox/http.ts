import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { codeOf } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { ApiTarget } from '../plan/endpoint.js';
import { connectTo, secure } from './channel.js';
import { InboxRejected, InboxUnreachable, PART_OCTETS } from './inbox.js';
import type { InboxSettings } from './inbox.js';

/** What we mostly ask for has some kilobytes. */
const MAX_JSON_OCTETS = 128 * 1024;

/** As many braces and brackets may open in JSON: an empty object takes far more memory than its octets. */
const MAX_OPENED = 50_000;
const OPENING = new Set(Buffer.from('{['));

/** Whatever JSON has more than usual is read on and parsed one answer at a time: parsed, it has many times its octets. */
const largeInTurn = pLimit(1);

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
   * Asks, and takes the answer as JSON.
   * @param most octets that are read; one that has so many or more is no answer
   * @returns undefined where the answer is 404, or no JSON at all: another server, or another path
   * @throws as {@link ask} does
   */
  async json(question: HttpQuestion, most = MAX_JSON_OCTETS): Promise<unknown> {
    const { status, body } = await this.ask(question, most, async (answer) => {
      const isLarge = most > MAX_JSON_OCTETS && (await answer.upTo(MAX_JSON_OCTETS)).length >= MAX_JSON_OCTETS;
      return isLarge ? largeInTurn(() => parsed(answer, most)) : parsed(answer, most);
    });
    return status === 404 ? undefined : body;
  }

  /**
   * Asks for a message.
   * @param most octets that are read
   * @returns undefined where there is none
   */
  async source(path: string, most: number): Promise<Buffer | undefined> {
    const { status, body } = await this.ask({ path }, most, (answer) => answer.upTo(most));
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
  async ask<T>(question: HttpQuestion, most: number, read: (body: HttpBody) => Promise<T>): Promise<HttpAnswer<T>> {
    const { timeoutMs } = this.#settings;
    const channel = await this.#channel(Deadline.after(2 * timeoutMs, this.#end));
    // Each part of a large message has as long as one answer.
    const deadline = Deadline.after(timeoutMs * Math.max(1, Math.ceil(most / PART_OCTETS)), this.#end);
    try {
      const late = (): Error => new InboxUnreachable('the server gave no answer in time');
      const { status, body } = await deadline.race(this.#exchange(channel, question, read), late);
      if (status === 200 || status === 404) return { status, body };
      const told = `to ${question.method ?? 'GET'} ${question.path} the server says ${status}`;
      if (status === 401 || status === 403) throw new InboxRejected(`login refused: ${told}`);
      throw status >= 400 && status < 500 ? new InboxRejected(told) : new InboxUnreachable(told);
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
    read: (body: HttpBody) => Promise<T>,
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
        reject(new InboxUnreachable(`no HTTP answer (${codeOf(error)})`));
      });
    });
    asked.end(body);
    const answer = await answered;
    return { status: answer.statusCode ?? 0, body: await read(new HttpBody(answer)) };
  }

  /** A password travels inside TLS or not at all. */
  #authorization(): { authorization?: string } {
    const { username, password } = this.#target;
    if (!this.#isSecure || username === undefined || !password) return {};
    return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}` };
  }
}

/** @returns undefined for what is no JSON */
async function parsed(answer: HttpBody, most: number): Promise<unknown> {
  const json = await answer.upTo(most);
  if (json.length >= most) throw new InboxUnreachable(`the server sent over ${most} octets of JSON`);
  let opened = 0;
  for (const octet of json) if (OPENING.has(octet)) opened += 1;
  if (opened > MAX_OPENED) throw new InboxUnreachable(`the server sent JSON of over ${MAX_OPENED} objects`);
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The body of an answer, of which no more is read than somebody asks for. */
class HttpBody {
  readonly #pieces: Buffer[] = [];
  readonly #rest: AsyncIterator<Buffer, undefined>;
  #octets = 0;

  constructor(answer: IncomingMessage) {
    this.#rest = (answer as AsyncIterable<Buffer, undefined>)[Symbol.asyncIterator]();
  }

  /**
   * @returns so many octets from the beginning, or all there are
   * @throws {InboxUnreachable} if it breaks off
   */
  async upTo(most: number): Promise<Buffer> {
    try {
      while (this.#octets < most) {
        const { done, value } = await this.#rest.next();
        if (done) break;
        this.#pieces.push(value);
        this.#octets += value.length;
      }
    } catch (error) {
      throw new InboxUnreachable(`the HTTP answer breaks off (${codeOf(error)})`);
    }
    return Buffer.concat(this.#pieces).subarray(0, most);
  }
}
