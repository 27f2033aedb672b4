import type { Cause, Values } from './entry.js';

/** What to search the log of the server for. */
const inLog = ({ queueId = '', messageId = '' }: Values): string =>
  queueId === '' ? `Message-ID ${messageId}` : `queue ID ${queueId}`;

const searchLog = (evidence: Values): string =>
  `Search the server's log for the ${inLog(evidence)}: it shows what happened to the message.`;

/** What a server may have done with a message that it accepted, and what to do about each. */
const outcomes = ({ mailbox, otherFolders }: Values): string => {
  const rule =
    mailbox !== undefined && otherFolders === undefined ? ', or a rule moved the message to a different folder' : '';
  return [
    'Bounced: fix the reason in the log, often a recipient that the mailbox server does not know in this form, or a next server that requires authentication. The bounce went to the mailbox of `delivery.from`.',
    'Deferred: fix the next server or content filter that the log names. Raise `delivery.within` only if delivery is just slow.',
    'Delivered to a different mailbox or server: correct the alias, the route or `delivery.inbox`.',
    `Delivered to this mailbox: the inbox server probably reads a different mail store${rule}.`,
  ].join(' ');
};

const LOG = {
  examples: 'Postfix: `status=sent`, `status=deferred` or `status=bounced`. Exim: `=>`, `==` or `**`.',
  setting: 'message-log',
} as const;

/** The server accepted the message, and nothing shows what happened to it. */
export const NOT_FOUND = {
  party: 'server',
  certainty: 'likely',
  remedy: (evidence) => `${searchLog(evidence)} ${outcomes(evidence)}`,
  ...LOG,
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
      `Fix what the bounce says ("${bounce}"): the server accepted the message, and then it or a later server could not deliver it. For more, such as the mailbox or server that it tried, search the server's log for the ${inLog(evidence)}.`,
    ...LOG,
  },
  'other-message': {
    title: 'A different message arrived instead',
    party: 'server',
    certainty: 'likely',
    remedy: ({ other = '', ...evidence }: Values) =>
      `Read the message that is there (${other}). If it is a bounce or an automatic reply, it says what happened to the test message. If a gateway replaces messages, configure it to deliver the original. Otherwise, someone forged it. Then search the server's log for the ${inLog(evidence)}.`,
  },
  removed: {
    title: 'Message removed from the inbox before the gate read it',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ user = 'the account', ...evidence }: Values) =>
      `Use a mailbox that only the gate reads, or stop the program that removes mail from the mailbox of ${user}: a mail client with a rule, a ticket system, or another job. The inbox server's log shows who deleted or moved the message. If that was a different message, search the server's log for the ${inLog(evidence)}.`,
  },
  'similar-address': {
    title: 'Recipient is not the user of the inbox',
    party: 'configuration',
    certainty: 'likely',
    about: 'delivery.to',
    remedy: ({ to = '', user = '', ...evidence }: Values) =>
      `Correct \`delivery.to\` (${to}) or \`delivery.username\` (${user}): one of the two is probably misspelled, and the server accepted the message for a different mailbox. If both are right, because one is an alias of the other, search the server's log for the ${inLog(evidence)}: it shows what happened to the message.`,
  },
  'unused-mailbox': {
    title: 'Inbox has never received mail',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      `${searchLog(evidence)} The mailbox that the gate reads has never received a message, so perhaps no mail for \`delivery.to\` gets there. ${outcomes(evidence)}`,
    ...LOG,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** The URL of a folder; empty for a name that the evidence shows escaped or cut. */
function urlOf(inbox: string, folder: string): string {
  return /[\\…]|<redacted>/.test(folder) ? '' : ` (\`${inbox}/${encodeURIComponent(folder).replaceAll('%2F', '/')}\`)`;
}
