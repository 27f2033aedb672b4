import type { HeaderField, ParsedMessage } from './fields.js';
import { tokens } from './lexical.js';
import type { Hop } from './trace.js';

/** What a receiver found by one method (RFC 8601 section 2.2, resinfo). */
export interface MethodResult {
  /** In lower case: `spf`, `dkim`, `dmarc`. */
  readonly method: string;
  /** In lower case: `pass`, `softfail`. */
  readonly result: string;
  /** What the receiver says about it, without comments: `spf=pass smtp.mailfrom=a@b`. */
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
/** A value of MIME (RFC 2045 section 5.1), but for the at sign, which some have in their names. */
const TOKEN = /^[^\s()<>,;:\\"/[\]?=]+$/;
const METHOD = /^([a-z][\w-]*)\s?(?:\/\s?\d+\s?)?=\s?([a-z]\w*)(?=\s|$)/i;

const PROPERTY = /(?<!\S)([a-z]+\.[\w-]+)\s?=\s?(\S+)/gi;

/**
 * If a property is there twice, the first counts. A space within quotes is part of a value, and no property begins
 * after it.
 */
function propertiesOf(words: readonly string[]): ReadonlyMap<string, string> {
  const text = words.map((word) => word.replace(/\s/g, '_')).join(' ');
  const all = [...text.matchAll(PROPERTY)].map(([, name = '', value = '']) => [name.toLowerCase(), value] as const);
  return new Map(all.toReversed());
}

/**
 * Reads one field (RFC 8601 section 2.2).
 * @param value unfolded, without the name of the field
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
 * The fields of a message that one receiver wrote, in the order of the message. Anyone can write a field in its name
 * (RFC 8601 section 1.6), so the position decides. A server writes above what it receives (section 4.1). The topmost
 * Received line that is not about a transfer within the receiver is where the message came in from outside. The
 * receiver wrote everything above that line. Everything below it may come from the client, further Received lines
 * included, so nothing there shows where a field comes from. There is one exception: fields directly below that line
 * count if the line is the receiver's own and none of its fields is above. Gmail and milters write there, and a
 * receiver has to remove fields that others wrote in its name (section 5).
 * @param hops every Received line of the message, or none if there are too many: then no field counts
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
    else if (isAuthenticationResults(field)) stretches.at(-1)?.push(field);
  }
  const entry = entryLine(hops);
  const of = (fields: readonly HeaderField[]): readonly AuthenticationResults[] =>
    fields
      .slice(0, MAX_FIELDS)
      .flatMap(({ value }) => parseAuthenticationResults(value) ?? [])
      .filter((results) => results.authservId === authservId);
  const above = of(stretches.slice(0, entry + 1).flat());
  const host = hops[entry]?.serverNames[0];
  const isOwn = host !== undefined && isNamed(host, authservId);
  return above.length > 0 || !isOwn ? above : of(stretches[entry + 1] ?? []);
}

/**
 * A field with a space before the colon does not count: a receiver that removes fields in its name may not recognize
 * it.
 */
function isAuthenticationResults({ label }: HeaderField): boolean {
  return label.toLowerCase() === 'authentication-results';
}

/**
 * The Received line by which the message came in from outside. If every line is about a transfer within a receiver, it
 * is the lowest: the gate is on the same host, and writes no such fields itself.
 * @returns its number from the top, -1 if there is none
 */
function entryLine(hops: readonly Hop[]): number {
  const entry = hops.findIndex(({ isHandOver }) => !isHandOver);
  return entry < 0 ? hops.length - 1 : entry;
}

/** Whether a host has the name of the receiver, or one under it. */
function isNamed(host: string, authservId: string): boolean {
  return `.${host}`.endsWith(`.${authservId}`);
}
