import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Credentials } from '../../plan/endpoint.js';
import { shown } from '../../smtp/reply.js';
import { authenticate, chooseMechanism } from '../../smtp/sasl.js';
import type { SignIn } from '../../smtp/sasl.js';
import type { SmtpSession } from '../../smtp/session.js';
import { brief } from '../../text/peer.js';
import { swaksCommand } from '../reproduce.js';
import type { StepOutcome, Visit } from '../visit.js';
import { readGreeting, sayEhlo } from './opening.js';

/** Step 4: EHLO again inside TLS (RFC 3207 section 4.2), then AUTH (RFC 4954). */
export async function authentication(visit: Visit): Promise<StepOutcome> {
  const { endpoint, session } = visit;
  if (!session) throw new TypeError('step 4 without a session');

  const implicit = endpoint.transport === 'implicit';
  const refused = implicit ? await readGreeting(visit, session) : undefined;
  if (refused) return refused;
  const secured = await sayEhlo(visit, session, implicit ? 'ehlo-rejected' : 'ehlo-after-tls-rejected');
  if ('findings' in secured) return secured;
  visit.secured = secured;

  const findings: KnownFinding[] = secured.has('STARTTLS')
    ? [finding('starttls-still-advertised', 'Inside TLS the answer to EHLO still offers STARTTLS.')]
    : [];
  if (!visit.peerAuthenticated && (endpoint.auth ?? endpoint.delivery)) {
    return { findings: [...findings, withheld(visit)], impassable: true };
  }
  if (!endpoint.auth) {
    await session.expectSilence();
    return notConfigured(visit, findings);
  }
  const signedIn = await signIn(visit, session, endpoint.auth);
  if (signedIn.findings.length === 0) await session.expectSilence();
  return { ...signedIn, findings: [...findings, ...signedIn.findings] };
}

function notConfigured({ endpoint }: Visit, findings: readonly KnownFinding[]): StepOutcome {
  if (!endpoint.require.includes('authentication')) return { findings, skipped: 'not-configured' };
  return {
    findings: [...findings, finding('step-required', 'Authentication is required, and no credentials are configured.')],
  };
}

function withheld({ endpoint }: Visit): KnownFinding {
  const what = [...(endpoint.auth ? ['credentials'] : []), ...(endpoint.delivery ? ['mail'] : [])].join(' and ');
  return finding('credentials-withheld', `Nobody has authenticated this server, so no ${what} went to it.`);
}

async function signIn(visit: Visit, session: SmtpSession, auth: Credentials): Promise<StepOutcome> {
  const { endpoint, secured } = visit;
  const offered = secured?.mechanisms;
  const reproduce = swaksCommand(endpoint, 'authentication');
  if (!offered) {
    const evidence = { capabilities: brief(secured?.lines.join(', ') ?? '') || 'none' };
    return {
      findings: [finding('auth-not-advertised', 'Inside TLS the server offers no AUTH.', { evidence, reproduce })],
    };
  }
  const mechanism = chooseMechanism(offered, auth.kind, auth.mechanism);
  if (mechanism === undefined) {
    const wanted = auth.mechanism ?? `any that takes ${auth.kind === 'password' ? 'a password' : 'an access token'}`;
    const evidence = { offered: brief(offered.join(' ')), wanted };
    return {
      findings: [
        finding('auth-mechanism-unavailable', `The server offers ${evidence.offered}; wanted is ${wanted}.`, {
          evidence,
          reproduce,
        }),
      ],
    };
  }
  const { host, port } = endpoint;
  const signedIn = await authenticate(session, mechanism, { ...auth, host, port });
  return judgeReply(signedIn, mechanism, reproduce);
}

function judgeReply({ reply, failedBefore }: SignIn, mechanism: string, reproduce: string): StepOutcome {
  if (reply.code === 235 && !failedBefore) return { findings: [] };
  const said = `To AUTH ${mechanism} the server says "${shown(reply)}".`;
  const details = { evidence: { reply: shown(reply), mechanism }, reproduce };
  switch (reply.code) {
    // 432, "a password transition is needed", begins with a 4 and no amount of waiting helps (RFC 4954 section 6).
    case 432:
      return { findings: [finding('auth-rejected', said, details)] };
    case 504:
      return { findings: [finding('auth-mechanism-unavailable', said, details)] };
    case 530:
    case 538:
      return { findings: [finding('auth-tls-required', said, details)] };
  }
  if (reply.code >= 500) return { findings: [finding('auth-rejected', said, details)] };
  if (reply.code >= 400) {
    return {
      findings: [finding('auth-temporary-failure', said, { ...details, inconclusive: true })],
      transient: true,
    };
  }
  return { findings: [finding('protocol-error', `${said} That is no answer to AUTH.`, details)] };
}
