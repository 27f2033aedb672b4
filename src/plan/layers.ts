import { check } from './schema/check.js';
import { KEYS_OF_INPUTS } from './schema/input-keys.js';
import { INPUT_NAMES, inheritableSchema, inputSchema } from './schema/schema.js';
import { at, mappingAt, textAt, withEntry, type Located, type LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';

/* An endpoint inherits from the defaults of its file, and those inherit from the inputs. */

/** Inputs in which spaces at the start and the end may be significant. */
const VERBATIM: readonly string[] = ['endpoints', 'password', 'access-token', 'inbox-password'];

/**
 * @param raw texts by the name of the input; empty means not set, unless the input is unknown
 * @returns `given`: the inputs that are set, each with its input as its place; `settings`: their values, absent if an
 *   input is wrong; `layer`: what endpoints inherit, as an endpoint mapping
 */
export function readInputs(raw: Readonly<Record<string, string>>) {
  const texts = Object.entries(raw)
    .map(([input, text]) => [input, VERBATIM.includes(input) ? text : text.trim()] as const)
    .filter(([input, text]) => text !== '' || !(INPUT_NAMES as readonly string[]).includes(input));
  const values = texts.map(([input, text]) => [input, textAt({ input }, text)] as const);
  const given = mappingAt({}, values);
  const { value: settings, problems } = check(inputSchema, given);
  const layer = mappingAt({}, [...partOf('auth', given), ...partOf('delivery', given)]);
  return { given, settings, layer, problems: [...problems, ...check(inheritableSchema, layer).problems] };
}

/** One mapping of an endpoint, with its name, as the inputs give it; nothing if none of them is set. */
function partOf(name: string, given: LocatedMapping): [string, LocatedMapping][] {
  const values = Object.entries(KEYS_OF_INPUTS).flatMap(([input, key]) => {
    const node = at(given, input);
    return node && key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), node] as const] : [];
  });
  return values[0] ? [[name, mappingAt(values[0][1].place, values)]] : [];
}

const MERGED_BY_KEY: readonly string[] = ['auth', 'delivery', 'tls'];
const SECRETS: readonly string[] = ['password', 'access-token'];

/**
 * Merges an endpoint with the defaults of its file, and with the inputs. `auth`, `delivery` and `tls` are merged key by
 * key, everything else is replaced. `password` and `access-token` replace each other, and `mechanism: EXTERNAL` replaces
 * both. An endpoint whose credentials must be rejected inherits no delivery, and one with `mx` inherits no credentials.
 */
export function overlay(inputs: LocatedMapping, defaults: LocatedMapping, endpoint: LocatedMapping): LocatedMapping {
  const entries = new Map(defaults.entries);
  for (const [key, entry] of endpoint.entries) {
    const below = MERGED_BY_KEY.includes(key) ? at(defaults, key) : undefined;
    const isMerged = below?.kind === 'mapping' && entry.value.kind === 'mapping';
    entries.set(key, isMerged ? { ...entry, value: mergeKeys(below, entry.value) } : entry);
  }
  if (inheritsNoAuth(endpoint)) entries.delete('auth');
  const isRejected = isText(at(endpoint, 'auth', 'expect'), 'rejected');
  if (isRejected && !endpoint.entries.has('delivery')) entries.delete('delivery');
  const merged = { ...endpoint, entries };
  const delivery = at(merged, 'delivery');
  if (delivery?.kind !== 'mapping') return withInputs(inputs, merged);
  return withInputs(inputs, withEntry(merged, 'delivery', withoutUnused(delivery, at(endpoint, 'delivery'))));
}

/** Keys about the message are inherited only if they have an effect. The schema rejects them otherwise. */
function withoutUnused(delivery: LocatedMapping, own: Located | undefined): LocatedMapping {
  const isRefused = isText(at(delivery, 'expect'), 'refused');
  const ofInbox = isRefused || !delivery.entries.has('inbox') ? ['keep', 'hop'] : [];
  const unused = isRefused ? [...ofInbox, 'attachment-bytes'] : ofInbox;
  const isDropped = (key: string): boolean => unused.includes(key) && !at(own, key);
  return { ...delivery, entries: new Map([...delivery.entries].filter(([key]) => !isDropped(key))) };
}

/** Adds `auth` and `delivery` of the inputs, each as a whole, if the endpoint does not have its own. */
function withInputs(inputs: LocatedMapping, endpoint: LocatedMapping): LocatedMapping {
  let result = endpoint;
  const auth = at(inputs, 'auth');
  const delivery = at(inputs, 'delivery');
  const own = at(endpoint, 'auth') ?? mappingAt(endpoint.place, []);
  if (
    auth?.kind === 'mapping' &&
    !inheritsNoAuth(endpoint) &&
    own.kind === 'mapping' &&
    !replacesSecret(own) &&
    !own.entries.has('username')
  ) {
    result = withEntry(result, 'auth', mergeKeys(auth, own));
  }
  if (delivery && !endpoint.entries.has('delivery') && !isText(at(own, 'expect'), 'rejected')) {
    result = withEntry(result, 'delivery', delivery);
  }
  return result;
}

function inheritsNoAuth({ entries }: LocatedMapping): boolean {
  return entries.has('mx') && !entries.has('auth');
}

function mergeKeys(lower: LocatedMapping, upper: LocatedMapping): LocatedMapping {
  const isReplaced = replacesSecret(upper);
  const kept = [...lower.entries].filter(([key]) => !(isReplaced && SECRETS.includes(key)));
  return { ...upper, entries: new Map([...kept, ...upper.entries]) };
}

function replacesSecret(mapping: LocatedMapping): boolean {
  return isText(at(mapping, 'mechanism'), 'EXTERNAL') || SECRETS.some((key) => mapping.entries.has(key));
}

function isText(node: Located | undefined, text: string): boolean {
  return node?.kind === 'text' && node.text === text;
}

/**
 * The empty lists of a mapping, at any depth. An empty list is allowed only if it replaces an inherited value: otherwise
 * its items were probably forgotten.
 * @param below the inherited part with the same key, if any
 */
export function emptyLists(node: Located, below: Located | undefined, path: readonly string[] = []): Problem[] {
  if (node.kind === 'text') return [];
  if (node.kind === 'mapping') {
    return [...node.entries].flatMap(([name, { value }]) => emptyLists(value, at(below, name), [...path, name]));
  }
  if (node.items.length > 0) return node.items.flatMap((item) => emptyLists(item, undefined, path));
  return below ? [] : [{ ...node.place, message: `${path.join('.')} is an empty list; remove it` }];
}
