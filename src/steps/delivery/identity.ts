import { finding, type KnownFinding } from '../../findings/finding.js';
import { alterations, hasToken, isReencoded, type Alteration } from '../../message/alterations.js';
import { addedText, externalTag, spamTag } from '../../message/added-text.js';
import { authority, command } from '../../findings/commands/shell.js';
import { CA_PLACEHOLDER } from '../../findings/commands/trusted-cas.js';
import type { Endpoint, InboxTarget, TlsPolicy } from '../../plan/endpoint.js';
import type { ParsedMessage } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import { excerpt } from '../../text/peer.js';
import { own } from '../../text/own.js';

/** Judges whether the message that arrived is the one that was sent. */
export function judgeIdentity(
  sent: TestMessage,
  source: Buffer,
  parsed: ParsedMessage,
  inbox: InboxTarget,
  endpoint: Pick<Endpoint, 'tls'>,
): KnownFinding[] {
  const differences = alterations(sent, source);
  if (differences.length === 0) return [];
  const altered = excerpt(differences.map(({ text }) => text).join('; '));
  const evidence = { messageId: sent.messageId, altered };
  if (isReencoded(sent, source)) {
    const text = own`A server re-encoded the message. Its decoded parts are unchanged, but the encoded form is not: ${altered}.`;
    return [finding('message-reencoded', text, { evidence })];
  }
  if (hasToken(sent, parsed)) {
    const text = own`The message was changed in transit: ${altered}.`;
    const mark = externalTag(sent, parsed);
    const read = readCommand(inbox, endpoint.tls);
    const how = { ...evidence, ...(read !== undefined && { read }) };
    if (mark !== undefined) {
      const marked = own`The message was marked as mail from outside of the organization: "${excerpt(mark)}".`;
      return [
        finding('message-altered', marked, { evidence: { ...how, added: excerpt(mark) }, cause: 'external-mark' }),
      ];
    }
    const spam = spamTag(sent, parsed);
    if (spam !== undefined) {
      const marked = own`A spam filter marked the message in its subject: "${excerpt(spam)}".`;
      return [finding('message-altered', marked, { evidence: { ...how, added: excerpt(spam) }, cause: 'spam-tag' })];
    }
    const { removed, cause } = kindOf(differences);
    if (cause !== undefined) return [finding('message-altered', text, { evidence: how, cause })];
    if (removed === '') {
      const line = addedText(sent, parsed);
      const said = line === undefined ? text : own`${text} The first new line of text is "${excerpt(line)}".`;
      const added = line === undefined ? {} : { added: excerpt(line) };
      return [finding('message-altered', said, { evidence: { ...how, ...added } })];
    }
    return [finding('message-altered', text, { evidence: { ...evidence, removed }, cause: 'field-removed' })];
  }
  const text = own`The message that arrived is not the one that was sent: ${altered}. The random value in its body is missing, so the body was replaced, or the message was forged.`;
  return [finding('message-altered', text, { evidence, cause: 'replaced' })];
}

/** Shows the newest message of a mailbox. It asks for the password. */
function readCommand(inbox: InboxTarget, { anchorSources = [] }: TlsPolicy): string | undefined {
  const { scheme, host, port, username } = inbox;
  if (!('mailbox' in inbox) || username === undefined || username.includes(':') || !/^[\w./-]+$/.test(inbox.mailbox))
    return undefined;
  const url = `${scheme}://${authority(host, port)}/${encodeURIComponent(inbox.mailbox)};MAILINDEX=*`;
  const file = anchorSources.length === 1 ? anchorSources[0]?.path : CA_PLACEHOLDER;
  const cas = anchorSources.length === 0 ? [] : ['--cacert', file ?? CA_PLACEHOLDER];
  return command(['curl', '-sS', ...cas, '-u', username, ...(scheme === 'imap' ? ['--ssl-reqd'] : []), url]);
}

/** What kind of difference all of them are. */
function kindOf(differences: readonly Alteration[]): {
  readonly removed: string;
  readonly cause: 'footer' | 'from-replaced' | 'leading-dot' | undefined;
} {
  const removed = differences.flatMap(({ removedField }) => removedField ?? []);
  const isAll = (is: (difference: Alteration) => boolean): boolean => differences.every(is);
  const causes = {
    footer: isAll(({ isAddedAtEnd }) => isAddedAtEnd === true),
    'from-replaced': isAll(({ text }) => /^from was ".*" and is "/.test(text)),
    'leading-dot': isAll(({ text }) => DOT_CHANGED.test(text)),
  };
  return {
    removed: removed.length === differences.length ? excerpt(removed.join(', ')) : '',
    cause: (['footer', 'from-replaced', 'leading-dot'] as const).find((one) => causes[one]),
  };
}

/** A line that is the same except for the dots at its start. */
const DOT_CHANGED = /^line \d+ of the body was "\.([^".].*)" and is "(?:\.\.)?\1"$/;
