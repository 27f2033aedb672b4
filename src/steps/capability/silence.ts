import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { ReplySyntaxError } from '../../smtp/reply.js';
import { ConnectionLost, ReplyTimeout } from '../../smtp/session.js';
import { brief, decodeBytes } from '../../text/peer.js';
import type { PeerText } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import type { Context } from '../context.js';
import { answerToHandshake } from '../diagnostic-handshake.js';
import { stopped } from '../hand-over.js';
import type { Connection, Stopped } from '../hand-over.js';
import { otherProtocol } from './other-protocol.js';

/** The bytes of a TLS record before its length: its type and version. */
const TYPE_AND_VERSION_OCTETS = 3;

/** A server that closes sooner than this rejects the client, and does not wait for it to speak. */
const WAITS_AT_LEAST_MS = 250;

/**
 * Finds out why no greeting came: the port may speak TLS, or another protocol in which the client speaks first.
 * @param error what the wait for the greeting threw
 * @param waitedMs how long that was
 * @returns undefined if nothing more is known than the error says
 */
export async function judgeSilence(
  context: Context,
  { address }: Connection,
  error: unknown,
  waitedMs: number,
): Promise<Stopped | undefined> {
  const [first] = error instanceof ReplySyntaxError ? [...error.before, error.line] : heardBefore(error);
  if (first) {
    return isTlsRecord(Buffer.from(first.exact)) ? stopped(implicitTlsPort(context, first.exact)) : undefined;
  }
  const isSilence = error instanceof ReplyTimeout || (error instanceof ConnectionLost && waitedMs > WAITS_AT_LEAST_MS);
  const answer = isSilence ? await answerToHandshake(context, address) : undefined;
  if (answer?.kind === 'record') return stopped(implicitTlsPort(context, decodeBytes(answer.octets)));
  const said = answer?.kind === 'cleartext' ? decodeBytes(answer.octets) : '';
  const other = otherProtocol(said, ', which says nothing until the client speaks');
  return other && stopped(other);
}

function heardBefore(error: unknown): readonly PeerText[] {
  return error instanceof ReplyTimeout || error instanceof ConnectionLost ? error.heard : [];
}

/** @param said what the server says first */
function implicitTlsPort({ endpoint }: Context, said: string): KnownFinding {
  const message = `Port ${endpoint.port} of ${endpoint.host} does not greet: it speaks TLS from the first byte.`;
  const data = brief(said.slice(0, TYPE_AND_VERSION_OCTETS));
  return finding('implicit-tls-port', message, { evidence: { data } });
}
