import fc from 'fast-check';
import { JsonItems } from '../../src/inbox/http/json-items.js';

/** Feeds JSON in pieces of a size. @returns the items, and whether it is a list that has ended */
function read(json: string, size = json.length, most = 1000): [string[], boolean] {
  const told: string[] = [];
  const items = new JsonItems(most, (item) => told.push(item.toString()));
  const all = Buffer.from(json);
  for (let at = 0; at < all.length; at += size) items.take(all.subarray(at, at + size));
  return [told, items.isWhole];
}

test('gives every item of every list, in whatever pieces it arrives', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (list, size) => {
      for (const space of [0, 2]) {
        const [items, isWhole] = read(JSON.stringify(list, undefined, space), size, Infinity);
        expect(items.map((item) => JSON.stringify(JSON.parse(item)))).toEqual(list.map((item) => JSON.stringify(item)));
        expect(isWhole).toBe(true);
      }
    }),
  );
});

test.each<[string, string, string[], boolean]>([
  ['an empty list', ' [ ] ', [], true],
  ['what is quoted', '["a,]\\"[{", "\\\\"]', ['"a,]\\"[{"', '"\\\\"'], true],
  ['an item that is too long', '[1, {"a": "aaaaaaaaaaaaaaaaaaaaaaa"}, 2]', ['1', '2'], true],
  ['what follows a list', '[1] [2]', ['1'], true],
  ['a list that breaks off', '[1, 2', ['1'], false],
  ['items that are none', '[, a}, [1]]', ['', 'a}, [1'], true],
  ['an object', '{"a": [1, 2]}', [], false],
  ['a page', '<p>[1]</p>', [], false],
  ['nothing', '', [], false],
])('%s', (_, json, items, isWhole) => {
  expect(read(json, 3, 20)).toEqual([items, isWhole]);
});
