import fc from 'fast-check';
import { expand } from '../../src/plan/source/expand.js';
import { load, problems } from '../support/load-plan.js';

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

  test('$${ is a literal ${ and contains no secret', () => {
    expect(expand('$${A}', { A: 'alpha' })).toEqual({ text: '${A}', expanded: false, errors: [] });
    expect(expand('$$${A}', { A: 'alpha' }).text).toBe('$${A}');
  });

  test('a variable that is not set is named', () => {
    expect(expand('${A}${B}', { A: 'secret' }).errors).toEqual(['the environment variable B is not set']);
  });

  test.each(['toString', 'constructor', '__proto__'])('%s is not a variable', (name) => {
    expect(expand(`\${${name}}`, {}).errors).toHaveLength(1);
  });

  test.each(['${', '${}', '${A', '${1A}', '${A-default}', '${ A }', 'pass${word'])('%s is malformed', (text) => {
    expect(expand(text, { A: 'alpha' }).errors).toEqual([expect.stringMatching(/^malformed \$\{/)]);
  });

  test('the value of a variable is not expanded again', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('${A}', '$${A}', '${B}', '${'), (around, value) => {
        const literal = around.replaceAll('$', '');
        expect(expand(`${literal}\${A}${literal}`, { A: value }).text).toBe(literal + value + literal);
      }),
    );
  });
});

describe('variables of the runner and of Node.js', () => {
  const SENT = 'hunter2';

  test.each([
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'GITHUB_TOKEN',
    'INPUT_PASSWORD',
    'RUNNER_TEMP',
    'NODE_AUTH_TOKEN',
    'github_token',
    'Actions_Runtime_Token',
  ])('%s is rejected, whether it is set or not', (name) => {
    for (const env of [{ [name]: SENT }, {}]) {
      const { text, errors } = expand(`x\${${name}}`, env);
      expect(errors).toEqual([
        `the environment variable ${name} is reserved for the runner and Node.js; to use its value here, pass it under a different name`,
      ]);
      expect(text).not.toContain(SENT);
    }
  });

  test.each(['MY_GITHUB_TOKEN', 'GITHUBTOKEN', 'ACTION_TOKEN', 'NODE', 'INPUTS_PASSWORD'])('%s is expanded', (name) => {
    expect(expand(`\${${name}}`, { [name]: SENT })).toEqual({ text: SENT, expanded: true, errors: [] });
  });

  test('are rejected anywhere in a configuration', async () => {
    const env = { ACTIONS_RUNTIME_TOKEN: SENT, GITHUB_TOKEN: SENT };
    const lines = await problems({
      inputs: { endpoints: 'a.example\n${GITHUB_TOKEN}.example' },
      config: 'endpoints:\n  - host: b.example\n    auth: {username: "${ACTIONS_RUNTIME_TOKEN}", password: p}',
      env,
    });
    expect(lines).toEqual([
      expect.stringMatching(/^endpoints:2:1: the environment variable GITHUB_TOKEN is reserved/),
      expect.stringMatching(/^gate\.yml:3:22: the environment variable ACTIONS_RUNTIME_TOKEN is reserved/),
    ]);
    expect(lines.join()).not.toContain(SENT);
  });
});

describe('no variable is expanded in a key that is sent unencrypted or appears in the summary', () => {
  const env = { CI_HOST: 'hunter2.example' };
  const PROBLEM =
    'environment variables are not expanded in name, ehlo and environment, which are sent unencrypted or shown; for a literal ${ write $${';

  test.each(['name', 'ehlo', 'environment'])('%s', async (key) => {
    for (const variable of ['CI_HOST', 'UNSET', 'GITHUB_TOKEN']) {
      const value = `"\${${variable}}\${${variable}}"`;
      const config = `defaults: {${key}: ${value}}\nendpoints:\n  - host: a.example\n    ${key}: ${value}\n`;
      expect(await problems({ config, env })).toEqual([
        `gate.yml:1:${14 + key.length}: ${PROBLEM}`,
        `gate.yml:4:${7 + key.length}: ${PROBLEM}`,
      ]);
    }
  });

  test('an alias of a different value is not expanded either', async () => {
    const config = 'endpoints:\n  - {host: a.example, auth: {username: &u "${CI_HOST}", password: p}, ehlo: *u}\n';
    expect(await problems({ config, env })).toEqual([`gate.yml:2:77: ${PROBLEM}`]);
  });

  test('$${ is a literal ${ there too', async () => {
    const { endpoints } = await load({ config: 'endpoints: [{host: a.example, name: "a $${CI_HOST}"}]', env });
    expect(endpoints[0]?.name).toBe('a ${CI_HOST}');
  });
});
