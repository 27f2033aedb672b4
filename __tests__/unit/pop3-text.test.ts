import fc from 'fast-check';
import { Pop3Text } from '../../src/inbox/pop3/text.js';

/** Feeds bytes in chunks of a size. @returns the text, whether it has ended, and the remaining bytes */
function read(octets: string, size = octets.length, most = 1000): [string, boolean, string] {
  const text = new Pop3Text(most);
  const all = Buffer.from(octets, 'latin1');
  let taken = 0;
  for (let at = 0; at < all.length; at += size) taken += text.take(all.subarray(at, at + size));
  return [text.bytes.toString('latin1'), text.hasEnded, all.toString('latin1', taken)];
}

test.each<[string, string, string, boolean, string]>([
  ['a text', 'a\r\nb\r\n.\r\n', 'a\r\nb\r\n', true, ''],
  ['an empty text', '.\r\n', '', true, ''],
  ['a text before another reply', 'a\r\n.\r\n+OK\r\n', 'a\r\n', true, '+OK\r\n'],
  ['stuffed dots', '..\r\n...x\r\n.y\r\n.\r\n', '.\r\n..x\r\ny\r\n', true, ''],
  ['a dot within a line', 'a.\r\n.\r\n', 'a.\r\n', true, ''],
  ['line feeds only', 'a\n\nb\n.\n', 'a\r\n\r\nb\r\n', true, ''],
  ['carriage returns only', 'a\rb\r\n.\rc\r\n.\r\n', 'a\rb\r\n\rc\r\n', true, ''],
  ['an incomplete text', 'a\r\n.', 'a\r\n', false, ''],
])('reads %s', (_, octets, text, hasEnded, left) => {
  for (const size of [1, 2, 3, octets.length]) expect(read(octets, size)).toEqual([text, hasEnded, left]);
});

test('returns any lines, no matter how they are split, and nothing of what follows', () => {
  const line = fc.string({ unit: fc.constantFrom('.', 'a', '\xff', ' ', '\0') });
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
      const stuffed = lines.map((each) => `${each.replace(/^\./, '..')}\r\n`).join('');
      const text = lines.map((each) => `${each}\r\n`).join('');
      expect(read(`${stuffed}.\r\n+OK`, size, 10_000)).toEqual([text, true, '+OK']);
    }),
  );
});

test('keeps only what fits, and counts the rest', () => {
  const text = new Pop3Text(5);
  text.take(Buffer.from('abc\r\ndef\r\n.\r\n'));
  expect([text.bytes.toString(), text.total, text.hasEnded]).toEqual(['abc\r\n', 10, true]);
});

test('keeps a text that is longer than the initial buffer', () => {
  const lines = 'x'.repeat(100_000);
  expect(read(`${lines}\r\n.\r\n`, 4096, 70_000)).toEqual([lines.slice(0, 70_000), true, '']);
});
