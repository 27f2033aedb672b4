import type { Socket } from 'node:net';
import type { ImapTransport } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { INBOX_SCHEMES } from '../../plan/schema/values.js';
import { beginSecuring, connectTo, type Securing } from '../channel.js';
import { otherProtocol, unusable, type InboxError } from '../failure.js';
import type { InboxSettings } from '../inbox.js';
import { own } from '../../text/own.js';
import { decodeBytes } from '../../text/peer.js';

/** RFC 9051 section 7.1: an IMAP server sends one of these first. */
const GREETING = /^\* (?:OK|PREAUTH|BYE)\b/i;

/** Until the mailbox is open. Greeting, login and SELECT have a few kilobytes. */
const MAX_OPENING_BYTES = 32 * 1024;

/** The reply to the login and what the server says at the end fit into this. */
const LAST_BYTES = 2048;

/**
 * The connection of an IMAP client, with the gate's own handshake and judgment of certificates. The client would leave
 * both to Node, which crashes with certificates on some curves.
 */
export class JudgedTransport implements ImapTransport {
  /** Why the connection was closed, if this side closed it: the client only knows that it was lost. */
  failure: Promise<unknown> = Promise.resolve();
  #bytes = 0;
  #last: Buffer = Buffer.alloc(0);
  /** The beginning of the greeting, until it is known to be one. */
  #greeting: Buffer | undefined = Buffer.alloc(0);

  private constructor(
    private socket: Socket,
    private readonly secureLater: () => Securing,
  ) {}

  /**
   * Connects; for `imaps` with a TLS channel that has been judged.
   * @param end the end of every wait
   * @throws {InboxError}
   */
  static async open(target: MailboxTarget, settings: InboxSettings, end: Deadline): Promise<JudgedTransport> {
    const wait = (): Deadline => Deadline.after(settings.timeoutMs, end);
    const socket = await connectTo(target, settings, wait());
    const isImplicit = INBOX_SCHEMES[target.scheme].tls === 'implicit';
    const secure = (): Securing => beginSecuring(socket, target.host, settings, wait(), !isImplicit);
    return new JudgedTransport(isImplicit ? await secure().judged : socket, secure);
  }

  connect(_options: unknown, onConnect: () => void): Socket {
    process.nextTick(() => {
      onConnect();
      this.socket.on('data', this.#count);
    });
    return this.socket;
  }

  upgrade(_socket: unknown, _options: unknown, onSecure: () => void): Socket {
    this.socket.off('data', this.#count);
    this.#last = Buffer.alloc(0);
    const { stream, judged } = this.secureLater();
    this.socket = stream;
    this.failure = judged.then(
      () => {
        onSecure();
        stream.on('data', this.#count);
        return undefined;
      },
      (error: unknown) => {
        // The client waits for an error, and does not notice the end of the connection.
        stream.emit('error', error);
        return error;
      },
    );
    return stream;
  }

  /**
   * The last lines of the server until the mailbox is open. The client drops those that it has not read when the
   * connection ends.
   */
  get lastLines(): readonly string[] {
    return decodeBytes(this.#last).split(/\r?\n/);
  }

  /** Must be called when the mailbox is open. */
  opened(): void {
    this.socket.off('data', this.#count);
  }

  readonly #count = (bytes: Buffer): void => {
    this.#checkGreeting(bytes);
    this.#bytes += bytes.length;
    this.#last = Buffer.concat([this.#last, bytes]).subarray(-LAST_BYTES);
    if (this.#bytes <= MAX_OPENING_BYTES) return;
    this.#fail(
      unusable('too-much-data', own`the server sent more than ${MAX_OPENING_BYTES} bytes before the mailbox was open`),
    );
  };

  /** The client would wait for a greeting until the time is over. */
  #checkGreeting(bytes: Buffer): void {
    if (this.#greeting === undefined) return;
    this.#greeting = Buffer.concat([this.#greeting, bytes]);
    const said = this.#greeting.toString('latin1');
    const mayFollow = ['* OK ', '* PREAUTH ', '* BYE '].some((start) => start.startsWith(said.toUpperCase()));
    if (mayFollow) return;
    if (!GREETING.test(said)) this.#fail(otherProtocol('IMAP', this.#greeting));
    this.#greeting = undefined;
  }

  #fail(error: InboxError): void {
    this.failure = Promise.resolve(error);
    this.socket.destroy(error);
  }
}
