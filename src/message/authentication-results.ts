import type { ParsedMessage } from './fields.js';
import { tokens } from './lexical.js';

/** What a receiver found by one method (RFC 8601 section 2.2, resinfo). */
export interface MethodResult {
  /** In lower case: `spf`, `dkim`, `dmarc`. */
  readonly method: string;
  /** In lower case: `pass`, `softfail`. */
  readonly result: string;
  /** All that the receiver says about it, comments aside: `spf=pass smtp.mailfrom=a@b`. */
  readonly detail: string;
}

/** One Authentication-Results field. */
export interface AuthenticationResults {
  /** Whose it claims to be, in lower case. */
  readonly authservId: string;
  readonly results: readonly MethodResult[];
}

const MAX_FIELD = 16_384;
const MAX_FIELDS = 64;

/** The one version there is. */
const VERSION = '1';
/** A value of MIME (RFC 2045 section 5.1), but for the at sign, which some have in their names. */
const TOKEN = /^[^\s()<>,;:\\"/[\]?=]+$/;
const METHOD = /^([a-z][\w-]*)\s?(?:\/\s?\d+\s?)?=\s?([a-z]\w*)(?=\s|$)/i;

/**
 * Reads one field (RFC 8601 section 2.2).
 * @param value unfolded, without the name of the field
 * @returns undefined where it does not say whose it is, or is of a version that nobody knows
 */
export function parseAuthenticationResults(value: string): AuthenticationResults | undefined {
  const parts: string[][] = [[]];
  for (const { kind, text } of tokens(value.slice(0, MAX_FIELD))) {
    if (kind === 'semicolon') parts.push([]);
    else if (kind === 'word') parts.at(-1)?.push(text);
  }
  const [[id = '', version = VERSION, ...more] = [], ...rest] = parts;
  const authservId = id.startsWith('"') ? id.replace(/^"|"$/g, '').replace(/\\([^])/g, '$1') : id;
  if (version !== VERSION || more.length > 0 || (authservId === id && !TOKEN.test(id))) return undefined;
  const results = rest.flatMap((words): MethodResult[] => {
    const detail = words.join(' ');
    const [, method = '', result = ''] = METHOD.exec(detail) ?? [];
    return method === '' ? [] : [{ method: method.toLowerCase(), result: result.toLowerCase(), detail }];
  });
  return { authservId: authservId.toLowerCase(), results };
}

/**
 * The fields of a message, in its order, as far as they can be believed to come from one receiver: from the topmost
 * with its name on, down to where the next hop but one begins. Servers write theirs above or below their own Received
 * line, and filters of the same server a field each. What stands further down, an earlier hop could have written;
 * a receiver should have taken that out (RFC 8601 section 5), and not every one does.
 * @param authservId in lower case
 */
export function resultsOf(message: ParsedMessage, authservId: string): readonly AuthenticationResults[] {
  const found: AuthenticationResults[] = [];
  let hops = 0;
  for (const { name, value } of message.fields) {
    if (name === 'received' && found.length > 0) hops += 1;
    if (hops > 1 || found.length === MAX_FIELDS) break;
    const results = name === 'authentication-results' ? parseAuthenticationResults(value) : undefined;
    if (results?.authservId === authservId) found.push(results);
  }
  return found;
}
