import fc from 'fast-check';
import { expand } from '../../src/plan/expand.js';

describe('expand', () => {
  test.each([
    ['${A}', 'alpha'],
    ['x${A}y${B_2}z', 'xalphaybetaz'],
    ['${EMPTY}', ''],
    ['$A $$ $', '$A $$ $'],
    ['}${A}{', '}alpha{'],
  ])('%s', (text, expected) => {
    const result = expand(text, { A: 'alpha', B_2: 'beta', EMPTY: '' });
    expect(result).toEqual({ text: expected, expanded: text.includes('${'), errors: [] });
  });

  test('$${ is a literal ${ and holds no secret', () => {
    expect(expand('$${A}', { A: 'alpha' })).toEqual({ text: '${A}', expanded: false, errors: [] });
    expect(expand('$$${A}', { A: 'alpha' }).text).toBe('$${A}');
  });

  test('a variable that is not set is named', () => {
    expect(expand('${A}${B}', { A: 'secret' }).errors).toEqual(['the environment variable B is not set']);
  });

  test.each(['toString', 'constructor', '__proto__'])('%s is no variable', (name) => {
    expect(expand(`\${${name}}`, {}).errors).toHaveLength(1);
  });

  test.each(['${', '${}', '${A', '${1A}', '${A-default}', '${ A }', 'pass${word'])('%s is malformed', (text) => {
    expect(expand(text, { A: 'alpha' }).errors).toEqual([expect.stringMatching(/^malformed \$\{/)]);
  });

  test('what a variable brings in is not expanded again', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('${A}', '$${A}', '${B}', '${'), (around, value) => {
        const literal = around.replaceAll('$', '');
        expect(expand(`${literal}\${A}${literal}`, { A: value }).text).toBe(literal + value + literal);
      }),
    );
  });
});
