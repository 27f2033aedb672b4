import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSetting, locateInput } from '../../src/runner/source.js';

const FILE = '.github/workflows/release.yml';

describe('the location of an input', () => {
  let workspace: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'source-'));
    mkdirSync(join(workspace, '.github/workflows'), { recursive: true });
  });
  afterEach(() => {
    rmSync(workspace, { recursive: true });
  });

  function locate(steps: string, text: string, env: Record<string, string | undefined> = {}): unknown {
    writeFileSync(join(workspace, FILE), `on: push\njobs:\n  gate:\n    steps:\n${steps}`);
    return locateInput('endpoints', text, {
      GITHUB_WORKFLOW_REF: `octo/repo/${FILE}@refs/heads/feature@2`,
      GITHUB_REPOSITORY: 'octo/repo',
      GITHUB_WORKSPACE: workspace,
      ...env,
    });
  }

  const literal =
    '      - uses: ./\n        with:\n          endpoints: |  # all\n            a.example\n            b.example:25\n';

  test('is the first line below the indicator of a block', () => {
    expect(locate(literal, 'a.example\nb.example:25\n')).toEqual({ file: FILE, line: 8 });
  });

  test('is found with the text trimmed', () => {
    expect(locate(literal, 'a.example\nb.example:25')).toEqual({ file: FILE, line: 8 });
  });

  test.each([
    ['plain', '      - with: { endpoints: a.example }\n', 5],
    ['quoted', '      - with:\n          endpoints: "a.example"\n', 6],
    ['folded', '      - with:\n          Endpoints: >-\n            a.example\n', 7],
  ])('is the line of a %s scalar', (_, steps, line) => {
    expect(locate(steps, 'a.example')).toEqual({ file: FILE, line });
  });

  test.each([
    ['a different input has the text', '      - with:\n          hosts: a.example\n', 'a.example'],
    ['it comes from an expression', '      - with:\n          endpoints: ${{ vars.HOSTS }}\n', 'a.example'],
    ['two steps have the text', literal + literal, 'a.example\nb.example:25\n'],
    [
      'its lines differ from those of the file',
      '      - with:\n          endpoints: "a.example\\nb.example"\n',
      'a.example\nb.example',
    ],
    ['the input is empty', literal, ''],
    ['the file is not YAML', '\t- : [\n', 'a.example'],
  ])('is unknown if %s', (_, steps, text) => {
    expect(locate(steps, text)).toBeUndefined();
  });

  test.each([
    ['GITHUB_WORKFLOW_REF is not set', { GITHUB_WORKFLOW_REF: undefined }],
    ['the workflow belongs to a different repository', { GITHUB_REPOSITORY: 'octo/other' }],
    ['the path of the workflow is invalid', { GITHUB_WORKFLOW_REF: 'octo/repo/../../etc/passwd@main' }],
    ['the workflow is not checked out', { GITHUB_WORKFLOW_REF: 'octo/repo/.github/workflows/other.yml@main' }],
    ['there is no workspace', { GITHUB_WORKSPACE: undefined }],
  ])('is unknown if %s', (_, env) => {
    expect(locate(literal, 'a.example\nb.example:25\n', env)).toBeUndefined();
  });

  describe('that is empty', () => {
    const step = (password: string, more = ''): string =>
      `      - uses: ./\n        with:\n          endpoints: a.example\n          ${password}\n${more}`;
    const inputs = { endpoints: 'a.example', password: '' };
    const find = (steps: string, where: 'with' | 'env' = 'with', name = 'password'): unknown => {
      locate(steps, '');
      return findSetting(where, name, inputs, {
        GITHUB_WORKFLOW_REF: `octo/repo/${FILE}@refs/heads/main`,
        GITHUB_REPOSITORY: 'octo/repo',
        GITHUB_WORKSPACE: workspace,
      });
    };

    test('is the line with its expression', () => {
      const expression = '${{ secrets.PASSWD }}';
      expect(find(step(`Password: ${expression}`))).toEqual({ file: FILE, line: 8, expression });
    });

    test('is in the innermost env of the step', () => {
      const set = (indent: string, by: string) => `${indent}env:\n${indent}  PW: ${by}\n`;
      const ours = step('', set('        ', '${{ secrets.B }}'));
      const elsewhere = `      - run: "true"\n${set('        ', '${{ secrets.A }}')}`;
      const ofJob = set('    ', '${{ secrets.C }}');
      const named = (steps: string): unknown => find(steps, 'env', 'PW');
      expect(named(elsewhere + ours + ofJob)).toMatchObject({ line: 13, expression: '${{ secrets.B }}' });
      expect(named(step('') + ofJob)).toMatchObject({ line: 10, expression: '${{ secrets.C }}' });
      expect(named(elsewhere + step(''))).toBeUndefined();
      expect(named(step('', set('        ', '${{ secrets.B || secrets.D }}')) + ofJob)).toBeUndefined();
    });

    test('is that of the step with the same inputs', () => {
      const other = step('password: ${{ secrets.A }}').replace('a.example', 'b.example');
      expect(find(other + step('password: ${{ secrets.B }}'))).toMatchObject({ line: 12 });
    });

    test.each([
      ['two steps may be this one', step('password: ${{ secrets.A }}') + step('password: ${{ secrets.B }}')],
      ['the text is no reference', step("password: ${{ secrets.A || 'secret' }}")],
      ['the text is a literal', step('password: secret')],
      ['another step sets it', step('password: ${{ secrets.A }}').replace('a.example', 'b.example')],
    ])('is unknown if %s', (_, steps) => {
      expect(find(steps)).toBeUndefined();
    });
  });
});
