import { inShard } from '../../src/plan/shard.js';

/** The part of each endpoint, by its name. */
function partsOf(names: readonly string[], parts: number): Map<string, number> {
  const endpoints = names.map((name) => ({ name }));
  const all = Array.from({ length: parts }, (_, index) => inShard(endpoints, { part: index + 1, parts }));
  return new Map(all.flatMap((some, index) => some.map(({ name }) => [name, index + 1] as const)));
}

function sizesOf(assigned: ReadonlyMap<string, number>, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, index) => [...assigned.values()].filter((part) => part === index + 1).length,
  );
}

function namesUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `smtp-${index + 1}.example.com:587`);
}

const SIZES = [
  [1, 1],
  [5, 2],
  [10, 3],
  [30, 3],
  [97, 10],
  [256, 256],
  [2000, 20],
] as const;

test.each(SIZES)('%d endpoints are divided into %d parts of the same size, and each is in one', (count, parts) => {
  const names = namesUpTo(count);
  const assigned = partsOf(names, parts);
  expect([...assigned.keys()].sort()).toEqual([...names].sort());
  const sizes = sizesOf(assigned, parts);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
  expect(Math.min(...sizes)).toBe(Math.floor(count / parts));
  expect(Math.max(...sizes)).toBe(Math.ceil(count / parts));
});

test.each(SIZES)('one more than %d endpoints moves at most one across each cut between %d parts', (count, parts) => {
  const names = namesUpTo(count);
  const before = partsOf(names, parts);
  for (const added of ['a.example:587', 'new relay', '[2001:db8::1]:465', 'mx.example.org:25']) {
    // Wherever it is in the configuration.
    for (const more of [
      [added, ...names],
      [...names, added],
    ]) {
      const after = partsOf(more, parts);
      const moves = names.map((name) => Math.abs((after.get(name) ?? NaN) - (before.get(name) ?? NaN)));
      expect(Math.max(...moves)).toBeLessThanOrEqual(1);
      expect(moves.filter((distance) => distance > 0).length).toBeLessThanOrEqual(parts - 1);
    }
  }
});

test('the order of the configuration does not matter, and is kept', () => {
  const names = namesUpTo(50);
  const reversed = names.toReversed();
  expect(partsOf(reversed, 7)).toEqual(partsOf(names, 7));
  const endpoints = names.map((name) => ({ name }));
  const own = inShard(endpoints, { part: 3, parts: 7 });
  expect(own).toEqual(endpoints.filter((one) => own.includes(one)));
});

test('the parts never change between versions', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  expect(Object.fromEntries(partsOf(names, 3))).toEqual({ a: 3, b: 2, c: 1, d: 1, e: 2, f: 1, g: 3, h: 2 });
});

test('with more parts than endpoints, only the last parts are empty', () => {
  expect(sizesOf(partsOf(['a', 'b', 'c'], 5), 5)).toEqual([1, 1, 1, 0, 0]);
});
