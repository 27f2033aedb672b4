import { listOf } from '../../../text/lists.js';
import { pageIn } from '../blocklist.js';
import type { Cause, Values } from '../entry.js';
import { domain, ownAddress, quoted, reproduce } from './parts.js';

/** What to do in the configuration if an account may not send as the sender. It names both addresses. */
function sendAs({ account }: Values, sender = ''): string {
  if (account === undefined || sender === '') return 'Set `delivery.from` to an address of the account in `auth`';
  const address = account.includes('@') ? `\`${account}\`` : 'an address of that account';
  return `The account \`${account}\` may not send as \`${sender}\`: set \`delivery.from\` to ${address}`;
}

/** Whether a service has rejected the address of the account itself as sender: then the sender is not the reason. */
const isOwn = ({ account, sender }: Values): boolean =>
  sender !== undefined && account?.toLowerCase() === sender.toLowerCase();

/** Rejections that are about the sender address. */
export const OF_SENDER = {
  'sender-not-qualified': {
    title: 'Sender address not fully qualified',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ sender, ...evidence }) =>
      `Set \`delivery.from\`${quoted(sender)} to an address with a fully qualified domain that exists in DNS${ownAddress(evidence)}. A host name without a domain is not enough.`,
    reproduce,
  },
  'sender-syntax': {
    title: 'Syntax of the sender address not accepted',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) =>
      `Set \`delivery.from\`${quoted(sender)} to an ordinary address, with a fully qualified domain and no special characters${ownAddress(evidence)}.`,
    reproduce,
  },
  'sender-null-mx': {
    title: 'Domain of the sender accepts no mail',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ sender, ...evidence }) =>
      `Set \`delivery.from\` to an address in a domain that accepts mail${ownAddress(evidence)}: the MX record of ${domain(sender)} is \`.\` (null MX). If the domain should accept mail, correct its MX record.`,
    reference: 'RFC 7505 section 4.2',
    reproduce,
  },
  'sender-listed': {
    title: 'Domain of the sender is on a blocklist',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) => {
      const page = pageIn(evidence);
      const removal = page === undefined ? 'from the blocklist' : `on the page that the reply names: ${page}`;
      return `Set \`delivery.from\` to an address in a domain that is not listed. Or have the owner of ${domain(sender)} request its removal ${removal}.`;
    },
    reproduce,
  },
  'sender-authentication': {
    title: 'SPF, DKIM or DMARC of the sender failed',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      listOf(
        `Send through the submission server of ${domain(sender)} (port 587 or 465, with \`auth\`): the gate is not authorized to send mail for that domain directly.`,
        [
          'To test only the TLS of this server, remove `delivery`.',
          "Or add the gate's IP address to the SPF record of the domain, if nobody else sends from it.",
        ],
      ),
    reproduce,
  },
  'account-without-spf': {
    title: 'SPF, DKIM or DMARC of the sender failed',
    party: 'server',
    certainty: 'likely',
    remedy: ({ sender }) =>
      listOf('Configure the server to check SPF and DMARC only for clients that have not authenticated.', [
        `If the reply is from a server behind it, sign the mail of ${domain(sender)} with DKIM, and add the server that delivers to the SPF record of the domain.`,
        'Or use a `delivery.from` in a domain of this server.',
      ]),
    reproduce,
  },
  'sender-unknown': {
    title: 'Sender address does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) =>
      isOwn({ sender: sender ?? '', ...evidence })
        ? `Create \`${sender ?? ''}\` on the server as a mailbox or an alias: it is the name of the account, but the server finds no such address. If it exists, the server's log says why it cannot verify it.`
        : `Set \`delivery.from\`${quoted(sender)} to an address that exists${ownAddress(evidence)}. Or create the address, as a mailbox or an alias. If it exists, the server cannot verify it: its log says why.`,
    examples:
      'Exim: `exim -bvs ADDRESS` shows the verification. Postfix: `reject_unlisted_sender`, `reject_unverified_sender`.',
    setting: 'sender-verification',
    reproduce,
  },
  'sender-unverified': {
    title: 'Sender address not verified yet',
    party: 'server',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Check that the mail server of ${domain(sender)} can be reached and accepts mail for the sender${quoted(sender)}: this server asks it first, and got no useful reply. Then run the gate again later, because the result is cached.`,
    examples: 'Postfix: `reject_unverified_sender`. Exim: `verify = sender/callout`; `exim -bvs ADDRESS` shows it.',
    setting: 'sender-verification',
    reproduce,
  },
  'sender-domain-unknown': {
    title: 'Domain of the sender does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Set \`delivery.from\` to an address in a domain that has an MX, A or AAAA record in DNS: the server finds none for ${domain(sender)}. If the domain has one, check the DNS resolver of the server.`,
    reproduce,
  },
  'sender-not-allowed': {
    title: 'Sender address not allowed',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Set \`delivery.from\` to an address that the server accepts from unauthenticated clients. To send as ${sender === undefined ? 'this sender' : `\`${sender}\``}, configure \`auth\` with an account to which the address belongs.`,
    reproduce,
  },
  'account-may-not-send-as': {
    title: 'Account may not send as this sender',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) =>
      isOwn({ sender: sender ?? '', ...evidence })
        ? `Allow the account to send as \`${sender ?? ''}\`: its username is the same, but the server does not connect the two.`
        : `${sendAs(evidence, sender)}, or allow the account to send as that sender.`,
    accountRemedy: ({ sender, ...evidence }) =>
      isOwn({ sender: sender ?? '', ...evidence })
        ? `Check in the account at the provider that it may send as \`${sender ?? ''}\`, and that sending is not restricted.`
        : `${sendAs(evidence, sender)}, or allow the account to send as that sender.`,
    examples: 'Exchange and Microsoft 365: the permission "Send As". Postfix: `smtpd_sender_login_maps`.',
    setting: 'send-as',
    reproduce,
  },
  'mailbox-access': {
    title: 'Account has no access to the mailbox',
    party: 'server',
    certainty: 'likely',
    remedy: ({ account }) =>
      `Give the authenticated account or application access to the mailbox${quoted(account)} that it sends from.`,
    setting: 'mailbox-access',
    reproduce,
  },
} as const satisfies Readonly<Record<string, Cause>>;
