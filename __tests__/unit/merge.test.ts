import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderJson } from '../../src/output/json.js';
import { mergeReports } from '../../src/merge/merge.js';
import { readMergeInputs } from '../../src/merge/inputs.js';
import type { EndpointReport, Report } from '../../src/report/report.js';
import { UniqueNames } from '../../src/text/unique-names.js';
import { schemaErrors } from '../support/report-schema.js';
import { aFinding, anEndpoint, warnedEarlier } from '../support/reports.js';
import { endpointsNamed, ReportFolder, shardReports, type ShardDetails } from '../support/shard-reports.js';

const TEN = endpointsNamed(...Array.from({ length: 10 }, (_, index) => `mail${index}.example`));

function merge(folder: ReportFolder, inputs: Readonly<Record<string, string>> = {}) {
  return mergeReports(readMergeInputs(inputs, []), folder.path);
}

/** Why there is no verdict; empty if there is one. */
function problemsOf(folder: ReportFolder, inputs: Readonly<Record<string, string>> = {}): readonly string[] {
  const merged = merge(folder, inputs);
  return merged.ok ? [] : merged.problems;
}

/** The reports of all shards of {@link TEN}, some of them replaced or (undefined) left out. */
function four(replaced: Readonly<Record<number, Report | undefined>> = {}, details?: (k: number) => ShardDetails) {
  return shardReports(TEN, 4, details).flatMap((report, index) =>
    index + 1 in replaced ? (replaced[index + 1] ?? []) : [report],
  );
}

/** Reports in which a password is redacted, even in the names. */
function redacted(reports: readonly Report[], password: string): Report[] {
  const redact = (text: string): string => text.replaceAll(password, '<redacted>');
  return reports.map((report) => ({
    ...report,
    endpoints: report.endpoints.map(({ configured, ...one }) => ({
      ...one,
      name: redact(one.name),
      ...(configured !== undefined && { configured: redact(configured) }),
    })),
  }));
}

/** A change to one shard. */
const only =
  (k: number, details: ShardDetails) =>
  (each: number): ShardDetails =>
    each === k ? details : {};

