import fc from 'fast-check';
import { judge, resultOf, statusOf } from '../../src/verdict/verdict.js';
import {
  RESULTS,
  STEP_IDS,
  type EndpointReport,
  type Finding,
  type Result,
  type StepReport,
} from '../../src/report/report.js';

const found = (severity: Finding['severity'], rest: Partial<Finding> = {}): Finding => ({
  code: 'x',
  severity,
  title: 't',
  message: 'm',
  party: 'server',
  certainty: 'certain',
  remedy: 'r',
  ...rest,
});
const waived = { waived: { reason: 'r', until: '2099-01-01' } };

describe('the status of a step', () => {
  test.each<[string, Finding[], Result]>([
    ['nothing', [], 'pass'],
    ['a notice', [found('notice')], 'pass'],
    ['a waived notice', [found('notice', waived)], 'pass'],
    ['a warning', [found('notice'), found('warning')], 'warn'],
    ['a waived warning', [found('warning', waived)], 'warn'],
    ['a waived error', [found('error', waived)], 'warn'],
    ['an inconclusive error', [found('warning'), found('error', { inconclusive: true })], 'inconclusive'],
    ['an error', [found('error', { inconclusive: true }), found('error')], 'fail'],
    ['an error next to a waived one', [found('error', waived), found('error')], 'fail'],
  ])('%s', (_name, findings, status) => {
    expect(statusOf(findings)).toBe(status);
  });
});

describe('the result of an endpoint', () => {
  const steps = (...statuses: StepReport['status'][]): StepReport[] =>
    statuses.map((status, i) => ({ id: STEP_IDS[i] ?? 'delivery', status, durationMs: 0, findings: [] }));

  test('is that of the worst step, and skipped ones are ignored', () => {
    expect(resultOf(steps('skip', 'skip', 'pass', 'skip', 'warn'))).toBe('warn');
    expect(resultOf(steps('pass', 'inconclusive', 'skip', 'skip', 'skip'))).toBe('inconclusive');
  });

  test('is a failure if every step was skipped', () => {
    expect(resultOf(steps('skip', 'skip', 'skip', 'skip', 'skip'))).toBe('fail');
    expect(resultOf([])).toBe('fail');
  });
});

describe('the verdict', () => {
  const endpoints = (results: readonly Result[]): EndpointReport[] =>
    results.map((result, i) => ({ name: String(i), result, steps: [] as StepReport[] }) as EndpointReport);
  const policy = fc.record({
    failOn: fc.constantFrom('fail', 'warn', 'never'),
    onInconclusive: fc.constantFrom('fail', 'warn'),
  });

  test('without endpoints blocks under every policy', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(judge([], p)).toEqual({ result: 'fail', failed: [], blocks: true });
      }),
    );
  });

  test('follows the table of the contract', () => {
    const counts = (result: Result, failOn: string, onInconclusive: string): boolean =>
      result === 'fail' ||
      (result === 'inconclusive' && (onInconclusive === 'fail' || failOn === 'warn')) ||
      (result === 'warn' && failOn === 'warn');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...RESULTS), { minLength: 1 }), policy, (results, p) => {
        const verdict = judge(endpoints(results), p);
        const failed = results.flatMap((r, i) => (counts(r, p.failOn, p.onInconclusive) ? [String(i)] : []));
        expect(verdict.failed.map(({ name }) => name)).toEqual(failed);
        expect(verdict.blocks).toBe(failed.length > 0 && p.failOn !== 'never');
        expect(verdict.result).toBe(RESULTS.findLast((result) => results.includes(result)));
      }),
    );
  });

  test('counts what passed only after a retry as failed if that is configured', () => {
    const attempts = [1, 2, 3, 2, 1];
    const all = endpoints(['pass', 'pass', 'warn', 'inconclusive', 'warn']).map((one, i) => {
      return { ...one, attempts: attempts[i] ?? 1 };
    });
    const failedWith = (p: Parameters<typeof judge>[1]) => judge(all, p).failed.map((one) => all.indexOf(one));
    const lenient = { failOn: 'fail', onInconclusive: 'warn' } as const;
    expect(failedWith(lenient)).toEqual([]);
    expect(failedWith({ ...lenient, failOnFlaky: true })).toEqual([1, 2]);
    expect(judge(all, { ...lenient, failOnFlaky: true }).blocks).toBe(true);
    expect(judge(all, { failOn: 'never', onInconclusive: 'fail', failOnFlaky: true }).blocks).toBe(false);
  });

  test.each(['run-stopped', 'internal-error'])(
    'with an endpoint that has %s blocks under every policy, and counts that endpoint as failed',
    (code) => {
      const left = { ...found('error', { inconclusive: true }), code };
      const findings = [found('warning'), left];
      const steps: StepReport[] = [{ id: 'delivery', status: 'inconclusive', durationMs: 0, findings }];
      const cutShort = { name: 'cut short', result: 'inconclusive', steps } as EndpointReport;
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...RESULTS)), policy, (results, p) => {
          const others = endpoints(results);
          const verdict = judge([...others, cutShort], p);
          expect(verdict.blocks).toBe(true);
          expect(verdict.failed).toEqual([...judge(others, p).failed, cutShort]);
        }),
      );
    },
  );
});
