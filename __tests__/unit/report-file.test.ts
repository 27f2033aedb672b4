import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discardOldReport, writeReport } from '../../src/runner/report-file.js';
import { renderJson } from '../../src/output/json.js';
import { anEndpoint, aReport } from '../support/reports.js';

const report = aReport(anEndpoint());

describe('the report file in an untrusted workspace', () => {
  let home: string;
  let workspace: string;
  let outside: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'report-file-'));
    workspace = join(home, 'workspace');
    outside = join(home, 'outside');
    for (const folder of [workspace, outside, join(workspace, 'inside')]) mkdirSync(folder);
    writeFileSync(join(outside, 'report.json'), 'precious');
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  const write = (reportDir: string): Promise<string> =>
    writeReport(report, reportDir, new AbortController().signal, workspace);
  const LINK = 'it leads through a symbolic link in the workspace';

  test.each([
    ['the folder itself', 'out', 'out'],
    ['a parent folder', 'out', 'out/reports/today'],
    ['a nested folder', 'inside/out', 'inside/out/reports'],
  ])('is neither written nor removed through a link: %s', async (_, link, reportDir) => {
    symlinkSync(outside, join(workspace, link));
    await expect(write(reportDir)).rejects.toThrow(LINK);
    await expect(write(join(workspace, reportDir))).rejects.toThrow(LINK);
    expect(discardOldReport(reportDir, workspace)).toEqual([
      { input: 'report-dir', message: `cannot be used: ${LINK}` },
    ]);
    expect(readdirSync(outside)).toEqual(['report.json']);
    expect(readFileSync(join(outside, 'report.json'), 'utf8')).toBe('precious');
  });

  test('is not written through a link to a folder in the workspace either, or through a dangling link', async () => {
    symlinkSync('inside', join(workspace, 'link'));
    symlinkSync('nowhere', join(workspace, 'dangling'));
    for (const reportDir of ['link', 'dangling', 'dangling/reports'])
      await expect(write(reportDir)).rejects.toThrow(LINK);
  });

  test('is not written through a link in the workspace to which a link outside leads', async () => {
    symlinkSync(workspace, join(home, 'way-in'));
    symlinkSync(outside, join(workspace, 'out'));
    await expect(write(join(home, 'way-in', 'out'))).rejects.toThrow(LINK);
    expect(await write(join(home, 'way-in', 'inside'))).toBe(join(home, 'way-in', 'inside', 'report.json'));
  });

  test.each([
    ['straight', (link: string) => link],
    ['in the middle of its path', (link: string) => join(link, 'reports')],
    [
      'through another link',
      (link: string) => {
        symlinkSync(link, join(home, 'further'));
        return 'further';
      },
    ],
    ['with a relative path', () => 'inside/../out'],
  ])(
    'is neither written nor removed through a link in the workspace to which a link outside leads %s',
    async (_, to) => {
      symlinkSync('../outside', join(workspace, 'out'));
      symlinkSync('workspace/inside', join(home, 'inside'));
      symlinkSync(workspace, join(home, 'checkout'));
      symlinkSync(to(join(home, 'checkout', 'out')), join(home, 'elsewhere'));
      const reportDir = join(home, 'elsewhere');
      expect(discardOldReport(reportDir, workspace)).toEqual([
        { input: 'report-dir', message: `cannot be used: ${LINK}` },
      ]);
      await expect(write(reportDir)).rejects.toThrow(LINK);
      expect(readdirSync(outside)).toEqual(['report.json']);
      expect(readFileSync(join(outside, 'report.json'), 'utf8')).toBe('precious');
    },
  );

  test('is written through links that are not in the workspace', async () => {
    symlinkSync(outside, join(home, 'temp'));
    symlinkSync(workspace, join(home, 'checkout'));
    const elsewhere = join(home, 'temp', 'reports');
    expect(discardOldReport(elsewhere, workspace)).toEqual([]);
    expect(await write(elsewhere)).toBe(join(elsewhere, 'report.json'));
    expect(readFileSync(join(outside, 'reports', 'report.json'), 'utf8')).toBe(renderJson(report));
    // The workspace itself may be a link.
    const path = await writeReport(report, 'reports', new AbortController().signal, join(home, 'checkout'));
    expect(readFileSync(path, 'utf8')).toBe(renderJson(report));
  });

  test.each(['inside', 'new/folder', '..odd', '.'])('is written into %s, and removed from there', async (reportDir) => {
    expect(await write(reportDir)).toBe(join(workspace, reportDir, 'report.json'));
    expect(readFileSync(join(workspace, reportDir, 'report.json'), 'utf8')).toBe(renderJson(report));
    expect(discardOldReport(reportDir, workspace)).toEqual([]);
    expect(readdirSync(join(workspace, reportDir))).not.toContain('report.json');
  });

  test('of an earlier run is removed even if it is a link, but its target is not', () => {
    symlinkSync(join(outside, 'report.json'), join(workspace, 'report.json'));
    expect(discardOldReport('.', workspace)).toEqual([]);
    expect(readdirSync(workspace)).toEqual(['inside']);
    expect(readFileSync(join(outside, 'report.json'), 'utf8')).toBe('precious');
  });

  test('that cannot be removed is a problem', () => {
    mkdirSync(join(workspace, 'report.json'));
    const [problem, ...more] = discardOldReport('.', workspace);
    expect(more).toEqual([]);
    expect(problem?.input).toBe('report-dir');
    expect(problem?.message).toMatch(/^cannot be used: the report of an earlier run cannot be removed \(E[A-Z]+\)$/);
  });

  test.each([
    ['a name that is too long', 'x'.repeat(300), 'ENAMETOOLONG'],
    ['links in a circle', '../circle', 'ELOOP'],
  ])('causes no problem if its path cannot be resolved: %s', async (_, reportDir, code) => {
    symlinkSync('circle', join(home, 'circle'));
    expect(discardOldReport(reportDir, workspace)).toEqual([
      { input: 'report-dir', message: `cannot be used (${code})` },
    ]);
    await expect(write(reportDir)).rejects.toMatchObject({ code });
  });

  test.each(['', 'missing', 'file/reports'])('of an earlier run may be missing: %j', (reportDir) => {
    writeFileSync(join(workspace, 'file'), '');
    writeFileSync(join(workspace, 'report.json'), 'of somebody else');
    expect(discardOldReport(reportDir, workspace)).toEqual([]);
    expect(readdirSync(workspace).sort()).toEqual(['file', 'inside', 'report.json']);
  });
});
