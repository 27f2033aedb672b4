import { codeOf } from '../text/reason.js';
import type { PeerText } from '../text/peer.js';
import type { Reply } from './reply.js';
import { SessionError } from './session-point.js';

/** The connection ended before the server sent a reply that it had to send. */
export class ConnectionLost extends SessionError {
  override readonly name = 'ConnectionLost';

  /**
   * @param cause the error of the system or the TLS library; undefined if the peer closed in an orderly way
   * @param heard the lines of an incomplete reply, the last one perhaps cut
   * @param farewell the 221 with which the server announced it, in place of the reply that was due
   */
  constructor(
    override readonly cause?: unknown,
    readonly heard: readonly PeerText[] = [],
    readonly farewell?: Reply,
  ) {
    super(cause === undefined ? 'the server closed the connection' : `connection lost: ${codeOf(cause)}`);
  }
}

export class ReplyTimeout extends SessionError {
  override readonly name = 'ReplyTimeout';

  /**
   * @param heard the lines of an incomplete reply, the last one perhaps cut
   */
  constructor(
    readonly waitedMs: number,
    readonly heard: readonly PeerText[] = [],
  ) {
    super(`no complete reply within ${waitedMs} ms`);
  }
}

export class UnsolicitedReply extends SessionError {
  override readonly name = 'UnsolicitedReply';

  constructor(readonly text: string) {
    super(`an unsolicited reply: ${text}`);
  }
}

/** 421, which any command may get: the server closes the connection (RFC 5321 section 3.8). */
export class ServiceNotAvailable extends SessionError {
  override readonly name = 'ServiceNotAvailable';

  constructor(readonly reply: Reply) {
    super('421 service not available');
  }
}