describe('a merge', () => {
  test('has the endpoints of all shards, in the order of the shards', () => {
    using folder = new ReportFolder().writeAll(four());
    const merged = merge(folder);
    if (!merged.ok) throw new Error(merged.problems.join());
    const { report, verdict } = merged;
    expect(report.endpoints.map(({ name }) => name)).toEqual(
      four().flatMap(({ endpoints }) => endpoints.map(({ name }) => name)),
    );
    expect(report).toMatchObject({
      result: 'pass',
      blocked: false,
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      counts: { pass: 10, total: 10 },
    });
    expect(report.run).toEqual({ id: '77', attempt: 1, planHash: 'a'.repeat(64) });
    expect(verdict).toEqual({ result: 'pass', blocks: false, failed: [] });
    expect(schemaErrors(JSON.parse(renderJson(report)))).toEqual([]);
  });

  test('fails if an endpoint of any shard fails', () => {
    const bad = anEndpoint({ name: 'bad.example' }, { certificate: [aFinding('certificate-expired')] });
    using folder = new ReportFolder().writeAll(shardReports([...TEN, bad], 4));
    expect(merge(folder)).toMatchObject({
      ok: true,
      report: { result: 'fail', blocked: true, counts: { pass: 10, fail: 1, total: 11 } },
      verdict: { blocks: true, failed: [{ name: 'bad.example' }] },
    });
  });

  test('begins with the first shard and ends with the last', () => {
    const times: Readonly<Record<number, ShardDetails>> = {
      2: { startedAt: '2026-11-23T11:59:50.000Z', durationMs: 1000 },
      3: { startedAt: '2026-11-23T12:00:10.000Z', durationMs: 500 },
    };
    using folder = new ReportFolder().writeAll(four({}, (k) => times[k] ?? {}));
    expect(merge(folder)).toMatchObject({ report: { startedAt: '2026-11-23T11:59:50.000Z', durationMs: 20_500 } });
  });

  test('of a run without shards is the report of that run', () => {
    const [whole] = shardReports(TEN, 1, () => ({ run: { shard: undefined } })) as [Report];
    using folder = new ReportFolder().write('report.json', whole);
    expect(merge(folder, { shards: '1' })).toMatchObject({ ok: true, report: { counts: { total: 10 } } });
  });

  test('applies its own policy if the inputs say so', () => {
    const unsure = anEndpoint(
      { name: 'unsure.example' },
      { capability: [aFinding('connection-timeout', { inconclusive: true })] },
    );
    using folder = new ReportFolder().writeAll(shardReports([...TEN, unsure], 3));
    expect(merge(folder)).toMatchObject({ report: { blocked: true, result: 'inconclusive' } });
    expect(merge(folder, { 'on-inconclusive': 'warn' })).toMatchObject({
      report: { blocked: false, policy: { failOn: 'fail', onInconclusive: 'warn' } },
    });
    expect(merge(folder, { 'fail-on': 'never' })).toMatchObject({ report: { blocked: false } });
  });

  test('fails because of a retry if the reports say so', () => {
    const flaky = anEndpoint({ name: 'flaky.example', attempts: 2 });
    const policy = { failOnFlaky: true } as const;
    using folder = new ReportFolder().writeAll(shardReports([...TEN, flaky], 3, () => ({ policy })));
    expect(merge(folder)).toMatchObject({
      report: { blocked: true, result: 'pass', policy },
      verdict: { blocks: true, failed: [{ name: 'flaky.example' }] },
    });
  });

  test.each([
    ['all', 'example'],
    ['some', '3.example'],
  ])('accepts names if a password was redacted in %s of them', (_, password) => {
    using folder = new ReportFolder().writeAll(redacted(shardReports(TEN, 3), password));
    expect(merge(folder)).toMatchObject({ ok: true, report: { counts: { total: 10 } } });
  });

  test('accepts several names that are the same when a password is redacted', () => {
    const expanded = ['1', '2', '3', '4'].flatMap((k) =>
      ['a', 'b'].map((part) => anEndpoint({ name: `all${k}: ${part}`, configured: `all${k}` })),
    );
    const reports = shardReports([...TEN, ...expanded], 3);
    const names = ['mail0', 'mail1', 'mail2', 'mail3', 'all1', 'all2', 'all3'];
    const hidden = names.reduce<Report[]>((some, name) => redacted(some, name), reports);
    using folder = new ReportFolder().writeAll(hidden);
    expect(merge(folder)).toMatchObject({ ok: true, report: { counts: { total: 18 } } });
  });

  test('gives each endpoint a name of its own, and keeps those of configured endpoints', () => {
    const name = 'a.example: mx.example';
    const parts = ['a.example', 'a', 'b'].map((configured) => anEndpoint({ name, configured }));
    using folder = new ReportFolder().writeAll(shardReports([...TEN, anEndpoint({ name }), ...parts], 4));
    const merged = merge(folder);
    if (!merged.ok) throw new Error(merged.problems.join());
    const named = merged.report.endpoints.filter((one) => one.name.startsWith(name));
    expect(named.map((one) => one.name).sort()).toEqual([name, ...[2, 3, 4].map((number) => `${name} #${number}`)]);
    expect(named.find((one) => one.name === name)?.configured).toBeUndefined();
  });

  test('knows that the IP addresses of an endpoint are in one shard', () => {
    const expanded = ['192.0.2.1', '192.0.2.2'].map((address) =>
      anEndpoint({ name: `all.example (${address})`, configured: 'all.example' }),
    );
    using folder = new ReportFolder().writeAll(shardReports([...TEN, ...expanded], 3));
    expect(merge(folder)).toMatchObject({ ok: true, report: { counts: { total: 12 } } });
  });

  test('accepts skipped steps, notices and waived errors', () => {
    const waived = { reason: 'being replaced', until: '2027-01-31' };
    const { steps, ...rest } = anEndpoint(
      { name: 'mixed.example' },
      { capability: [aFinding('waiver-unused')], certificate: [aFinding('certificate-expired', { waived })] },
    );
    const skipped = steps.map((step) =>
      step.id === 'delivery'
        ? {
            ...step,
            status: 'skip' as const,
            skipped: 'not-configured' as const,
            findings: [aFinding('waiver-unused')],
          }
        : step,
    );
    using folder = new ReportFolder().writeAll(shardReports([...TEN, { ...rest, steps: skipped }], 2));
    expect(merge(folder)).toMatchObject({ ok: true, report: { result: 'warn' } });
  });

  test('counts a warning that only an earlier attempt at an endpoint had', () => {
    const warned = anEndpoint({ name: 'warned.example', ...warnedEarlier() });
    using folder = new ReportFolder().writeAll(shardReports([...TEN, warned], 2));
    expect(merge(folder)).toMatchObject({ ok: true, report: { result: 'warn' } });
  });

  test('takes the later of two attempts of a shard, and says so', () => {
    const failed = TEN.map(({ name }) => anEndpoint({ name }, { capability: [aFinding('connection-refused')] }));
    const first = shardReports(failed, 4);
    const second = shardReports(TEN, 4, () => ({ run: { attempt: 2 } }));
    using folder = new ReportFolder().writeAll(first).writeAll(second);
    const merged = merge(folder);
    expect(merged).toMatchObject({ ok: true, report: { result: 'pass', run: { attempt: 2 } } });
    expect(merged.ok && merged.log).toContain(
      'Shard 3/4, attempt 1 does not count, because there is a later one (gate-1-shard-3/report.json)',
    );
  });

  test('takes the shards that ran again with those that did not', () => {
    const again = shardReports(TEN, 4, () => ({ run: { attempt: 2 } })).slice(1, 2);
    using folder = new ReportFolder().writeAll(four()).writeAll(again);
    const merged = merge(folder);
    expect(merged.ok && merged.log.slice(0, 3)).toEqual([
      expect.stringMatching(/^Shard 1\/4, attempt 1: pass, \d endpoints? \(gate-1-shard-1\/report\.json\)$/),
      expect.stringMatching(/^Shard 2\/4, attempt 2: pass, \d endpoints? \(gate-2-shard-2\/report\.json\)$/),
      expect.stringMatching(/^Shard 3\/4, attempt 1: /),
    ]);
  });
});

