import type { Socket } from 'node:net';
import { Deadline } from '../net/deadline.js';
import { LineChannel } from '../net/line-channel.js';
import type { InboxTarget } from '../plan/endpoint.js';
import { INBOX_SCHEMES } from '../plan/schema/values.js';
import { beginHandshake } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import { connectTo } from './channel.js';
import { InboxError, type Negotiated } from './failure.js';
import type { InboxSettings } from './inbox.js';

/** The lines that the server sends before a handshake are short. */
const MAX_LINE_BYTES = 4096;

/** As many lines may precede the reply to STARTTLS. */
const MAX_LINES = 16;

/**
 * Adds to a failed handshake what the server negotiates if every version and cipher suite is enabled, on a connection of
 * its own. Nothing else is sent there.
 * @throws {InboxError} the failure of `opening`
 */
export async function explained<T>(
  opening: Promise<T>,
  target: InboxTarget,
  settings: InboxSettings,
  stop: AbortSignal,
): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof InboxError) || error.failure.kind !== 'no-tls') throw error;
    if (!['alert', 'refused-here', 'lost'].includes(error.failure.cause.kind)) throw error;
    const negotiated = await negotiateAnything(target, settings, Deadline.on(stop));
    throw negotiated ? new InboxError({ ...error.failure, negotiated }) : error;
  }
}

/** @returns undefined if there is no agreement even then, or no handshake was possible */
async function negotiateAnything(
  target: InboxTarget,
  settings: InboxSettings,
  end: Deadline,
): Promise<Negotiated | undefined> {
  const deadline = Deadline.after(settings.timeoutMs, end);
  let socket: Socket | undefined;
  try {
    socket = await connectTo(target, settings, deadline);
    if (INBOX_SCHEMES[target.scheme].tls === 'upgrade' && !(await startsTls(socket, target, deadline)))
      return undefined;
    const servername = serverNameIndication(target.host);
    const result = await beginHandshake(socket, { context: settings.anything(), servername, deadline }).outcome;
    if (!result.ok) return undefined;
    result.channel.stream.destroy();
    const { version, cipher } = result.channel;
    return { version, cipher };
  } catch {
    // A failure of the diagnosis adds nothing to the failure that it explains.
    return undefined;
  } finally {
    socket?.destroy();
  }
}

/** Sends STARTTLS or STLS after the greeting. @returns whether the server has accepted it */
async function startsTls(socket: Socket, { scheme }: InboxTarget, deadline: Deadline): Promise<boolean> {
  const [command, accepted] = scheme === 'imap' ? ['a STARTTLS', /^a OK\b/i] : ['STLS', /^\+OK\b/i];
  const channel = new LineChannel(socket);
  const failure = (): Error => new Error('no reply');
  const nextLine = async (): Promise<string> => {
    for (;;) {
      const line = channel.received.takeLine(MAX_LINE_BYTES, failure);
      if (line) return line.toString('latin1');
      if (channel.end) throw failure();
      await deadline.race(channel.more(), failure);
    }
  };
  await nextLine();
  socket.write(`${command}\r\n`);
  for (let lines = 0; lines < MAX_LINES; lines += 1) {
    const line = await nextLine();
    if (scheme === 'imap' && line.startsWith('* ')) continue;
    channel.detach();
    return accepted.test(line) && channel.received.unread.length === 0;
  }
  return false;
}
