import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { authenticate } from '../../smtp/sign-in-exchange.js';
import { bindsChannel, chooseMechanism } from '../../sasl/mechanisms.js';
import { ConnectionLost } from '../../smtp/session.js';
import { excerpt, excerptOfList } from '../../text/peer.js';
import { channelBinding } from '../../tls/channel-binding.js';
import { alertOf } from '../../tls/handshake.js';
import type { Context } from '../context.js';
import type { SignedIn } from '../hand-over.js';
import { judgeAuth, type AuthJudgment } from './auth-outcome.js';

/**
 * Authenticates with the strongest mechanism that both sides support (RFC 4954), and judges the outcome.
 * @throws what a session throws, except if the connection is lost because of AUTH
 */
export async function signIn(
  context: Context,
  { session, channel, capabilities }: Pick<SignedIn, 'session' | 'channel' | 'capabilities'>,
  auth: Credentials,
): Promise<AuthJudgment> {
  const { endpoint, budget, run } = context;
  const offered = capabilities.mechanisms;
  if (!offered) {
    const evidence = { capabilities: excerptOfList(capabilities.lines) || 'none' };
    return { findings: [finding('auth-not-advertised', 'The server does not offer AUTH over TLS.', { evidence })] };
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
    const result = await authenticate(session, mechanism, identity, {
      binding,
      serverBinds: offered.some(bindsChannel),
      addDerivedSecret: (bytes) => {
        // A server may echo the bytes in either form.
        run.addMask(bytes.toString('base64'));
        run.addMask(bytes.toString('hex'));
      },
      postponeDeadline: (work) => budget.postponedBy(work),
    });
    const { clientCertificateRequested } = channel;
    return judgeAuth({ ...result, auth, mechanism, binding, clientCertificateRequested });
  } catch (error) {
    if (error instanceof ConnectionLost && alertOf(error.cause) === undefined) return noAnswer(error, mechanism);
    throw error;
  }
}

/** What the configuration requires if it names no mechanism. */
const ANY_MECHANISM: Readonly<Record<Credentials['kind'], string>> = {
  password: 'a password mechanism (SCRAM, CRAM-MD5, PLAIN or LOGIN)',
  'access-token': 'a token mechanism (OAUTHBEARER or XOAUTH2)',
  certificate: 'EXTERNAL',
};

function unavailable(offered: readonly string[], { kind, mechanism }: Credentials, canBind: boolean): KnownFinding {
  const required = mechanism ?? ANY_MECHANISM[kind];
  const evidence = { offered: excerpt(offered.join(' ')) || 'none', required };
  const unbound =
    !canBind && offered.some(bindsChannel)
      ? ' A mechanism with channel binding (-PLUS) is not possible, because none is defined for this TLS channel.'
      : '';
  const message = `The server offers ${evidence.offered}, but the configuration requires ${required}.${unbound}`;
  return finding('auth-mechanism-unavailable', message, { evidence });
}

function noAnswer({ message, cause }: ConnectionLost, mechanism: string): AuthJudgment {
  const what = cause === undefined ? 'The server closed the connection' : 'The connection was lost';
  const text = `${what} after AUTH ${mechanism}. Its authentication service may be down, or it may block this client after too many failures.`;
  const found = finding('connection-lost', text, { evidence: { detail: message, mechanism } });
  return { findings: [found], transient: true };
}
