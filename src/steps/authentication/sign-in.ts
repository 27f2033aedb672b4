import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { shown } from '../../smtp/reply.js';
import { authenticate } from '../../smtp/sign-in-exchange.js';
import type { SignIn } from '../../smtp/sign-in-exchange.js';
import { bindsChannel, chooseMechanism } from '../../sasl/mechanisms.js';
import { ConnectionLost } from '../../smtp/session.js';
import { brief, briefList } from '../../text/peer.js';
import { channelBinding } from '../../tls/channel-binding.js';
import { alertOf } from '../../tls/handshake.js';
import { refused } from './auth-refusal.js';
import type { Attempted } from './auth-refusal.js';
import type { Context } from '../context.js';
import type { SignedIn } from '../hand-over.js';
import type { AuthJudgement } from './auth-refusal.js';

/** What a sign-in needs: a session inside TLS with a verified server. */
type Place = Pick<SignedIn, 'session' | 'channel' | 'capabilities'>;

/**
 * Signs in with the strongest mechanism that both sides have (RFC 4954), and judges the outcome.
 * @throws what a session throws, except for a connection that the server closes because of AUTH
 */
export async function signIn(
  context: Context,
  { session, channel, capabilities }: Place,
  auth: Credentials,
): Promise<AuthJudgement> {
  const { endpoint, budget, run } = context;
  const offered = capabilities.mechanisms;
  if (!offered) {
    const evidence = { capabilities: briefList(capabilities.lines) || 'none' };
    return { findings: [finding('auth-not-advertised', 'Inside TLS the server offers no AUTH.', { evidence })] };
  }
  const binding = channelBinding(channel);
  const canBind = binding !== undefined;
  const mechanism = chooseMechanism(offered, { kind: auth.kind, wanted: auth.mechanism, canBind });
  if (mechanism === undefined) return { findings: [unavailable(offered, auth, canBind)] };

  const { username } = auth;
  const where = { host: endpoint.host, port: endpoint.port };
  const identity =
    auth.kind === 'certificate'
      ? { username, ...where, kind: auth.kind }
      : { username, ...where, kind: auth.kind, secret: auth.secret };
  try {
    const signedIn = await authenticate(session, mechanism, identity, {
      binding,
      serverBinds: offered.some(bindsChannel),
      derived: (octets) => {
        // A server that echoes them may write the bytes in either form.
        run.addMask(octets.toString('base64'));
        run.addMask(octets.toString('hex'));
      },
      computed: (work) => budget.postponedBy(work),
    });
    const { clientCertificateRequested } = channel;
    return judge(signedIn, { auth, mechanism, binding, clientCertificateRequested });
  } catch (error) {
    if (error instanceof ConnectionLost && alertOf(error.cause) === undefined) return hungUp(error, mechanism);
    throw error;
  }
}

function unavailable(offered: readonly string[], { kind, mechanism }: Credentials, canBind: boolean): KnownFinding {
  const any = `any that takes ${kind === 'access-token' ? 'an access token' : 'a password'}`;
  const wanted = mechanism ?? any;
  const evidence = { offered: brief(offered.join(' ')) || 'none', required: wanted };
  const unbound =
    !canBind && offered.some(bindsChannel) ? ' Nothing of this TLS channel is defined for a -PLUS to be bound to.' : '';
  const message = `The server offers ${evidence.offered}; wanted is ${wanted}.${unbound}`;
  return finding('auth-mechanism-unavailable', message, { evidence });
}

function hungUp({ message }: ConnectionLost, mechanism: string): AuthJudgement {
  const found = finding(
    'connection-lost',
    `AUTH ${mechanism} gets no answer: ${message}. A server does this whose authentication service is down or dies of the question, and a guard in front of it that has seen too many failures.`,
    { evidence: { detail: message, mechanism } },
  );
  return { findings: [found], transient: true };
}

/** Below this RFC 5802 section 5.1 and RFC 7677 section 4 find a password badly kept. */
const FEWEST_ITERATIONS = 4096;

function judge(signedIn: SignIn, attempted: Attempted): AuthJudgement {
  const { reply, fault, told, iterations } = signedIn;
  const { auth, mechanism } = attempted;
  const said = `To AUTH ${mechanism} the server says "${shown(reply)}".`;
  const evidence = {
    reply: shown(reply),
    mechanism,
    ...(told !== undefined && { saslError: brief(told.exact) || 'nothing' }),
  };
  const isRefused = reply.code >= 400;
  if (fault && (told === undefined || !isRefused)) {
    const code = fault.kind === 'not-authenticated' ? 'auth-server-not-authenticated' : 'protocol-error';
    const message = `AUTH ${mechanism} came to nothing: ${fault.message}. In the end the server says "${shown(reply)}".`;
    return { findings: [finding(code, message, { evidence: { ...evidence, fault: fault.message } })] };
  }
  if (isRefused) return refused(signedIn, attempted, evidence);
  if (reply.code !== 235) {
    return { findings: [finding('protocol-error', `${said} That is no answer to AUTH.`, { evidence })] };
  }
  if (told !== undefined) {
    const message = `${said} Before that it had told of a failure: ${evidence.saslError ?? ''}.`;
    return { findings: [finding('protocol-error', message, { evidence })] };
  }
  if (auth.expect === 'rejected') {
    const message = `${said} These credentials must be rejected, and they let somebody in.`;
    return { findings: [finding('auth-not-rejected', message, { evidence })] };
  }
  if (iterations === undefined || iterations >= FEWEST_ITERATIONS) return { findings: [] };
  const message = `With ${mechanism} the server has the password hashed ${iterations} times; ${FEWEST_ITERATIONS} are the least.`;
  return { findings: [finding('auth-iterations-low', message, { evidence: { iterations: String(iterations) } })] };
}
