import type { ReproducibleEndpoint, Subject } from './subject.js';
import { ehloOverTlsCommand, firstEhloCommand, starttlsCommand, swaksCommand } from './swaks.js';

/**
 * The command that gets as far as the gate, and ends after the command whose reply the evidence `awaited` names. It shows a
 * reply to that command, and one that the server sends after it without being asked.
 * @returns undefined if no command gets there, or only one that sends a message
 */
export function commandAsFarAs(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const { address, evidence } = subject;
  const reply = (evidence.awaited ?? '').replace(/^(?:nothing, after )?the /, '');
  const [, mechanism] = /^reply to AUTH ([\w-]+)$/.exec(reply) ?? [];
  if (mechanism !== undefined) return swaksCommand(endpoint, { ...subject, evidence: { mechanism } }, 'AUTH');
  switch (reply) {
    case 'greeting':
    case 'reply to EHLO':
      return firstEhloCommand(endpoint, address);
    case 'greeting over TLS':
    case 'reply to EHLO over TLS':
      return ehloOverTlsCommand(endpoint, address);
    case 'reply to STARTTLS':
      return starttlsCommand(endpoint, address);
    case 'reply to MAIL':
      return endpoint.delivery && swaksCommand(endpoint, subject, 'MAIL');
    case 'reply to RCPT':
      return endpoint.delivery && swaksCommand(endpoint, subject, 'RCPT');
    default:
      return undefined;
  }
}
