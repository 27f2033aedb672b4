import { isIP } from 'node:net';
import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Credentials, Endpoint } from '../../plan/endpoint.js';
import { bindsChannel, chooseMechanism, kindOf } from '../../sasl/mechanisms.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { openDialogue } from '../../smtp/dialogue.js';
import { formatReply } from '../../smtp/reply.js';
import { ConnectionLost } from '../../smtp/session.js';
import { authenticate } from '../../smtp/sign-in-exchange.js';
import { excerpt, excerptOfList } from '../../text/peer.js';
import { channelBinding } from '../../tls/channel-binding.js';
import { alertOf } from '../../tls/handshake.js';
import { ehloName } from '../connection.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import type { Facts, Secured, SignedIn, StepResult } from '../hand-over.js';
import { connectionLost } from '../session-failed.js';
import type { AuthAttempt } from './auth-attempt.js';
import { judgeAuth, type AuthJudgment } from './auth-outcome.js';
import { own } from '../../text/own.js';

/** Step 4: EHLO again over TLS (RFC 3207 section 4.2), then AUTH (RFC 4954). */
export async function authentication(context: Context, secured: Secured): Promise<StepResult<SignedIn>> {
  const { endpoint } = context;
  const { session, connection, plaintext, channel, isVerified } = secured;
  const name = ehloName(context, connection.localAddress);
  const opened = await openDialogue(session, { ehloName: name, greets: plaintext === undefined, upTo: 'EHLO' });
  const reply = opened.ok ? opened.dialogue.greeting : opened.failure.greeting;
  const greeting = reply ? formatReply(reply) : plaintext?.greeting;
  const known: Facts = { ehloName: name, ...(greeting !== undefined && { greeting }) };
  if (!opened.ok) {
    const phase = plaintext ? 'after-starttls' : 'implicit-tls';
    const place = { session, ehloName: name, greeting, address: connection.address, phase } as const;
    const { judgeDialogueFailure } = await import('../capability/dialogue-failure.js');
    const { findings, ...rest } = await judgeDialogueFailure(context, opened.failure, place);
    return { ...rest, findings: findings.map((found) => comparedWithPlain(found, plaintext)), facts: known };
  }

  const { capabilities } = opened.dialogue;
  let facts: Facts = { ...known, insideTls: capabilities };
  const findings = judgeOffer(endpoint, plaintext?.capabilities, capabilities);
  if (!isVerified && (endpoint.auth ?? endpoint.delivery)) {
    return { ok: false, findings: [...findings, withheld(endpoint)], facts };
  }
  const next = { connection, channel, session, isVerified, greeting: greeting ?? '', ehloName: name, capabilities };
  try {
    if (!endpoint.auth) {
      await session.expectSilence();
      if (!endpoint.require.includes('authentication'))
        return { ok: true, findings, skipped: 'not-configured', facts, next };
      const message = own`Authentication is required, but no credentials are configured.`;
      findings.push(finding('step-required', message, { cause: whyNoCredentials(context) }));
      return { ok: true, findings, facts, next };
    }
    const binding = channelBinding(channel);
    const { kind, mechanism: wanted } = endpoint.auth;
    const mechanism = chooseMechanism(capabilities.mechanisms ?? [], { kind, wanted, canBind: binding !== undefined });
    if (mechanism === undefined) {
      findings.push(cannotAuthenticate(context, next, endpoint.auth, plaintext?.capabilities));
      return { ok: true, findings, facts, next };
    }
    facts = { ...facts, mechanism };
    const signedIn = await signIn(context, { ...next, plaintext }, endpoint.auth, { mechanism, binding });
    findings.push(...signedIn.findings);
    const isSignedIn =
      endpoint.auth.expect === 'accepted' && signedIn.findings.every(({ severity }) => severity !== 'error');
    if (isSignedIn) await session.expectSilence();
    return { ok: true, findings, facts, next, ...(signedIn.transient && { transient: true }) };
  } catch (error) {
    return stoppedBy(error, context, 'inside-tls', { findings, facts });
  }
}

/** A server that lists AUTH before TLS, and dies where it lists it over TLS, can reach its authentication backend. */
function comparedWithPlain(found: KnownFinding, plaintext: Secured['plaintext']): KnownFinding {
  const { mechanisms = [] } = plaintext?.capabilities ?? {};
  if (found.cause !== 'before-auth' || mechanisms.length === 0) return found;
  const beforeTls = excerpt(mechanisms.join(' '));
  return { ...found, cause: 'before-auth-over-tls', evidence: { ...found.evidence, beforeTls } };
}

