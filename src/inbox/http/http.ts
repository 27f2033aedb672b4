import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { ApiTarget } from '../../plan/endpoint.js';
import { INBOX_SCHEMES } from '../../plan/schema/values.js';
import { basicCredentials } from '../../secrets/forms.js';
import { redactorOf, type Redactor } from '../../secrets/redactor.js';
import { BoundedBuffer } from '../bounded-buffer.js';
import { connectTo, secure } from '../channel.js';
import { noReply, otherProtocol, rejected, temporary, unusable, type InboxError } from '../failure.js';
import { errorFor, replied, type HttpRequest } from './status.js';
import { PART_BYTES, type SessionSettings } from '../inbox.js';
import { decodeBytes, excerpt } from '../../text/peer.js';
import { own } from '../../text/own.js';

/** Everything that is asked for has a few kilobytes, except for the list of an old MailDev. */
const MAX_JSON_BYTES = 64 * 1024;

/** Of a body. */
const QUOTED_CHARACTERS = 80;
/** Of a body that is quoted: a password that is cut at the end of the quotation must be in it as a whole. */
const PAGE_BYTES = 2048;

/** For the page of an error. */
const PAGE_WAIT_MS = 1000;

/** The HTTP API of a mail catcher. Each request has its own connection, which is judged before the request is sent. */
export class HttpApi {
  #latest = '';
  readonly #redactor: Redactor;

  /** @param end the end of every wait */
  constructor(
    private readonly target: ApiTarget,
    private readonly settings: SessionSettings,
    private readonly end: Deadline,
  ) {
    const { username = '', password } = target;
    const known = password && { secret: password, sent: [basicCredentials(username, password)] };
    this.#redactor = redactorOf(known ? [known] : []);
  }

  /**
   * Gets JSON.
   * @param maxBytes of the response
   * @returns undefined if the response is 404 or not JSON: another server, or another path
   * @throws {InboxError}
   */
  async json(path: string, maxBytes = MAX_JSON_BYTES): Promise<unknown> {
    const json = await this.source(path, maxBytes);
    if (!json) return undefined;
    if (json.length >= maxBytes)
      throw unusable('too-much-data', own`the server sent more than ${maxBytes} bytes of JSON`);
    return parsed(json);
  }

  /** The latest response, escaped: status, type, server, and how its body begins. */
  get latest(): string {
    return this.#latest;
  }

  /**
   * Gets a message, or the first `maxBytes` of it.
   * @returns undefined if there is none
   * @throws {InboxError}
   */
  source(path: string, maxBytes: number): Promise<Buffer | undefined> {
    return this.#request({ method: 'GET', path }, maxBytes);
  }

  /**
   * Deletes something.
   * @param json says what, if the path does not
   * @throws {InboxError} also if the response is 404, which is not a success
   */
  async delete(path: string, json?: unknown): Promise<void> {
    const request: HttpRequest = { method: 'DELETE', path, json };
    if (!(await this.#request(request, 0))) throw rejected('command-refused', replied(request, 404));
  }

  /**
   * Sends a request. Redirects are not followed: they lead to another server.
   * @returns the first `maxBytes` of the body; undefined if the response is 404
   * @throws {InboxError}
   */
  async #request(request: HttpRequest, maxBytes: number): Promise<Buffer | undefined> {
    const { timeoutMs } = this.settings;
    const channel = await this.#connect(Deadline.after(2 * timeoutMs, this.end));
    const deadline = Deadline.after(timeoutMs * Math.max(1, Math.ceil(maxBytes / PART_BYTES)), this.end);
    const exchange = async (): Promise<Buffer | undefined> => {
      const response = await this.#send(channel, request);
      const { statusCode = 0, statusMessage = '' } = response;
      this.settings.transcript.add('server', `HTTP/${response.httpVersion} ${statusCode} ${statusMessage}`);
      const described = describe(response);
      this.#latest = excerpt(described.join(', '));
      if (statusCode === 404) return undefined;
      const isSuccess = statusCode === 200;
      const body = await (isSuccess ? firstBytes(maxBytes, response) : pageOf(response, deadline));
      const beginning = this.#beginningOf(body);
      this.#latest = excerpt([...described, `body: ${beginning}`].join(', '));
      if (isSuccess) return body;
      const { 'www-authenticate': scheme } = response.headers;
      throw errorFor({ status: statusCode, scheme, body: beginning, reply: this.#latest }, request, this.#hasLogin);
    };
    try {
      return await deadline.race(exchange(), () => noReply(`${request.method} ${request.path}`));
    } finally {
      channel.destroy();
    }
  }

  /** How a body begins. A password in it is redacted before it is cut: less than eight characters are not recognized. */
  #beginningOf(body: Buffer): string {
    const text = this.#redactor.redact(decodeBytes(body.subarray(0, PAGE_BYTES)));
    return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
  }

  async #connect(deadline: Deadline): Promise<Duplex> {
    const socket = await connectTo(this.target, this.settings, deadline);
    return this.#isSecure ? secure(socket, this.target.host, this.settings, deadline) : socket;
  }

  get #hasLogin(): boolean {
    return this.#authorization().authorization !== undefined;
  }

