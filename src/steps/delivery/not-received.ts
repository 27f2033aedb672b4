import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Searched, UidRange } from '../../inbox/inbox.js';
import type { TestMessage } from '../../message/test-message.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { excerpt } from '../../text/peer.js';
import { inboxEvidence } from './inbox-finding.js';
import type { OtherMessage } from './other-message.js';
import { queueIdIn } from './queue-id.js';
import { slipBetween } from './similar-address.js';
import { fixed, join, own, type OwnText } from '../../text/own.js';

/** What is known about a message that was not found. */
interface Missing {
  readonly message: TestMessage;
  readonly delivery: Delivery & { readonly inbox: InboxTarget };
  /** The reply with which the server accepted the message. */
  readonly accepted: Reply;
  readonly searched: Searched;
  /** A message with the nonce that is not the test message; a bounce, if there is one. */
  readonly other: OtherMessage | undefined;
}

/** The finding for a message that the server accepted and that was not found in time. */
export function notReceived({ message, delivery, accepted, searched, other }: Missing): KnownFinding {
  const { inbox, to, withinMs } = delivery;
  const where = inboxEvidence(inbox);
  const reply = formatReply(accepted);
  const queueId = queueIdIn(accepted);
  const folders = [...searched.folders, ...(searched.junk?.searched ? [searched.junk.folder] : [])].map(excerpt);
  const { found } = searched.elsewhere ?? {};
  const within = own`${withinMs / 1000} s`;
  const user = where.user === undefined ? own`` : own` as ${where.user}`;
  // The username of a mail catcher is not that of a mailbox.
  const isOfMailbox = inbox.scheme.startsWith('imap') || inbox.scheme.startsWith('pop3');
  const slip = inbox.username !== undefined && isOfMailbox ? slipBetween(to, inbox.username) : undefined;
  const known = causeOf(searched, other, to);
  const isSlip = slip !== undefined && known === undefined;
  const cause = isSlip ? 'similar-address' : known;
  const sentences = [
    isSlip
      ? own`The recipient ${to} differs ${fixed(slip)} from ${where.user ?? ''}, the user of the inbox.`
      : undefined,
    own`The server accepted the message to ${to} ("${reply}"), but it was not found within ${within}.`,
    own`The gate searched ${folders.join(', ')} at ${where.inbox}${user}.`,
    junkSentence(searched, inbox),
    elsewhereSentence(searched),
    searched.uids && uidSentence(folders[0] ?? '', searched.uids),
    otherSentence(other),
  ].filter((sentence) => sentence !== undefined);
  return finding('message-not-received', join(sentences, ' '), {
    evidence: {
      messageId: message.messageId,
      ...where,
      searched: folders.join(', '),
      junk: searched.junk?.searched ? own`searched` : own`not searched`,
      ...(searched.elsewhere && { otherFolders: String(searched.elsewhere.count) }),
      within,
      reply,
      ...(queueId !== undefined && { queueId }),
      ...(found && { folder: excerpt(found.folder), uid: String(found.uid) }),
      ...(other && { other: other.description }),
      ...(other?.bounce !== undefined && { bounce: other.bounce }),
      ...(isSlip && { to }),
    },
    ...(cause && { cause }),
  });
}

function causeOf(
  { elsewhere, uids }: Searched,
  other: OtherMessage | undefined,
  to: string,
): CauseOf<'message-not-received'> | undefined {
  if (elsewhere?.found) return isSubaddress(elsewhere.found.folder, to) ? 'subaddress-folder' : 'other-folder';
  if (other) return other.bounce === undefined ? 'other-message' : 'bounced';
  return uids && isGone(uids) ? 'removed' : undefined;
}

/** Whether a folder has the name of the part of an address that follows a plus sign (RFC 5233). */
function isSubaddress(folder: string, to: string): boolean {
  const [local = ''] = to.split('@');
  const detail = local.slice(local.indexOf('+') + 1).toLowerCase();
  return local.includes('+') && detail !== '' && folder.toLowerCase().split(/[/.]/).at(-1) === detail;
}

function junkSentence({ junk }: Searched, { scheme }: InboxTarget): OwnText | undefined {
  if (junk?.searched) return own`That includes the junk folder.`;
  if (junk) return own`The junk folder "${excerpt(junk.folder)}" could not be searched.`;
  if (scheme === 'imap' || scheme === 'imaps') return own`It found no junk folder to search.`;
  return scheme.startsWith('pop3') ? own`POP3 has no access to a junk folder.` : undefined;
}

function elsewhereSentence({ elsewhere }: Searched): OwnText | undefined {
  if (!elsewhere || elsewhere.count === 0) return undefined;
  const { count, found } = elsewhere;
  if (found) return own`It is in the folder "${excerpt(found.folder)}" instead.`;
  return count === 1
    ? own`It is not in the other folder of the account either.`
    : own`It is not in the ${count} other folders that the gate searched either.`;
}

/** Whether a message has arrived that the gate has not seen, because it was moved or deleted. */
function isGone({ first, next, seen }: UidRange): boolean {
  return next - first > seen;
}

function uidSentence(mailbox: string, uids: UidRange): OwnText | undefined {
  const { first, next } = uids;
  if (next === 1) return own`${mailbox} has never received a message (UIDNEXT is 1).`;
  if (next === first)
    return own`No message has arrived in ${mailbox} since the gate opened it (UIDNEXT is still ${next}).`;
  if (!isGone(uids)) return undefined;
  return own`A message arrived in ${mailbox} after the gate opened it, but is no longer there (UIDNEXT rose from ${first} to ${next}).`;
}

function otherSentence(other: OtherMessage | undefined): OwnText | undefined {
  if (!other) return undefined;
  const { description, bounce } = other;
  return bounce === undefined
    ? own`A message with the identifier of the test message is there, but it is not the test message (${description}).`
    : own`A bounce of the test message is there (${description}): "${bounce}".`;
}
