import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect, ConnectFailure, resolve } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import { beginHandshake, type HandshakeResult } from '../tls/handshake.js';
import { InboxError } from './failure.js';
import type { InboxSettings } from './inbox.js';

/**
 * Connects to the server of an inbox.
 * @throws {InboxError}
 */
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
  /**
   * The same stream, after it has been judged.
   * @throws {InboxError} if the handshake fails or the certificates are not accepted; then the connection is closed
   */
  readonly judged: Promise<TLSSocket>;
}

/**
 * Begins a TLS handshake. The certificates are judged before anything but the handshake is sent.
 * @param socket with nothing unread
 */
export function beginSecuring(socket: Socket, host: string, settings: InboxSettings, deadline: Deadline): Securing {
  const { stream, outcome } = beginHandshake(socket, {
    context: settings.context,
    servername: isIP(host) === 0 ? host : undefined,
    deadline,
  });
  const judged = outcome.then((result) => {
    const error = errorOf(result, settings);
    if (!error) return stream;
    stream.destroy();
    socket.destroy();
    throw error;
  });
  return { stream, judged };
}

/**
 * Makes a TLS channel, as {@link beginSecuring} does.
 * @throws {InboxError}
 */
export function secure(socket: Socket, host: string, settings: InboxSettings, deadline: Deadline): Promise<TLSSocket> {
  return beginSecuring(socket, host, settings, deadline).judged;
}

function errorOf(result: HandshakeResult, { judge }: InboxSettings): InboxError | undefined {
  if (!result.ok) return new InboxError({ kind: 'no-tls', cause: result.failure });
  const objections = judge(result.channel);
  return objections.length === 0 ? undefined : new InboxError({ kind: 'bad-certificate', objections });
}
