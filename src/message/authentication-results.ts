import type { HeaderField, ParsedMessage } from './fields.js';
import { tokens } from './lexical.js';
import type { Hop } from './trace.js';

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
 * The fields of a message that can be believed to come from one receiver, in the order of the message. Servers write
 * on top of what they get (RFC 8601 section 4.1), so what stands above the receiver's own Received line came from it or
 * from behind it. If it has written there, that is all: not every receiver takes out what others wrote in its name
 * (section 5), and whoever handed the message over can have written below that line. If it has not, what stands right
 * below that line is believed, for Gmail and filters of Postfix write there, and are known to take the rest out. Nothing
 * further down is believed, since earlier servers could have written it (section 7.1).
 * @param hops every Received line of the message
 * @param authservId in lower case
 */
export function resultsOf(
  message: ParsedMessage,
  hops: readonly Hop[],
  authservId: string,
): readonly AuthenticationResults[] {
  const stretches: HeaderField[][] = [[]];
  for (const field of message.fields) {
    if (field.name === 'received') stretches.push([]);
    else if (field.name === 'authentication-results') stretches.at(-1)?.push(field);
  }
  const own = ownLine(hops, authservId);
  const [above, below] = [stretches.slice(0, own + 1).flat(), stretches[own + 1] ?? []].map((fields) =>
    fields
      .slice(0, MAX_FIELDS)
      .flatMap(({ value }) => parseAuthenticationResults(value) ?? [])
      .filter((results) => results.authservId === authservId),
  );
  return above?.length ? above : (below ?? []);
}

/**
 * Which Received line is the receiver's own: the topmost that has its name behind `by`, or else the topmost, both
 * without those at the top by which a receiver hands the message on within itself. Where all are such lines, the lowest:
 * nobody else has had the message, and the gate writes no such fields.
 * @returns its number from the top, -1 where there is none
 */
function ownLine(hops: readonly Hop[], authservId: string): number {
  const first = hops.findIndex(({ isHandOver }) => !isHandOver);
  if (first < 0) return hops.length - 1;
  const named = hops.findIndex(({ by = '' }, at) => at >= first && isNamed(by, authservId));
  return named < 0 ? first : named;
}

/** Whether a host goes by the name of the receiver, or has one under it. */
function isNamed(by: string, authservId: string): boolean {
  const [host = ''] = by.toLowerCase().split(' ', 1);
  return `.${host.replace(/\.$/, '')}`.endsWith(`.${authservId}`);
}
