import fc from 'fast-check';
import { blocks, code, codeBlock, details, escape, gfm, link, list, prose, table } from '../../src/output/markdown.js';
import { visible } from '../../src/text/peer.js';
import { HOSTILE, hostileText } from '../support/hostile.js';

/** What a browser displays for Markdown without active elements. */
function shown(source: string): string {
  return source
    .replaceAll('<wbr>', '')
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)));
}

/** The source without the two elements that the escaping adds. */
function active(source: string): string {
  return source.replace(/&#\d+;(<wbr>)?/g, '·');
}

describe('escape', () => {
  test('nothing remains that Markdown, HTML or GitHub interprets', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const left = active(escape(text).toString());
        expect(left).not.toMatch(/[&<>"'`*[\]{}|\\~!^@#$\r\n]|:\/|www\.|GH-\d/i);
        expect(left).not.toMatch(/^[-+=]|^ {2}|^\d{1,9}[.)]( |$)| {2}$/);
      }),
    );
  });

  test('the displayed text is the original, with invisible characters made visible', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(shown(escape(text).toString())).toBe(visible(text));
      }),
    );
  });

  test('an ordinary name is unchanged', () => {
    expect(escape('smtp-1.example.com:587 (192.0.2.7), snake_case').toString()).toBe(
      'smtp-1.example.com:587 (192.0.2.7), snake_case',
    );
  });

  test.each([
    ['@octocat', '&#64;<wbr>octocat'],
    ['a@b.c', 'a&#64;<wbr>b.c'],
    ['#1', '&#35;<wbr>1'],
    ['GH-1', 'GH&#45;<wbr>1'],
    ['https://x', 'https&#58;<wbr>//x'],
    ['www.x', 'www&#46;<wbr>x'],
    [':tada: :+1: a: b', '&#58;<wbr>tada: &#58;<wbr>+1: a: b'],
    ['_a_', '&#95;a&#95;'],
    ['1. a', '1&#46; a'],
    ['123456789) a', '123456789&#41; a'],
    ['12.', '12&#46;'],
    ['1.a', '1.a'],
    ['version 1. a', 'version 1. a'],
    ['- a', '&#45; a'],
    [' a  b c ', ' a  b c '],
    ['  a  b  ', '&#32;&#32;a  b&#32;&#32;'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escape(text).toString()).toBe(escaped);
  });
});

describe('gfm', () => {
  test('escapes text and leaves Markdown', () => {
    expect(gfm`**${'<b>'}** ${gfm`*${1}*`}`.toString()).toBe('**&#60;b&#62;** *1*');
  });

  test('a row of a table has as many cells as its header, regardless of their content', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 3, maxLength: 3 }), (cells) => {
        const rows = table(['a', 'b', 'c'], [cells, [code(cells.join('')), 'x', 'y']])
          .toString()
          .split('\n');
        expect(rows.map((row) => row.split('|').length)).toEqual([5, 5, 5, 5]);
      }),
    );
  });

  test('a table has a header, a delimiter row and its rows', () => {
    expect(table(['a', gfm`*b*`], [['<', 1]]).toString()).toBe('| a | *b* |\n| --- | --- |\n| &#60; | 1 |');
  });

  test('a code block has its lines', () => {
    expect(codeBlock(['a *b*', '\x07<']).toString()).toBe('<pre><code>a *b*\n\\x07&#60;\n</code></pre>');
  });

  test('a code block has only its own tags and a line for each input line', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1 }), (lines) => {
        const block = codeBlock(lines).toString();
        expect(block.match(/<[^>]*>?/g)).toEqual(['<pre>', '<code>', '</code>', '</pre>']);
        expect(block.split('\n')).toHaveLength(lines.length + 1);
      }),
    );
  });

  test('text in backticks becomes code, and nothing else is interpreted', () => {
    expect(prose('raise `timeout`, *not* `<b>`').toString()).toBe(
      'raise <code>timeout</code>, &#42;not&#42; <code>&#60;b&#62;</code>',
    );
  });

  test('blocks, lists, links and collapsed sections are rendered', () => {
    expect(blocks([gfm`a`, undefined, list([gfm`b`, gfm`c`])]).toString()).toBe('a\n\n- b\n- c');
    expect(link('<', 'https://example.com/?a="&b#c').toString()).toBe(
      '<a href="https://example.com/?a=%22&#38;b#c">&#60;</a>',
    );
    expect(details('<', gfm`a`).toString()).toBe('<details><summary>&#60;</summary>\n\na\n\n</details>');
  });

  test.each(HOSTILE)('%j is one line of text', (text) => {
    expect(gfm`${text}`.toString()).not.toContain('\n');
  });
});
