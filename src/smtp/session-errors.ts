import { codeOf } from '../net/connect.js';
import type { PeerText } from '../text/peer.js';
import type { Reply } from './reply.js';

/** The connection ended where the server owed an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  /**
   * @param cause the system's or the TLS library's error; undefined where the peer closed in an orderly way
   * @param heard the lines of a reply that had begun, the last one perhaps in part
   */
  constructor(
    override readonly cause?: unknown,
    readonly heard: readonly PeerText[] = [],
  ) {
    super(cause === undefined ? 'the server closed the connection' : `connection lost: ${codeOf(cause)}`);
  }
}

/** A whole reply was not there in time. */
export class ReplyTimeout extends Error {
  override readonly name = 'ReplyTimeout';

  /**
   * @param waitedMs how long was waited, in milliseconds
   * @param heard the lines of a reply that had begun, the last one perhaps in part
   */
  constructor(
    readonly waitedMs: number,
    readonly heard: readonly PeerText[] = [],
  ) {
    super(`no complete reply within ${waitedMs} ms`);
  }
}

/** The server sent a complete reply where it owed none. */
export class UnsolicitedReply extends Error {
  override readonly name = 'UnsolicitedReply';

  constructor(readonly text: string) {
    super(`a reply that nobody asked for: ${text}`);
  }
}

/** 421: the server is closing the channel, whatever it was asked (RFC 5321 section 3.8). */
export class ServiceNotAvailable extends Error {
  override readonly name = 'ServiceNotAvailable';

  constructor(readonly reply: Reply) {
    super('421 service not available');
  }
}
