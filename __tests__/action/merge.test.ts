import { access, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderJson } from '../../src/output/json.js';
import type { Report } from '../../src/report/report.js';
import { aFinding, anEndpoint } from '../support/reports.js';
import { createRunner, type Runner, type StepEnded } from '../support/runner.js';
import { endpointsNamed, shardReports } from '../support/shard-reports.js';

/** The action `merge`, as a step of a job. */

let runner: Runner;
beforeEach(async () => {
  runner = await createRunner();
});
afterEach(() => runner[Symbol.asyncDispose]());

const merge = (inputs: Readonly<Record<string, string>> = {}): Promise<StepEnded> =>
  runner.run(inputs, {}, undefined, { action: 'merge' });

async function download(reports: readonly Report[]): Promise<void> {
  for (const report of reports) {
    await runner.write(`reports/shard-${report.run.shard?.k ?? 0}/report.json`, renderJson(report));
  }
}

const GOOD = endpointsNamed('a.example', 'b.example', 'c.example', 'd.example');
const BAD = anEndpoint(
  { name: 'bad.example', source: { file: '.github/mail-servers.yml', line: 7 } },
  { certificate: [aFinding('certificate-expired')] },
);

/** The folder of the old report does not exist any more, or never did. */
const isMissing = (path: string): Promise<boolean> =>
  access(join(runner.workspace, path)).then(
    () => false,
    () => true,
  );

test('a merge passes if all shards pass, with the outputs of the gate', async () => {
  await download(shardReports(GOOD, 3));
  const ended = await merge({ reports: 'reports', shards: '3', 'report-dir': 'merged' });
  expect(ended).toMatchObject({ code: 0, annotations: [], aftermath: '' });
  expect(ended.outputs).toEqual({
    result: 'pass',
    'endpoints-total': '4',
    'endpoints-failed': '0',
    'failed-endpoints': '[]',
    report: join(runner.workspace, 'merged/report.json'),
  });
  expect(ended.report?.endpoints).toHaveLength(4);
  expect(ended.log).toMatch(/^Shard 1\/3, attempt 1: pass, \d endpoints? \(shard-1\/report\.json\)$/m);
  expect(ended.summary).toContain('Gate passed: all 4 endpoints passed');
});

test('a merge fails if an endpoint of one shard fails, with its annotation', async () => {
  await download(shardReports([...GOOD, BAD], 3));
  const ended = await merge();
  expect(ended.code).toBe(1);
  expect(ended.outputs).toMatchObject({
    result: 'fail',
    'endpoints-failed': '1',
    'failed-endpoints': '["bad.example"]',
  });
  expect(ended.annotations.map(({ properties, data }) => [properties.file, properties.line, data])).toEqual([
    ['.github/mail-servers.yml', '7', expect.stringContaining('certificate-expired')],
    [undefined, undefined, 'Gate failed: 1 of 5 endpoints failed: bad.example'],
  ]);
  expect(ended.summary).toContain('bad.example');
});

test('a merge that only reports passes', async () => {
  await download(shardReports([...GOOD, BAD], 3));
  const ended = await merge({ 'fail-on': 'never' });
  expect(ended).toMatchObject({ code: 0, outputs: { result: 'fail', 'endpoints-failed': '1' } });
});

test('a merge fails without a verdict, for every reason, if reports are missing or damaged', async () => {
  const reports = shardReports(GOOD, 4) as [Report, Report, Report, Report];
  await download(reports.slice(0, 2));
  await runner.write('reports/shard-3/report.json', renderJson(reports[2]).slice(0, 500));
  const ended = await merge({ shards: '4' });
  expect(ended.code).toBe(1);
  expect(ended.outputs).toEqual({
    result: 'fail',
    'endpoints-total': '0',
    'endpoints-failed': '0',
    'failed-endpoints': '[]',
  });
  const reasons = ['reports/shard-3/report.json is damaged: it is not JSON', '2 of 4 shards are missing: 3, 4'];
  for (const reason of reasons) {
    expect(ended.log).toContain(`\n${reason}\n`.trimStart());
    expect(ended.summary).toContain(reason);
  }
  expect(ended.annotations.map(({ data }) => data)).toEqual([
    ['There is no verdict: the reports cannot be merged.', ...reasons].join('\n'),
  ]);
  expect(ended.summary).toContain('There is no verdict');
  expect(ended.summary).not.toContain('connect');
});

test('a merge removes its old report first, so that it is not taken for a new one', async () => {
  await runner.write('merged/report.json', '{}');
  await download(shardReports(GOOD, 2).slice(0, 1));
  expect(await merge({ 'report-dir': 'merged' })).toMatchObject({ code: 1 });
  expect(await isMissing('merged/report.json')).toBe(true);
});

test('a merge never removes or overwrites the report of a shard', async () => {
  const [whole] = shardReports(GOOD, 1) as [Report];
  await runner.write('reports/report.json', renderJson(whole));
  const ended = await merge({ reports: 'reports', 'report-dir': './reports/' });
  expect(ended.code).toBe(1);
  expect(ended.log).toContain('input report-dir: must not be the same folder as reports');
  expect(await readFile(join(runner.workspace, 'reports/report.json'), 'utf8')).toBe(renderJson(whole));
});

