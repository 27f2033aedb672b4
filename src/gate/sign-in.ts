import { finding } from '../findings/finding.js';
import type { FindingDetails, KnownFinding } from '../findings/finding.js';
import type { Credentials } from '../plan/endpoint.js';
import { shown } from '../smtp/reply.js';
import { authenticate } from '../smtp/sasl/exchange.js';
import type { SignIn } from '../smtp/sasl/exchange.js';
import { bindsChannel, chooseMechanism } from '../smtp/sasl/mechanisms.js';
import { ConnectionLost } from '../smtp/session.js';
import type { SmtpSession } from '../smtp/session.js';
import { brief } from '../text/peer.js';
import { channelBinding } from '../tls/channel-binding.js';
import type { ChannelBinding } from '../tls/channel-binding.js';
import { alertOf } from '../tls/handshake.js';
import { meaningOf } from './auth-meaning.js';
import { CONTENT } from './visit.js';
import type { StepOutcome, Visit } from './visit.js';

/** One exchange, as it was tried. */
interface Attempted {
  readonly auth: Credentials;
  readonly mechanism: string;
  readonly binding: ChannelBinding | undefined;
}

/**
 * Signs in with the strongest mechanism that both sides have (RFC 4954), and judges what came of it.
 * @param session inside TLS, with an authenticated peer
 * @throws what a session throws, but for the end of the connection that AUTH itself brings
 */
export async function signIn(visit: Visit, session: SmtpSession, auth: Credentials): Promise<StepOutcome> {
  const { endpoint, secured } = visit;
  const offered = secured?.mechanisms;
  if (!offered) {
    const evidence = { capabilities: brief(secured?.lines.join(', ') ?? '') || 'none' };
    return { findings: [finding('auth-not-advertised', 'Inside TLS the server offers no AUTH.', { evidence })] };
  }
  const binding = await bindingOf(visit);
  const canBind = binding !== undefined;
  const mechanism = chooseMechanism(offered, { kind: auth.kind, wanted: auth.mechanism, canBind });
  if (mechanism === undefined) return { findings: [unavailable(offered, auth, canBind)] };

  const { username } = auth;
  const where = { host: endpoint.host, port: endpoint.port };
  const identity =
    auth.kind === 'certificate'
      ? { username, ...where, kind: auth.kind }
      : { username, ...where, kind: auth.kind, secret: auth.secret };
  const derived: string[] = [];
  visit.derived = derived;
  try {
    const signedIn = await authenticate(session, mechanism, identity, {
      binding,
      serverBinds: offered.some(bindsChannel),
      derived: (text) => derived.push(text),
    });
    return judge(signedIn, { auth, mechanism, binding });
  } catch (error) {
    if (error instanceof ConnectionLost && alertOf(error.cause) === undefined) return hungUp(error, mechanism);
    throw error;
  }
}

async function bindingOf({ handshake }: Visit): Promise<ChannelBinding | undefined> {
  const channel = await handshake?.outcome;
  return channel && !('kind' in channel) ? channelBinding(channel) : undefined;
}

function unavailable(offered: readonly string[], { kind, mechanism }: Credentials, canBind: boolean): KnownFinding {
  const any = `any that takes ${kind === 'access-token' ? 'an access token' : 'a password'}`;
  const wanted = mechanism ?? any;
  const evidence = { offered: brief(offered.join(' ')) || 'none', wanted };
  const unbound =
    !canBind && offered.some(bindsChannel) ? ' Nothing of this TLS channel is defined for a -PLUS to be bound to.' : '';
  const message = `The server offers ${evidence.offered}; wanted is ${wanted}.${unbound}`;
  return finding('auth-mechanism-unavailable', message, { evidence });
}

function hungUp({ message }: ConnectionLost, mechanism: string): StepOutcome {
  const found = finding(
    'connection-lost',
    `AUTH ${mechanism} gets no answer: ${message}. A server does this whose authentication service is down or dies of the question, and a guard in front of it that has seen too many failures.`,
    { evidence: { detail: message, mechanism } },
  );
  return { findings: [found], transient: true };
}

/** Below this RFC 5802 section 5.1 and RFC 7677 section 4 find a password badly kept. */
const FEWEST_ITERATIONS = 4096;