function whyNoCredentials({ endpoint, run }: Context): CauseOf<'step-required'> {
  if (endpoint.mxOf) return 'no-credentials-for-mx';
  return run.inTerminal ? 'no-credentials-in-terminal' : 'no-credentials';
}

function judgeOffer({ role }: Endpoint, plain: Capabilities | undefined, secured: Capabilities): KnownFinding[] {
  const { mechanisms = [] } = secured;
  const offered = excerpt(mechanisms.join(' '));
  const findings: KnownFinding[] = [];
  if (secured.has('STARTTLS')) {
    const evidence = { capabilities: excerptOfList(secured.lines) };
    const message = own`The EHLO reply over TLS still offers STARTTLS.`;
    findings.push(
      finding('starttls-still-advertised', message, { evidence, ...(plain && { cause: 'after-starttls' }) }),
    );
  }
  const missing = (plain?.mechanisms ?? []).filter((name) => !mechanisms.includes(name));
  if (missing.length > 0) {
    const evidence = { beforeTls: excerpt(plain?.mechanisms?.join(' ') ?? ''), insideTls: offered || 'none' };
    const message = own`The server offers AUTH ${excerpt(missing.join(' '))} before TLS, but not over TLS.`;
    const cause = secured.mechanisms ? undefined : 'only-before-tls';
    findings.push(finding('auth-mechanisms-differ', message, { evidence, ...(cause && { cause }) }));
  }
  // Both send the password itself.
  if (role === 'mx' && mechanisms.length > 0 && mechanisms.every((name) => ['PLAIN', 'LOGIN'].includes(name))) {
    const message = own`This MX offers AUTH only with ${mechanisms.join(' and ')}.`;
    findings.push(finding('auth-plain-on-mx', message, { evidence: { mechanisms: offered } }));
  }
  return findings;
}

/** Credentials and mail are only sent to a server whose identity is verified. */
export function withheld({ auth, delivery }: Pick<Endpoint, 'auth' | 'delivery'>): KnownFinding {
  const what = auth && delivery ? own`credentials or mail were` : auth ? own`credentials were` : own`mail was`;
  return finding('credentials-withheld', own`The server's identity could not be verified, so no ${what} sent.`);
}

/**
 * Authenticates with a mechanism that both sides support (RFC 4954), and judges the outcome.
 * @throws what a session throws, except if the connection is lost because of AUTH
 */
async function signIn(
  context: Context,
  { session, channel, capabilities, plaintext, greeting }: SignedIn & Pick<Secured, 'plaintext'>,
  auth: Credentials,
  { mechanism, binding }: Pick<AuthAttempt, 'mechanism' | 'binding'>,
): Promise<AuthJudgment> {
  const { endpoint, budget, run } = context;
  const { mechanisms: offered = [] } = capabilities;
  const { host, port } = endpoint;
  try {
    const result = await authenticate(
      session,
      mechanism,
      { ...auth, host, port },
      {
        binding,
        serverBinds: offered.some(bindsChannel),
        addDerivedSecret: (bytes) => {
          // A server may echo the bytes in either form.
          run.addMask(bytes.toString('base64'));
          run.addMask(bytes.toString('hex'));
        },
        postponeDeadline: (work) => budget.postponedBy(work),
      },
    );
    const { clientCertificateRequested } = channel;
    const usedStartTls = plaintext !== undefined;
    const server = {
      host,
      greetings: [greeting],
      offers: capabilities.lines.map(({ exact }) => exact),
      domain: domainOfAccounts(endpoint),
    };
    const tried = { auth, mechanism, binding, usedStartTls, clientCertificateRequested, now: run.now() };
    return await judgeAuth({ ...result, ...tried, server });
  } catch (error) {
    if (error instanceof ConnectionLost && alertOf(error.cause) === undefined) return lostAfterAuth(error, mechanism);
    throw error;
  }
}

/** The domain in which the account probably is: that of the sender, otherwise the one above the host. */
function domainOfAccounts({ host, delivery }: Endpoint): string | undefined {
  if (delivery) return delivery.from.slice(delivery.from.lastIndexOf('@') + 1);
  const [, ...parent] = isIP(host) === 0 ? host.split('.') : [];
  return parent.length < 2 ? undefined : parent.join('.');
}

