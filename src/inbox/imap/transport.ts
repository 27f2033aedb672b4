import type { Socket } from 'node:net';
import type { ImapTransport } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { beginSecuring, connectTo, secure } from '../channel.js';
import { InboxUnreachable, type InboxSettings } from '../inbox.js';

/** Greeting, login and the opening of a mailbox have some kilobytes; a flood would keep us from everything else. */
const MAX_OPENING_OCTETS = 32 * 1024;

/**
 * The connection of an IMAP client, with our own handshake and our own judgement in it: the client would leave both to
 * Node, which certificates on some curves make crash.
 */
export class JudgedTransport implements ImapTransport {
  #socket: Socket;
  /** What has come until the mailbox is open. */
  #octets = 0;
  readonly #secureLater: () => ReturnType<typeof beginSecuring>;
  #objection: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket, secureLater: () => ReturnType<typeof beginSecuring>) {
    this.#socket = socket;
    this.#secureLater = secureLater;
  }

  /**
   * Connects; for `imaps` with a TLS channel that has been judged.
   * @param end of everything that is waited for
   * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
   */
  static async open(target: MailboxTarget, settings: InboxSettings, end: Deadline): Promise<JudgedTransport> {
    const wait = (): Deadline => Deadline.after(settings.timeoutMs, end);
    const socket = await connectTo(target, wait());
    const channel = target.scheme === 'imaps' ? await secure(socket, target.host, settings, wait()) : socket;
    return new JudgedTransport(channel, () => beginSecuring(socket, target.host, settings, wait()));
  }

  /** What was wrong with the TLS channel that STARTTLS should have brought, if anything was. */
  get objection(): Promise<unknown> {
    return this.#objection;
  }

  connect(_options: unknown, onConnect: () => void): Socket {
    process.nextTick(() => {
      onConnect();
      this.#socket.on('data', this.#count);
    });
    return this.#socket;
  }

  upgrade(_socket: unknown, _options: unknown, onSecure: () => void): Socket {
    this.#socket.off('data', this.#count);
    const { stream, judged } = this.#secureLater();
    this.#socket = stream;
    this.#objection = judged.then(
      () => {
        onSecure();
        stream.on('data', this.#count);
        return undefined;
      },
      (error: unknown) => {
        // The client waits for an error; that the connection is over does not tell it.
        stream.emit('error', error);
        return error;
      },
    );
    return stream;
  }

  /** Says that the mailbox is open. */
  opened(): void {
    this.#socket.off('data', this.#count);
  }

  readonly #count = (octets: Buffer): void => {
    this.#octets += octets.length;
    if (this.#octets <= MAX_OPENING_OCTETS) return;
    const flood = new InboxUnreachable(`the server sent over ${MAX_OPENING_OCTETS} octets before the mailbox was open`);
    this.#objection = Promise.resolve(flood);
    this.#socket.destroy(flood);
  };
}
