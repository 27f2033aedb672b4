import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { brief, briefList } from '../../text/peer.js';
import { signIn } from './sign-in.js';
import { CONTENT } from '../context.js';
import type { StepOutcome, Visit } from '../context.js';
import { readGreeting, sayEhlo } from '../opening.js';

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

  visit.observed.push(...judgeOffer(visit, secured));
  if (!visit.peerAuthenticated && (endpoint.auth ?? endpoint.delivery)) {
    return { findings: [withheld(visit)], impassable: true };
  }
  if (!endpoint.auth) {
    await session.expectSilence();
    return notConfigured(visit);
  }
  const signedIn = await signIn(visit, session, endpoint.auth);
  const isSignedIn =
    endpoint.auth.expect === 'accepted' && signedIn.findings.every(({ severity }) => severity !== 'error');
  if (!isSignedIn) return signedIn;
  visit.observed.push(...signedIn.findings);
  await session.expectSilence();
  return CONTENT;
}

/** Mechanisms by which the server is told the password. */
const PLAINTEXT: readonly string[] = ['PLAIN', 'LOGIN'];

/** What is odd about the offers inside TLS, whether or not anybody signs in. */
function judgeOffer({ endpoint, plain }: Visit, secured: Capabilities): KnownFinding[] {
  const { mechanisms = [] } = secured;
  const missing = (plain?.mechanisms ?? []).filter((name) => !mechanisms.includes(name));
  const evidence = { clear: brief(plain?.mechanisms?.join(' ') ?? ''), tls: brief(mechanisms.join(' ')) || 'none' };
  return [
    ...(secured.has('STARTTLS')
      ? [
          finding('starttls-still-advertised', 'Inside TLS the answer to EHLO still offers STARTTLS.', {
            evidence: { capabilities: briefList(secured.lines) },
          }),
        ]
      : []),
    ...(missing.length > 0
      ? [
          finding('auth-mechanisms-differ', `Inside TLS the server no longer offers ${brief(missing.join(' '))}.`, {
            evidence,
          }),
        ]
      : []),
    ...(endpoint.role === 'mx' && mechanisms.length > 0 && mechanisms.every((name) => PLAINTEXT.includes(name))
      ? [
          finding('auth-plain-on-mx', `This MX offers AUTH with ${mechanisms.join(' and ')} alone.`, {
            evidence: { mechanisms: mechanisms.join(' ') },
          }),
        ]
      : []),
  ];
}

function notConfigured({ endpoint }: Visit): StepOutcome {
  if (!endpoint.require.includes('authentication')) return { findings: [], skipped: 'not-configured' };
  return {
    findings: [finding('step-required', 'Authentication is required, and no credentials are configured.')],
  };
}

function withheld({ endpoint }: Visit): KnownFinding {
  const what = [...(endpoint.auth ? ['credentials'] : []), ...(endpoint.delivery ? ['mail'] : [])].join(' and ');
  return finding('credentials-withheld', `Nobody has authenticated this server, so no ${what} went to it.`);
}
