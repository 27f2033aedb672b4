import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect, ConnectFailure, resolve } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import { beginHandshake } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import { InboxError } from './failure.js';
import type { InboxSettings } from './inbox.js';

/** @throws {InboxError} */
export async function connectTo(
  { host, port }: { readonly host: string; readonly port: number },
  { resolver }: InboxSettings,
  deadline: Deadline,
): Promise<Socket> {
  try {
    return await connect(await resolve(host, deadline, resolver), port, deadline);
  } catch (error) {
    if (error instanceof ConnectFailure) throw new InboxError({ kind: 'no-connection', cause: error });
    throw error;
  }
}

/** A TLS handshake that has begun. */
export interface Securing {
  /** Nothing may be sent over it until it has been judged. */
  readonly stream: TLSSocket;
  /** The same stream. Rejects with an {@link InboxError} if it is not accepted; then the connection is closed. */
  readonly judged: Promise<TLSSocket>;
}

/**
 * Begins a TLS handshake. The certificates are judged before anything but the handshake is sent.
 * @param socket with nothing unread
 * @param afterStartTls whether the server has accepted STARTTLS or STLS
 */
export function beginSecuring(
  socket: Socket,
  host: string,
  settings: InboxSettings,
  deadline: Deadline,
  afterStartTls: boolean,
): Securing {
  const { stream, outcome } = beginHandshake(socket, {
    context: settings.context,
    servername: serverNameIndication(host),
    deadline,
  });
  const judged = outcome.then((result) => {
    const objections = result.ok ? settings.judge(result.channel) : [];
    if (result.ok && objections.length === 0) return stream;
    stream.destroy();
    socket.destroy();
    throw new InboxError(
      result.ok
        ? { kind: 'bad-certificate', objections }
        : { kind: 'no-tls', cause: result.failure, afterStartTls, required: settings.minVersion },
    );
  });
  return { stream, judged };
}

/** @throws {InboxError} as {@link beginSecuring} does */
export function secure(
  socket: Socket,
  host: string,
  settings: InboxSettings,
  deadline: Deadline,
  afterStartTls = false,
): Promise<TLSSocket> {
  return beginSecuring(socket, host, settings, deadline, afterStartTls).judged;
}
