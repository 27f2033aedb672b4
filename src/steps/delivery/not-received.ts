import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Searched } from '../../inbox/inbox.js';
import { parseMessage, valuesOf } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { excerpt } from '../../text/peer.js';
import { inboxEvidence } from './inbox-finding.js';
import { queueIdIn } from './queue-id.js';
import { own, type OwnText } from '../../text/own.js';

/** What is known about a message that was not found. */
interface Missing {
  readonly message: TestMessage;
  readonly delivery: Delivery & { readonly inbox: InboxTarget };
  /** The reply with which the server accepted the message. */
  readonly accepted: Reply;
  readonly searched: Searched;
  /** The sources of messages with the nonce that are not the test message. */
  readonly others: readonly Buffer[];
}

/** The finding for a message that the server accepted and that was not found in time. */
export function notReceived({ message, delivery, accepted, searched, others }: Missing): KnownFinding {
  const { inbox, to, withinMs } = delivery;
  const where = inboxEvidence(inbox);
  const reply = formatReply(accepted);
  const queueId = queueIdIn(accepted);
  const folders = [...searched.folders, ...(searched.junk?.searched ? [searched.junk.folder] : [])].map(excerpt);
  const within = own`${withinMs / 1000} s`;
  const user = where.user === undefined ? own`` : own` as ${where.user}`;
  const other = others.map(describe).find((text) => text !== '');
  const seen =
    other === undefined
      ? own``
      : own` A message with the identifier of the test message is there, but it is not the test message (${other}).`;
  const unused = searched.isUnused
    ? own` ${folders[0] ?? ''} has never received a message (its first UID is unused).`
    : own``;
  const cause = other === undefined ? searched.isUnused && 'unused-mailbox' : 'other-message';
  const text = own`The server accepted the message to ${to} ("${reply}"), but it was not found within ${within}. The gate searched ${folders.join(', ')} at ${where.inbox}${user}. ${junkSentence(searched, inbox)}${unused}${seen}`;
  return finding('message-not-received', text, {
    evidence: {
      messageId: message.messageId,
      ...where,
      searched: folders.join(', '),
      junk: searched.junk?.searched ? own`searched` : own`not searched`,
      within,
      reply,
      ...(queueId !== undefined && { queueId }),
      ...(other !== undefined && { other }),
    },
    ...(cause && { cause }),
  });
}

function junkSentence({ junk }: Searched, { scheme }: InboxTarget): OwnText {
  if (junk?.searched) return own`That includes the junk folder.`;
  if (junk) return own`The junk folder "${excerpt(junk.folder)}" could not be searched.`;
  if (scheme === 'imap' || scheme === 'imaps') return own`It found no junk folder to search.`;
  return scheme.startsWith('pop3') ? own`POP3 has no access to a junk folder.` : own``;
}

/** The sender and the subject of a message. */
function describe(source: Buffer): string {
  const parsed = parseMessage(source);
  const first = (name: string): string => excerpt(valuesOf(parsed, name)[0] ?? 'none');
  return `From: ${first('from')}; Subject: ${first('subject')}`;
}