/** Why there is no mechanism that both sides support. */
function cannotAuthenticate(
  { endpoint }: Context,
  { capabilities, greeting }: Pick<SignedIn, 'capabilities' | 'greeting'>,
  auth: Credentials,
  plain: Capabilities | undefined,
): KnownFinding {
  const { mechanisms } = capabilities;
  return mechanisms ? unavailable(mechanisms, auth) : notOffered(endpoint, capabilities, plain, greeting);
}

/**
 * Whether postscreen answers. It sends the first line of its greeting before a pause, Postfix itself sends only one line.
 * It never offers PIPELINING, because it detects clients that do not wait for replies.
 */
function isPostscreen(greeting: string, capabilities: Capabilities): boolean {
  const lines = greeting.replace(/^220 /, '').split(' / ');
  const [first = ''] = lines;
  const isRepeated = lines.every((line) => line === first) || /^\S+ ESMTP Postfix\b/.test(lines.at(-1) ?? '');
  return lines.length > 1 && isRepeated && !capabilities.has('PIPELINING');
}

function notOffered(
  { role, port }: Endpoint,
  secured: Capabilities,
  plain: Capabilities | undefined,
  greeting: string,
): KnownFinding {
  const evidence = { capabilities: excerptOfList(secured.lines) || 'none' };
  const beforeTls = plain?.mechanisms;
  if (!beforeTls) {
    if (role === 'mx' || port === 25) {
      const message = own`The server does not offer AUTH over TLS.`;
      return finding('auth-not-advertised', message, { evidence, cause: 'mail-exchanger' });
    }
    if (secured.has('STARTTLS')) {
      const message = own`Over TLS, the server offers STARTTLS, but not AUTH: it treats the session as unencrypted.`;
      const cause = plain ? 'not-encrypted-after-starttls' : 'not-encrypted';
      return finding('auth-not-advertised', message, { evidence, cause });
    }
    if (isPostscreen(greeting, secured)) {
      const message = own`The server does not offer AUTH over TLS, and its greeting has several lines, as that of postscreen: "${greeting}".`;
      return finding('auth-not-advertised', message, { evidence, cause: 'postscreen' });
    }
    return finding('auth-not-advertised', own`The server does not offer AUTH over TLS.`, { evidence });
  }
  const offered = excerpt(beforeTls.join(' ')) || own`without a mechanism`;
  const message = own`The server offers AUTH ${offered} only before TLS. It must offer AUTH only over TLS.`;
  return finding('auth-not-advertised', message, {
    evidence: { ...evidence, beforeTls: offered },
    cause: 'only-before-tls',
  });
}

/** What the configuration requires if it names no mechanism. */
const ANY_MECHANISM: Readonly<Record<Credentials['kind'], string>> = {
  password: 'a password mechanism (SCRAM, CRAM-MD5, PLAIN or LOGIN)',
  'access-token': 'a token mechanism (OAUTHBEARER or XOAUTH2)',
  certificate: 'EXTERNAL',
};

function unavailable(offered: readonly string[], { kind, mechanism }: Credentials): KnownFinding {
  const required = mechanism ?? ANY_MECHANISM[kind];
  const evidence = { offered: excerpt(offered.join(' ')) || 'none', required };
  const cause = unavailability(offered, kind, mechanism);
  const unbound =
    cause === 'only-with-binding'
      ? own` A mechanism with channel binding (-PLUS) is not possible, because no channel binding is defined for this TLS channel.`
      : own``;
  const message = own`The server offers ${evidence.offered}, but the configuration requires ${required}.${unbound}`;
  return finding('auth-mechanism-unavailable', message, { evidence, ...(cause && { cause }) });
}

/** Why no mechanism fits. Undefined if the server offers none that the gate supports, and a specific one is required. */
function unavailability(
  offered: readonly string[],
  kind: Credentials['kind'],
  mechanism: string | undefined,
): CauseOf<'auth-mechanism-unavailable'> | undefined {
  const kinds = new Set(offered.map(kindOf));
  if (kind === 'certificate') return 'external-not-offered';
  if (kinds.has(kind)) {
    const isOffered = mechanism === undefined || offered.includes(mechanism);
    return isOffered ? 'only-with-binding' : 'mechanism-not-offered';
  }
  if (kinds.has('access-token')) return 'token-required';
  if (kinds.has('password')) return 'password-required';
  if (kinds.has('certificate')) return 'certificate-required';
  return kind === 'password' && mechanism === undefined ? 'no-password-mechanism' : undefined;
}

function lostAfterAuth(error: ConnectionLost, mechanism: string): AuthJudgment {
  const found = connectionLost(error);
  return { findings: [{ ...found, evidence: { ...found.evidence, mechanism } }], transient: true };
}
