import { EOL } from 'node:os';
import { knownSecret } from '../../src/gate/secrets.js';
import type { KnownSecret } from '../../src/secrets/forms.js';
import { setSecret } from '../../src/runner/toolkit.js';
import { mask, maskForms } from '../../src/secrets/masks.js';
import { Secret } from '../../src/secrets/secret.js';
import { commands } from '../support/runner-grammar.js';
import { printedBy } from '../support/stdout.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const joes = (value: string, kind: 'password' | 'access-token' = 'password'): KnownSecret =>
  knownSecret({ secret: new Secret(value), kind, username: 'joe', host: 'mail.example.test', port: 587 });

describe('the forms of a secret', () => {
  test('are its encodings in protocols, each once', () => {
    const forms = maskForms(joes('hunter 2'));
    expect(forms).toEqual(
      expect.arrayContaining([
        'hunter 2',
        base64('hunter 2'),
        'hunter%202',
        'AGpvZQBodW50ZXIgMg==', // PLAIN: NUL joe NUL hunter 2
      ]),
    );
    expect(maskForms(joes('hunter2', 'access-token'))).toEqual(
      expect.arrayContaining([
        base64('user=joe\x01auth=Bearer hunter2\x01\x01'),
        base64('n,a=joe,\x01host=mail.example.test\x01port=587\x01auth=Bearer hunter2\x01\x01'),
      ]),
    );
    expect(new Set(forms).size).toBe(forms.length);
  });

  test('include those of each line', () => {
    expect(maskForms(joes('one\r\n\ntwo\n'))).toEqual(expect.arrayContaining(['one\r\n\ntwo\n', 'one', 'two']));
  });

  test.each(['', ' ', '\n'])('are empty for %j, because a masked space would mask everything', (value) => {
    expect(maskForms(joes(value))).toEqual([]);
  });

  test('exist for text that is not well-formed Unicode', () => {
    expect(maskForms(joes('a\ud800b'))).toContain('a%EF%BF%BDb');
  });
});

test('masking sends every form of every secret to the runner once', async () => {
  const printed = await printedBy(() => {
    mask([joes('50%\n::error::x'), joes(''), joes('50%\n::error::x')], setSecret);
  });
  const told = commands(printed);
  expect(told.map(({ data }) => data)).toEqual(maskForms(joes('50%\n::error::x')));
  expect(new Set(told.map(({ name }) => name))).toEqual(new Set(['add-mask']));
  expect(printed.split(EOL)).toHaveLength(told.length + 1);
});
