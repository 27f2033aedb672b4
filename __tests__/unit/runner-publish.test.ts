import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { judge } from '../../src/verdict/verdict.js';
import { runnerLog } from '../../src/runner/log.js';
import { findingsUrl, publish, publishNotTested, type PublishContext } from '../../src/runner/publish.js';
import { reasonOf } from '../../src/text/reason.js';
import { renderJson } from '../../src/output/json.js';
import { aFinding, anEndpoint, aReport } from '../support/reports.js';
import { commands, type Command } from '../support/runner-grammar.js';
import { printedBy } from '../support/stdout.js';

const VARIABLES = ['RUNNER_TEMP', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'] as const;

const report = aReport(
  anEndpoint({ name: 'good' }),
  anEndpoint({ name: 'bad', source: { file: 'gate.yml', line: 3 } }, { upgrade: [aFinding('starttls-refused')] }),
);
const context = (): PublishContext => ({
  log: runnerLog(),
  redactReason: (reason) => reason.replaceAll('beneath', '<redacted>'),
  cancelled: new AbortController().signal,
});
const verdict = judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' });

describe('publishing', () => {
  let folder: string;
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'publish-'));
    before = { ...process.env };
    Object.assign(process.env, {
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    });
    writeFileSync(join(folder, 'output'), '');
    writeFileSync(join(folder, 'summary'), 'of a step before\n');
  });
  afterEach(() => {
    for (const name of VARIABLES) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true });
  });

  /** What the runner reads from the output file. */
  function outputs(): Record<string, string> {
    const text = readFileSync(join(folder, 'output'), 'utf8');
    const entries = [...text.matchAll(/^(.+)<<(.+)\n([^]*?)\n\2$/gm)];
    return Object.fromEntries(entries.map(([, name = '', , value = '']) => [name, value]));
  }

  async function published(reportDir?: string): Promise<{ printed: string; obeyed: Command[] }> {
    const printed = await printedBy(() => publish({ report, verdict, reportDir }, context()));
    return { printed, obeyed: commands(printed) };
  }

  test('writes report file, outputs, summary and annotations', async () => {
    const { obeyed } = await published(join(folder, 'a', 'b'));
    const file = join(folder, 'a', 'b', 'report.json');

    expect(readFileSync(file, 'utf8')).toBe(renderJson(report));
    expect(outputs()).toEqual({
      result: 'fail',
      'endpoints-total': '2',
      'endpoints-failed': '1',
      'failed-endpoints': '["bad"]',
      report: file,
    });
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toMatch(/^of a step before\n## ❌ Gate failed: 1 of 2/);
    expect(obeyed).toMatchObject([
      { name: 'error', properties: { title: 'bad: STARTTLS refused', file: 'gate.yml', line: '3' } },
    ]);
  });

  test('creates a new folder for the report if none is configured', async () => {
    await published();
    await published();
    const reports = readdirSync(folder).filter((name) => name.startsWith('starttls-gate-'));
    expect(reports).toHaveLength(2);
    expect(readFileSync(outputs().report ?? '', 'utf8')).toBe(renderJson(report));
  });

  test('creates it in the temp folder of the system if the runner names none, never in the workspace', async () => {
    process.env.RUNNER_TEMP = '';
    await published();
    const made = dirname(outputs().report ?? '');
    rmSync(made, { recursive: true });
    expect(dirname(made)).toBe(tmpdir());
  });

  const KEPT = ['result', 'endpoints-total', 'endpoints-failed', 'failed-endpoints'];

  test('reports that it could not write the report file, sets no path, and continues', async () => {
    const { printed, obeyed } = await published(join(folder, 'summary', 'beneath-a-file'));
    expect(printed).toMatch(/^Could not write report\.json: ENOTDIR.*<redacted>-a-file/m);
    expect(obeyed.map(({ name }) => name)).toEqual(['error', 'warning']);
    expect(obeyed[1]?.data).toMatch(/^Could not write report\.json: ENOTDIR.*<redacted>-a-file/);
    expect(Object.keys(outputs())).toEqual(KEPT);
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('Gate failed');
  });

  describe('a report that takes a long time to write', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    /** A report that takes minutes to write. `meanwhile` is called before the minutes pass. */
    function slowly(meanwhile: () => void = () => undefined): typeof report {
      const [first, ...rest] = report.endpoints;
      const toJSON = (): typeof first => {
        meanwhile();
        jest.advanceTimersByTime(300_000);
        return first;
      };
      return { ...report, endpoints: [{ ...first, toJSON } as (typeof report.endpoints)[0], ...rest] };
    }

    test('is waited for', async () => {
      const path = join(folder, 'report.json');
      const printed = await printedBy(() => publish({ report: slowly(), verdict, reportDir: folder }, context()));
      expect(printed).not.toContain('Could not');
      expect(readFileSync(path, 'utf8')).toBe(renderJson(report));
    });

    test.each(['before', 'meanwhile'])(
      'is abandoned after the run is canceled, and the rest is published: %s',
      async (when) => {
        const controller = new AbortController();
        const cancel = (): void => {
          controller.abort('cancelled');
        };
        if (when === 'before') cancel();
        const slow = slowly(when === 'before' ? undefined : cancel);
        const printed = await printedBy(() =>
          publish({ report: slow, verdict, reportDir: folder }, { ...context(), cancelled: controller.signal }),
        );
        expect(printed).toMatch(/^Could not write report\.json: timed out$/m);
        expect(Object.keys(outputs())).toEqual(KEPT);
        expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('Gate failed');
        // The unfinished file is removed a moment later.
        const patience = performance.now() + 10_000;
        while (readdirSync(folder).length > 2 && performance.now() < patience) await new Promise(setImmediate);
        expect(readdirSync(folder).sort()).toEqual(['output', 'summary']);
      },
    );
  });

  test('replaces anything that has the name of the report, and leaves no other file', async () => {
    const other = join(folder, 'of somebody else');
    writeFileSync(other, 'precious');
    for (const [name, make] of [
      ['pipe', (path: string) => execFileSync('mkfifo', [path])],
      [
        'link',
        (path: string) => {
          symlinkSync(other, path);
        },
      ],
      [
        'hard link',
        (path: string) => {
          linkSync(other, path);
        },
      ],
    ] as const) {
      const reports = join(folder, name);
      mkdirSync(reports);
      make(join(reports, 'report.json'));
      const { printed } = await published(reports);
      expect(printed).not.toContain('Could not');
      expect(readdirSync(reports)).toEqual(['report.json']);
      expect(lstatSync(join(reports, 'report.json')).isFile()).toBe(true);
      expect(readFileSync(join(reports, 'report.json'), 'utf8')).toBe(renderJson(report));
    }
    expect(readFileSync(other, 'utf8')).toBe('precious');
  });

  test('leaves no part of a report that could not be written completely', async () => {
    mkdirSync(join(folder, 'reports', 'report.json'), { recursive: true });
    const { printed } = await published(join(folder, 'reports'));
    expect(printed).toMatch(/^Could not write report\.json: EISDIR/m);
    expect(readdirSync(join(folder, 'reports'))).toEqual(['report.json']);
    expect(Object.keys(outputs())).toEqual(KEPT);
  });

  test('reports that it could not write the outputs, and continues', async () => {
    process.env.GITHUB_OUTPUT = join(folder, 'missing');
    const { printed, obeyed } = await published();
    expect(printed).toMatch(/^Could not write the outputs: Missing file/m);
    expect(obeyed.map(({ name }) => name)).toEqual(['error', 'warning']);
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('Gate failed');
  });

  test('reports that it could not write the summary, and continues', async () => {
    process.env.GITHUB_STEP_SUMMARY = folder;
    const { printed, obeyed } = await published();
    expect(printed).toMatch(/^Could not write the job summary: EISDIR/m);
    expect(obeyed.map(({ name }) => name)).toEqual(['error', 'warning']);
    expect(Object.keys(outputs())).toEqual([...KEPT, 'report']);
  });

  test.each([
    ['GITHUB_OUTPUT', 'the outputs'],
    ['GITHUB_STEP_SUMMARY', 'the job summary'],
  ])('does not wait for a reader if %s is a named pipe, and continues', async (variable, what) => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    process.env[variable] = pipe;
    const { printed, obeyed } = await published();
    expect(printed).toContain(`Could not write ${what}: ${pipe} is not a regular file\n`);
    expect(obeyed.map(({ name }) => name)).toEqual(['error', 'warning']);
  });

  test('works without outputs and summary', async () => {
    Reflect.deleteProperty(process.env, 'GITHUB_OUTPUT');
    Reflect.deleteProperty(process.env, 'GITHUB_STEP_SUMMARY');
    const { printed, obeyed } = await published();
    expect(obeyed.map(({ name }) => name)).toEqual(['error']);
    expect(printed).not.toContain('Could not');
  });

  test('sets a result and writes no report after a configuration error', async () => {
    const printed = await printedBy(() =>
      publishNotTested(
        { why: 'the configuration is invalid', problems: ['endpoints:1: nothing', 'input shard: no'] },
        context(),
      ),
    );
    expect(printed).toBe('');
    expect(outputs()).toEqual({
      result: 'fail',
      'endpoints-total': '0',
      'endpoints-failed': '0',
      'failed-endpoints': '[]',
    });
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('endpoints:1: nothing\ninput shard: no\n');
  });
});

describe('the URL of the findings page', () => {
  const ours = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'octo/gate',
    GITHUB_ACTION_REF: 'v1',
  };

  test('is that of the running version', () => {
    expect(findingsUrl(ours)).toBe('https://github.com/octo/gate/blob/v1/docs/findings.md');
  });

  test.each([
    ['an action of the workspace', { GITHUB_ACTION_REPOSITORY: '' }],
    ['an action without a version', { GITHUB_ACTION_REF: undefined }],
    ['an unknown server', { GITHUB_SERVER_URL: undefined }],
    ['a server that may load the action from github.com', { GITHUB_SERVER_URL: 'https://git.example.com' }],
    ['one of GitHub Enterprise Cloud with data residency', { GITHUB_SERVER_URL: 'https://octo.ghe.com' }],
  ])('is unknown for %s', (_, env) => {
    expect(findingsUrl({ ...ours, ...env })).toBeUndefined();
  });
});

describe('the reason in a thrown value', () => {
  test.each([
    [new Error('broken'), 'broken'],
    [{ message: 'of another realm' }, 'of another realm'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [Object.create(null), 'something that cannot be shown'],
  ])('%#', (thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason);
  });
});
