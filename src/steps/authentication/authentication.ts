import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { openDialogue } from '../../smtp/dialogue.js';
import { formatReply } from '../../smtp/reply.js';
import { excerpt, excerptOfList } from '../../text/peer.js';
import { judgeDialogueFailure } from '../capability/dialogue-failure.js';
import { ehloName } from '../connection.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import type { Facts, Secured, SignedIn, StepResult } from '../hand-over.js';
import { signIn } from './sign-in.js';

/** Step 4: EHLO again over TLS (RFC 3207 section 4.2), then AUTH (RFC 4954). */
export async function authentication(context: Context, secured: Secured): Promise<StepResult<SignedIn>> {
  const { endpoint } = context;
  const { session, connection, plaintext, channel, isVerified } = secured;
  const name = ehloName(context, connection.localAddress);
  const opened = await openDialogue(session, { ehloName: name, greets: plaintext === undefined, upTo: 'EHLO' });
  const reply = opened.ok ? opened.dialogue.greeting : opened.failure.greeting;
  const greeting = reply ? formatReply(reply) : plaintext?.greeting;
  const greetingFact: Facts = greeting === undefined ? {} : { greeting };
  if (!opened.ok) {
    const received = plaintext ? 'greeting' : greeting === undefined ? 'nothing' : 'inside-tls';
    const refusal = plaintext ? 'ehlo-after-tls-rejected' : 'ehlo-rejected';
    const place = { session, ehloName: name, greeting, received, refusal } as const;
    return { ...(await judgeDialogueFailure(context, opened.failure, place)), facts: greetingFact };
  }

  const { capabilities } = opened.dialogue;
  const facts = { ...greetingFact, insideTls: capabilities };
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
      findings.push(finding('step-required', 'Authentication is required, but no credentials are configured.'));
      return { ok: true, findings, facts, next };
    }
    const signedIn = await signIn(context, next, endpoint.auth);
    findings.push(...signedIn.findings);
    const isSignedIn =
      endpoint.auth.expect === 'accepted' && signedIn.findings.every(({ severity }) => severity !== 'error');
    if (isSignedIn) await session.expectSilence();
    return { ok: true, findings, facts, next, ...(signedIn.transient && { transient: true }) };
  } catch (error) {
    return stoppedBy(error, context, 'inside-tls', { findings, facts });
  }
}

/** Judges what the server offers over TLS, with or without credentials. */
function judgeOffer({ role }: Endpoint, plain: Capabilities | undefined, secured: Capabilities): KnownFinding[] {
  const { mechanisms = [] } = secured;
  const offered = excerpt(mechanisms.join(' '));
  const findings: KnownFinding[] = [];
  if (secured.has('STARTTLS')) {
    const evidence = { capabilities: excerptOfList(secured.lines) };
    const message = 'The EHLO reply over TLS still offers STARTTLS.';
    findings.push(finding('starttls-still-advertised', message, { evidence }));
  }
  const missing = (plain?.mechanisms ?? []).filter((name) => !mechanisms.includes(name));
  if (missing.length > 0) {
    const evidence = { beforeTls: excerpt(plain?.mechanisms?.join(' ') ?? ''), insideTls: offered || 'none' };
    const message = `The server no longer offers AUTH ${excerpt(missing.join(' '))} over TLS.`;
    findings.push(finding('auth-mechanisms-differ', message, { evidence }));
  }
  // Both send the password itself.
  if (role === 'mx' && mechanisms.length > 0 && mechanisms.every((name) => ['PLAIN', 'LOGIN'].includes(name))) {
    const message = `This MX offers AUTH only with ${mechanisms.join(' and ')}.`;
    findings.push(finding('auth-plain-on-mx', message, { evidence: { mechanisms: offered } }));
  }
  return findings;
}

/** Credentials and mail are only sent to a server whose identity is verified. */
export function withheld({ auth, delivery }: Pick<Endpoint, 'auth' | 'delivery'>): KnownFinding {
  const what = auth && delivery ? 'credentials or mail were' : auth ? 'credentials were' : 'mail was';
  return finding('credentials-withheld', `The server's identity could not be verified, so no ${what} sent.`);
}