  get #isSecure(): boolean {
    return INBOX_SCHEMES[this.target.scheme].tls === 'implicit';
  }

  #send(channel: Duplex, { method, path, json }: HttpRequest): Promise<IncomingMessage> {
    const { host, port, basePath } = this.target;
    const body = json === undefined ? undefined : JSON.stringify(json);
    this.settings.transcript.add('client', `${method} ${basePath}${path}`);
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
    return new Promise((resolve, reject) => {
      sent.on('response', resolve);
      // Stays on: an error without a listener ends the process, and the reader of the body gets it anyway.
      sent.on('error', (error) => {
        reject(incomplete('no HTTP response', error));
      });
      sent.end(body);
    });
  }

  /** A password is only sent over TLS. */
  #authorization(): { authorization?: string } {
    const { username, password } = this.target;
    if (!this.#isSecure || username === undefined || !password) return {};
    return { authorization: `Basic ${basicCredentials(username, password)}` };
  }
}

/** Status, type, and what else says which server it is or what it requires. */
function describe({ statusCode = 0, statusMessage = '', headers }: IncomingMessage): string[] {
  const { 'content-type': type = 'no Content-Type', server, location, 'www-authenticate': scheme } = headers;
  return [
    ['status', statusCode, ...(statusCode === 200 || statusMessage === '' ? [] : [statusMessage])].join(' '),
    type,
    ...Object.entries({ Server: server, Location: location, 'WWW-Authenticate': scheme }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${[value].flat().join(' ')}`],
    ),
  ];
}

/** How the page of an error begins; empty if it does not arrive at once. The status says more. */
function pageOf(response: IncomingMessage, end: Deadline): Promise<Buffer> {
  return Deadline.after(PAGE_WAIT_MS, end)
    .race(firstBytes(PAGE_BYTES, response), () => new Error('no page'))
    .catch(() => Buffer.alloc(0));
}

/**
 * The beginning of a body. Each chunk is copied when it is parsed: Node makes a Buffer of several hundred bytes for
 * every chunk, even of one byte, and those that wait in the stream are in memory at the same time.
 * @throws {InboxError} if the body is incomplete
 */
function firstBytes(maxBytes: number, body: IncomingMessage): Promise<Buffer> {
  const first = new BoundedBuffer(maxBytes);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      resolve(first.bytes);
    };
    if (maxBytes === 0) finish();
    body.on('data', (chunk: Buffer) => {
      first.add(chunk);
      if (first.total >= maxBytes) finish();
    });
    body.on('end', finish);
    body.on('error', (error) => {
      reject(incomplete('the HTTP response is incomplete', error));
    });
  });
}

/** @returns undefined if it is not JSON */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Another connection may get a complete response, unless what the server sends is not HTTP. */
function incomplete(what: string, error: unknown): InboxError {
  const code = codeOf(error);
  if (!code.startsWith('HPE_')) return temporary('connection-lost', own`${what} (${code})`);
  const { rawPacket } = error as { rawPacket?: unknown };
  // The first bytes of the packet are those that were not understood only if nothing was understood before.
  const isFirst = code === 'HPE_INVALID_CONSTANT' && Buffer.isBuffer(rawPacket);
  return isFirst ? otherProtocol('HTTP', rawPacket) : unusable('invalid-reply', own`${what} (${code})`);
}
