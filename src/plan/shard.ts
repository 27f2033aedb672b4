import { createHash } from 'node:crypto';
import type { Shard } from './endpoint.js';

/**
 * Divides names into parts whose sizes differ by one at most: all of them, sorted by a hash, are cut. So a new name moves
 * at most one other across each cut (docs/adr/0029).
 * @param names unique
 * @returns the names of each part; fewer parts only if there are fewer names
 */
export function divide(names: readonly string[], parts: number): string[][] {
  const hashed = names.map((name) => ({ name, hash: hashOf(name) }));
  const sorted = hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ name }) => name);
  const start = (index: number): number => startOf(index, sorted.length, parts);
  return Array.from({ length: Math.min(parts, sorted.length) }, (_, index) =>
    sorted.slice(start(index), start(index + 1)),
  );
}

/** What the names are sorted by. */
export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** How many names the parts before this one have. @param index of the part; `parts` means all names */
export function startOf(index: number, names: number, parts: number): number {
  // With more parts than names, the first parts have one each.
  const cuts = Math.min(parts, names);
  return Math.min(Math.ceil((index * names) / cuts), names);
}

/** The endpoints of a shard, in their order. @param endpoints with unique names */
export function inShard<T extends { readonly name: string }>(endpoints: readonly T[], { part, parts }: Shard): T[] {
  const names = endpoints.map(({ name }) => name);
  const own = new Set(divide(names, parts)[part - 1]);
  return endpoints.filter(({ name }) => own.has(name));
}
