import { unusedWaivers } from '../../src/verdict/unused-waivers.js';
import { applyWaivers, isWaived } from '../../src/verdict/waivers.js';
import { UNWAIVABLE, type FindingCode } from '../../src/findings/codes.js';
import { completeFinding } from '../../src/findings/complete.js';
import { finding } from '../../src/findings/finding.js';
import type { Waiver } from '../../src/plan/endpoint.js';
import { STEP_IDS, type StepReport } from '../../src/report/report.js';
import { own } from '../../src/text/own.js';
import { EXACTLY, inWords } from '../support/reports.js';

/** A waiver applies to the finding that it names, until the end of its last day in UTC, and to nothing else. */

const waiver = (code: FindingCode, until = '2026-06-30', reason = 'on order'): Waiver => ({
  finding: code,
  until,
  reason,
});
const expired = finding('certificate-expired', own`It is expired.`);
const misnamed = finding('certificate-hostname-mismatch', own`It is of another.`);

test.each([
  ['2026-06-29T00:00:00.000Z', true],
  ['2026-06-30T00:00:00.000Z', true],
  ['2026-06-30T23:59:59.999Z', true],
  ['2026-07-01T00:00:00.000Z', false],
])('at %s: %s', (now, holds) => {
  const waivers = [waiver('certificate-expired')];
  expect(isWaived('certificate-expired', waivers, new Date(now))).toBe(holds);
  const [found, ...more] = applyWaivers([expired], waivers, new Date(now));
  expect(found).toEqual(holds ? { ...expired, waived: { reason: 'on order', until: '2026-06-30' } } : expired);
  expect(more.map(inWords)).toEqual(
    holds
      ? []
      : [
          inWords(
            finding('waiver-expired', own`The waiver of certificate-expired expired on 2026-06-30 (on order).`, {
              evidence: { finding: 'certificate-expired', until: '2026-06-30' },
            }),
          ),
        ],
  );
});

describe('on a day in June', () => {
  const now = new Date('2026-06-15T12:00:00Z');

  test('a different finding is not waived', () => {
    const waivers = [waiver('certificate-expired')];
    expect(isWaived('certificate-hostname-mismatch', waivers, now)).toBe(false);
    expect(applyWaivers([misnamed], waivers, now)).toEqual([misnamed]);
  });

  test('one of several waivers is enough, and expired ones are then not reported', () => {
    const waivers = [waiver('certificate-expired', '2026-01-31', 'old'), waiver('certificate-expired')];
    expect(isWaived('certificate-expired', waivers, now)).toBe(true);
    expect(applyWaivers([misnamed, expired], waivers, now)).toEqual([
      misnamed,
      { ...expired, waived: { reason: 'on order', until: '2026-06-30' } },
    ]);
  });

  test.each(UNWAIVABLE)('%s cannot be waived', (code) => {
    const found = finding(code, own`Told.`);
    expect(applyWaivers([found], [waiver(code), waiver(code, '2026-01-31')], now)).toEqual([found]);
  });
});

describe('a waiver that was not used', () => {
  /** Statuses of the five steps: p, f, n (not configured) or b (blocked). */
  function steps(letters: string): StepReport[] {
    return STEP_IDS.map((id, i) => {
      const letter = letters[i] ?? 'p';
      const skipped = ({ n: 'not-configured', b: 'blocked' } as Readonly<Record<string, StepReport['skipped']>>)[
        letter
      ];
      return {
        id,
        status: skipped ? 'skip' : letter === 'f' ? 'fail' : 'pass',
        ...(skipped && { skipped }),
        durationMs: 0,
        findings: letter === 'f' ? [completeFinding(expired, EXACTLY)] : [],
      };
    });
  }

  test.each<[string, FindingCode, string, string | undefined]>([
    ['in its step', 'certificate-weak-key', 'ppppp', 'certificate'],
    ['in its step, if later steps are blocked', 'certificate-weak-key', 'ppfbb', 'certificate'],
    ['in no step if its step was blocked', 'auth-rejected', 'ppfbb', undefined],
    ['in no step if its step was not configured', 'auth-rejected', 'pppnn', undefined],
    ['in no step if the finding occurred', 'certificate-expired', 'ppfbb', undefined],
    ['in the last step where it may occur', 'connection-lost', 'ppppp', 'delivery'],
    ['in the last of them that ran', 'connection-lost', 'ppppn', 'authentication'],
    ['in no step if one of them is blocked', 'connection-lost', 'pppfb', undefined],
  ])('is reported %s', (_, code, letters, step) => {
    const told = unusedWaivers([waiver(code)], steps(letters), new Date('2026-06-30T23:59:59Z')).map((one) => ({
      ...one,
      notice: inWords(one.notice),
    }));
    expect(told).toEqual(
      step === undefined
        ? []
        : [
            {
              step,
              notice: inWords(
                finding('waiver-unused', own`${code} is waived until 2026-06-30, but did not occur.`, {
                  evidence: { finding: code, until: '2026-06-30' },
                }),
              ),
            },
          ],
    );
  });

  test('is reported as expired if it has', () => {
    const [told] = unusedWaivers([waiver('certificate-weak-key')], steps('ppppp'), new Date('2026-07-01T00:00:00Z'));
    expect(told?.step).toBe('certificate');
    expect(told && inWords(told.notice)).toMatchObject({
      code: 'waiver-unused',
      message: 'The waiver of certificate-weak-key expired on 2026-06-30, and the finding did not occur.',
      evidence: { finding: 'certificate-weak-key', until: '2026-06-30' },
    });
  });
});
