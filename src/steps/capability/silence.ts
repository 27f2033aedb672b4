import { finding, type KnownFinding } from '../../findings/finding.js';
import { ConnectionLost, ReplyTimeout } from '../../smtp/session.js';
import { excerpt, decodeBytes } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import type { Context } from '../context.js';
import { answerToHandshake } from '../diagnostic-handshake.js';
import { heardBefore } from '../error-to-finding.js';
import { stopped, type Connection, type Stopped } from '../hand-over.js';
import { otherProtocol } from './other-protocol.js';

/** The bytes of a TLS record before its length: its type and version. */
const TYPE_AND_VERSION_BYTES = 3;

/** A server that closes the connection sooner did not wait for the client to speak first. */
const MIN_WAIT_MS = 250;

/**
 * Finds out why no greeting came: the server may expect TLS, or another protocol in which the client speaks first.
 * @param error of the wait for the greeting, which took `waitedMs`
 * @returns undefined if there is no better explanation than the error
 */
export async function judgeSilence(
  context: Context,
  { address }: Connection,
  error: unknown,
  waitedMs: number,
): Promise<Stopped | undefined> {
  const [first] = heardBefore(error);
  if (first) {
    return isTlsRecord(Buffer.from(first.exact)) ? stopped(implicitTlsPort(context, first.exact)) : undefined;
  }
  const isSilence = error instanceof ReplyTimeout || (error instanceof ConnectionLost && waitedMs > MIN_WAIT_MS);
  const answer = isSilence ? await answerToHandshake(context, address) : undefined;
  if (answer?.kind === 'record') return stopped(implicitTlsPort(context, decodeBytes(answer.bytes)));
  const said = answer?.kind === 'cleartext' ? decodeBytes(answer.bytes) : '';
  const other = otherProtocol(said, ', and waits for the client to speak first');
  return other && stopped(other);
}

/** @param said the first data from the server */
function implicitTlsPort({ endpoint }: Context, said: string): KnownFinding {
  const message = `Port ${endpoint.port} of ${endpoint.host} sends no greeting: it expects TLS from the first byte.`;
  const data = excerpt(said.slice(0, TYPE_AND_VERSION_BYTES));
  return finding('implicit-tls-port', message, { evidence: { data } });
}
