import { count, countOf } from '../../src/text/count.js';

test.each([
  [0, '0 endpoints'],
  [1, '1 endpoint'],
  [2, '2 endpoints'],
])('%d is formatted as "%s"', (number, words) => {
  expect(count(number, 'endpoint')).toBe(words);
});

test('a plural may differ from the singular by more than an s', () => {
  expect([count(1, 'copy', 'copies'), count(2, 'copy', 'copies')]).toEqual(['1 copy', '2 copies']);
});

test.each([
  [0, 0, '0 of 0 endpoints'],
  [0, 1, '0 of 1 endpoint'],
  [1, 1, '1 endpoint'],
  [1, 2, '1 of 2 endpoints'],
  [2, 2, 'all 2 endpoints'],
  [2, 3, '2 of 3 endpoints'],
  [3, 3, 'all 3 endpoints'],
])('%d of %d is formatted as "%s"', (part, whole, words) => {
  expect(countOf(part, whole, 'endpoint')).toBe(words);
});
