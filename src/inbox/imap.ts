import { X509Certificate } from 'node:crypto';
import { ImapFlow } from 'imapflow';
import { codeOf } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { InboxTarget } from '../plan/endpoint.js';
import { brief } from '../text/peer.js';
import { InboxRejected, InboxUnreachable } from './inbox.js';
import type { Inbox, InboxSettings, Received } from './inbox.js';

/** A server whose IDLE tells nothing, or that has none, is asked again after this long. */
const LOOK_AGAIN_MS = 10_000;

/** The probe has some two thousand octets; a message of that name that is larger than this is not read to its end. */
const MAX_MESSAGE_OCTETS = 1024 * 1024;

const GOODBYE_MS = 1000;

/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
export async function openImapInbox(target: InboxTarget, settings: InboxSettings): Promise<Inbox> {
  let objection: string | undefined;
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: target.scheme === 'imaps',
    ...(target.scheme === 'imap' && { doSTARTTLS: true }),
    auth: { user: target.username, pass: target.password.reveal() },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: settings.timeoutMs,
    greetingTimeout: settings.timeoutMs,
    tls: {
      secureContext: settings.context,
      rejectUnauthorized: true,
      // Called once the chain holds, and before anything but the handshake is sent.
      checkServerIdentity: (_host, certificate) => {
        objection = settings.objection(new X509Certificate(certificate.raw));
        return objection === undefined ? undefined : new Error(objection);
      },
    },
  });
  // An error after the connection has been lost is told by `close`; unheard, it would end the process.
  client.on('error', () => undefined);

  const deadline = Deadline.after(2 * settings.timeoutMs);
  try {
    await deadline.race(client.connect(), () => new InboxUnreachable('no answer in time'));
  } catch (error) {
    client.close();
    throw connectFailure(error, objection);
  }
  try {
    const { uidNext } = await deadline.race(
      client.mailboxOpen(target.mailbox),
      () => new InboxUnreachable('no answer in time'),
    );
    return new ImapInbox(client, uidNext);
  } catch (error) {
    client.close();
    if (error instanceof InboxUnreachable) throw error;
    throw new InboxRejected(`the mailbox ${brief(target.mailbox)} cannot be opened: ${serverText(error)}`);
  }
}

/** What imapflow adds to its errors. */
interface ImapError {
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
  readonly message?: string;
}

function connectFailure(error: unknown, objection: string | undefined): InboxUnreachable | InboxRejected {
  if (error instanceof InboxUnreachable) return error;
  if ((error as ImapError).authenticationFailed) return new InboxRejected(`login refused: ${serverText(error)}`);
  if (objection !== undefined) return new InboxUnreachable(objection);
  return new InboxUnreachable(`${serverText(error)} (${codeOf(error)})`);
}

function serverText(error: unknown): string {
  const { responseText, message } = error as ImapError;
  return brief(responseText ?? message ?? 'no reason given');
}

/** One mailbox, watched by IDLE for as many waiting messages as there are. */
class ImapInbox implements Inbox {
  readonly #client: ImapFlow;
  /** Messages from this UID on have not been looked at. */
  #nextUid: number;
  /** UIDs of the messages that have come, by Message-ID. */
  readonly #arrived = new Map<string, number>();
  #looking: Promise<void> = Promise.resolve();
  /** Rises with every sign that there may be something new. */
  #signs = 0;
  #wake: (() => void)[] = [];

  constructor(client: ImapFlow, nextUid: number) {
    this.#client = client;
    this.#nextUid = nextUid;
    client.on('exists', this.#onSign).on('close', this.#onSign);
  }

  async find(messageId: string, deadline: Deadline): Promise<Received | undefined> {
    for (;;) {
      const last = deadline.remainingMs === 0;
      const signs = this.#signs;
      await this.#look();
      const uid = this.#arrived.get(messageId);
      if (uid !== undefined) return this.#received(uid);
      if (last) return undefined;
      if (this.#signs === signs) await this.#sign(Deadline.after(LOOK_AGAIN_MS, deadline));
    }
  }

  async close(): Promise<void> {
    const deadline = Deadline.after(GOODBYE_MS);
    await deadline.race(this.#client.logout(), () => new InboxUnreachable('no goodbye')).catch(() => undefined);
    this.#client.close();
  }

  /** Looks at what has come since the last look; one look at a time, whoever waits. */
  async #look(): Promise<void> {
    this.#looking = this.#looking.catch(() => undefined).then(() => this.#fetchNew());
    return this.#looking;
  }

  async #fetchNew(): Promise<void> {
    if (!this.#client.usable) throw new InboxUnreachable('the connection to the inbox was lost');
    const range = `${this.#nextUid}:*`;
    for await (const { uid, headers } of this.#client.fetch(range, { headers: ['message-id'] }, { uid: true })) {
      // "n:*" always holds the last message, be its UID below n or not (RFC 9051 section 9, seq-range).
      if (uid < this.#nextUid) continue;
      const messageId = /<[^>]*>/.exec(headers?.toString('latin1') ?? '')?.[0];
      if (messageId !== undefined) this.#arrived.set(messageId, uid);
      this.#nextUid = uid + 1;
    }
    // Runs until the next command; its end is no news, and the loss of the connection is told by `close`.
    void this.#client.idle().catch(() => undefined);
  }

  async #received(uid: number): Promise<Received> {
    const range = String(uid);
    const message = await this.#client.fetchOne(range, { source: { maxLength: MAX_MESSAGE_OCTETS } }, { uid: true });
    return {
      source: (message !== false && message.source) || Buffer.alloc(0),
      delete: async () => {
        // Without UIDPLUS (RFC 4315), EXPUNGE would take along whatever else is marked as deleted.
        if (this.#client.capabilities.has('UIDPLUS')) await this.#client.messageDelete(range, { uid: true });
        else await this.#client.messageFlagsAdd(range, ['\\Deleted'], { uid: true });
      },
    };
  }

  async #sign(deadline: Deadline): Promise<void> {
    const sign = new Promise<void>((resolve) => this.#wake.push(resolve));
    await deadline.race(sign, () => new Error('no sign')).catch(() => undefined);
  }

  readonly #onSign = (): void => {
    this.#signs += 1;
    for (const wake of this.#wake.splice(0)) wake();
  };
}
