import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { openDialogue } from '../../smtp/dialogue.js';
import { formatReply } from '../../smtp/reply.js';
import { excerpt } from '../../text/peer.js';
import { beginSession, ehloName, openConnection } from '../connection.js';
import type { Context } from '../context.js';
import type { Connected, Facts, StepResult } from '../hand-over.js';
import { fixed, own } from '../../text/own.js';
import { mailCatcherIn } from './mail-catcher.js';

/** Step 1: the server greets the client, accepts EHLO, and offers STARTTLS (RFC 3207 section 2). */
export async function capability(context: Context): Promise<StepResult<Connected>> {
  const { endpoint } = context;
  if (endpoint.transport === 'implicit') {
    return { ok: true, findings: [], skipped: 'not-applicable', next: { transport: 'implicit' } };
  }

  const connection = await openConnection(context);
  const session = beginSession(context, connection.socket);
  const name = ehloName(context, connection.localAddress);
  const startedAt = performance.now();
  const opened = await openDialogue(session, { ehloName: name, greets: true, upTo: 'EHLO' });
  if (!opened.ok) {
    const { failure } = opened;
    const greeting = failure.greeting && formatReply(failure.greeting);
    const facts = { address: connection.address, ehloName: name, ...(greeting !== undefined && { greeting }) };
    const waitedMs = performance.now() - startedAt;
    const { judgeDialogueFailure, judgeSilence } = await import('./dialogue-failure.js');
    const silence =
      failure.at === 'greeting' && !failure.answer.refused
        ? await judgeSilence(context, connection, failure.answer.error, waitedMs)
        : undefined;
    const { address } = connection;
    const place = { session, ehloName: name, greeting, address, phase: 'plain' } as const;
    return { ...(silence ?? (await judgeDialogueFailure(context, failure, place))), facts };
  }

  const { greeting: reply, capabilities } = opened.dialogue;
  const greeting = reply ? formatReply(reply) : '';
  const facts: Facts = { address: connection.address, greeting, ehloName: name, plaintext: capabilities };
  const findings = await judgePlaintextAuth(endpoint, { greeting, capabilities });
  if (!capabilities.has('STARTTLS')) {
    const { judgeMissingOffer } = await import('./missing-offer.js');
    const missing = await judgeMissingOffer(context, connection, session, { greeting, capabilities });
    return { ok: false, findings: [missing, ...findings], facts };
  }
  const plaintext = { greeting, capabilities };
  return { ok: true, findings, facts, next: { transport: 'starttls', connection, session, plaintext } };
}

/** Mechanisms that send neither a password nor a token, but a proof of it, a ticket or a certificate. */
const WITHOUT_PASSWORD = /^(?:SCRAM-.+|CRAM-MD5|DIGEST-MD5|GSSAPI|GS2-.+|GSS-SPNEGO|NTLM|EXTERNAL)$/;

async function judgePlaintextAuth(
  { role, host }: Endpoint,
  { greeting, capabilities }: { readonly greeting: string; readonly capabilities: Capabilities },
): Promise<KnownFinding[]> {
  const { mechanisms: offered, lines } = capabilities;
  if (!offered) return [];
  // Without TLS, no mechanism is ever offered.
  if (offered.length === 0 && !capabilities.has('STARTTLS')) return [];
  const mechanisms = excerpt(offered.join(' ')) || own`without a mechanism`;
  const message = own`The server offers AUTH ${mechanisms} before TLS`;
  const evidence = { mechanisms };
  if (offered.length > 0 && offered.every((name) => WITHOUT_PASSWORD.test(name))) {
    const harmless = own`${message}. None of these mechanisms sends a password or a token.`;
    return [finding('plaintext-auth-advertised', harmless, { evidence, severity: 'notice', cause: 'no-password' })];
  }
  const catcher = mailCatcherIn(greeting);
  if (catcher !== undefined) {
    const ofCatcher = { evidence: { ...evidence, software: fixed(catcher) }, cause: 'of-catcher' } as const;
    return [finding('plaintext-auth-advertised', own`${message}.`, ofCatcher)];
  }
  // Loaded only if it is needed, with the settings of all software.
  const { isService } = await import('../../findings/software.js');
  const isOfService = isService({
    host,
    greetings: [greeting],
    offers: lines.map(({ exact }) => exact),
    rejections: [],
  });
  const found = finding('plaintext-auth-advertised', own`${message}.`, {
    evidence,
    ...(isOfService && { cause: 'of-service' as const }),
  });
  return [role === 'mx' ? { ...found, severity: 'notice' } : found];
}
