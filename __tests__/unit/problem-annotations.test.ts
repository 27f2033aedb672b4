import { annotateProblems } from '../../src/runner/problem-annotations.js';
import { hostileText } from '../support/hostile.js';
import { commands } from '../support/runner-grammar.js';
import fc from 'fast-check';

/** Annotations for errors in the configuration. */

const WORKFLOW = { file: '.github/workflows/mail.yml', line: 12 };
const title = 'Invalid configuration';

const annotated = (...problems: Parameters<typeof annotateProblems>[0]) => annotateProblems(problems, () => WORKFLOW);

test('a problem in a file is annotated at its line and column', () => {
  expect(annotated({ file: 'gate.yml', line: 3, column: 5, message: 'unknown key' })).toEqual([
    { message: 'unknown key', properties: { title, file: 'gate.yml', startLine: 3, startColumn: 5 } },
  ]);
});

test('a problem in an input is annotated in the workflow file, whose columns are not known', () => {
  expect(
    annotated(
      { input: 'timeout', message: 'must be a number' },
      { input: 'endpoints', line: 4, column: 7, message: 'wrong' },
    ),
  ).toEqual([
    { message: 'must be a number', properties: { title, file: WORKFLOW.file, startLine: 12 } },
    { message: 'wrong', properties: { title, file: WORKFLOW.file, startLine: 15 } },
  ]);
});

test('a problem without a line has no annotation', () => {
  const problems = [
    { message: 'nothing to test' },
    { file: 'gate.yml', message: 'the file is empty' },
    { input: 'shard', message: 'is empty' },
  ];
  expect(annotateProblems(problems, () => undefined)).toEqual([]);
});

test('of many problems, the ninth annotation says how many more there are', () => {
  const many = (length: number) =>
    annotated(
      { message: 'without a place' },
      ...Array.from({ length }, (_, index) => ({ file: 'gate.yml', line: index + 1, message: `wrong ${index + 1}` })),
    ).map(({ message }) => message);
  expect(many(9).at(-1)).toBe('wrong 9');
  expect(many(10)).toHaveLength(9);
  expect(many(10).at(-1)).toBe('wrong 9\n(1 more problem: see the job summary)');
  expect(many(1000).at(-1)).toBe('wrong 9\n(991 more problems: see the job summary)');
});

test('each input is located once, however many problems it has', () => {
  const located: string[] = [];
  const problems = Array.from({ length: 50 }, (_, line) => ({ input: 'endpoints', line: line + 1, message: 'wrong' }));
  annotateProblems(problems, (input) => (located.push(input), undefined));
  expect(located).toEqual(['endpoints']);
});

test('a message contains nothing that affects a log, and is short enough for the runner', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const [annotation] = annotated({ file: 'gate.yml', line: 1, message: text.repeat(3) });
      expect(commands(annotation?.message ?? '')).toEqual([]);
      expect(annotation?.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/); // eslint-disable-line no-control-regex -- must not appear
    }),
  );
  const [long] = annotated({ file: 'gate.yml', line: 1, message: 'x'.repeat(10_000) });
  expect(long?.message.length).toBeLessThanOrEqual(2000);
});
