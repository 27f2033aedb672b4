import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { ApiTarget } from '../plan/endpoint.js';
import { connectTo, secure } from './channel.js';
import { InboxRejected, InboxUnreachable, PART_OCTETS } from './inbox.js';
import type { InboxSettings } from './inbox.js';

/** What we ask for has some kilobytes. */
const MAX_JSON_OCTETS = 4 * 1024 * 1024;

/** An answer of an HTTP server, whatever it says. */
export interface HttpAnswer {
  readonly status: number;
  /** Up to as many octets as were wanted. */
  readonly body: Buffer;
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
   * @returns undefined where the answer is 404, or no JSON at all: another server, or another path
   * @throws as {@link ask} does
   */
  async json(question: HttpQuestion): Promise<unknown> {
    const { status, body } = await this.ask(question, MAX_JSON_OCTETS);
    if (status === 404) return undefined;
    if (body.length >= MAX_JSON_OCTETS)
      throw new InboxUnreachable(`the server sent over ${MAX_JSON_OCTETS} octets of JSON`);
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /**
   * Asks for a message.
   * @param most octets that are read
   * @returns undefined where there is none
   */
  async source(path: string, most: number): Promise<Buffer | undefined> {
    const { status, body } = await this.ask({ path }, most);
    return status === 404 ? undefined : body;
  }

  /**
   * Asks for something to be deleted.
   * @param json says what, where the path does not
   * @throws as {@link ask} does, and {InboxRejected} where the answer is 404: whatever is not there, that is no success
   */
  async delete(path: string, json?: unknown): Promise<void> {
    const { status } = await this.ask({ method: 'DELETE', path, json }, 0);
    if (status === 404) throw new InboxRejected(`to DELETE ${path} the server says 404`);
  }

  /**
   * Asks, and takes the answer if it is 200 or 404. No redirection is followed: it leads to somebody else.
   * @param most octets of the body that are read
   * @throws {InboxUnreachable} if there is no connection, no TLS, a certificate that does not hold, or no answer in time
   * @throws {InboxRejected} if the server refuses
   */
  async ask(question: HttpQuestion, most: number): Promise<HttpAnswer> {
    const { timeoutMs } = this.#settings;
    const channel = await this.#channel(Deadline.after(2 * timeoutMs, this.#end));
    // Each part of a large message has as long as one answer.
    const deadline = Deadline.after(timeoutMs * Math.max(1, Math.ceil(most / PART_OCTETS)), this.#end);
    try {
      const late = (): Error => new InboxUnreachable('the server gave no answer in time');
      const { status, body } = await deadline.race(this.#exchange(channel, question, most), late);
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

  async #exchange(channel: Duplex, question: HttpQuestion, most: number): Promise<HttpAnswer> {
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
    return { status: answer.statusCode ?? 0, body: await bodyOf(answer, most) };
  }

  /** A password travels inside TLS or not at all. */
  #authorization(): { authorization?: string } {
    const { username, password } = this.#target;
    if (!this.#isSecure || username === undefined || !password) return {};
    return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}` };
  }
}

async function bodyOf(answer: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece);
      octets += piece.length;
      if (octets >= most) break;
    }
  } catch (error) {
    throw new InboxUnreachable(`the HTTP answer breaks off (${codeOf(error)})`);
  }
  return Buffer.concat(pieces).subarray(0, most);
}
