import { execFileSync } from 'node:child_process';

/** @returns the rules that the linter reports for each of these lines in a file of src/ */
function lint(lines: readonly string[]): (string | null)[][] {
  const args = ['--stdin', '--stdin-filename', 'src/report/report.ts', '--format', 'json'];
  let output: string;
  try {
    output = execFileSync('node_modules/.bin/eslint', args, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  } catch (error) {
    // The exit code is 1 if there is anything to report.
    output = (error as { stdout: string }).stdout;
  }
  const [{ messages }] = JSON.parse(output) as [{ messages: { line: number; ruleId: string | null }[] }];
  return lines.map((_, at) => messages.filter(({ line }) => line === at + 1).map(({ ruleId }) => ruleId));
}

test('the linter reports regular expressions that take superlinear time', () => {
  const [move, backtracking] = ['regexp/no-super-linear-move', 'regexp/no-super-linear-backtracking'];
  const unbounded = 'no-restricted-syntax';
  const expected: [string, string[]][] = [
    // It was used for Received fields, and took quadratic time for a run of parentheses.
    [String.raw`/\((?:\S+ )?\[/`, [move]],
    ['/ +$/', [move]],
    ['/^(a+)+$/', [backtracking]],
    ['/^.*a.*a$/', [backtracking]],
    [String.raw`/\((?:[^\s(]+ )?\[/`, []],
    // It was used for refusals, and took quadratic time for a run of its first word.
    ['/size (limit|exceed)|exceeds.* size/', [unbounded]],
    ['/exceeds.+? size/', [unbounded]],
    ['/exceeds[^.;]{0,60} size/', []],
    ['/^[^:]*:.*$/', []],
  ];
  const lines = expected.map(([expression], at) => `export const PATTERN_${at} = ${expression};`);
  expect(lint(lines)).toEqual(expected.map(([, rules]) => rules));
});
