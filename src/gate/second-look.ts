import { Deadline } from '../net/deadline.js';
import { SmtpSession } from '../smtp/session.js';
import { Transcript } from '../smtp/transcript.js';
import type { Handshake, TlsChannel } from '../tls/handshake.js';
import { aside, handshakeAside } from './aside.js';
import { ehloName } from './steps/opening.js';
import type { Visit } from './visit.js';

/*
 * One further connection, most often after a failure and for its diagnosis only: then it changes no verdict, only the
 * words for it. Nothing is sent over it but a handshake and what leads to one.
 */

/**
 * What a server speaks when it is offered everything: the answer to why it would not within policy.
 * @returns version, cipher suite and group, or undefined where not even that leads to a session
 */
export async function whatItSpeaks(
  visit: Visit,
): Promise<Pick<TlsChannel, 'version' | 'cipher' | 'group'> | undefined> {
  return look(visit, async (second) => {
    if (visit.endpoint.transport === 'starttls' && !(await startTlsAccepted(second))) return undefined;
    const outcome = await handshake(second).outcome;
    return 'kind' in outcome ? undefined : outcome;
  });
}

/** Whether a port that does not greet answers a TLS handshake from the first byte. */
export async function speaksTlsAtOnce(visit: Visit): Promise<boolean> {
  return (await look(visit, async (second) => (await handshake(second).opening).kind === 'record')) ?? false;
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
