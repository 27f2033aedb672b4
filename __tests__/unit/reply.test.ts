import fc from 'fast-check';
import {
  MAX_LINE_BYTES,
  MAX_REPLY_LINES,
  MAX_REPLY_BYTES,
  MAX_SESSION_BYTES,
  ReplyParser,
  ReplySyntaxError,
  formatReply,
  type Reply,
} from '../../src/smtp/reply.js';
import { anyText } from '../support/any-text.js';

/** Feeds bytes in the given chunks and reads replies whenever there are any. */
function parse(chunks: readonly (Buffer | string)[]): Reply[] {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk as string, 'latin1'));
    for (let reply = parser.take(); reply; reply = parser.take()) replies.push(reply);
  }
  return replies;
}

/** The relevant properties of a reply, as plain data. */
function plain({ code, enhanced, lines, bareLine }: Reply): unknown {
  return { code, enhanced, lines: lines.map(({ exact }) => exact), bareLineFeed: bareLine !== undefined };
}

const SAMPLES: readonly [string, string, unknown[]][] = [
  ['one line', '220 mx ESMTP\r\n', [{ code: 220, lines: ['mx ESMTP'], bareLineFeed: false }]],
  ['a code without text', '250\r\n', [{ code: 250, lines: [''], bareLineFeed: false }]],
  ['a code and a space', '250 \r\n', [{ code: 250, lines: [''], bareLineFeed: false }]],
  [
    'several lines, the keyword on the last',
    '250-mx\r\n250-SIZE 1\r\n250 STARTTLS\r\n',
    [{ code: 250, lines: ['mx', 'SIZE 1', 'STARTTLS'], bareLineFeed: false }],
  ],
  ['empty lines within', '250-\r\n250\r\n', [{ code: 250, lines: ['', ''], bareLineFeed: false }]],
  [
    'an enhanced status code on the last line',
    '535-5.7.8 no\r\n535 5.7.8 see elsewhere\r\n',
    [{ code: 535, enhanced: '5.7.8', lines: ['5.7.8 no', '5.7.8 see elsewhere'], bareLineFeed: false }],
  ],
  [
    'a status that does not fit the code',
    '250 5.7.8 odd\r\n',
    [{ code: 250, lines: ['5.7.8 odd'], bareLineFeed: false }],
  ],
  [
    'a status of several digits',
    '550 5.111.222\r\n',
    [{ code: 550, enhanced: '5.111.222', lines: ['5.111.222'], bareLineFeed: false }],
  ],
  [
    'what looks like a status later in the line',
    '250 see 2.1.5 there\r\n',
    [{ code: 250, lines: ['see 2.1.5 there'], bareLineFeed: false }],
  ],
  ['trailing spaces', '250 ok  \r\n', [{ code: 250, lines: ['ok  '], bareLineFeed: false }]],
  ['a bare line feed', '250-a\n250 b\r\n', [{ code: 250, lines: ['a', 'b'], bareLineFeed: true }]],
  ['a bare CR in the text', '220 a\r::b\r\n', [{ code: 220, lines: ['a\r::b'], bareLineFeed: false }]],
  [
    'two replies',
    '220 a\r\n250 b\r\n',
    [
      { code: 220, lines: ['a'], bareLineFeed: false },
      { code: 250, lines: ['b'], bareLineFeed: false },
    ],
  ],
];

