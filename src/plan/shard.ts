import { createHash } from 'node:crypto';
import type { Shard } from './endpoint.js';

/**
 * Divides names into parts whose sizes differ by one at most: all of them, sorted by a hash, are cut. So a new name moves
 * at most one other across each cut (docs/adr/0029).
 * @param names unique
 * @returns the names of each part; fewer parts only if there are fewer names
 */
export function divide(names: readonly string[], parts: number): string[][] {
  const hashed = names.map((name) => ({ name, hash: createHash('sha256').update(name).digest('hex') }));
  const sorted = hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ name }) => name);
  // With more parts than names, the first parts have one each.
  const cuts = Math.min(parts, sorted.length);
  const startOf = (index: number): number => Math.ceil((index * sorted.length) / cuts);
  return Array.from({ length: cuts }, (_, index) => sorted.slice(startOf(index), startOf(index + 1)));
}

/** The endpoints of a shard, in their order. @param endpoints with unique names */
export function inShard<T extends { readonly name: string }>(endpoints: readonly T[], { part, parts }: Shard): T[] {
  const names = endpoints.map(({ name }) => name);
  const own = new Set(divide(names, parts)[part - 1]);
  return endpoints.filter(({ name }) => own.has(name));
}
