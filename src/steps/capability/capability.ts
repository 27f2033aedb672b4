import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { openDialogue } from '../../smtp/dialogue.js';
import { formatReply } from '../../smtp/reply.js';
import { excerpt } from '../../text/peer.js';
import { beginSession, ehloName, openConnection } from '../connection.js';
import type { Context } from '../context.js';
import type { Connected, Facts, StepResult } from '../hand-over.js';
import { judgeDialogueFailure } from './dialogue-failure.js';
import { judgeSilence } from './silence.js';
import { judgeMissingOffer } from './starttls-offer.js';

/** Step 1: the server greets, answers EHLO, and advertises STARTTLS (RFC 3207 section 2). */
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
    const facts = { address: connection.address, ...(greeting !== undefined && { greeting }) };
    const silence =
      failure.at === 'greeting' && !failure.answer.refused
        ? await judgeSilence(context, connection, failure.answer.error, performance.now() - startedAt)
        : undefined;
    const received = greeting === undefined ? 'nothing' : 'greeting';
    const place = { session, ehloName: name, greeting, received, refusal: 'ehlo-rejected' } as const;
    return { ...(silence ?? (await judgeDialogueFailure(context, failure, place))), facts };
  }

  const { greeting: reply, capabilities } = opened.dialogue;
  const greeting = reply ? formatReply(reply) : '';
  const facts: Facts = { address: connection.address, greeting, plaintext: capabilities };
  const findings = judgePlaintextAuth(endpoint, capabilities.mechanisms);
  if (!capabilities.has('STARTTLS')) {
    const missing = await judgeMissingOffer(endpoint, session, capabilities);
    return { ok: false, findings: [missing, ...findings], facts };
  }
  const plaintext = { greeting, capabilities };
  return { ok: true, findings, facts, next: { transport: 'starttls', connection, session, plaintext } };
}

function judgePlaintextAuth({ role }: Endpoint, offered: readonly string[] | undefined): KnownFinding[] {
  if (!offered) return [];
  const mechanisms = excerpt(offered.join(' ')) || 'without a mechanism';
  const found = finding('plaintext-auth-advertised', `Before TLS the server offers AUTH ${mechanisms}.`, {
    evidence: { mechanisms },
  });
  return [role === 'mx' ? { ...found, severity: 'notice' } : found];
}
