import type { SecureContext } from 'node:tls';
import { Deadline } from '../net/deadline.js';
import { openDialogue } from '../smtp/dialogue.js';
import { Transcript } from '../smtp/transcript.js';
import type { Opening } from '../tls/guard.js';
import type { HandshakeResult, TlsChannel } from '../tls/handshake.js';
import { beginSession, ehloName } from './connection.js';
import type { Context } from './context.js';
import type { Connection } from './hand-over.js';
import { beginSideHandshake, onSideConnection } from './side-connection.js';

/*
 * Handshakes on a connection of their own. Nothing is sent but a handshake and what leads to one. Most diagnose a
 * failure: they change its explanation, and no verdict.
 */

/** What both sides agree on. */
export type Negotiated = Pick<TlsChannel, 'version' | 'cipher' | 'group' | 'oldSignature'>;

/**
 * What a server negotiates if it is offered everything: the reason why it did not within the policy.
 * @param address that of the server; undefined if it is not known
 * @returns `nothing` if there is no agreement even then; undefined if that stays open
 */
export async function negotiateAnything(
  context: Context,
  address: string | undefined,
): Promise<Negotiated | 'nothing' | undefined> {
  const result = await handshakeAside(context, address, context.run.trust.anything());
  if (!result) return undefined;
  if (result.ok) return result.channel;
  const { failure } = result;
  // A server that asks for a certificate has agreed to everything else.
  const isDisagreement = failure.kind === 'refused-here' || (failure.kind === 'alert' && !failure.asked);
  return isDisagreement ? 'nothing' : undefined;
}

/** The first bytes that a port without a greeting answers to a TLS handshake; undefined if there is no connection. */
export async function answerToHandshake(context: Context, address: string | undefined): Promise<Opening | undefined> {
  return diagnose(context, address, (side, connection) => {
    return beginSideHandshake(side, connection, side.run.trust.anything()).opening;
  });
}

/**
 * Makes a handshake on a connection of its own, after STARTTLS if the endpoint upgrades. The channel is closed.
 * @param address that of the server; undefined if it is not known
 * @returns undefined if it did not come to a handshake
 */
export async function handshakeAside(
  context: Context,
  address: string | undefined,
  secureContext: SecureContext,
): Promise<HandshakeResult | undefined> {
  return diagnose(context, address, async (side, connection) => {
    if (side.endpoint.transport === 'starttls') {
      const session = beginSession(side, connection.socket);
      const terms = { ehloName: ehloName(side, connection.localAddress), greets: true, upTo: 'STARTTLS' } as const;
      const opened = await openDialogue(session, terms);
      if (!opened.ok || opened.dialogue.leftover.length > 0) return undefined;
    }
    const result = await beginSideHandshake(side, connection, secureContext).outcome;
    if (result.ok) result.channel.stream.destroy();
    return result;
  });
}

async function diagnose<T>(
  context: Context,
  address: string | undefined,
  work: (side: Context, connection: Connection) => Promise<T>,
): Promise<T | undefined> {
  const budget = Deadline.after(context.endpoint.timeoutMs, context.budget);
  try {
    return await onSideConnection(context, { address, transcript: new Transcript(), budget }, work);
  } catch {
    // The failure that is diagnosed is known already; this one adds nothing.
    return undefined;
  }
}
