import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { renderAction, renderFindings, renderMergeAction, renderTables, TABLE_NAMES } from '../../scripts/docs.js';
import { documentedKeys } from '../../src/plan/schema/documented-keys.js';
import { CATALOG, type CatalogEntry } from '../../src/findings/catalog.js';
import { FINDING_CODES, type FindingCode } from '../../src/findings/codes.js';
import { endpointSchema, INPUT_NAMES, inputSchema, OUTPUTS } from '../../src/plan/schema/schema.js';
import { STEP_IDS } from '../../src/report/report.js';

/** Generated pages. With UPDATE_DOCS=1 in the environment, they are written before they are compared. */
const PAGES: Readonly<Record<string, (current: string) => string>> = {
  'action.yml': renderAction,
  'merge/action.yml': renderMergeAction,
  'docs/architecture.md': renderTables,
  'docs/configuration.md': renderTables,
  'docs/fleets.md': renderTables,
  'docs/report.md': renderTables,
  'docs/findings.md': renderFindings,
};

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

describe.each(Object.entries(PAGES))('%s', (page, render) => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, render(read(page)));

  test('matches the schema and the catalog', () => {
    expect(read(page)).toBe(render(read(page)));
  });
});

describe('action.yml', () => {
  const action = parse(read('action.yml')) as {
    runs: object;
    inputs: Record<string, { description: string; default?: string; required: boolean }>;
    outputs: Record<string, { description: string }>;
  };

  test('has every input of the schema, and no other', () => {
    expect(Object.keys(action.inputs)).toEqual(INPUT_NAMES);
  });

  test.each(documentedKeys(inputSchema))('input $name', ({ name, description, default: standard }) => {
    expect(description).not.toBe('');
    expect(action.inputs[name]).toEqual({
      description,
      required: false,
      ...(standard !== undefined && { default: standard }),
    });
  });

  test('has the defaults of the schema, which accepts them as text', () => {
    const given = Object.entries(action.inputs).flatMap(([name, input]) => {
      return input.default === undefined ? [] : [[name, input.default]];
    });
    expect(inputSchema.parse(Object.fromEntries(given))).toEqual(inputSchema.parse({}));
  });

  test('has every output, and no other', () => {
    expect(Object.keys(action.outputs)).toEqual(Object.keys(OUTPUTS));
  });

  test('has no input for features that do not exist', () => {
    expect(action.inputs).not.toHaveProperty('github-token');
  });

  test('runs the committed bundle', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
  });
});

describe('merge/action.yml', () => {
  const action = parse(read('merge/action.yml')) as {
    runs: object;
    inputs: Record<string, { description: string; default?: string }>;
    outputs: Record<string, { description: string }>;
  };

  test('has the outputs of the action, so that a workflow can use either', () => {
    expect(Object.keys(action.outputs)).toEqual(Object.keys(OUTPUTS));
  });

  test('describes each input', () => {
    expect(Object.keys(action.inputs)).toEqual(['reports', 'shards', 'fail-on', 'on-inconclusive', 'report-dir']);
    for (const { description } of Object.values(action.inputs)) expect(description).not.toBe('');
  });

  test('runs the committed bundle', () => {
    expect(action.runs).toEqual({ using: 'node24', main: '../dist/merge.js' });
  });
});

describe('documentation', () => {
  test.each(documentedKeys(endpointSchema))('endpoint key $name is described', ({ description }) => {
    expect(description).not.toBe('');
  });

  test('each nested key of an endpoint has its row', () => {
    const names = documentedKeys(endpointSchema).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['host', 'auth.access-token', 'tls.pin', 'waive[].until']));
    expect(names).toHaveLength(new Set(names).size);
  });

  test('each finding has a section of its own', () => {
    const sections = [...renderFindings().matchAll(/^## (.*)$/gm)].map(([, code]) => code);
    expect(sections).toEqual(FINDING_CODES);
  });

  test('each section lists the evidence of the finding, if it has any', () => {
    for (const section of renderFindings().split(/^## /m).slice(1)) {
      const [code = ''] = section.split('\n', 1);
      const named = [...(/^Evidence: (.*)\.$/m.exec(section)?.[1] ?? '').matchAll(/`(\w+)` \(/g)].map(
        ([, field]) => field,
      );
      const { evidence }: CatalogEntry = CATALOG[code as FindingCode];
      expect({ code, named }).toEqual({ code, named: Object.keys(evidence) });
    }
    expect(renderFindings()).toContain(
      'Evidence: `expected` (the expected name), `names` (the subject alternative names), `subject` (',
    );
  });

  test('each error and warning says how to reproduce it, or why there is no command', () => {
    const silent = renderFindings()
      .split(/^## /m)
      .slice(1)
      .filter(
        (section) =>
          !/^Severity: notice/m.test(section) && !/Reproduce: `|There is no command(?: for this)?: /.test(section),
      )
      .map((section) => section.split('\n', 1)[0]);
    expect(silent).toEqual([]);
  });

  test('each finding refers to a section of a standard, except where there is none', () => {
    const without = FINDING_CODES.filter((code) => !('reference' in CATALOG[code]));
    expect(without).toEqual([
      // The gate and its machine.
      'probe-inconclusive',
      'connection-failed-locally',
      'receipt-not-verified',
      // What the mail store does with a message.
      'message-in-junk',
      // The run.
      'step-required',
      'waiver-expired',
      'waiver-unused',
      'run-stopped',
      'runner-starved',
      'internal-error',
    ]);
  });

  test('each table is on one page', () => {
    const pages = Object.keys(PAGES).map(read);
    for (const name of TABLE_NAMES) {
      const places = pages.flatMap((text) => text.match(`<!-- ${name}:begin -->`) ?? []);
      expect([name, places.length]).toEqual([name, 1]);
    }
  });

  test.each([
    ['without a table', '# Nothing', 'no place for a table'],
    ['with a table that does not end', '<!-- inputs:begin -->', 'The table "inputs" has no end'],
  ])('a page %s is an error', (_, text, message) => {
    expect(() => renderTables(text)).toThrow(message);
  });
});

describe('README.md', () => {
  const readme = read('README.md');

  test('has at most 12 KB', () => {
    expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(12_000);
  });

  test('has inputs and defaults that exist', () => {
    const rows = [...readme.matchAll(/^\| (`[\w`, -]+`) +\| (?:`([^`]+)`)? +\|/gm)].filter(
      ([, names = '']) => !names.includes('capability'),
    );
    const defaults = new Map(documentedKeys(inputSchema).map(({ name, default: standard }) => [name, standard]));
    const named = rows.flatMap(([, names = '', standard]) =>
      names.split(', ').map((name) => [name.slice(1, -1), standard] as const),
    );
    expect(named.length).toBeGreaterThan(10);
    for (const [name, standard] of named) expect([name, standard]).toEqual([name, defaults.get(name)]);
  });

  test('has every output, and the five steps', () => {
    for (const name of [...Object.keys(OUTPUTS), ...STEP_IDS]) expect(readme).toContain(`\`${name}\``);
  });
});

test('CONTRIBUTING.md has at most 8 KB', () => {
  expect(Buffer.byteLength(read('CONTRIBUTING.md'))).toBeLessThanOrEqual(8000);
});
