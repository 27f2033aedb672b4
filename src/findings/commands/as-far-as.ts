import type { ReproducibleEndpoint, Subject } from './subject.js';
import { ehloOverTlsCommand, firstEhloCommand, starttlsCommand, swaksCommand, type Patience } from './swaks.js';

/**
 * The command that gets as far as the gate, and ends after the command whose reply the evidence `awaited` names. It shows a
 * reply to that command, and one that the server sends after it without being asked.
 * @returns undefined if no command gets there, or only one that sends a message
 */
export function commandAsFarAs(
  endpoint: ReproducibleEndpoint,
  subject: Subject,
  patience?: Patience,
): string | undefined {
  const { address, evidence } = subject;
  const reply = replyIn(evidence.awaited);
  const [, mechanism] = /^reply to AUTH ([\w-]+)$/.exec(reply) ?? [];
  if (mechanism !== undefined) return swaksCommand(endpoint, { ...subject, evidence: { mechanism } }, 'AUTH', patience);
  switch (reply) {
    case 'greeting':
    case 'reply to EHLO':
      return firstEhloCommand(endpoint, address, patience);
    case 'greeting over TLS':
    case 'reply to EHLO over TLS':
      return ehloOverTlsCommand(endpoint, address, patience);
    case 'reply to STARTTLS':
      return starttlsCommand(endpoint, address, patience);
    case 'reply to MAIL':
      return endpoint.delivery && swaksCommand(endpoint, subject, 'MAIL', patience);
    case 'reply to RCPT':
      return endpoint.delivery && swaksCommand(endpoint, subject, 'RCPT', patience);
    default:
      return undefined;
  }
}

/** Whether only a command that sends a message gets as far as this reply. */
export function needsMessage({ awaited }: Subject['evidence']): boolean {
  return ['reply to DATA', 'reply to the end of the message'].includes(replyIn(awaited));
}

/** The reply that the evidence `awaited` names, as in `greeting`. */
export function replyIn(awaited = ''): string {
  return awaited.replace(/^(?:nothing, after )?the /, '');
}
