import type { Endpoint } from '../plan/endpoint.js';
import type { Reply } from '../smtp/reply.js';
import { OTHERS, refusalMeaningOf } from './refusal.js';
import { wordsOf } from './words.js';

/**
 * Whether a 5yz to RCPT says that this recipient is not taken from this client: that it is unknown here or mail for it
 * is not relayed, or, to a client that has not signed in, that it would have to. Servers put refusals of the client and
 * of the sender off to RCPT (Postfix: `smtpd_delay_reject`); these, and a command that was not understood, leave it open
 * whether the recipient would be taken.
 */
export function refusesRecipient(reply: Reply, endpoint: Endpoint): boolean {
  const { code, enhanced = '' } = reply;
  // Syntax and sequence (RFC 5321 section 4.2.2, RFC 3463 section 3.2).
  if (code < 510 || enhanced === '5.1.3') return false;
  const meaning = refusalMeaningOf('RCPT', reply, endpoint);
  if (meaning) return meaning.about === 'recipient' || (meaning.about === 'stranger' && !endpoint.auth);
  // With nothing else said, these are about the mailbox (RFC 5321 section 4.2.3).
  return [550, 551, 553].includes(code) && ['', '5.0.0'].includes(enhanced) && !OTHERS.test(wordsOf(reply));
}
