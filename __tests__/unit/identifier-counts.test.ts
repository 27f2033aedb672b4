import fc from 'fast-check';
import { IdentifierCounts } from '../../src/inbox/pop3/identifier-counts.js';

test('counts how often each text occurs', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 200 }), (texts) => {
      const counts = new IdentifierCounts(texts.length);
      texts.forEach((text, at) => {
        expect(counts.add(text)).toBe(texts.slice(0, at + 1).filter((other) => other === text).length);
      });
      for (const text of [...texts, 'another']) {
        expect(counts.count(text)).toBe(texts.filter((other) => other === text).length);
      }
    }),
  );
});

test('is empty without texts', () => {
  expect(new IdentifierCounts(0).count('a')).toBe(0);
});

test('distinguishes ten thousand long texts', () => {
  const texts = Array.from({ length: 10_000 }, (_, at) => `${'u'.repeat(64)}${at}`);
  const counts = new IdentifierCounts(texts.length);
  for (const text of texts) counts.add(text);
  expect(texts.filter((text) => counts.count(text) !== 1)).toEqual([]);
  expect(counts.count('u'.repeat(64))).toBe(0);
});
