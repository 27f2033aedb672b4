import { ImapFlow, type MailboxObject } from 'imapflow';
import { Deadline } from '../../net/deadline.js';
import type { MailboxTarget } from '../../plan/endpoint.js';
import { INBOX_SCHEMES } from '../../plan/schema/values.js';
import { noGreeting, noReply, type InboxError } from '../failure.js';
import type { SessionSettings } from '../inbox.js';
import { ImapLog } from './log.js';
import { pathOf } from './namespace.js';
import { connectError, openError } from './opening-error.js';
import { JudgedTransport } from './transport.js';

/** IDLE begins again soon after a command, so that the server announces the next message. */
const IDLE_AFTER_MS = 50;

/** The client's own limits are in gigabytes. */
const MAX_LINE_BYTES = 64 * 1024;

/** A message is fetched in parts of this size, each of which has the time of one reply. */
export const FETCH_BYTES = 256 * 1024;

const MAX_LITERAL_BYTES = 2 * FETCH_BYTES;

/** A literal and the lines around it. */
const MAX_RESPONSE_BYTES = 2 * MAX_LITERAL_BYTES;

/** A connection with a selected mailbox. It uses IDLE between commands. */
export interface ImapConnection {
  readonly client: ImapFlow;
  /** The UID from which messages are new. */
  readonly nextUid: number;
  readonly baseline: Baseline;
}

/** What a server reports about a folder on SELECT or STATUS. */
export interface UidState {
  /** The UID that the next message gets; a server need not report it (RFC 3501 section 6.3.1). */
  readonly uidNext?: number | undefined;
  /** UIDs can be compared only if this is the same (RFC 9051 section 2.3.1.1). */
  readonly uidValidity?: bigint | undefined;
}

/** The state of a folder when a run opened it first. */
export interface Baseline extends UidState {
  /** The UIDs of the messages that the run has seen since then. */
  readonly seen: Set<number>;
}

/**
 * The baseline of each folder, by its path. It outlives connections: messages that arrive between two of them are new.
 */
export type ImapBaselines = Map<string, Baseline>;

/** @param state of the folder now, which is kept if it is the first one */
function baselineOf(baselines: ImapBaselines, path: string, { uidNext, uidValidity }: UidState): Baseline {
  const baseline = baselines.get(path) ?? { uidNext, uidValidity, seen: new Set() };
  baselines.set(path, baseline);
  return baseline;
}

/**
 * @param state of the folder now; the first one is kept
 * @returns the UID from which messages are new; 1 if the server does not report it, because any message may be new
 */
export function firstNewUid(baselines: ImapBaselines, path: string, state: UidState): number {
  const first = baselineOf(baselines, path, state);
  return areRenumbered([first, state]) ? 1 : (first.uidNext ?? 1);
}

/** Whether a folder has assigned new UIDs between two of these states. */
export function areRenumbered(states: readonly UidState[]): boolean {
  return new Set(states.flatMap(({ uidValidity }) => uidValidity ?? [])).size > 1;
}

/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with implicit TLS, `imap` with STARTTLS.
 * @param stop ends the attempt
 * @throws {InboxError}
 */
export async function connectImap(
  target: MailboxTarget,
  settings: SessionSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<ImapConnection> {
  // Connecting, greeting, TLS, login and selection together have the time of connecting and one reply.
  const deadline = Deadline.after(2 * settings.timeoutMs, Deadline.on(stop));
  const log = new ImapLog(settings.transcript, target.mailbox);
  const late = (): InboxError => (log.command === '' ? noGreeting() : noReply(log.command));
  const transport = await JudgedTransport.open(target, settings, deadline);
  const isImplicit = INBOX_SCHEMES[target.scheme].tls === 'implicit';
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: isImplicit,
    ...(!isImplicit && { doSTARTTLS: true }),
    transport,
    auth: { user: target.username, pass: target.password.reveal() },
    logger: log,
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
      log.addUnread(transport.lastLines);
      throw connectError((await transport.failure) ?? error, log);
    });
    settings.onMailbox(pathOf(target.mailbox, client.namespace));
    const opened = await deadline
      .race(client.mailboxOpen(target.mailbox).then(unlessLost), late)
      .catch(async (error: unknown) => {
        log.addUnread(transport.lastLines);
        throw openError((await transport.failure) ?? error, target.mailbox, log, client.namespace);
      });
    transport.opened();
    return {
      client,
      nextUid: firstNewUid(baselines, target.mailbox, opened),
      baseline: baselineOf(baselines, target.mailbox, opened),
    };
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
