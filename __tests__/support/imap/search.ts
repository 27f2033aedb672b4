import { headerValues } from './fetch.js';
import { SyntaxFault, word, type Token } from './syntax.js';
import type { StoredMessage } from './mailbox.js';

const FLAGS = new Map([
  ['SEEN', '\\Seen'],
  ['DELETED', '\\Deleted'],
]);

/**
 * Whether a message matches all criteria of a SEARCH (RFC 9051 section 6.4.4).
 * @param inSet whether it is in a sequence set, of UIDs or of sequence numbers
 * @throws SyntaxFault for a criterion that this server does not know
 */
export function matches(
  message: StoredMessage,
  criteria: readonly Token[],
  inSet: (set: Token | undefined, uids: boolean) => boolean,
): boolean {
  const [first, ...rest] = criteria;
  if (first === undefined) return true;
  const key = word(first);
  const flag = FLAGS.get(key.replace(/^UN/, ''));
  if (flag !== undefined) return message.flags.has(flag) !== key.startsWith('UN') && matches(message, rest, inSet);
  switch (key) {
    case 'ALL':
      return matches(message, rest, inSet);
    case 'UID':
      return inSet(rest[0], true) && matches(message, rest.slice(1), inSet);
    case 'SUBJECT':
      return has(message, 'SUBJECT', rest[0]) && matches(message, rest.slice(1), inSet);
    case 'HEADER':
      return has(message, word(rest[0]), rest[1]) && matches(message, rest.slice(2), inSet);
    default:
      if (!/^[\d*]/.test(key)) throw new SyntaxFault('Unknown SEARCH key');
      return inSet(first, false) && matches(message, rest, inSet);
  }
}

function has(message: StoredMessage, field: string, wanted: Token | undefined): boolean {
  return headerValues(message.raw.toString('latin1'), field).some((value) =>
    value.toUpperCase().includes(word(wanted)),
  );
}
