import type { Cause, Reproduction, Values } from './entry.js';

const quoted = (address: string | undefined, otherwise: string): string =>
  address === undefined ? otherwise : `\`${address}\``;

/** A mail service limits what the account may send. Only the owner of the account can change that. */
export const accountCauses = (reproduce: Reproduction) =>
  ({
    'recipient-not-authorized': {
      title: 'Account may send only to certain recipients',
      about: 'delivery.to',
      party: 'configuration',
      certainty: 'likely',
      remedy: ({ recipient }: Values) =>
        `Have the provider lift the restriction of the account (sandbox, trial or pending approval), so that it may send to everyone. Until then, verify or authorize ${quoted(recipient, 'the recipient')} at the provider, or set \`delivery.to\` to an address that is.`,
      setting: 'sandbox',
      reproduce,
    },
    'sender-not-verified': {
      title: 'Sender not verified at the provider',
      about: 'delivery.from',
      party: 'configuration',
      certainty: 'likely',
      remedy: ({ sender, recipient, reply = '' }: Values) => {
        const isBoth = recipient !== undefined && recipient !== sender && reply.includes(recipient);
        const also = isBoth ? ' The reply also names the recipient: a new account may send only to verified ones.' : '';
        return `Verify ${quoted(sender, 'the sender address')} or its domain in the account at the provider, or set \`delivery.from\` to an address that is verified there.${also}`;
      },
      setting: 'sender-identity',
      reproduce,
    },
    'sending-limit': {
      title: 'Sending limit of the account reached',
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Raise the limit of the account at the provider, or wait until the provider resets it. Other credentials of the same account have the same limit. Check what else sends with this account.',
      setting: 'quota-exceeded',
      reproduce,
    },
    'account-not-active': {
      title: 'Account not activated, or suspended',
      party: 'configuration',
      certainty: 'likely',
      remedy:
        "Ask the provider to activate the account, or to lift the suspension. The provider's console, and its messages to the owner of the account, usually give the reason. If the account was suspended for spam, first find out who sent it.",
      setting: 'account-status',
      reproduce,
    },
  }) as const satisfies Record<string, Cause>;
