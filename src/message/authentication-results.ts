import type { HeaderField, ParsedMessage } from './fields.js';
import { tokens } from './lexical.js';
import type { Hop } from './trace.js';

/** What a receiver found by one method (RFC 8601 section 2.2, resinfo). */
export interface MethodResult {
  /** In lower case: `spf`, `dkim`, `dmarc`. */
  readonly method: string;
  /** In lower case: `pass`, `softfail`. */
  readonly result: string;
  /** The whole resinfo without comments: `spf=pass smtp.mailfrom=a@b`. */
  readonly detail: string;
  /** What was checked, by the lower-case name of the property: `smtp.mailfrom` is `a@b`. */
  readonly properties: ReadonlyMap<string, string>;
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
/** RFC 2045 section 5.1, but with the at sign, which some have in their names. */
const TOKEN = /^[^\s()<>,;:\\"/[\]?=]+$/;
const METHOD = /^([a-z][\w-]*)\s?(?:\/\s?\d+\s?)?=\s?([a-z]\w*)(?=\s|$)/i;

const PROPERTY = /(?<!\S)([a-z]+\.[\w-]+)\s?=\s?(\S+)/gi;

/** The first of several properties with one name is used. No property begins after a space within quotes. */
function propertiesOf(words: readonly string[]): ReadonlyMap<string, string> {
  const text = words.map((word) => word.replace(/\s/g, '_')).join(' ');
  const all = [...text.matchAll(PROPERTY)].map(([, name = '', value = '']) => [name.toLowerCase(), value] as const);
  return new Map(all.toReversed());
}

/**
 * RFC 8601 section 2.2.
 * @param value unfolded
 * @returns undefined if it does not name its receiver, or has an unknown version
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
    if (method === '') return [];
    return [{ method: method.toLowerCase(), result: result.toLowerCase(), detail, properties: propertiesOf(words) }];
  });
  return { authservId: authservId.toLowerCase(), results };
}

/**
 * The fields of a message that one receiver added, in the order of the message. Anyone can add a field in its name (RFC
 * 8601 section 1.6), but a server adds its fields above what it receives (section 4.1). The trust boundary is the
 * topmost Received line that records a transfer from another host. The receiver added everything above it. Everything
 * below may come from the client. There is one exception: fields directly below that line are accepted if the line is
 * the receiver's own and none of its fields is above. Gmail and milters add them there, and a receiver has to remove
 * fields that others added in its name (section 5).
 * @param hops every Received line of the message, or none if there are too many: then every field is ignored
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
    // With a space before the colon it is ignored: a receiver that removes fields in its name may not recognize it.
    else if (field.label.toLowerCase() === 'authentication-results') stretches.at(-1)?.push(field);
  }
  const fromOutside = hops.findIndex(({ isHandOver }) => !isHandOver);
  // If every transfer was within the receiver, it is the lowest: the gate is on the same host, and adds no such fields.
  const entry = fromOutside < 0 ? hops.length - 1 : fromOutside;
  const of = (fields: readonly HeaderField[]): readonly AuthenticationResults[] =>
    fields
      .slice(0, MAX_FIELDS)
      .flatMap(({ value }) => parseAuthenticationResults(value) ?? [])
      .filter((results) => results.authservId === authservId);
  const above = of(stretches.slice(0, entry + 1).flat());
  const host = hops[entry]?.serverNames[0];
  const isOwn = host !== undefined && `.${host}`.endsWith(`.${authservId}`);
  return above.length > 0 || !isOwn ? above : of(stretches[entry + 1] ?? []);
}
