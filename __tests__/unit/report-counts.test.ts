import { annotate, failureLine } from '../../src/output/annotations.js';
import { renderSummary } from '../../src/output/summary.js';
import { renderTerminal } from '../../src/output/terminal.js';
import type { EndpointReport, Finding, Report } from '../../src/report/report.js';
import { judge } from '../../src/verdict/verdict.js';
import { aFinding, anEndpoint, aReport } from '../support/reports.js';

/** The numbers in all outputs of a run are the same. */

const WAIVED: Partial<Finding> = { waived: { until: '2027-06-30', reason: 'being replaced' } };

const KINDS = {
  pass: () => anEndpoint(),
  waived: () => anEndpoint({}, { certificate: [aFinding('certificate-self-signed', WAIVED)] }),
  warn: () => anEndpoint({}, { capability: [aFinding('plaintext-auth-advertised')] }),
  inconclusive: () => anEndpoint({}, { capability: [aFinding('connection-timeout', { inconclusive: true })] }),
  fail: () => anEndpoint({}, { certificate: [aFinding('certificate-expired')] }),
};
type Kind = keyof typeof KINDS;

/** A run with some endpoints of each kind. */
function runWith(numbers: Partial<Record<Kind, number>>): Report {
  const endpoints = Object.entries(numbers).flatMap(([kind, number]) =>
    Array.from({ length: number }, (_, at): EndpointReport => ({ ...KINDS[kind as Kind](), name: `${kind} ${at}` })),
  );
  return aReport(...endpoints);
}

const MIXES: Partial<Record<Kind, number>>[] = [
  { pass: 3 },
  { waived: 2, pass: 1 },
  { warn: 1, waived: 2, pass: 1 },
  { inconclusive: 2, waived: 1 },
  { fail: 1, inconclusive: 2, warn: 3, waived: 4, pass: 5 },
  { fail: 12, warn: 11, waived: 3 },
];
const POLICIES = (['fail', 'warn', 'never'] as const).flatMap((failOn) =>
  (['fail', 'warn'] as const).map((onInconclusive) => ({ failOn, onInconclusive })),
);

/** How many endpoints the annotations of a level are about, including those that are only counted. */
function annotated(report: Report, verdict: ReturnType<typeof judge>, level: 'error' | 'warning'): number {
  const some = annotate(report, verdict).filter((annotation) => annotation.level === level);
  const more = some.flatMap(({ message }) => /^\((\d+) more endpoint/.exec(message)?.[1] ?? []).map(Number);
  return some.length + more.reduce((sum, number) => sum + number, 0);
}

const WORDS: Record<Kind, string> = {
  ...{ fail: 'failed', inconclusive: 'inconclusive', warn: 'with warnings', waived: 'waived', pass: 'passed' },
};
const SIGNS: Record<Kind, string> = { fail: '✗', inconclusive: '?', warn: '!', waived: '~', pass: '✓' };

describe.each(POLICIES)('with fail-on: $failOn and on-inconclusive: $onInconclusive', (policy) => {
  test.each(MIXES)('the counts of %o are the same everywhere', (numbers) => {
    const report = runWith(numbers);
    const verdict = judge(report.endpoints, policy);
    const counts = Object.keys(WORDS).flatMap((kind): [Kind, number][] => {
      const number = numbers[kind as Kind];
      return number === undefined ? [] : [[kind as Kind, number]];
    });

    const [headline = '', , line] = renderSummary(report, verdict).split('\n');
    const text = headline.replace(/^## \S+ /, '');
    expect(
      line
        ?.replaceAll(/[^\w ·]|️/g, '')
        .split(' · ')
        .map((part) => part.trim())
        .slice(0, -1),
    ).toEqual(counts.map(([kind, number]) => `${number} ${WORDS[kind]}`));

    const [terminalHeadline, terminalCounts] = renderTerminal(report, verdict).split('\n');
    expect(terminalHeadline?.slice(2)).toBe(text);
    expect(terminalCounts?.trim().split(/, /).slice(0, -1)).toEqual(
      counts.map(([kind, number]) => `${SIGNS[kind]} ${number} ${WORDS[kind]}`),
    );

    const problems = report.endpoints.filter(({ result }) => result !== 'pass').length;
    const errors = verdict.blocks ? verdict.failed.length : 0;
    expect([annotated(report, verdict, 'error'), annotated(report, verdict, 'warning')]).toEqual([
      errors,
      problems - errors,
    ]);
    if (!verdict.blocks) return;
    const named = failureLine(report, verdict);
    expect(named).toMatch(new RegExp(`^${text}: ${verdict.failed[0]?.name ?? ''}`));
    const told = text.replace(/(\d+) of \d+/, '$1');
    const numbersTold = told.match(/\d+/g)?.map(Number) ?? [];
    expect(numbersTold.reduce((sum, number) => sum + number, 0)).toBe(verdict.failed.length);
  });
});

describe('waived findings', () => {
  const headlineOf = (numbers: Partial<Record<Kind, number>>): string | undefined => {
    const report = runWith(numbers);
    return renderSummary(report, judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' })).split('\n')[0];
  };

  test('are not counted as warnings', () => {
    expect(headlineOf({ warn: 1, waived: 2, pass: 1 })).toBe(
      '## ⚠️ Gate passed: 1 of 4 endpoints has warnings, 2 waived',
    );
    expect(headlineOf({ waived: 2, pass: 1 })).toBe('## ⚠️ Gate passed: 2 of 3 endpoints have waived findings');
  });

  test('next to a new warning are counted as a warning', () => {
    const both = anEndpoint(
      {},
      {
        capability: [aFinding('plaintext-auth-advertised')],
        certificate: [aFinding('certificate-self-signed', WAIVED)],
      },
    );
    const verdict = judge([both], { failOn: 'fail', onInconclusive: 'fail' });
    expect(renderSummary(aReport(both), verdict)).toMatch(/^## ⚠️ Gate passed: 1 endpoint has warnings\n/);
  });
});
