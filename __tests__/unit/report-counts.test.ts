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
  flaky: () => anEndpoint({ attempts: 2 }),
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
  { flaky: 2, pass: 1 },
  { fail: 1, waived: 1, flaky: 12, pass: 1 },
];
const POLICIES = (['fail', 'warn', 'never'] as const).flatMap((failOn) =>
  (['fail', 'warn'] as const).flatMap((onInconclusive) => [
    { failOn, onInconclusive },
    { failOn, onInconclusive, failOnFlaky: true as const },
  ]),
);

/** How many endpoints the annotations of a level are about, including those that are only counted. */
function annotated(report: Report, verdict: ReturnType<typeof judge>, level: 'error' | 'warning'): number {
  const some = annotate(report, verdict).filter((annotation) => annotation.level === level);
  const more = some.flatMap(({ message }) => /^\((\d+) more endpoint/.exec(message)?.[1] ?? []).map(Number);
  return some.length + more.reduce((sum, number) => sum + number, 0);
}

const WORDS: Record<Kind, string> = {
  ...{ fail: 'failed', inconclusive: 'inconclusive', warn: 'with warnings', waived: 'waived' },
  ...{ flaky: 'passed after a retry', pass: 'passed' },
};
const SIGNS: Record<Kind, string> = { fail: '✗', inconclusive: '?', warn: '!', waived: '~', flaky: '↻', pass: '✓' };

describe.each(POLICIES)('with the policy %o', (policy) => {
  test.each(MIXES)('the counts of %o are the same everywhere', (numbers) => {
    const report = { ...runWith(numbers), policy };
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

    const problems = report.endpoints.filter((one) => one.result !== 'pass' || verdict.failed.includes(one)).length;
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

describe('an endpoint that passed only after a retry', () => {
  const POLICY = { failOn: 'fail', onInconclusive: 'fail', failOnFlaky: true } as const;
  const title = 'Connection lost';
  const earlier = [{ step: 'upgrade' as const, code: 'connection-lost', title, message: 'It was closed.' }];

  test('fails the gate if that is configured, and every output says why', () => {
    const report = { ...aReport(anEndpoint({ name: 'relay', attempts: 2, earlier }), anEndpoint()), policy: POLICY };
    const verdict = judge(report.endpoints, POLICY);
    const headline = 'Gate failed: 1 of 2 endpoints passed only after a retry';
    expect(renderSummary(report, verdict).split('\n')[0]).toBe(`## ❌ ${headline}`);
    expect(renderTerminal(report, verdict).split('\n')[0]).toBe(`✗ ${headline}`);
    expect(renderTerminal(report, verdict)).toContain('  relay: passed on attempt 2 (first: connection lost).');
    expect(failureLine(report, verdict)).toBe(`${headline}: relay`);
    expect(annotate(report, verdict)).toEqual([
      {
        level: 'error',
        title: 'relay: passed on attempt 2 (first: connection lost)',
        message:
          'smtp.example.com:587: passed on attempt 2 (first: connection lost). Attempt 1 failed in step upgrade: It was closed.',
      },
    ]);
  });

  test('with warnings fails because of the retry, if warnings do not fail the gate', () => {
    const warned = anEndpoint({ attempts: 2, earlier }, { capability: [aFinding('plaintext-auth-advertised')] });
    const headlineWith = (policy: Report['policy']): string | undefined => {
      const report = { ...aReport(warned), policy };
      return renderSummary(report, judge(report.endpoints, policy)).split('\n')[0];
    };
    expect(headlineWith(POLICY)).toBe('## ❌ Gate failed: 1 endpoint passed only after a retry');
    expect(headlineWith({ ...POLICY, failOn: 'warn' })).toBe('## ❌ Gate failed: 1 endpoint has warnings');
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