describe('there is no verdict', () => {
  test.each<[string, () => Report[], Readonly<Record<string, string>>, string[]]>([
    ['if a shard is missing', () => four({ 3: undefined }), {}, ['1 of 4 shards is missing: 3']],
    ['if several are', () => four({ 1: undefined, 4: undefined }), {}, ['2 of 4 shards are missing: 1, 4']],
    [
      'if there must be more',
      () => four(),
      { shards: '5' },
      ['the input shards is 5, but the reports are of 4 shards', '1 of 5 shards is missing: 5'],
    ],
    [
      'if there must be fewer',
      () => four(),
      { shards: '3' },
      ['the input shards is 3, but the reports are of 4 shards'],
    ],
    [
      'if the runs are different',
      () => four({}, only(2, { run: { id: '78' } })),
      {},
      [
        'the reports differ in the ID of the workflow run: 77 (gate-1-shard-1/report.json and 2 more), 78 (gate-1-shard-2/report.json)',
      ],
    ],
    [
      'if the run of one is not known',
      () => four({}, only(2, { run: { id: undefined } })),
      {},
      [expect.stringContaining('unknown (gate-1-shard-2/report.json)') as string],
    ],
    [
      'if the configurations are different',
      () => four({}, only(4, { run: { planHash: 'b'.repeat(64) } })),
      {},
      [expect.stringMatching(/^the reports differ in the configuration \(planHash\): a{20} .*, b{20} /) as string],
    ],
    [
      'if the numbers of shards are different',
      () => [...four({ 3: undefined }), ...shardReports(TEN, 3).slice(2)],
      {},
      [expect.stringMatching(/^the reports differ in the number of shards: /) as string],
    ],
    [
      'if the policies are different',
      () => four({}, only(1, { policy: { failOn: 'never', onInconclusive: 'warn' } })),
      { 'fail-on': 'fail' },
      [expect.stringMatching(/^the reports differ in on-inconclusive: warn .*, fail /) as string],
    ],
    [
      'if only some of them fail because of a retry',
      () => four({}, only(1, { policy: { failOnFlaky: true } })),
      {},
      [expect.stringMatching(/^the reports differ in fail-on-flaky: true .*, false /) as string],
    ],
    [
      'if a report says that it is another shard',
      () => four({ 2: undefined }, only(3, { run: { shard: { k: 2, n: 4 } } })),
      {},
      ['1 of 4 shards is missing: 3'],
    ],
    [
      'if two shards are exchanged',
      () => shardReports(TEN, 2, (k) => ({ run: { shard: { k: 3 - k, n: 2 } } })),
      {},
      [
        'gate-1-shard-1/report.json does not have the endpoints of shard 1 of 2',
        'gate-1-shard-2/report.json does not have the endpoints of shard 2 of 2',
      ],
    ],
    [
      'if two shards have the same configured endpoint',
      () => {
        const [first, second] = shardReports(TEN, 2) as [Report, Report];
        return [first, { ...second, endpoints: [...first.endpoints.slice(0, 1), ...second.endpoints.slice(1)] }];
      },
      {},
      [
        'gate-1-shard-1/report.json does not have the endpoints of shard 1 of 2',
        'gate-1-shard-2/report.json does not have the endpoints of shard 2 of 2',
      ],
    ],
    [
      'if endpoints were left out of a report',
      () => [
        ...shardReports(TEN, 2).slice(0, 1),
        ...shardReports(TEN, 4, () => ({ run: { shard: { k: 2, n: 2 } } })).slice(3),
      ],
      {},
      [
        'gate-1-shard-1/report.json does not have the endpoints of shard 1 of 2',
        'gate-1-shard-2/report.json does not have the endpoints of shard 2 of 2',
      ],
    ],
    [
      'if endpoints were left out of a report and a password was redacted in its names',
      () =>
        redacted(
          [
            ...shardReports(TEN, 2).slice(0, 1),
            ...shardReports(TEN, 4, () => ({ run: { shard: { k: 2, n: 2 } } })).slice(3),
          ],
          'mail',
        ),
      {},
      [
        'gate-1-shard-1/report.json does not have the endpoints of shard 1 of 2',
        'gate-1-shard-2/report.json does not have the endpoints of shard 2 of 2',
      ],
    ],
    [
      'if two shards are exchanged and a password was redacted in one name',
      () =>
        redacted(
          shardReports(TEN, 2, (k) => ({ run: { shard: { k: 3 - k, n: 2 } } })),
          'mail3',
        ),
      {},
      [
        'gate-1-shard-1/report.json does not have the endpoints of shard 1 of 2',
        'gate-1-shard-2/report.json does not have the endpoints of shard 2 of 2',
      ],
    ],
  ])('%s', (_, reports, inputs, problems) => {
    using folder = new ReportFolder().writeAll(reports());
    expect(problemsOf(folder, inputs)).toEqual(problems);
  });

  test('if an attempt of a shard has two reports, even if a later one has not', () => {
    const [first] = four() as [Report];
    const [again] = four({}, () => ({ run: { attempt: 2 } })) as [Report];
    using folder = new ReportFolder().writeAll(four()).write('copy/report.json', first);
    const problem = 'attempt 1 of shard 1 has 2 reports: copy/report.json, gate-1-shard-1/report.json';
    expect(problemsOf(folder)).toEqual([problem]);
    folder.writeAll([again]);
    expect(problemsOf(folder)).toEqual([problem]);
  });

  test('if there is no report, or no folder', () => {
    using folder = new ReportFolder();
    expect(problemsOf(folder)).toEqual(['there is no report in the folder .']);
    expect(problemsOf(folder, { reports: 'none' })).toEqual(['the folder none cannot be read (ENOENT)']);
  });

  test('for every reason at once', () => {
    using folder = new ReportFolder()
      .writeAll(four({ 2: undefined }, only(3, { run: { id: '78' } })))
      .write('a.json', '{}')
      .write('b.json', '{"cut');
    expect(problemsOf(folder)).toEqual([
      'a.json is not a report of the gate',
      'b.json is damaged: it is not JSON',
      expect.stringMatching(/^the reports differ in the ID of the workflow run: /),
      '1 of 4 shards is missing: 2',
    ]);
  });
});

