import { ImapFlow, type MailboxObject } from 'imapflow';
import { codeOf } from '../../text/reason.js';
import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import type { ImapBaselines } from './baselines.js';
import { InboxError, rejected, temporary, unusable } from '../failure.js';
import type { InboxSettings } from '../inbox.js';
import { isRefusal, whatServerSays, type ImapFlowError } from './dialogue.js';
import { JudgedTransport } from './transport.js';

/** IDLE begins again soon after any command, so that the server announces the next message. */
const IDLE_AFTER_MS = 50;

/** The client's own limits are in gigabytes. */
const MAX_LINE_BYTES = 64 * 1024;

/** A message is fetched in parts of this size, each of which has the time of one answer. */
export const FETCH_BYTES = 256 * 1024;

/** Twice the part of a message that is fetched at a time. */
const MAX_LITERAL_BYTES = 2 * FETCH_BYTES;

/** A literal and the lines around it. */
const MAX_RESPONSE_BYTES = 2 * MAX_LITERAL_BYTES;

/** A connection with a selected mailbox. It uses IDLE between commands. */
export interface ImapConnection {
  readonly client: ImapFlow;
  /** The UID from which messages are new. */
  readonly nextUid: number;
}

/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS.
 * @param stop ends the attempt
 * @param baselines the UIDs at which new messages begin
 * @throws {InboxError}
 */
export async function connectImap(
  target: MailboxTarget,
  settings: InboxSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<ImapConnection> {
  // Together, connecting, greeting, TLS, login and selection have the time of connecting and one answer.
  const deadline = Deadline.after(2 * settings.timeoutMs, Deadline.on(stop));
  const late = (): InboxError => temporary('the server did not answer in time');
  const transport = await JudgedTransport.open(target, settings, deadline);
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: target.scheme === 'imaps',
    ...(target.scheme === 'imap' && { doSTARTTLS: true }),
    transport,
    auth: { user: target.username, pass: target.password.reveal() },
    logger: false,
    // A compressed flood would cost the server almost nothing.
    disableCompression: true,
    maxLineLength: MAX_LINE_BYTES,
    maxLiteralSize: MAX_LITERAL_BYTES,
    maxResponseSize: MAX_RESPONSE_BYTES,
    autoIdleDelay: IDLE_AFTER_MS,
    greetingTimeout: settings.timeoutMs,
  });
  // An error without a listener ends the process. The event `close` reports a connection that was lost.
  client.on('error', () => undefined);
  try {
    await deadline.race(client.connect(), late).catch(async (error: unknown) => {
      client.close();
      throw connectError((await transport.failure) ?? error);
    });
    const opened = await deadline
      .race(client.mailboxOpen(target.mailbox).then(unlessLost), late)
      .catch(async (error: unknown) => {
        throw openError((await transport.failure) ?? error, target.mailbox);
      });
    transport.opened();
    return { client, nextUid: baselines.of(target.mailbox, opened) };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The client resolves without a mailbox if the connection is lost before. */
function unlessLost(opened: Partial<MailboxObject> | undefined): Partial<MailboxObject> {
  if (!opened) throw Object.assign(new Error('the connection was lost'), { code: 'NoConnection' });
  return opened;
}

/** The error codes of a lost connection or a server that did not answer, of the client and of the system. */
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

function connectError(error: unknown): InboxError {
  if (error instanceof InboxError) return error;
  const said = whatServerSays(error);
  if ((error as ImapFlowError).authenticationFailed) return rejected(`login refused: ${said}`);
  return notOpened(`${said} (${codeOf(error)})`, error);
}

function openError(error: unknown, mailbox: string): InboxError {
  if (error instanceof InboxError) return error;
  const detail = `the mailbox ${excerpt(mailbox)} cannot be opened: ${whatServerSays(error)}`;
  return isRefusal(error) ? rejected(detail) : notOpened(detail, error);
}

function notOpened(detail: string, error: unknown): InboxError {
  return LOST.has(codeOf(error)) ? temporary(detail) : unusable(detail);
}
