import { listOf } from '../../text/lists.js';
import { NOT_THERE, OTHER_MESSAGE } from './arrival-commands.js';
import type { Cause, Values } from './entry.js';
import { findOnServer, inLog, whyQueued } from './queue-commands.js';

/** What a server may have done with a message that it accepted, and what to do about each, the likeliest first. */
const outcomes = (evidence: Values): string[] => {
  const { inbox = '' } = evidence;
  const isApi = /^\w+\+http/.test(inbox);
  return [
    `Still queued: correct the next server or filter that the log names.${whyQueued(evidence)} If delivery is just slow, raise \`delivery.within\`.`,
    'Bounced: correct what the log says. The bounce is in the mailbox of `delivery.from`.',
    isApi
      ? 'Delivered elsewhere: configure the server to pass mail for `delivery.to` on to the SMTP port of this mail catcher.'
      : 'Delivered to a different mailbox or server: correct the alias or route of `delivery.to`, or `delivery.inbox`.',
    ...(isApi ? [] : [`Delivered to this mailbox: ${whyNotSeen(evidence)}`]),
  ];
};

/** Why the gate does not see a message that was delivered to the mailbox. */
function whyNotSeen({ inbox = '', otherFolders }: Values): string {
  const or = 'or the inbox server reads a different mail store.';
  if (inbox.startsWith('pop3')) return `a filter put it into a folder that POP3 cannot read, ${or}`;
  if (otherFolders === undefined) return `a rule moved it to a different folder, ${or}`;
  return 'the inbox server probably reads a different mail store.';
}

const LOG = {
  examples: 'Postfix: `status=sent`, `status=deferred` or `status=bounced`. Exim: `=>`, `==` or `**`.',
  setting: 'message-log',
} as const;

/** The server accepted the message, and nothing shows what happened to it. */
export const NOT_FOUND = {
  party: 'server',
  certainty: 'likely',
  remedy: (evidence) => listOf(findOnServer(evidence), outcomes(evidence)),
  reproduce: NOT_THERE,
} as const satisfies Cause;

export const NOT_FOUND_CAUSES = {
  'subaddress-folder': {
    title: 'Message delivered to the folder of its subaddress',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ folder = '', inbox = '' }: Values) =>
      `Set \`delivery.inbox\` to the folder "${folder}"${urlOf(inbox, folder)}, or use a \`delivery.to\` without the plus sign and what follows it: the mail server files a message by that part of the address. The mail flow itself works. The gate leaves the message in that folder: delete it manually.`,
    examples: 'Dovecot: `lmtp_save_to_detail_mailbox = no` delivers such messages to INBOX.',
    reproduce: { command: 'inbox-folder', shows: ({ uid = '' }: Values) => (uid === '' ? '' : `* SEARCH ${uid}`) },
  },
  'other-folder': {
    title: 'Message delivered to a different folder',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ folder = '', inbox = '' }: Values) =>
      `Set \`delivery.inbox\` to the folder "${folder}"${urlOf(inbox, folder)}, or change the rule that files the message there: a filter of the mail server (Sieve), of the mail service, or of a mail client. The gate leaves the message in that folder: delete it manually.`,
    reproduce: { command: 'inbox-folder', shows: ({ uid = '' }: Values) => (uid === '' ? '' : `* SEARCH ${uid}`) },
  },
  bounced: {
    title: 'Message bounced',
    party: 'server',
    certainty: 'certain',
    remedy: ({ bounce = '', ...evidence }: Values) =>
      `Correct what the bounce says ("${bounce}"): the server accepted the message, and then it or a later server could not deliver it. For more, such as the mailbox or server that it tried, search the server's log for the ${inLog(evidence)}.`,
    ...LOG,
    reproduce: OTHER_MESSAGE,
  },
  'other-message': {
    title: 'A different message arrived instead',
    party: 'server',
    certainty: 'likely',
    remedy: ({ other = '', ...evidence }: Values) =>
      listOf(`Read the message that is there (${other}).`, [
        'If it is a bounce or an automatic reply, it says what happened to the test message.',
        'If a gateway has replaced the message (a notice of quarantine, a digest), configure it to deliver the original.',
        `Otherwise, search the server's log for the ${inLog(evidence)}: the test message itself was not found, and someone may have forged this one.`,
      ]),
    reproduce: OTHER_MESSAGE,
  },
  removed: {
    title: 'Message removed from the inbox before the gate read it',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ user = 'the account', ...evidence }: Values) =>
      listOf(
        `Use a mailbox that only the gate reads, or stop the program that removes mail from the mailbox of ${user}.`,
        [
          "Typical programs: a mail client with a rule, a ticket system, another job. The inbox server's log shows who deleted or moved the message.",
          `If that was a different message, search the SMTP server's log for the ${inLog(evidence)}.`,
        ],
      ),
    reproduce: NOT_THERE,
  },
  'similar-address': {
    title: 'Recipient is not the user of the inbox',
    party: 'configuration',
    certainty: 'likely',
    about: 'delivery.to',
    remedy: ({ to = '', user = '', ...evidence }: Values) =>
      `Correct \`delivery.to\` (${to}) or \`delivery.username\` (${user}): one of the two is probably misspelled, and the server accepted the message for a different mailbox. If both are right, because one is an alias of the other, search the server's log for the ${inLog(evidence)}: it shows what happened to the message.`,
    reproduce: NOT_THERE,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** The URL of a folder; empty for a name that the evidence shows escaped or cut. */
function urlOf(inbox: string, folder: string): string {
  return /[\\…]|<redacted>/.test(folder) ? '' : ` (\`${inbox}/${encodeURIComponent(folder).replaceAll('%2F', '/')}\`)`;
}
