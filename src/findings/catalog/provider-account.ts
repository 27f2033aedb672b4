import { listOf } from '../../text/lists.js';
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
        listOf(
          `Verify or authorize ${quoted(recipient, 'the recipient')} at the provider, or set \`delivery.to\` to an address that is.`,
          [
            'Or have the provider lift the restriction of the account (sandbox, trial or pending approval), so that it may send to everyone.',
          ],
        ),
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
      remedy: listOf('Wait until the limit of the account is reset, or raise it at the provider or on the server.', [
        'Check what else sends with this account: the gate sends only one message for each attempt.',
        'Other credentials of the same account have the same limit.',
      ]),
      setting: 'quota-exceeded',
      reproduce,
    },
    'account-blocked': {
      title: 'Account blocked from sending',
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Secure the account, then have the administrator of its organization unblock it: it is probably blocked because spam or too much mail was sent with it.',
        [
          'Change its password, turn on two-factor authentication, and remove rules and app passwords that nobody recognizes.',
          'Find out what sent the mail, or the account will be blocked again.',
        ],
      ),
      setting: 'account-blocked',
      reproduce,
    },
    'organization-blocked': {
      title: 'Organization blocked from sending',
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Have the administrator of the organization ask the support of the provider to unblock it: none of its accounts can send.',
        ['First find and secure the accounts that sent spam, or the organization will be blocked again.'],
      ),
      reproduce,
    },
    'permission-missing': {
      title: 'Credentials have no permission to send',
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Give the user of the credentials the permission to send, for the domain or address of the sender: the reply may name it. Or use credentials that have it.',
      setting: 'sending-permission',
      reproduce,
    },
    'account-not-active': {
      title: 'Account not activated, or suspended',
      party: 'configuration',
      certainty: 'likely',
      remedy: listOf('Ask the provider to activate the account, or to lift the suspension.', [
        "The provider's console, and its messages to the owner of the account, usually give the reason.",
        'If the account was suspended for spam, first find out who sent it.',
      ]),
      setting: 'account-status',
      reproduce,
    },
  }) as const satisfies Record<string, Cause>;
