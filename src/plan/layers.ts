import { at, mappingAt, withEntry } from './source/located.js';
import type { Located, LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';
import { inboxUrl } from './schema/values.js';
import { MECHANISMS } from './schema/enums.js';
import type { Mechanism } from './schema/enums.js';

/** What the inputs bring to endpoints that have nothing of their own, each as a whole or not at all. */
export interface InputLayer {
  readonly auth?: LocatedMapping;
  readonly delivery?: LocatedMapping;
}

const MERGED_BY_KEY: readonly string[] = ['auth', 'delivery', 'tls'];
const SECRETS = ['password', 'access-token'] as const;
const TOKEN_MECHANISMS: readonly Mechanism[] = ['OAUTHBEARER', 'XOAUTH2'];
/** Other white space is no legal text anyway. */
const BLANK = /^\p{Zs}*$/u;
const EMPTY_SECRETS = 'A secret that does not exist, and every secret in a pull request from a fork, arrives empty';

/**
 * Lays an endpoint over the defaults of its file, and both over the inputs. `auth`, `delivery` and `tls` are merged
 * key by key, everything else is replaced. `password` and `access-token` are one slot, which the upper layer fills, be
 * it with a certificate (`mechanism: EXTERNAL`). Where credentials must be rejected no lower layer brings a delivery.
 */
export function overlay(inputs: InputLayer, defaults: LocatedMapping, endpoint: LocatedMapping): LocatedMapping {
  const entries = new Map(defaults.entries);
  for (const [key, entry] of endpoint.entries) {
    const below = MERGED_BY_KEY.includes(key) ? at(defaults, key) : undefined;
    const isMerged = below?.kind === 'mapping' && entry.value.kind === 'mapping';
    entries.set(key, isMerged ? { ...entry, value: mergeKeys(below, entry.value) } : entry);
  }
  if (expectsRejection(at(endpoint, 'auth')) && !endpoint.entries.has('delivery')) entries.delete('delivery');
  return withInputs(inputs, { ...endpoint, entries });
}

function withInputs({ auth, delivery }: InputLayer, endpoint: LocatedMapping): LocatedMapping {
  let result = endpoint;
  const own = at(endpoint, 'auth') ?? mappingAt(endpoint.place, []);
  if (auth && own.kind === 'mapping' && !namesCredentials(own)) {
    result = withEntry(result, 'auth', mergeKeys(auth, own));
  }
  if (delivery && !endpoint.entries.has('delivery') && !expectsRejection(own))
    result = withEntry(result, 'delivery', delivery);
  return result;
}

function mergeKeys(lower: LocatedMapping, upper: LocatedMapping): LocatedMapping {
  const fillsSlot = isExternal(upper) || SECRETS.some((key) => upper.entries.has(key));
  const kept = [...lower.entries].filter(([key]) => !(fillsSlot && (SECRETS as readonly string[]).includes(key)));
  return { ...upper, entries: new Map([...kept, ...upper.entries]) };
}

function namesCredentials(auth: LocatedMapping): boolean {
  return isExternal(auth) || ['username', ...SECRETS].some((key) => auth.entries.has(key));
}

function isExternal(auth: Located): boolean {
  return textIn(auth, 'mechanism') === 'EXTERNAL';
}

function expectsRejection(auth: Located | undefined): boolean {
  return textIn(auth, 'expect') === 'rejected';
}

function textIn(mapping: Located | undefined, key: string): string | undefined {
  const node = at(mapping, key);
  return node?.kind === 'text' ? node.text : undefined;
}

/** Lists that no endpoint may empty: without its pins, a server is authenticated by less than the defaults require. */
const NEVER_EMPTY: readonly string[] = ['tls.pin'];

/**
 * The empty lists of a mapping, at any depth. An empty list is legal only if it replaces the value of a lower layer:
 * otherwise its items are missing by mistake.
 * @param below the same part of the lower layers, if they have it
 */
export function emptyLists(node: Located, below: Located | undefined, path: readonly string[] = []): Problem[] {
  const key = path.join('.');
  switch (node.kind) {
    case 'text':
      return [];
    case 'list':
      if (node.items.length > 0) return node.items.flatMap((item) => emptyLists(item, undefined, path));
      if (below && !NEVER_EMPTY.includes(key)) return [];
      return [{ ...node.place, message: `${key} is an empty list; leave it out` }];
    case 'mapping':
      return [...node.entries].flatMap(([name, { value }]) => emptyLists(value, at(below, name), [...path, name]));
  }
}

/** `password` beside `access-token` in one mapping, before anything is laid under it. */
export function slotProblems(auth: Located | undefined): Problem[] {
  const token = at(auth, 'access-token');
  if (!token || !at(auth, 'password')) return [];
  return [{ ...token.place, message: 'password and access-token exclude each other: give one of them' }];
}

/** Credentials of which a part is missing or empty, or that are not those of the mechanism. */
export function credentialProblems(auth: Located | undefined): Problem[] {
  if (auth?.kind !== 'mapping') return [];
  const secret = SECRETS.find((key) => auth.entries.has(key));
  const { place } = at(auth, secret ?? 'expect') ?? auth;
  if (isExternal(auth)) {
    const message = `mechanism EXTERNAL signs in with tls.client-cert, and takes no ${secret ?? 'secret'}`;
    return secret ? [{ ...place, message }] : [];
  }
  if (!namesCredentials(auth)) {
    const message = `expect: rejected needs credentials, and there are none. ${EMPTY_SECRETS}`;
    return expectsRejection(auth) ? [{ ...place, message }] : [];
  }
  const mechanism = MECHANISMS.find((known) => known === textIn(auth, 'mechanism'));
  const needed = mechanism && (TOKEN_MECHANISMS.includes(mechanism) ? 'access-token' : 'password');
  if (needed && secret && secret !== needed) {
    return [{ ...place, message: `mechanism ${mechanism} takes ${needed}, and not ${secret}` }];
  }
  const wanted = secret ?? needed;
  return pairProblems(auth, { username: 'username', [wanted ?? 'password']: wanted ?? 'password or access-token' });
}

/** What does not go with the way in which an endpoint signs in, once all layers are merged. */
export function signInProblems(endpoint: LocatedMapping): Problem[] {
  const auth = at(endpoint, 'auth');
  const certificate = at(endpoint, 'tls', 'client-cert');
  const delivery = at(endpoint, 'delivery');
  return [
    ...(auth && isExternal(auth) && !certificate
      ? [{ ...auth.place, message: 'auth.mechanism EXTERNAL needs tls.client-cert, which is what signs in' }]
      : []),
    ...(delivery && expectsRejection(auth)
      ? [
          {
            ...delivery.place,
            message: 'delivery cannot follow auth.expect: rejected, after which nobody is signed in',
          },
        ]
      : []),
  ];
}

/**
 * An inbox of which a part is missing or empty.
 * @param prefix what stands before `username` and `password` where the user wrote them
 */
export function inboxProblems(delivery: Located | undefined, prefix = ''): Problem[] {
  if (delivery?.kind !== 'mapping') return [];
  const has = (key: string) => delivery.entries.has(key);
  if (!has('inbox') && !has('username') && !has('password')) return [];
  const inbox = at(delivery, 'inbox');
  const address = inbox?.kind === 'text' ? inboxUrl(inbox.text) : undefined;
  const isApi = address !== undefined && 'basePath' in address;
  if (isApi && !has('username') && !has('password')) return [];
  const pair = pairProblems(delivery, { username: `${prefix}username`, password: `${prefix}password` });
  if (isApi && address.scheme.endsWith('+http')) {
    const message = `${prefix}username and ${prefix}password are not sent over plain HTTP: use ${address.scheme}s, or leave them out`;
    return [{ ...delivery.place, ...inbox?.place, message }];
  }
  if (has('inbox')) return pair;
  const message = `inbox is missing, though there are credentials for it. ${EMPTY_SECRETS}`;
  return [...pair, { ...delivery.place, message }];
}

/** A client certificate without its key, or a key without its certificate. */
export function clientIdentityProblems(tls: Located | undefined): Problem[] {
  const names = { 'client-cert': 'client-cert', 'client-key': 'client-key' };
  if (tls?.kind !== 'mapping' || !Object.keys(names).some((key) => tls.entries.has(key))) return [];
  return pairProblems(tls, names);
}

/**
 * Values that must all be there, with something in them.
 * @param names each key, and what it is called in a message
 */
function pairProblems(mapping: LocatedMapping, names: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(names).flatMap(([key, name]) => {
    const node = at(mapping, key);
    if (node && (node.kind !== 'text' || node.broken || !BLANK.test(node.text))) return [];
    const others = Object.keys(names).flatMap((other) => at(mapping, other) ?? []);
    const { place } = node ?? others[0] ?? mapping;
    const what = node?.kind === 'text' ? (node.text === '' ? 'empty' : 'nothing but blanks') : 'missing';
    return [{ ...place, message: `${name} is ${what}. ${EMPTY_SECRETS}` }];
  });
}
