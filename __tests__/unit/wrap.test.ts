import fc from 'fast-check';
import { hang, wrap } from '../../src/text/wrap.js';

test.each<[string, number, string[]]>([
  ['one two three', 20, ['one two three']],
  ['one two three', 13, ['one two three']],
  ['one two three', 12, ['one two', 'three']],
  ['one two three', 3, ['one', 'two', 'three']],
  ['a-word-that-is-too-long for a line', 8, ['a-word-that-is-too-long', 'for a', 'line']],
  ['set `a = b` here', 10, ['set', '`a = b`', 'here']],
  ['(`a = b`; `c = d`)', 10, ['(`a = b`;', '`c = d`)']],
  ['`a code that is long` here', 10, ['`a code', 'that is', 'long` here']],
  ['it`s one backtick', 8, ['it`s one', 'backtick']],
  ['', 10, ['']],
])('%j in lines of %i', (text, width, expected) => {
  expect(wrap(text, width)).toEqual(expected);
});

test('without a limit a text stays as it is', () => {
  expect(wrap('one  two ', undefined)).toEqual(['one  two ']);
});

test('no word is lost, and no line with a space is too long', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (text, width) => {
      const lines = wrap(text, width);
      expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
      if (text.length > width) expect(lines.filter((line) => line.length > width && /\S\s+\S/.test(line))).toEqual([]);
    }),
  );
});

test('an indent is followed by the first line and repeated as spaces', () => {
  expect(hang('  - ', 'one two three four', 24)).toEqual(['  - one two three four']);
  expect(hang('  - ', 'one two three four five six', 24)).toEqual(['  - one two three four', '    five six']);
});

test('a text behind a wide indent has at least 20 columns', () => {
  expect(hang(' '.repeat(30), 'one two three four', 24)).toEqual([`${' '.repeat(30)}one two three four`]);
});
