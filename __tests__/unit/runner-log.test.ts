import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { runnerLog } from '../../src/runner/log.js';
import { escapeLine, escapeJson } from '../../src/text/escape.js';
import { HOSTILE, hostileText } from '../support/hostile.js';
import { behindWall, commands } from '../support/runner-grammar.js';

test.each([
  ['a soft hyphen', '\u00ad', '\\u00ad'],
  ['a tag outside the first plane', '\u{e0001}', '\\udb40\\udc01'],
  ['a control character', '\u009b', '\\u009b'],
  ['a line break between values', '[\n1]', '[\n1]'],
  ['an old command', '##[error]', '\\u0023#[error]'],
])('JSON escapes %s where necessary', (_, text, shown) => {
  expect(escapeJson(text)).toBe(shown);
});

describe('escapeLine', () => {
  test('no text results in a command, several lines, or terminal control characters', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = escapeLine(text);
        expect(commands(line)).toEqual([]);
        // eslint-disable-next-line no-control-regex -- these characters must not appear
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test.each([
    ['::error::x', ': :error::x'],
    ['   ::error::x', '   : :error::x'],
    ['\u3164:\ufe0f:error::x', '\u3164: \ufe0f:error::x'],
    ['a ##[error]x', 'a # #[error]x'],
    ['####[error]x', '### #[error]x'],
    ['#\u034f#[error]x', '# \u034f#[error]x'],
    ['a\r\n::error::x', 'a\\x0d\\x0a::error::x'],
  ])('%j becomes %j', (text, shown) => {
    expect(escapeLine(text)).toBe(shown);
  });

  test.each(['220 mx ESMTP', '250-AUTH PLAIN LOGIN', 'a::b::c', '# [1] #[2]', '[::1]:25'])(
    '%j is unchanged',
    (text) => {
      expect(escapeLine(text)).toBe(text);
    },
  );

  test('does not change its own result', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(escapeLine(escapeLine(text))).toBe(escapeLine(text));
      }),
    );
  });
});

describe('the log of the runner', () => {
  function printed(use: (log: ReturnType<typeof runnerLog>) => void): string {
    const output = new PassThrough();
    use(runnerLog(output));
    return String(output.read());
  }

  test('prints a line', () => {
    expect(
      printed((log) => {
        log.info('hello');
      }),
    ).toBe('hello\n');
  });

  test('contains only the commands for its group, and none from the text', () => {
    const output = printed((log) => {
      log.group(HOSTILE.join(''), HOSTILE);
    });
    expect(commands(output).map(({ name }) => name)).toEqual(['group', 'endgroup']);
    expect(behindWall(output)).toEqual([]);
  });

  test.each(HOSTILE)('contains no command from quoted text: %j', (text) => {
    const lines = printed((log) => {
      log.quote(text);
    }).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^::stop-commands::\S{36}$/);
    expect(lines[2]).toBe(`::${lines[0]?.slice('::stop-commands::'.length) ?? ''}::`);
    expect([commands(lines.join('\n')), behindWall(lines.join('\n'))]).toEqual([[], []]);
  });

  test('disables all commands within a group, with a new token each time', () => {
    const words = [1, 2].map(() => {
      const lines = printed((log) => {
        log.group('title', ['a line']);
      }).split('\n');
      const word = /^::stop-commands::(\S{36})$/.exec(lines[1] ?? '')?.[1] ?? '';
      expect(lines).toEqual([
        '::group::title',
        `::stop-commands::${word}`,
        'a line',
        `::${word}::`,
        '::endgroup::',
        '',
      ]);
      return word;
    });
    expect(words[0]).not.toBe(words[1]);
  });

  test('keeps a title unchanged, including percent signs', () => {
    const [group] = commands(
      printed((log) => {
        log.group('100%0A done', []);
      }),
    );
    expect(group).toEqual({ name: 'group', properties: {}, data: '100%0A done' });
  });
});