test.each([
  ['in the folder of the reports', 'reports', 'reports/shard-1', ''],
  ['in the workspace, which has the reports', '', 'reports/shard-1', ''],
  ['if it is damaged', 'reports', 'reports/shard-1', 'x'],
])('a merge does not remove the report of a shard to write its own: %s', async (_, reports, reportDir, damage) => {
  await download(shardReports(GOOD, 2));
  const path = join(runner.workspace, 'reports/shard-1/report.json');
  const text = `${await readFile(path, 'utf8')}${damage}`;
  await runner.write('reports/shard-1/report.json', text);
  const ended = await merge({ reports, 'report-dir': reportDir });
  expect(ended).toMatchObject({ code: 1, outputs: { result: 'fail' } });
  expect(ended.log).toContain('input report-dir: cannot be used: its report.json is in the folder reports');
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a merge does not remove the report of a shard that a link outside the workspace leads to', async () => {
  await download(shardReports(GOOD, 2));
  const elsewhere = await mkdtemp(join(tmpdir(), 'merge-'));
  await rename(join(runner.workspace, 'reports'), join(elsewhere, 'reports'));
  await symlink(join(elsewhere, 'reports'), join(elsewhere, 'link'));
  const ended = await merge({ reports: join(elsewhere, 'reports'), 'report-dir': join(elsewhere, 'link/shard-1') });
  expect(ended.code).toBe(1);
  expect(ended.log).toContain('may be the report of a shard');
  await access(join(elsewhere, 'reports/shard-1/report.json'));
  await rm(elsewhere, { recursive: true });
});

test('a merge replaces its own report in the folder of the reports', async () => {
  await download(shardReports(GOOD, 2));
  const inputs = { reports: 'reports', 'report-dir': 'reports/merged' };
  expect(await merge(inputs)).toMatchObject({ code: 0 });
  expect(await merge(inputs)).toMatchObject({ code: 0, outputs: { 'endpoints-total': '4' } });
});

test('a merge does not run out of memory because of a report with millions of problems', async () => {
  const [whole] = shardReports(GOOD, 1) as [Report];
  const endpoints = Array.from({ length: 150_000 }, () => ({}));
  await runner.write('reports/report.json', JSON.stringify({ ...whole, endpoints }));
  const ended = await runner.run({}, { NODE_OPTIONS: '--max-old-space-size=128' }, undefined, { action: 'merge' });
  expect(ended).toMatchObject({ code: 1, outputs: { result: 'fail' } });
  expect(ended.summary).toContain('does not match the schema of reports at endpoints.0.name');
});

test.each([
  ['objects', `[${Array.from({ length: 20 }, () => `[${'{},'.repeat(600_000)}{}]`).join()}]`, '20000000 values'],
  ['lists in lists', '['.repeat(32 * 1024 * 1024), '16 levels'],
])('a merge does not run out of memory because of millions of %s', async (_, content, limit) => {
  await runner.write('reports/report.json', content);
  const file = join(runner.temp, 'peak');
  const fixture = resolve('__tests__/action/fixtures/peak-memory.mjs');
  const ended = await runner.run({}, { NODE_OPTIONS: `--import=${fixture}`, PEAK_FILE: file }, undefined, {
    action: 'merge',
  });
  expect(ended).toMatchObject({ code: 1, outputs: { result: 'fail' } });
  expect(ended.summary).toContain(`reports/report.json cannot be read (more than ${limit})`);
  expect(Number(await readFile(file, 'utf8'))).toBeLessThan(512 * 1024 * 1024);
});

test('a merge with wrong inputs fails with all of them', async () => {
  const ended = await merge({ shards: '0', 'on-inconclusive': 'never' });
  expect(ended.code).toBe(1);
  expect(ended.annotations.map(({ data }) => data)).toEqual([
    expect.stringMatching(/^There is no verdict: the configuration is invalid\.\n.*shards.*\n.*on-inconclusive/s),
  ]);
});

test('a merge executes no command that a file name or a report contains', async () => {
  const hostile = '::error::x\n##[error]y';
  await download(shardReports([...GOOD, anEndpoint({ ...BAD, name: hostile })], 2));
  await runner.write(`reports/${'::warning::z\n::set-env name=A::b'.replaceAll('/', '')}.json`, '{}');
  const refused = await merge();
  expect(refused.commands.map(({ name }) => name)).toEqual(['error']);
  await runner.write('only/shard.json', '');
  const [one, two] = shardReports([...GOOD, anEndpoint({ ...BAD, name: hostile })], 2) as [Report, Report];
  await runner.write('valid/a::b.json', renderJson(one));
  await runner.write('valid/\u202e##[error].json', renderJson(two));
  const merged = await merge({ reports: 'valid' });
  expect(merged.code).toBe(1);
  expect(merged.commands.map(({ name }) => name).filter((name) => name !== 'error')).toEqual([]);
  expect(merged.annotations).toHaveLength(2);
});
