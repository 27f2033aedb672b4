import type { CauseOf } from '../../findings/catalog.js';
import { finding } from '../../findings/finding.js';
import type { Delivery } from '../../plan/endpoint.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { clientLine } from '../../text/client-line.js';
import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';
import { stopped, type SignedIn, type Stopped } from '../hand-over.js';
import { isLimit, sameHost } from '../replies/same-host.js';
import { refusalMeaningOf, type RefusedAt } from './refusal-meaning.js';
import { fixed, own } from '../../text/own.js';

const REJECTED = {
  MAIL: 'sender-rejected',
  RCPT: 'recipient-rejected',
  DATA: 'message-rejected',
  MESSAGE: 'message-rejected',
} as const;

/** Dovecot, nginx and others that offer BURL to read the message from IMAP check the password themselves, and then relay. */
function isProxied(greeting: string, capabilities: Capabilities): boolean {
  return capabilities.has('BURL') || /^(?:220[ -])?\S+ (?:Dovecot\b|ESMTP ready$)/.test(greeting);
}

/** What it means that the server does not know a recipient whose inbox exists: the address is hardly misspelled. */
const OF_INBOX: Readonly<Partial<Record<CauseOf<'recipient-rejected'>, CauseOf<'recipient-rejected'>>>> = {
  'recipient-unknown': 'recipient-of-inbox',
  'recipient-not-accepted': 'rule-for-inbox',
  'unknown-in-mailbox-table': 'mailbox-of-inbox',
  'not-in-directory': 'inbox-not-in-directory',
  'relay-denied-without-auth': 'domain-not-served',
};

/** The causes that can be due to an extension of the address, as in `user+extension@domain`. */
const UNKNOWN: readonly (string | undefined)[] = [
  ...['recipient-unknown', 'not-in-directory', 'recipient-not-accepted'],
  ...['local', 'relay', 'alias', 'mailbox'].map((table) => `unknown-in-${table}-table`),
];

const hasExtension = (address: string): boolean => /^[^+@]+\+[^@]*@/.test(address);

/** Whether the username of the inbox is the recipient, with or without its domain. That of an API is not an address. */
function isOfInbox(to: string, inbox: Delivery['inbox']): boolean {
  const recipient = to.toLowerCase();
  if (!inbox || !('mailbox' in inbox)) return false;
  const username = inbox.username.toLowerCase();
  return username === recipient || recipient.startsWith(`${username}@`);
}

/** The cause that fits the form of the recipient, and whether its inbox exists. */
function causeFor(
  named: CauseOf<'recipient-rejected'>,
  to: string,
  inbox: Delivery['inbox'],
): CauseOf<'recipient-rejected'> {
  if (hasExtension(to) && UNKNOWN.includes(named)) return 'recipient-extension';
  return isOfInbox(to, inbox) ? (OF_INBOX[named] ?? named) : named;
}

/**
 * Judges a reply that ends the transaction.
 * @param remark is added to the message
 * @param unknown the cause if the reply does not name one
 */
export function judgeRefusal(
  context: Pick<Context, 'endpoint' | 'greylisting' | 'run'>,
  { from, to }: Pick<Delivery, 'from' | 'to'>,
  { capabilities, greeting }: Pick<SignedIn, 'capabilities' | 'greeting'>,
  { verb: at, line, reply }: { readonly verb: RefusedAt; readonly line: string; readonly reply: Reply },
  remark = own``,
  unknown?: CauseOf<'recipient-rejected'>,
): Stopped {
  const { endpoint, greylisting } = context;
  const said = own`The server replied to ${at === 'MESSAGE' ? fixed(line) : clientLine(line)} with "${formatReply(reply)}"`;
  const evidence = { reply: formatReply(reply) };
  if (reply.code < 400) {
    const message = own`${said}, but ${at === 'DATA' ? 354 : 250} is required.${remark}`;
    return stopped(finding('protocol-error', message, { evidence }));
  }
  const meaning = refusalMeaningOf(at, reply, {
    hasAuthenticated: endpoint.auth !== undefined,
    // Nobody authenticates to an MX host.
    offersAuth: capabilities.has('AUTH') && endpoint.role !== 'mx',
    isProxied: isProxied(greeting, capabilities),
    ...(endpoint.auth && { account: endpoint.auth.username }),
    from,
    to,
  });
  const text = meaning ? own` ${fixed(meaning.text)}` : own``;
  const isTemporary = reply.code < 500;
  const isLasting = isTemporary && meaning?.cause.startsWith('relay-denied');
  const lasting = isLasting ? own` Retrying does not help, although the code is temporary.` : own``;
  const waited =
    greylisting && isTemporary
      ? own` The server has deferred the message for ${Math.round(greylisting.waitedMs / 1000)} s.`
      : own``;
  const named = meaning?.cause ?? unknown;
  const cause = named && causeFor(named, to, endpoint.delivery?.inbox);
  const code = meaning?.cause === 'message-too-large' ? 'message-rejected' : REJECTED[at];
  const found = finding(code, own`${said}.${text}${lasting}${waited}${remark}`, {
    evidence: {
      ...evidence,
      sender: excerpt(from),
      recipient: excerpt(to),
      ...(endpoint.auth && { account: excerpt(endpoint.auth.username) }),
      ...(isLimit(cause) && sameHost(context)),
    },
    ...(cause !== undefined && { cause }),
    ...(isTemporary && { inconclusive: true }),
  });
  // Such a server is likely to accept the message a little later (RFC 6647 section 4).
  const greylisted = meaning?.cause === 'greylisting' && { greylisted: formatReply(reply) };
  return stopped(found, { transient: isTemporary, ...greylisted });
}
