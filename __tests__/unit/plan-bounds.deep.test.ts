import { loadPlan } from '../../src/plan/plan.js';
import { ConfigurationError } from '../../src/plan/source/problem.js';
import { load, problems } from '../support/load-plan.js';

/** The limits on a large configuration. */

test('a file that is too large is not read as YAML', async () => {
  const padding = `#${'x'.repeat(4 * 1024 * 1024)}\n`;
  expect(await problems({ config: `${padding}endpoints: [a.example]` })).toEqual([
    'gate.yml: must not be larger than 4194304 bytes',
  ]);
});

test('an input that is too large is not read', async () => {
  expect(await problems({ inputs: { endpoints: 'a.example\n'.repeat(430_000) } })).toEqual([
    'input endpoints: must not be larger than 4194304 bytes',
  ]);
});

test.each(['[', '{a: ', '- ', '? '])('endless %j is not read beyond the limit of depth', async (open) => {
  for (const given of [{ config: open.repeat(200_000) }, { inputs: { endpoints: `- ${open.repeat(200_000)}` } }]) {
    const lines = await problems(given);
    expect(lines).toHaveLength(1);
    const [, column = ''] = /^\w[\w.]*:1:(\d+): YAML: nested too deeply$/.exec(lines[0] ?? '') ?? [];
    expect(Number(column)).toBeLessThan(300);
  }
});

test.each(['[],', '@,', ',', '!a,', '*a,', 'x,'])('%j is not read beyond the limit of values', async (item) => {
  const lines = await problems({ config: `endpoints: [${item.repeat(600_000)}]` });
  expect(lines).toEqual([expect.stringMatching(/^gate\.yml:1:\d+: YAML: too many values$/)]);
});

/** The number of problems, and the lines of the message. */
async function collected(given: Parameters<typeof load>[0]): Promise<{ count: number; lines: string[] }> {
  const error: unknown = await load(given).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('the configuration was accepted');
  return { count: error.problems.length, lines: error.message.split('\n') };
}

test.each<[string, (count: number) => Parameters<typeof load>[0]]>([
  ['syntax errors', (count) => ({ config: `endpoints:\n${'- @\n'.repeat(count)}` })],
  ['variables that are not set', (count) => ({ config: `endpoints: [${'"${A}",'.repeat(count)}]` })],
  ['variables in the short form', (count) => ({ inputs: { endpoints: '${A}\n'.repeat(count) } })],
  ['wrong entries', (count) => ({ config: `endpoints: [${'a:0,'.repeat(count)}]` })],
  ['wrong entries of the short form', (count) => ({ inputs: { endpoints: 'a:0\n'.repeat(count) } })],
  ['keys given twice', (count) => ({ config: `a: x\n${'a: x\n'.repeat(count)}` })],
  ['unknown keys of the file', (count) => ({ config: Array.from({ length: count }, (_, k) => `k${k}: x\n`).join('') })],
  ['wrong mappings', (count) => ({ config: `endpoints:\n${'- a: b\n'.repeat(count)}` })],
  ['names that are taken', (count) => ({ config: `endpoints: [${'a,'.repeat(count)}]` })],
  ['empty lists', (count) => ({ config: `endpoints:\n${'- {host: a, pin: []}\n'.repeat(count / 2)}` })],
])('not all %s are collected', async (_, given) => {
  const { count, lines } = await collected(given(20_000));
  expect(count).toBeGreaterThanOrEqual(10_000);
  expect(count).toBeLessThanOrEqual(10_010);
  expect(lines).toHaveLength(1001);
  expect(lines.at(-1)).toMatch(/^and at least \d+ more$/);
});

test.each([
  ['waivers', `waive: [${'{},'.repeat(20_000)}]`],
  ['keys', `tls:\n${Array.from({ length: 20_000 }, (_, key) => `      k${key}: x\n`).join('')}`],
])('a mapping with too many %s is not checked', async (_, key) => {
  const line = 'contains more than 1000 values';
  expect(await problems({ config: `endpoints:\n  - host: a.example\n    ${key}` })).toEqual([`gate.yml:2:5: ${line}`]);
  expect(await problems({ config: `defaults:\n    ${key}\nendpoints: [a.example]` })).toEqual([
    `gate.yml:2:5: ${line}`,
  ]);
});

test('the words of a text are limited', async () => {
  const require = Array.from({ length: 20_000 }, (_, word) => `w${word}`).join(' ');
  expect((await collected({ inputs: { endpoints: 'a.example', require } })).count).toBeLessThanOrEqual(100);
  const { endpoints } = await load({ inputs: { endpoints: 'a.example', require: 'all '.repeat(20_000) } });
  expect(endpoints[0]?.require).toHaveLength(5);
});

test('the number of files is limited', () => {
  let reads = 0;
  const readFile = () => {
    throw new Error(`no file ${reads++}`);
  };
  const paths = Array.from({ length: 20_000 }, (_, file) => `${file}.pem`).join('\n');
  expect(() =>
    loadPlan({ endpoints: 'a.example', ca: paths }, { cwd: '/', env: {}, surface: 'workflow', readFile }),
  ).toThrow('input ca: the text names more than 1000 files');
  expect(reads).toBe(0);
});

test('the first 1000 problems are listed, and the others are counted', async () => {
  const lines = await problems({ inputs: { endpoints: 'a.example:0\n'.repeat(1003) } });
  expect(lines).toHaveLength(1001);
  expect(lines.at(-1)).toBe('and 3 more');
});
