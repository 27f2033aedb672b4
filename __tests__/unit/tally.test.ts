import fc from 'fast-check';
import { Tally } from '../../src/inbox/tally.js';

test('counts each text as often as it is there', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 200 }), (texts) => {
      const tally = new Tally(texts.length);
      texts.forEach((text, at) => {
        expect(tally.add(text)).toBe(texts.slice(0, at + 1).filter((other) => other === text).length);
      });
      for (const text of [...texts, 'another']) {
        expect(tally.count(text)).toBe(texts.filter((other) => other === text).length);
      }
    }),
  );
});

test('of nothing has none', () => {
  expect(new Tally(0).count('a')).toBe(0);
});

test('keeps ten thousand long texts apart', () => {
  const texts = Array.from({ length: 10_000 }, (_, at) => `${'u'.repeat(64)}${at}`);
  const tally = new Tally(texts.length);
  for (const text of texts) tally.add(text);
  expect(texts.filter((text) => tally.count(text) !== 1)).toEqual([]);
  expect(tally.count('u'.repeat(64))).toBe(0);
});
