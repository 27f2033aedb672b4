import type { Values } from './entry.js';

/** How a server shows what happened to a message that it accepted. */
interface Queue {
  /** The reply with which it accepts a message. */
  readonly accepts: RegExp;
  /** How to find the message there, as a sentence. */
  readonly find: (id: Identity) => string;
  /** Why a message stays in its queue, as a sentence. */
  readonly stuck?: (id: Identity) => string;
}

interface Identity {
  readonly queueId: string;
  readonly messageId: string;
}

/** A command that lists the queue, and one that prints what the log says about the message. */
const onServer = (list: string, log: string): string =>
  `Find the message on the server: \`${list}\` lists it if it is still queued, and \`${log}\` shows what happened to it.`;

/** In the order in which they are tried. */
const QUEUES: readonly Queue[] = [
  {
    accepts: /^250 OK id=/,
    find: ({ queueId }) => onServer('mailq', `exigrep ${queueId} /var/log/exim4/mainlog`),
    stuck: ({ queueId }) =>
      `If the daemon was started without \`-q15m\`, nothing delivers queued mail: \`exim -M ${queueId}\` does, once.`,
  },
  {
    // A longer ID is that of a service that uses the words of Postfix.
    accepts: /\b2\.0\.0 Ok: queued as \w{8,18}(?!\w)/,
    find: ({ queueId }) => onServer('postqueue -p', `grep ${queueId} /var/log/mail.log`),
    stuck: ({ queueId }) => `An exclamation mark in the list means on hold: \`postsuper -H ${queueId}\` releases it.`,
  },
  {
    accepts: /^250 2\.0\.0 [\da-f]{8} Message accepted for delivery/,
    find: ({ queueId }) => onServer('smtpctl show queue', `grep ${queueId} /var/log/maillog`),
  },
  {
    accepts: /^250 2\.0\.0 \w+ Message accepted for delivery/,
    find: ({ queueId }) => onServer('mailq', `grep ${queueId} /var/log/mail.log`),
  },
  {
    accepts: /\bInternalId=\d+, Hostname=\S+\.(?:outlook|exchangelabs)\.com\b/i,
    find: ({ messageId }) =>
      `Trace the message: \`Get-MessageTraceV2 -MessageId "${messageId}"\`, or "Message trace" in the Exchange admin center, shows whether it was delivered, quarantined or returned.`,
  },
  {
    accepts: /\bInternalId=\d+/i,
    find: ({ messageId }) => onServer('Get-Queue | Get-Message', `Get-MessageTrackingLog -MessageId "${messageId}"`),
  },
  {
    accepts: / - gsmtp$/,
    find: () =>
      'Look for the message in "Email log search" of the Google Admin console. Without that, look for a bounce in the mailbox of `delivery.from`.',
  },
];

/** What to search the log of the server for. */
export const inLog = ({ queueId = '', messageId = '' }: Values): string =>
  queueId === '' ? `Message-ID ${messageId}` : `queue ID ${queueId}`;

/** How to find the message on the server that accepted it, as a sentence. */
export function findOnServer(evidence: Values): string {
  return (
    queueOf(evidence)?.find(identityIn(evidence)) ??
    `Search the server's queue (often \`mailq\`) and its log for the ${inLog(evidence)}: they show what happened to the message.`
  );
}

/** Why it can stay in the queue of this server, after a space; empty if that is not known. */
export function whyQueued(evidence: Values): string {
  const stuck = queueOf(evidence)?.stuck?.(identityIn(evidence));
  return stuck === undefined ? '' : ` ${stuck}`;
}

/** Without a queue ID that the gate recognizes, it is other software. */
function queueOf({ reply = '', queueId = '' }: Values): Queue | undefined {
  return queueId === '' ? undefined : QUEUES.find(({ accepts }) => accepts.test(reply));
}

function identityIn({ queueId = '', messageId = '' }: Values): Identity {
  return { queueId, messageId };
}
