import { isIPv6 } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../net/deadline.js';
import type { Transcript } from '../smtp/transcript.js';
import { beginHandshake, type Handshake } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import { openConnection } from './connection.js';
import type { Context } from './context.js';
import type { Connection } from './hand-over.js';

/**
 * Opens another connection to the server, next to the main one, and always closes it.
 * @param terms.address that of the main connection, so that both reach the same machine; undefined if there is none
 * @param terms.transcript receives the dialogue
 * @param terms.budget the end of every wait on this connection
 * @throws {ConnectFailure} and what `work` throws
 */
export async function onSideConnection<T>(
  context: Context,
  terms: { readonly address: string | undefined; readonly transcript: Transcript; readonly budget: Deadline },
  work: (side: Context, connection: Connection) => Promise<T>,
): Promise<T> {
  const { address, transcript, budget } = terms;
  const closers: (() => Promise<void>)[] = [];
  const side: Context = {
    ...context,
    transcript,
    budget,
    ...(address !== undefined && { addresses: [{ address, family: isIPv6(address) ? 6 : 4 }] }),
    atEnd: (close) => closers.unshift(close),
    // The main dialogue reports them.
    onBareLineFeed: () => undefined,
  };
  try {
    return await work(side, await openConnection(side));
  } finally {
    for (const close of closers) await close();
  }
}

/** Begins a handshake on a side connection. It has a client certificate only if the TLS context has one. */
export function beginSideHandshake(
  { budget, endpoint }: Context,
  { socket }: Connection,
  secureContext: SecureContext,
): Handshake {
  return beginHandshake(socket, {
    context: secureContext,
    servername: serverNameIndication(endpoint.servername),
    deadline: budget,
  });
}
