import { isIPv6 } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../net/deadline.js';
import type { Transcript } from '../smtp/transcript.js';
import { beginHandshake } from '../tls/handshake.js';
import type { Handshake } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import { openConnection } from './opening.js';
import type { Visit } from './context.js';

/**
 * Makes a further connection to the server, beside the main dialogue, and closes it whatever comes. It goes to the
 * address that the main dialogue found, so that both speak of the same machine.
 * @param terms.transcript where the dialogue is written down
 * @param terms.budget the end of everything that may be waited for in it
 * @param at what is done there
 * @throws {ConnectFailure} and what `at` throws
 */
export async function aside<T>(
  { endpoint, world, address, addresses }: Visit,
  terms: { transcript: Transcript; budget: Deadline },
  at: (second: Visit) => Promise<T>,
): Promise<T> {
  const only = address === undefined ? addresses : [{ address, family: isIPv6(address) ? 6 : 4 } as const];
  const second: Visit = {
    endpoint,
    world,
    ...terms,
    asides: terms.transcript,
    ...(only && { addresses: only }),
    observed: [],
    peerAuthenticated: false,
    handedOver: false,
  };
  try {
    await openConnection(second);
    return await at(second);
  } finally {
    await second.session?.quit();
    second.socket?.destroy();
  }
}

/** Begins a handshake aside. It never shows a certificate of ours, unless the context has one. */
export function handshakeAside({ socket, budget, endpoint }: Visit, context: SecureContext): Handshake {
  if (!socket) throw new TypeError('a handshake without a socket');
  return beginHandshake(socket, {
    context,
    servername: serverNameIndication(endpoint.servername),
    deadline: budget,
  });
}
