import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect, ConnectFailure, resolve, systemResolver } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import { beginHandshake, type HandshakeFailure } from '../tls/handshake.js';
import { InboxUnreachable, type InboxSettings } from './inbox.js';

/** Where an inbox listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Connects to the server of an inbox.
 * @throws {InboxUnreachable}
 */
export async function connectTo({ host, port }: Place, deadline: Deadline): Promise<Socket> {
  try {
    return await connect(await resolve(host, deadline, systemResolver()), port, deadline);
  } catch (error) {
    if (error instanceof ConnectFailure) throw noConnection(error);
    throw error;
  }
}

export function noConnection({ message, transient, inconclusive }: ConnectFailure): InboxUnreachable {
  return new InboxUnreachable(`no connection (${message})`, { transient, inconclusive });
}

/** A TLS channel that is being made. */
export interface Securing {
  /** What it will be; nothing may be sent over it before it is judged. */
  readonly stream: TLSSocket;
  /**
   * The same, once it has been.
   * @throws {InboxUnreachable} if there is no channel, or a certificate does not hold; then the connection is over
   */
  readonly judged: Promise<TLSSocket>;
}

/**
 * Begins to make a TLS channel of a connection. Its certificates are judged before anything but the handshake is sent.
 * @param socket with nothing unread
 */
export function beginSecuring(socket: Socket, host: string, settings: InboxSettings, deadline: Deadline): Securing {
  const { stream, outcome } = beginHandshake(socket, {
    context: settings.context,
    servername: isIP(host) === 0 ? host : undefined,
    deadline,
  });
  const judged = outcome.then((result) => {
    const objection = result.ok ? settings.objection(result.channel) : `no TLS: ${inWords(result.failure)}`;
    if (objection === undefined) return stream;
    stream.destroy();
    socket.destroy();
    const transient = !result.ok && (result.failure.kind === 'lost' || result.failure.kind === 'timed-out');
    throw new InboxUnreachable(objection, { transient });
  });
  return { stream, judged };
}

/**
 * Makes a TLS channel of a connection, as {@link beginSecuring} does.
 * @throws {InboxUnreachable}
 */
export function secure(socket: Socket, host: string, settings: InboxSettings, deadline: Deadline): Promise<TLSSocket> {
  return beginSecuring(socket, host, settings, deadline).judged;
}

function inWords(failure: HandshakeFailure): string {
  switch (failure.kind) {
    case 'timed-out':
      return 'the handshake did not end in time';
    case 'lost':
      return `the connection was lost (${failure.detail})`;
    case 'alert':
      return `the server refuses the handshake (alert ${failure.number}, ${failure.name})`;
    case 'refused-here':
      return `the handshake fails (${failure.reason})`;
    case 'cleartext':
      return 'the server speaks in the clear';
  }
}
