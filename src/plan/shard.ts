import { createHash } from 'node:crypto';
import type { Shard } from './endpoint.js';

/**
 * The endpoints of a shard, in their order. All endpoints, sorted by a hash of their names, are cut into parts whose sizes
 * differ by one at most. So a new endpoint moves at most one other across each cut (docs/adr/0029).
 * @param endpoints with unique names
 * @returns none only if there are fewer endpoints than parts
 */
export function inShard<T extends { readonly name: string }>(endpoints: readonly T[], { part, parts }: Shard): T[] {
  const hashed = endpoints.map(({ name }) => ({ name, hash: createHash('sha256').update(name).digest('hex') }));
  const sorted = hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ name }) => name);
  // With more parts than endpoints, the first parts have one each.
  const cuts = Math.min(parts, sorted.length);
  const startOf = (which: number): number => Math.ceil(((which - 1) * sorted.length) / cuts);
  const own = new Set(sorted.slice(startOf(part), startOf(part + 1)));
  return endpoints.filter(({ name }) => own.has(name));
}
