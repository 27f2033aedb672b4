import { Deadline } from '../net/deadline.js';
import { SmtpSession } from '../smtp/session.js';
import { Transcript } from '../smtp/transcript.js';
import type { Opening } from '../tls/guard.js';
import type { Handshake, TlsChannel } from '../tls/handshake.js';
import { aside, handshakeAside } from './side-connection.js';
import { ehloName } from './opening.js';
import type { Visit } from './context.js';

/*
 * One further connection, most often after a failure and for its diagnosis only: then it changes no verdict, only the
 * words for it. Nothing is sent over it but a handshake and what leads to one.
 */

/** What two sides agree on. */
export type Spoken = Pick<TlsChannel, 'version' | 'cipher' | 'group' | 'oldSignature'>;

/**
 * What a server speaks when it is offered everything: the answer to why it would not within policy.
 * @returns version, cipher suite and group; `nothing` where the two do not agree even then; undefined where the
 *   question stays open, since the further connection did not come to a handshake or its end was another
 */
export async function whatItSpeaks(visit: Visit): Promise<Spoken | 'nothing' | undefined> {
  return look(visit, async (second) => {
    if (visit.endpoint.transport === 'starttls' && !(await startTlsAccepted(second))) return undefined;
    const outcome = await handshake(second).outcome;
    if (outcome.ok) return outcome.channel;
    const { failure } = outcome;
    // Who asks for a certificate has agreed on everything else.
    const isDisagreement = failure.kind === 'refused-here' || (failure.kind === 'alert' && !failure.asked);
    return isDisagreement ? 'nothing' : undefined;
  });
}

/** What a port that does not greet says to a TLS handshake from the first byte; undefined where nobody could ask. */
export async function answerToHandshake(visit: Visit): Promise<Opening | undefined> {
  return look(visit, async (second) => handshake(second).opening);
}

/**
 * Makes the further connection.
 * @param at what is done there
 * @returns what came of it, or undefined where something went wrong
 */
export async function look<T>(visit: Visit, at: (second: Visit) => Promise<T>): Promise<T | undefined> {
  const budget = Deadline.after(visit.endpoint.timeoutMs, visit.budget);
  try {
    return await aside(visit, { transcript: new Transcript(), budget }, at);
  } catch {
    // What goes wrong here says nothing beyond the failure that is already known.
    return undefined;
  }
}

/** Whether STARTTLS is answered as it should be, so that a handshake may begin. */
export async function startTlsAccepted(second: Visit): Promise<boolean> {
  const { socket, transcript, budget, endpoint } = second;
  if (!socket) return false;
  const session = new SmtpSession(socket, { transcript, budget, timeoutMs: endpoint.timeoutMs });
  await session.greeting();
  await session.command(`EHLO ${ehloName(second)}`);
  const reply = await session.command('STARTTLS');
  return reply.code === 220 && session.detach().length === 0;
}

function handshake(second: Visit): Handshake {
  return handshakeAside(second, second.world.trust.anything());
}
