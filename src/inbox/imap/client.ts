import { ImapFlow, type MailboxObject } from 'imapflow';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import type { ImapBaselines } from './baselines.js';
import { isRefusal, whatServerSays, type ImapFailure } from './failure.js';
import { JudgedTransport } from './transport.js';
import { inboxLost, InboxRejected, InboxUnreachable, type InboxSettings } from '../inbox.js';

/** Back to IDLE so soon after any command, so that the server tells of the next message whatever the last one needed. */
const IDLE_AFTER_MS = 50;

/** No answer that we ask for has a longer line; the client's own limits are in gigabytes. */
const MAX_LINE_OCTETS = 64 * 1024;

/** A message is asked for in parts of this size, each of which has as long as any answer. */
export const FETCH_OCTETS = 256 * 1024;

/** Twice the most that we ask for of a message at a time. */
const MAX_LITERAL_OCTETS = 2 * FETCH_OCTETS;

/** A literal, and the lines around it with plenty of room. */
const MAX_ANSWER_OCTETS = 2 * MAX_LITERAL_OCTETS;

/** A connection with a mailbox selected, idling by itself between commands. */
export interface ImapConnection {
  readonly client: ImapFlow;
  /** The UID from which on messages are new. */
  readonly nextUid: number;
}

/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @param stop says that nobody wants it any more; of interest only while it is being opened
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
export async function connectImap(
  target: MailboxTarget,
  settings: InboxSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<ImapConnection> {
  // Connecting, greeting, upgrade, login and selection have as long together as connecting and one answer may take.
  const deadline = Deadline.after(2 * settings.timeoutMs, Deadline.on(stop));
  const late = (): InboxUnreachable => inboxLost('no answer in time');
  const transport = await JudgedTransport.open(target, settings, deadline);
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: target.scheme === 'imaps',
    ...(target.scheme === 'imap' && { doSTARTTLS: true }),
    transport,
    auth: { user: target.username, pass: target.password.reveal() },
    logger: false,
    // Compressed, a flood would cost its sender next to nothing.
    disableCompression: true,
    maxLineLength: MAX_LINE_OCTETS,
    maxLiteralSize: MAX_LITERAL_OCTETS,
    maxResponseSize: MAX_ANSWER_OCTETS,
    autoIdleDelay: IDLE_AFTER_MS,
    greetingTimeout: settings.timeoutMs,
  });
  // An error after the connection has been lost is told by `close`; unheard, it would end the process.
  client.on('error', () => undefined);
  try {
    await deadline.race(client.connect(), late).catch(async (error: unknown) => {
      client.close();
      throw connectFailure((await transport.objection) ?? error);
    });
    const opened = await deadline
      .race(client.mailboxOpen(target.mailbox).then(unlessLost), late)
      .catch(async (error: unknown) => {
        throw openFailure((await transport.objection) ?? error, target.mailbox);
      });
    transport.opened();
    return { client, nextUid: baselines.of(target.mailbox, opened) };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The client resolves without a mailbox where the connection was lost before it came to it. */
function unlessLost(opened: Partial<MailboxObject> | undefined): Partial<MailboxObject> {
  if (!opened) throw Object.assign(new Error('the connection was lost'), { code: 'NoConnection' });
  return opened;
}

/** The error codes of a lost connection or a server that did not answer: the client's own, and the system's. */
const LOST: ReadonlySet<string> = new Set([
  'NoConnection',
  'EConnectionClosed',
  'ClosedAfterConnectText',
  'ClosedAfterConnectTLS',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

function connectFailure(error: unknown): InboxUnreachable | InboxRejected {
  if (error instanceof InboxUnreachable) return error;
  const said = whatServerSays(error);
  if ((error as ImapFailure).authenticationFailed) return new InboxRejected(`login refused: ${said}`);
  return unreachable(`${said} (${codeOf(error)})`, error);
}

function openFailure(error: unknown, mailbox: string): InboxUnreachable | InboxRejected {
  if (error instanceof InboxUnreachable) return error;
  const message = `the mailbox ${excerpt(mailbox)} cannot be opened: ${whatServerSays(error)}`;
  return isRefusal(error) ? new InboxRejected(message) : unreachable(message, error);
}

function unreachable(message: string, error: unknown): InboxUnreachable {
  return new InboxUnreachable(message, { transient: LOST.has(codeOf(error)) });
}