describe('a file that is no valid report', () => {
  const [report] = shardReports(TEN, 1) as [Report];
  const [endpoint] = report.endpoints as [EndpointReport];
  const json = renderJson(report);
  /** The certificate step of each endpoint with changes. */
  const withStep = (change: object): object[] =>
    report.endpoints.map((one) => ({
      ...one,
      steps: one.steps.map((step) => (step.id === 'certificate' ? { ...step, ...change } : step)),
    }));
  const changed = (change: object): string => JSON.stringify({ ...report, ...change });

  test.each<[string, string | Buffer, string]>([
    ['cut', json.slice(0, -100), 'is damaged: it is not JSON'],
    ['empty', '', 'is damaged: it is not JSON'],
    ['binary', Buffer.from([0, 255, 254, 1]), 'is damaged: it is not JSON'],
    ['deeply nested', '['.repeat(200_000), 'cannot be read (more than 16 levels)'],
    ['a list', '[]', 'is not a report of the gate'],
    ['null', 'null', 'is not a report of the gate'],
    ['of another program', '{"tool":{"name":"other"}}', 'is not a report of the gate'],
    [
      'of another version',
      changed({ tool: { name: 'starttls-gate', version: '9.9.9\n::error::x' } }),
      'was written by version 9.9.9\\x0a::error::x of the gate, and this is version 1.0.0',
    ],
    [
      'of no version',
      changed({ tool: { name: 'starttls-gate' } }),
      'was written by an unknown version of the gate, and this is version 1.0.0',
    ],
    [
      'without endpoints',
      changed({ endpoints: [] }),
      'is damaged: it does not match the schema of reports at endpoints',
    ],
    ['with another key', changed({ more: 1 }), 'is damaged: it does not match the schema of reports'],
    [
      'with a wrong endpoint',
      changed({ endpoints: [{ ...endpoint, port: 0 }] }),
      'is damaged: it does not match the schema of reports at endpoints.0.port',
    ],
    ['with a better result', changed({ result: 'warn' }), 'is damaged: its parts contradict each other'],
    [
      'with other counts',
      changed({ counts: { ...report.counts, pass: 9 } }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with fewer endpoints than it counts',
      changed({ endpoints: [endpoint] }),
      'is damaged: its parts contradict each other',
    ],
    ['with another verdict', changed({ blocked: true }), 'is damaged: its parts contradict each other'],
    [
      'with an endpoint that is better than its steps',
      changed({
        endpoints: withStep({ status: 'fail', findings: [aFinding('certificate-expired')] }),
      }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with an error in a step that passed',
      changed({ endpoints: withStep({ findings: [aFinding('certificate-expired')] }) }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with an error in a step that was skipped',
      changed({
        endpoints: withStep({
          status: 'skip',
          skipped: 'not-configured',
          findings: [aFinding('certificate-expired')],
        }),
      }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with a step that was skipped for no reason',
      changed({ endpoints: withStep({ status: 'skip' }) }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with a reason to skip a step that was not skipped',
      changed({ endpoints: withStep({ skipped: 'blocked' }) }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with an endpoint twice',
      changed({
        endpoints: [...report.endpoints, endpoint],
        counts: { ...report.counts, pass: 11, total: 11 },
      }),
      'is damaged: its parts contradict each other',
    ],
    [
      'with the steps in another order',
      changed({ endpoints: report.endpoints.map((one) => ({ ...one, steps: one.steps.toReversed() })) }),
      'is damaged: its parts contradict each other',
    ],
    [
      'of a shard that cannot be',
      changed({ run: { ...report.run, shard: { k: 5, n: 4 } } }),
      'is damaged: its parts contradict each other',
    ],
  ])('because it is %s is rejected', (_, content, problem) => {
    using folder = new ReportFolder().write('x.json', content);
    expect(problemsOf(folder)).toEqual([`x.json ${problem}`, 'there is no report in the folder .']);
  });

  test('because it is a link, a folder or a pipe is rejected', () => {
    using folder = new ReportFolder().write('outside', json).write('folder.json/report.txt', json);
    symlinkSync(join(folder.path, 'outside'), join(folder.path, 'link.json'));
    execFileSync('mkfifo', [join(folder.path, 'pipe.json')]);
    expect(problemsOf(folder)).toEqual([
      'link.json is a symbolic link',
      'pipe.json cannot be read (not a regular file)',
      'there is no report in the folder .',
    ]);
  });

  test('does not follow a link to a folder', () => {
    using elsewhere = new ReportFolder().write('x.json', '{}');
    using folder = new ReportFolder().write('report.json', json);
    symlinkSync(elsewhere.path, join(folder.path, 'link'));
    expect(merge(folder).ok).toBe(true);
  });

  test('is named in one line, whatever its name is', () => {
    using folder = new ReportFolder().write('::error::\n\u202e\u001b[31m.json', '{}');
    writeFileSync(join(folder.path, `${'x'.repeat(240)}.json`), '{}');
    const [first, second] = problemsOf(folder);
    expect(first).toBe('::error::\\x0a\\u202e\\x1b[31m.json is not a report of the gate');
    expect(second).toMatch(/^x{100,200} … \(\d+ more characters\) is not a report of the gate$/);
  });
});

describe('a merge is bounded', () => {
  test('in the number of shards that a report says', () => {
    using folder = new ReportFolder().writeAll(four({}, () => ({ run: { shard: { k: 1, n: 2 ** 50 } } })).slice(0, 1));
    expect(problemsOf(folder)).toEqual([
      expect.stringMatching(/^1125899906842623 of 1125899906842624 shards are missing: 2, 3, .*, 21, and \d+ more$/),
    ]);
  });

  test.each<[string, unknown[], string]>([
    ['endpoints', Array.from({ length: 200_001 }, () => ({})), 'it has more than 200000 endpoints'],
    [
      'values',
      [{ steps: [{ findings: Array.from({ length: 100_000 }, () => 1) }] }],
      'it has an endpoint with more than 100000 values',
    ],
  ])('in the number of %s in a report', (_, endpoints, problem) => {
    const [report] = shardReports(TEN, 1) as [Report];
    using folder = new ReportFolder().write('x.json', JSON.stringify({ ...report, endpoints }));
    expect(problemsOf(folder)).toEqual([`x.json is damaged: ${problem}`, 'there is no report in the folder .']);
  });

  test.each<[string, string, string]>([
    ['values of a list', `[${'0,'.repeat(1_000_000)}0]`, 'more than 1000000 values in one object or list'],
    [
      'values, before they take memory',
      `[${Array.from({ length: 20 }, () => `[${'[],'.repeat(600_000)}0]`).join()}]`,
      'more than 20000000 values',
    ],
  ])('in the number of %s', (_, content, problem) => {
    using folder = new ReportFolder().write('x.json', content);
    expect(problemsOf(folder)).toEqual([`x.json cannot be read (${problem})`, 'there is no report in the folder .']);
  });

  test('in the number of values in all reports', () => {
    const [report] = shardReports(TEN, 1) as [Report];
    const others = `[${Array.from({ length: 20 }, () => `[${'0,'.repeat(999_990)}0]`).join()}]`;
    using alone = new ReportFolder().write('x.json', others);
    expect(problemsOf(alone)).toContain('x.json is not a report of the gate');
    using folder = new ReportFolder().write('report.json', report).write('x.json', others);
    expect(problemsOf(folder)).toEqual([
      'x.json cannot be read (more than 20000000 values, with those of the other reports)',
    ]);
  });

  test('in the size of a report', () => {
    using folder = new ReportFolder().write('x.json', '');
    truncateSync(join(folder.path, 'x.json'), 256 * 1024 * 1024 + 1);
    expect(problemsOf(folder)).toEqual([
      'x.json cannot be read (larger than 268435456 bytes)',
      'there is no report in the folder .',
    ]);
  });

  test('but brackets and commas in a text do not count', () => {
    const text = `${'[{,'.repeat(10_000)}"\\`;
    const endpoint = anEndpoint({ name: 'a.example', transcript: [{ at: 0, from: 'server', text }] });
    using folder = new ReportFolder().writeAll(shardReports([endpoint], 1));
    expect(merge(folder)).toMatchObject({ ok: true, report: { endpoints: [{ transcript: [{ text }] }] } });
  });

  test('in the time for names, however many are the same', () => {
    const names = new UniqueNames(['a']);
    const last = Array.from({ length: 200_000 }, () => names.take('a')).at(-1);
    expect(last).toBe('a #200001');
  });

  test('in the number of files', () => {
    using folder = new ReportFolder();
    for (let index = 0; index <= 1000; index += 1) folder.write(`${index}.json`, '{}');
    expect(problemsOf(folder)).toEqual(['the folder . has 1001 *.json files; at most 1000 are read']);
    for (let index = 0; index < 19_000; index += 1) folder.write(`other/${index}`, '');
    expect(problemsOf(folder)).toEqual(['the folder . cannot be read (more than 20000 files and folders)']);
  });
});

describe('the inputs of a merge', () => {
  test.each([
    ['an unknown input', { report: 'x' }, 'input report: unknown input; did you mean "reports"?'],
    ['too many shards', { shards: '1001' }, 'input shards: must be a whole number from 1 to 1000, not "1001"'],
    ['a wrong policy', { 'fail-on': 'warning' }, 'input fail-on: must be one of fail, warn, never, not "warning"'],
  ])('%s is a configuration error', (_, inputs, problem) => {
    expect(() => readMergeInputs(inputs, [])).toThrow(problem);
  });

  test('that are wrong are all reported, with the problems that are already known', () => {
    const known = [{ input: 'report-dir', message: 'cannot be used' }];
    expect(() => readMergeInputs({ shards: 'x', 'on-inconclusive': 'y' }, known)).toThrow(
      /report-dir: cannot be used\n.*shards: .*\n.*on-inconclusive: /,
    );
    expect(() => readMergeInputs({}, known)).toThrow('cannot be used');
  });

  test('are the defaults if they are empty', () => {
    expect(readMergeInputs({ reports: ' ', shards: '', 'fail-on': '' }, [])).toEqual({ reports: '.' });
  });
});