function judge(signedIn: SignIn, attempted: Attempted): StepOutcome {
  const { reply, fault, told, iterations } = signedIn;
  const { auth, mechanism } = attempted;
  const said = `To AUTH ${mechanism} the server says "${shown(reply)}".`;
  const evidence = {
    reply: shown(reply),
    mechanism,
    ...(told !== undefined && { told: brief(told) || 'nothing' }),
  };
  const isRefused = reply.code >= 400;
  if (fault && (told === undefined || !isRefused)) {
    const code = fault.kind === 'not-authenticated' ? 'auth-server-not-authenticated' : 'protocol-error';
    const message = `AUTH ${mechanism} came to nothing: ${fault.message}. In the end the server says "${shown(reply)}".`;
    return { findings: [finding(code, message, { evidence: { ...evidence, fault: fault.message } })] };
  }
  if (isRefused) return refused(signedIn, attempted, said, evidence);
  if (reply.code !== 235) {
    return { findings: [finding('protocol-error', `${said} That is no answer to AUTH.`, { evidence })] };
  }
  if (told !== undefined) {
    const message = `${said} Before that it had told of a failure: ${evidence.told ?? ''}.`;
    return { findings: [finding('protocol-error', message, { evidence })] };
  }
  if (auth.expect === 'rejected') {
    const message = `${said} These credentials must be rejected, and they let somebody in.`;
    return { findings: [finding('auth-not-rejected', message, { evidence })] };
  }
  if (iterations === undefined || iterations >= FEWEST_ITERATIONS) return CONTENT;
  const message = `With ${mechanism} the server has the password hashed ${iterations} times; ${FEWEST_ITERATIONS} are the least.`;
  return { findings: [finding('auth-iterations-low', message, { evidence: { iterations: String(iterations) } })] };
}

function refused(
  { reply, told }: SignIn,
  attempted: Attempted,
  said: string,
  evidence: Readonly<Record<string, string>>,
): StepOutcome {
  const { code } = reply;
  const { auth } = attempted;
  const more = told === undefined ? '' : ` Within the mechanism it says: ${evidence.told ?? ''}.`;
  const meaning = meaningOf(reply);
  const message = `${said}${more}${meaning === undefined ? '' : ` That means: ${meaning}.`}`;
  // 432, "a password transition is needed", begins with a 4 and no amount of waiting helps (RFC 4954 section 6).
  if (code < 500 && code !== 432) {
    const found = finding('auth-temporary-failure', message, { evidence, inconclusive: true });
    return { findings: [found], transient: true };
  }
  const other = OTHER_REFUSALS[code];
  if (other) return { findings: [finding(other, message, { evidence })] };
  if (auth.expect === 'rejected' && isVerdict(code, told)) return CONTENT;
  return { findings: [rejected(`${message}${hint(attempted, told)}`, auth, { evidence })] };
}

/** Refusals that say nothing of the credentials. */
const OTHER_REFUSALS: Readonly<Partial<Record<number, KnownFinding['code']>>> = {
  500: 'auth-command-refused',
  501: 'auth-command-refused',
  502: 'auth-command-refused',
  503: 'auth-command-refused',
  504: 'auth-mechanism-unavailable',
  530: 'auth-tls-required',
  538: 'auth-tls-required',
};

/** Whether a refusal tells that these credentials open nothing: in another way, or by another channel, they still might. */
function isVerdict(code: number, told: string | undefined): boolean {
  return code !== 432 && code !== 534 && !told?.includes('channel-binding');
}

function rejected(message: string, { expect }: Credentials, details: FindingDetails): KnownFinding {
  const open = ' So it is not told whether the credentials are rejected, as they must be.';
  return finding('auth-rejected', expect === 'rejected' ? `${message}${open}` : message, details);
}

/** What else may be the reason, beside what the server says. */
function hint({ auth, mechanism, binding }: Attempted, told: string | undefined): string {
  if (auth.kind === 'certificate') {
    return ' The server must ask for a certificate in the handshake, trust its issuer, and know whose it is.';
  }
  if (binding && bindsChannel(mechanism)) {
    const unbound = mechanism.replace(/-PLUS$/, '');
    return ` The exchange is bound to this TLS channel (${binding.type}): where TLS ends in front of the server, or the server goes by another binding, it fails with the right password too. \`auth.mechanism: ${unbound}\` tells.`;
  }
  if (told === undefined && /^(SCRAM|CRAM)-/.test(mechanism)) {
    return ` A server that keeps the password in another form than ${mechanism} needs cannot check it; \`auth.mechanism: PLAIN\` tells.`;
  }
  const { kind, secret } = auth;
  const isPadded = secret.reveal() !== secret.reveal().trim();
  return isPadded ? ` The ${kind} as it is configured begins or ends with a blank.` : '';
}
