import { at, mappingAt, withEntry } from './located.js';
import type { Located, LocatedMapping } from './located.js';
import type { Problem } from './problem.js';

/** What the inputs bring to endpoints that have nothing of their own, each as a whole or not at all. */
export interface InputLayer {
  readonly auth?: LocatedMapping;
  readonly delivery?: LocatedMapping;
}

const MERGED_BY_KEY: readonly string[] = ['auth', 'delivery', 'tls'];
const SECRETS = ['password', 'access-token'] as const;
const EMPTY_SECRETS = 'A secret that does not exist, and every secret in a pull request from a fork, arrives empty';

/**
 * Lays an endpoint over the defaults of its file, and both over the inputs. `auth`, `delivery` and `tls` are merged
 * key by key, everything else is replaced. `password` and `access-token` are one slot, which the upper layer fills.
 */
export function overlay(inputs: InputLayer, defaults: LocatedMapping, endpoint: LocatedMapping): LocatedMapping {
  const entries = new Map(defaults.entries);
  for (const [key, entry] of endpoint.entries) {
    const below = MERGED_BY_KEY.includes(key) ? at(defaults, key) : undefined;
    const isMerged = below?.kind === 'mapping' && entry.value.kind === 'mapping';
    entries.set(key, isMerged ? { ...entry, value: mergeKeys(below, entry.value) } : entry);
  }
  return withInputs(inputs, { ...endpoint, entries });
}

function withInputs({ auth, delivery }: InputLayer, endpoint: LocatedMapping): LocatedMapping {
  let result = endpoint;
  const own = at(endpoint, 'auth') ?? mappingAt(endpoint.place, []);
  if (auth && own.kind === 'mapping' && !namesCredentials(own)) {
    result = withEntry(result, 'auth', mergeKeys(auth, own));
  }
  if (delivery && !endpoint.entries.has('delivery')) result = withEntry(result, 'delivery', delivery);
  return result;
}

function mergeKeys(lower: LocatedMapping, upper: LocatedMapping): LocatedMapping {
  const fillsSlot = SECRETS.some((key) => upper.entries.has(key));
  const kept = [...lower.entries].filter(([key]) => !(fillsSlot && (SECRETS as readonly string[]).includes(key)));
  return { ...upper, entries: new Map([...kept, ...upper.entries]) };
}

function namesCredentials(auth: LocatedMapping): boolean {
  return ['username', ...SECRETS].some((key) => auth.entries.has(key));
}

/** `password` beside `access-token` in one mapping, before anything is laid under it. */
export function slotProblems(auth: Located | undefined): Problem[] {
  const token = at(auth, 'access-token');
  if (!token || !at(auth, 'password')) return [];
  return [{ ...token.place, message: 'password and access-token exclude each other: give one of them' }];
}

/** Credentials of which a part is missing or empty. */
export function credentialProblems(auth: Located | undefined): Problem[] {
  if (auth?.kind !== 'mapping' || !namesCredentials(auth)) return [];
  const secret = SECRETS.find((key) => auth.entries.has(key));
  return pairProblems(auth, { username: 'username', [secret ?? 'password']: secret ?? 'password or access-token' });
}

/**
 * An inbox of which a part is missing or empty.
 * @param prefix what stands before `username` and `password` where the user wrote them
 */
export function inboxProblems(delivery: Located | undefined, prefix = ''): Problem[] {
  if (delivery?.kind !== 'mapping') return [];
  const has = (key: string) => delivery.entries.has(key);
  if (!has('inbox') && !has('username') && !has('password')) return [];
  const pair = pairProblems(delivery, { username: `${prefix}username`, password: `${prefix}password` });
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
    if (node && (node.kind !== 'text' || node.broken || node.text !== '')) return [];
    const others = Object.keys(names).flatMap((other) => at(mapping, other) ?? []);
    const { place } = node ?? others[0] ?? mapping;
    return [{ ...place, message: `${name} is ${node ? 'empty' : 'missing'}. ${EMPTY_SECRETS}` }];
  });
}