describe('the reply parser', () => {
  test.each(SAMPLES)('reads %s', (_name, octets, expected) => {
    expect(parse([octets]).map(plain)).toEqual(expected);
  });

  test.each(SAMPLES)('reads %s, split anywhere', (_name, octets, expected) => {
    for (let cut = 0; cut <= octets.length; cut += 1) {
      expect(parse([octets.slice(0, cut), octets.slice(cut)]).map(plain)).toEqual(expected);
    }
  });

  test.each(SAMPLES)('reads %s, byte by byte', (_name, octets, expected) => {
    expect(parse(Array.from(octets)).map(plain)).toEqual(expected);
  });

  test('remembers the first line that ends with a bare LF', () => {
    expect(parse(['250-a\r\n250-b\n250-c\r\n250 d\n']).map(({ bareLine }) => bareLine?.exact)).toEqual(['250-b']);
  });

  test('does not depend on how any bytes are split', () => {
    const line = fc
      .tuple(fc.constantFrom('220', '250', '354', '535'), fc.constantFrom(' ', '-', ''), anyText())
      .map(([code, separator, text]) => `${code}${separator}${separator === '' ? '' : text.replace(/\n/g, '')}\r\n`);
    const anything = fc.oneof(
      fc.array(line, { maxLength: 6 }).map((lines) => lines.join('')),
      anyText(),
    );
    fc.assert(
      fc.property(anything, fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
        const octets = Buffer.from(text, 'utf8').toString('latin1');
        const at = [0, ...cuts.map((cut) => Math.min(cut, octets.length)).sort((a, b) => a - b), octets.length];
        const chunks = at.slice(1).map((end, i) => octets.slice(at[i], end));
        expect(outcome(chunks)).toEqual(outcome([octets]));
      }),
      { numRuns: 500 },
    );
  });

  function outcome(chunks: readonly string[]): unknown {
    const parser = new ReplyParser();
    const replies: unknown[] = [];
    try {
      for (const chunk of chunks) {
        parser.push(Buffer.from(chunk, 'latin1'));
        for (let reply = parser.take(); reply; reply = parser.take()) replies.push(plain(reply));
      }
    } catch (error) {
      if (!(error instanceof ReplySyntaxError)) throw error;
      return { replies, problem: error.problem, line: error.line.exact };
    }
    return { replies, unread: parser.unread.toString('latin1') };
  }

  test('keeps the lines unchanged', () => {
    const [reply] = parse(['250-a\r\n250 b\r\n']);
    expect(reply?.raw.map(({ exact }) => exact)).toEqual(['250-a', '250 b']);
  });

  test('knows whether it is in the middle of a reply', () => {
    const parser = new ReplyParser();
    const midReply = (octets: string): boolean => {
      parser.push(Buffer.from(octets));
      parser.take();
      return parser.isMidReply;
    };
    expect(['25', '0-a\r\n', '250', ' b\r\n'].map(midReply)).toEqual([false, true, true, false]);
  });

  test('leaves bytes after a reply unread', () => {
    const parser = new ReplyParser();
    parser.push(Buffer.from('220 go\r\n250 injected\r\n'));
    expect(parser.take()?.code).toBe(220);
    expect(parser.unread.toString()).toBe('250 injected\r\n');
  });

  test.each([
    ['a line without a code', 'hello\r\n', 'a line that is not an SMTP reply'],
    ['a code that SMTP does not have', '199 a\r\n', 'a line that is not an SMTP reply'],
    ['a code of four digits', '2200 a\r\n', 'a line that is not an SMTP reply'],
    ['an invalid separator', '220:a\r\n', 'a line that is not an SMTP reply'],
    ['an empty line', '\r\n', 'a line that is not an SMTP reply'],
    ['only a line feed', '\n', 'a line that is not an SMTP reply'],
    ['a line feed before a long line', `\n${'a'.repeat(MAX_LINE_BYTES)}`, 'a line that is not an SMTP reply'],
    ['mixed codes', '250-a\r\n220 b\r\n', 'a reply that mixes the codes 250 and 220'],
  ])('rejects %s', (_name, octets, problem) => {
    expect(() => parse([octets])).toThrow(expect.objectContaining({ name: 'ReplySyntaxError', problem }) as Error);
  });

  test('reports whether the rejected line was the first', () => {
    const first = (octets: string): boolean => {
      try {
        parse([octets]);
      } catch (error) {
        return (error as ReplySyntaxError).before.length === 0;
      }
      throw new Error('nothing was refused');
    };
    expect(first('SSH-2.0\r\n')).toBe(true);
    expect(first('250-a\r\nSSH-2.0\r\n')).toBe(false);
  });

  test('stops an endless line early', () => {
    const parser = new ReplyParser();
    parser.push(Buffer.from(`220 ${'a'.repeat(MAX_LINE_BYTES - 4)}`));
    expect(parser.take()).toBeUndefined();
    parser.push(Buffer.from('a'));
    expect(() => parser.take()).toThrow(/more than 4096 bytes/);
  });

  test('reads a line of the maximum length, and rejects a longer one, no matter how they are split', () => {
    const line = (length: number): string => `220 ${'a'.repeat(length - '220 \r'.length)}\r\n`;
    expect(parse([line(MAX_LINE_BYTES)])).toHaveLength(1);
    expect(() => parse([line(MAX_LINE_BYTES + 1)])).toThrow(/more than 4096 bytes/);
    expect(() => parse(Array.from(line(MAX_LINE_BYTES + 1)))).toThrow(/more than 4096 bytes/);
  });

  /** One reply of this size in bytes, in lines of at most 1000. */
  const replyOf = (octets: number): string => {
    const line = (length: number, mark: string): string => `250${mark}${'a'.repeat(length - '250-\r\n'.length)}\r\n`;
    const whole = Math.ceil(octets / 1000) - 1;
    return line(1000, '-').repeat(whole) + line(octets - 1000 * whole, ' ');
  };

  test('reads a reply of the maximum size, and rejects a larger one', () => {
    expect(replyOf(MAX_REPLY_BYTES)).toHaveLength(MAX_REPLY_BYTES);
    expect(parse([replyOf(MAX_REPLY_BYTES)])).toHaveLength(1);
    expect(() => parse([replyOf(MAX_REPLY_BYTES + 1)])).toThrow(/a reply of more than 16384 bytes/);
  });

  test('reads as much as a session may contain, and no more', () => {
    const octets = MAX_REPLY_BYTES / 2;
    const session = Array<string>(MAX_SESSION_BYTES / octets).fill(replyOf(octets));
    expect(parse(session)).toHaveLength(session.length);
    expect(() => parse([...session, '250\n'])).toThrow(/more than 65536 bytes in one session/);
  });

  test('stops an endless reply', () => {
    const lines = (count: number): string => '250-a\r\n'.repeat(count);
    expect(parse([`${lines(MAX_REPLY_LINES - 1)}250 z\r\n`])[0]?.lines).toHaveLength(MAX_REPLY_LINES);
    expect(() => parse([lines(MAX_REPLY_LINES + 1)])).toThrow(/more than 128 lines/);
  });

  test.each([
    ['nothing', '', []],
    ['a complete reply', '250 ok\r\n', []],
    ['the beginning of a line', '220 mx', ['220 mx']],
    ['a line of several', '250-one\r\n', ['250-one']],
    ['a line of several, and the beginning of the next', '250-one\r\n250', ['250-one', '250']],
  ])('returns the lines of an incomplete reply: %s', (_, octets, unfinished) => {
    const parser = new ReplyParser();
    parser.push(Buffer.from(octets));
    parser.take();
    expect(parser.unfinished.map(({ exact }) => exact)).toEqual(unfinished);
  });

  test('formats a reply as one harmless line', () => {
    const [reply] = parse(['550-5.7.1 no\x1b[31m\r\n550 ::error::x\r\n']);
    expect(reply && formatReply(reply)).toBe('550 5.7.1 no\\x1b[31m / ::error::x');
    const [bare] = parse(['250\r\n']);
    expect(bare && formatReply(bare)).toBe('250');
    const [blank] = parse(['250-\r\n250-  a \r\n250 b\r\n']);
    expect(blank && formatReply(blank)).toBe('250 a / b');
  });
});
