import { WriteStream } from 'node:tty';
import { canRewrite, hasColor, widthOf } from '../../src/main/display.js';

/** What a terminal, a pipe or a file can show. */

const terminal = { isTTY: true, columns: 120 };
/** A pipe has neither property. */
const pipe = {};

test.each<[string, Parameters<typeof widthOf>[0], number | undefined]>([
  ['a terminal', terminal, 120],
  ['a terminal that reports no size', { isTTY: true }, 80],
  ['a terminal of size zero', { isTTY: true, columns: 0 }, 80],
  ['a tiny terminal', { isTTY: true, columns: 5 }, 40],
  ['a pipe', pipe, undefined],
  ['a pipe with a size', { columns: 80 }, undefined],
])('the width of %s', (_, stream, expected) => {
  expect(widthOf(stream)).toBe(expected);
});

test('a line can be rewritten on a terminal, unless it is a dumb one', () => {
  expect([canRewrite(terminal, {}), canRewrite(terminal, { TERM: 'xterm' })]).toEqual([true, true]);
  expect([canRewrite(terminal, { TERM: 'dumb' }), canRewrite(pipe, {})]).toEqual([false, false]);
});

describe('colors', () => {
  test.each<[Record<string, string>, boolean, boolean]>([
    [{}, true, false],
    [{ NO_COLOR: '1' }, false, false],
    [{ NO_COLOR: '0' }, false, false],
    [{ NO_COLOR: '' }, true, false],
    [{ TERM: 'dumb' }, false, false],
    [{ FORCE_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, true, true],
    [{ FORCE_COLOR: '3' }, true, true],
    [{ FORCE_COLOR: 'true' }, true, true],
    [{ FORCE_COLOR: '0' }, false, false],
    [{ FORCE_COLOR: 'false' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, true],
    [{ FORCE_COLOR: '0', NO_COLOR: '' }, false, false],
  ])('%j', (env, inTerminal, inPipe) => {
    expect([hasColor(terminal, env), hasColor(pipe, env)]).toEqual([inTerminal, inPipe]);
    const warned = { ...env };
    // Node warns if FORCE_COLOR overrides NO_COLOR.
    if (env.FORCE_COLOR !== undefined) delete warned.NO_COLOR;
    expect(inTerminal).toBe(WriteStream.prototype.getColorDepth({ TERM: 'xterm', ...warned }) > 1);
  });
});
