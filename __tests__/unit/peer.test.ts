import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { excerpt, excerptOfList, PeerText, visible } from '../../src/text/peer.js';
import { HOSTILE, hostileText } from '../support/hostile.js';

/** Invisible characters of Unicode. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065\u{e0000}-\u{e0fff}]/u;

describe('text that is made visible', () => {
  test.each([
    ['\x00', '\\x00'],
    ['\x1b[31m', '\\x1b[31m'],
    ['\x7f', '\\x7f'],
    ['\x85', '\\x85'],
    ['\xad', '\\xad'],
    ['\u0600', '\\u0600'],
    ['\u200b', '\\u200b'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\u202e', '\\u202e'],
    ['\u2065', '\\u2065'],
    ['\ufeff', '\\ufeff'],
    ['\u{110bd}', '\\u{110bd}'],
    ['\u{e0000}', '\\u{e0000}'],
    ['\u{e0020}', '\\u{e0020}'],
    ['\u{e0fff}', '\\u{e0fff}'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
  ])('%j becomes %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test.each(['', 'mx.example.com ESMTP', 'grüße 日本 😀', '\u{1f468}', '\xa0', '\u3000', '\u{e1000}'])(
    '%j is unchanged',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );

  test('has no invisible characters, and is not changed a second time', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(UNSEEN);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });

  test('is limited in an excerpt before it is escaped', () => {
    expect(excerpt('\x1b')).toBe('\\x1b');
    expect(excerpt('a'.repeat(2048))).toBe('a'.repeat(2048));
    expect(excerpt('a'.repeat(2049))).toBe(`${'a'.repeat(2048)}…`);
    expect(excerpt('\n'.repeat(2049))).toBe(`${'\\x0a'.repeat(2048)}…`);
  });
});

describe('text of a peer', () => {
  test.each(HOSTILE)('%j is never printed unescaped', (text) => {
    const said = new PeerText(text);
    expect(said.exact).toBe(text);
    const careless: unknown = said;
    const printed = [
      String(careless),
      ''.concat(careless as string),
      [careless].join(),
      inspect(said),
      format('%s %o', said, said),
    ];
    const more = [
      JSON.stringify({ said }),
      JSON.stringify(Object.assign({}, said)),
      inspect({ said }, { showHidden: true, getters: true }),
    ];
    expect([...printed, ...more].filter((shown) => shown.includes(text) || shown.includes(visible(text)))).toEqual([]);
    expect([String(careless), inspect(said)]).toEqual(['[object text from the network]', '[text from the network]']);
    expect(JSON.stringify({ said })).toBe('{"said":"[text from the network]"}');
  });

  test('is one line in an excerpt', () => {
    expect(excerptOfList([])).toBe('');
    expect(excerptOfList([new PeerText('a'), new PeerText('b')])).toBe('a, b');
    expect(excerptOfList([new PeerText('a\n'), new PeerText('b')], ' / ')).toBe('a\\x0a / b');
    expect(excerptOfList(Array.from({ length: 2049 }, () => new PeerText('a')))).toHaveLength(2049);
  });

  test('is decoded as UTF-8 if it is valid, and as ISO 8859-1 otherwise', () => {
    expect(new PeerText(Buffer.from('grüße 😀')).exact).toBe('grüße 😀');
    expect(new PeerText(Buffer.from([0x67, 0xfc, 0xdf])).exact).toBe('gü\u00df');
    expect(new PeerText(new Uint8Array([0xff, 0x0a])).exact).toBe('\u00ff\x0a');
  });
});
