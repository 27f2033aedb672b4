import fc from 'fast-check';
import { anyText } from './any-text.js';

/** Text that tries to inject commands or markup into a log, a page or a terminal. */
export const HOSTILE = [
  '::error::pwned',
  '  ::add-mask::pwned',
  'text ##[set-env name=PATH]pwned',
  '###[group]pwned',
  '\u200b::warning::pwned',
  '#\u034f#[error]pwned',
  '\r\n::error::pwned',
  '%0A::error::pwned',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- pwned',
  '</code></pre></details><h1>pwned</h1>',
  '![pwned](https://evil.example/x.png)',
  '[pwned](https://evil.example)',
  'https://evil.example www.evil.example evil@evil.example',
  '@octocat fixes #1 and GH-2 and octo/repo#3',
  'a | pwned-cell | b',
  '`` ` ``` ~~~ ```` code',
  '\n\n# heading\n\n- list\n1. list\n> quote\n---\n',
  '$\\href{https://evil.example}{x}$',
  '**bold** _under_ ~~struck~~ \\backslash\\',
  '\x1b[2J\x1b[31mred\x07\x08\x00',
  '\u202eright to left\u2066',
  '&lt;script&gt; &#64;octocat &amp;',
];

/** Any text, and parts of malicious ones in any order. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  anyText(),
  fc
    .array(
      fc.oneof(fc.constantFrom(...HOSTILE, ':', '#', '[', ' ', '\t', '|', '`', '<', '\n'), fc.string({ maxLength: 5 })),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);
