import { finding, type KnownFinding } from '../../findings/finding.js';
import { alterations, hasToken, isReencoded, type Alteration } from '../../message/alterations.js';
import type { ParsedMessage } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import { excerpt } from '../../text/peer.js';
import { own } from '../../text/own.js';

/** Judges whether the message that arrived is the one that was sent. */
export function judgeIdentity(sent: TestMessage, source: Buffer, parsed: ParsedMessage): KnownFinding[] {
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
    const { removed, isFooter } = kindOf(differences);
    if (isFooter) return [finding('message-altered', text, { evidence, cause: 'footer' })];
    if (removed === '') return [finding('message-altered', text, { evidence })];
    return [finding('message-altered', text, { evidence: { ...evidence, removed }, cause: 'field-removed' })];
  }
  const text = own`The message that arrived is not the one that was sent: ${altered}. The random value in its body is missing, so the body was replaced, or the message was forged.`;
  return [finding('message-altered', text, { evidence, cause: 'replaced' })];
}

/** What kind of difference all of them are. */
function kindOf(differences: readonly Alteration[]): { readonly removed: string; readonly isFooter: boolean } {
  const removed = differences.flatMap(({ removedField }) => removedField ?? []);
  return {
    removed: removed.length === differences.length ? excerpt(removed.join(', ')) : '',
    isFooter: differences.every(({ isAddedAtEnd }) => isAddedAtEnd === true),
  };
}
