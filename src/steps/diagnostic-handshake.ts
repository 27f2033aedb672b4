import type { SecureContext } from 'node:tls';
import { Deadline } from '../net/deadline.js';
import { openDialogue, type DialogueFailure } from '../smtp/dialogue.js';
import { Transcript } from '../net/transcript.js';
import type { Reply } from '../smtp/reply.js';
import { ServiceNotAvailable } from '../smtp/session-errors.js';
import type { Opening } from '../tls/guard.js';
import type { Handshake, HandshakeResult, TlsChannel } from '../tls/handshake.js';
import type { TlsVersion } from '../tls/trust.js';
import { heardBefore } from './error-to-finding.js';
import { beginSession, beginTls, ehloName, onSideConnection } from './connection.js';
import type { Context } from './context.js';
import type { Connection } from './hand-over.js';

/*
 * Handshakes on a side connection. Only a handshake is sent, after EHLO and STARTTLS if the endpoint uses STARTTLS.
 * Most of them diagnose a failure: they change its explanation, but not the verdict.
 */

export type Negotiated = Pick<TlsChannel, 'version' | 'cipher' | 'group' | 'oldSignature' | 'sent'>;

/**
 * What a server negotiates with every version and cipher suite enabled: this explains why the first handshake failed.
 * @param maxVersion the newest version that is enabled
 * @returns `nothing` if there is no agreement even then, `closed` if the server closes the connection instead of
 * replying to the ClientHello; undefined if it is not known
 */
export async function negotiateAnything(
  context: Context,
  address: string | undefined,
  maxVersion: TlsVersion = 'TLSv1.3',
): Promise<Negotiated | 'nothing' | 'closed' | undefined> {
  const result = await sideHandshake(context, address, context.run.trust.anything(maxVersion));
  if (!result) return undefined;
  if (result.ok) return result.channel;
  const { failure } = result;
  if (failure.kind === 'lost' && !failure.answered) return 'closed';
  // A server that asks for a certificate has agreed to everything else.
  const isDisagreement = failure.kind === 'refused-here' || (failure.kind === 'alert' && !failure.asked);
  return isDisagreement ? 'nothing' : undefined;
}

/** How a port without a greeting responds to a ClientHello. */
export interface HandshakeAnswer {
  readonly opening: Opening;
  /** The first line that the server sends over TLS, if it sends one in time. */
  readonly greeting?: string;
}

/** @returns undefined without a connection */
export async function answerToHandshake(
  context: Context,
  address: string | undefined,
): Promise<HandshakeAnswer | undefined> {
  const anything = context.run.trust.anything();
  return diagnose(context, address, async (side, connection) => {
    const handshake = beginTls(side, connection, anything);
    const opening = await handshake.opening;
    const greeting = opening.kind === 'record' ? await greetingOf(side, handshake) : undefined;
    return { opening, ...(greeting !== undefined && { greeting }) };
  });
}

async function greetingOf(side: Context, { outcome }: Handshake): Promise<string | undefined> {
  const result = await outcome;
  if (!result.ok) return undefined;
  try {
    const reply = await beginSession(side, result.channel.stream).greeting();
    return reply.raw[0]?.exact;
  } catch (error) {
    return heardBefore(error)[0]?.exact;
  }
}

/** A server that rejects the connection, EHLO or STARTTLS, such as with 421. */
interface Rejected {
  readonly ok: false;
  readonly failure: { readonly kind: 'rejected'; readonly reply: Reply };
}

interface Limits {
  /** The end of every wait on the side connection; default: one timeout for all of them together. */
  readonly budget?: Deadline;
  /** Milliseconds for the handshake alone; default: the timeout. */
  readonly handshakeMs?: number | undefined;
}

/**
 * Performs a handshake on a side connection, after STARTTLS unless the endpoint uses implicit TLS.
 * @returns undefined if no handshake was possible
 */
export async function sideHandshake(
  context: Context,
  address: string | undefined,
  secureContext: SecureContext,
  { budget, handshakeMs }: Limits = {},
): Promise<HandshakeResult | Rejected | undefined> {
  const work = async (side: Context, connection: Connection): Promise<HandshakeResult | Rejected | undefined> => {
    if (side.endpoint.transport === 'starttls') {
      const session = beginSession(side, connection.socket);
      const terms = { ehloName: ehloName(side, connection.localAddress), greets: true, upTo: 'STARTTLS' } as const;
      const opened = await openDialogue(session, terms);
      if (!opened.ok) {
        const reply = rejectionIn(opened.failure);
        return reply && { ok: false, failure: { kind: 'rejected', reply } };
      }
      if (opened.dialogue.leftover.length > 0) return undefined;
    }
    const result = await beginTls(side, connection, secureContext, handshakeMs).outcome;
    if (result.ok) result.channel.stream.destroy();
    return result;
  };
  return diagnose(context, address, work, budget);
}

function rejectionIn({ answer }: DialogueFailure): Reply | undefined {
  if (answer.refused) return answer.reply;
  return answer.error instanceof ServiceNotAvailable ? answer.error.reply : undefined;
}

async function diagnose<T>(
  context: Context,
  address: string | undefined,
  work: (side: Context, connection: Connection) => Promise<T>,
  budget = Deadline.after(context.endpoint.timeoutMs, context.budget),
): Promise<T | undefined> {
  try {
    return await onSideConnection(context, { address, transcript: new Transcript(), budget }, work);
  } catch {
    // A failure of the diagnosis adds nothing to the failure that it explains.
    return undefined;
  }
}
