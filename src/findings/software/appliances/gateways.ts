import type { Software } from '../topic.js';

/*
 * Gateways that filter mail for the organization of the recipient. Its administrator sees the reason. Documentation:
 * - campus.barracuda.com/doc/167976683 (reasons in the Message Log)
 * - mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691 (SMTP error codes)
 */
export const GATEWAYS = {
  'Barracuda Email Gateway Defense': {
    greets: /^\S+\.ess\.(?:\w+\.)?barracudanetworks\.com /i,
    words: /\bpermanent failure for one or more recipients \(/,
    settings: {
      'gateway-policy':
        'the Message Log shows the message with the action "Blocked" and the reason. Depending on it, exempt the sender or its IP address in the inbound settings.',
    },
  },
  Mimecast: {
    greets: /^\S+\.mimecast\.com /i,
    words: /\badministrative prohibition\b|\bHeader Based Anti-Spoofing Policy\b/i,
    settings: {
      'gateway-policy':
        'the message is in the Message Center under "Rejected and Deferred Messages". The reply names the policy, such as Blocked Senders or Anti-Spoofing: remove the entry, or add a policy that exempts the sender.',
    },
  },
} satisfies Readonly<Record<string, Software>>;
