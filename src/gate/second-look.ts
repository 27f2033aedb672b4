import { Deadline } from '../net/deadline.js';
import { SmtpSession } from '../smtp/session.js';
import { Transcript } from '../smtp/transcript.js';
import { beginHandshake } from '../tls/handshake.js';
import type { TlsChannel } from '../tls/handshake.js';
import { serverNameIndication } from '../tls/names.js';
import { ehloName, openConnection } from './steps/opening.js';
import type { Visit } from './visit.js';

/*
 * One further connection, after a failure and for its diagnosis only: it changes no verdict, only the words for it.
 * Nothing is sent over it but a handshake and what leads to one.
 */

/**
 * What a server speaks when it is offered everything: the answer to why it would not within policy.
 * @returns version and cipher suite, or undefined where not even that leads to a session
 */
export async function whatItSpeaks(visit: Visit): Promise<Pick<TlsChannel, 'version' | 'cipher'> | undefined> {
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

async function look<T>(visit: Visit, at: (second: Visit) => Promise<T>): Promise<T | undefined> {
  const { endpoint, world, addresses } = visit;
  const second: Visit = {
    endpoint,
    world,
    transcript: new Transcript(),
    budget: Deadline.after(endpoint.timeoutMs, visit.budget),
    ...(addresses && { addresses }),
    peerAuthenticated: false,
    handedOver: false,
  };
  try {
    await openConnection(second);
    return await at(second);
  } catch {
    // What goes wrong here says nothing beyond the failure that is already known.
    return undefined;
  } finally {
    second.socket?.destroy();
  }
}

async function startTlsAccepted(second: Visit): Promise<boolean> {
  const { socket, transcript, budget, endpoint } = second;
  if (!socket) return false;
  const session = new SmtpSession(socket, { transcript, budget, timeoutMs: endpoint.timeoutMs });
  await session.greeting();
  await session.command(`EHLO ${ehloName(second)}`);
  const reply = await session.command('STARTTLS');
  return reply.code === 220 && session.detach().length === 0;
}

function handshake({ socket, world, budget, endpoint }: Visit): ReturnType<typeof beginHandshake> {
  if (!socket) throw new TypeError('a look without a socket');
  return beginHandshake(socket, {
    context: world.trust.anything(),
    servername: serverNameIndication(endpoint.servername),
    deadline: budget,
  });
}
