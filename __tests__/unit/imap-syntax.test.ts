import fc from 'fast-check';
import { CommandReader, inSet, quote, SyntaxFault, tokenize } from '../support/imap/syntax.js';

describe('the syntax of the IMAP server', () => {
  const stream = Buffer.from(
    'a NOOP\r\nb LOGIN {5}\r\nj\r\noe "se\\"cret"\r\nc SEARCH HEADER X {3+}\r\nabc\r\nDONE\r\n',
    'latin1',
  );
  const commands = ['a NOOP', 'b LOGIN {5}\r\nj\r\noe "se\\"cret"', 'c SEARCH HEADER X {3+}\r\nabc', 'DONE'];

  test('splits a stream into commands, no matter how it arrives, and sends "+" only for a synchronizing literal', () => {
    const cuts = fc
      .uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }))
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(cuts, (at) => {
        const reader = new CommandReader();
        const seen: string[] = [];
        let invitations = 0;
        [0, ...at].forEach((from, index) => {
          reader.feed(
            stream.subarray(from, at[index] ?? stream.length),
            (command) => seen.push(command),
            () => invitations++,
          );
        });
        expect(seen).toEqual(commands);
        expect(invitations).toBe(1);
      }),
    );
  });

  test.each([
    [commands[1], ['b', 'LOGIN', 'j\r\noe', 'se"cret']],
    [
      'a UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (DATE "SUBJECT")]<0.9> FLAGS)',
      ['a', 'UID', 'FETCH', '1:*', ['UID', 'BODY.PEEK[HEADER.FIELDS (DATE "SUBJECT")]<0.9>', 'FLAGS']],
    ],
    ['a UID STORE 7 +FLAGS (\\Deleted)', ['a', 'UID', 'STORE', '7', '+FLAGS', ['\\Deleted']]],
    ['a LIST "" %', ['a', 'LIST', '', '%']],
    ['a X ((b) ())', ['a', 'X', [['b'], []]]],
  ])('parses %j', (command, tokens) => {
    expect(tokenize(command ?? '')).toEqual(tokens);
  });

  test.each(['a X (b', 'a X b)', 'a X "b', 'a X BODY[TEXT'])('rejects %j', (command) => {
    expect(() => tokenize(command)).toThrow(SyntaxFault);
  });

  test('quotes text so that it can be read back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          expect(tokenize(quote(text))).toEqual([text]);
        },
      ),
    );
  });

  test.each([
    ['3', 3, true],
    ['2,4:7', 6, true],
    ['2,4:7', 3, false],
    ['7:4', 5, true],
    ['9:*', 9, true],
    ['12:*', 10, true],
    ['*', 10, true],
    ['*', 9, false],
  ])('the set %s includes %d: %s', (set, number, member) => {
    expect(inSet(set, number, 10)).toBe(member);
  });
});
