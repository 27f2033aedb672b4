import fc from 'fast-check';
import { judge } from '../../src/verdict/verdict.js';
import { annotate, failureLine, type Annotation } from '../../src/output/annotations.js';
import type { EndpointReport } from '../../src/report/report.js';
import { hostileText } from '../support/hostile.js';
import { aFinding, anEndpoint, aReport, aTranscript, warnedEarlier } from '../support/reports.js';
import { commands } from '../support/runner-grammar.js';

const POLICY = { failOn: 'fail', onInconclusive: 'fail' } as const;

function annotationsOf(endpoints: EndpointReport[], policy: Parameters<typeof judge>[1] = POLICY): Annotation[] {
  const report = aReport(...endpoints);
  return annotate(report, judge(report.endpoints, policy));
}

const failing = (name: string, details: Partial<EndpointReport> = {}): EndpointReport =>
  anEndpoint(
    { name, ...details },
    {
      certificate: [
        aFinding('certificate-hostname-mismatch', {
          message: 'No such name.',
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Name it.',
          evidence: { expected: 'a.example' },
        }),
        aFinding('certificate-expired'),
      ],
    },
  );
const warned = (name: string): EndpointReport =>
  anEndpoint({ name }, { capability: [aFinding('plaintext-auth-advertised')] });
const untested = (name: string): EndpointReport =>
  anEndpoint({ name }, { capability: [aFinding('connection-timeout', { inconclusive: true })] });
const times = (count: number, make: (name: string) => EndpointReport): EndpointReport[] =>
  Array.from({ length: count }, (_, at) => make(`endpoint ${at}`));

describe('annotations', () => {
  test('are on the line of the setting that the finding is about', () => {
    const source = { file: 'gate.yml', line: 9 };
    const endpoint = anEndpoint(
      { name: 'relay', source: { file: 'gate.yml', line: 2 } },
      {
        delivery: [aFinding('inbox-rejected', { source })],
      },
    );
    expect(annotationsOf([endpoint])).toMatchObject([source]);
  });

  test('have the location, the problem, its evidence, the fix, and the other findings', () => {
    expect(annotationsOf([failing('relay', { source: { file: '.github/workflows/x.yml', line: 7 } })])).toEqual([
      {
        level: 'error',
        title: 'relay: Certificate does not match the host name',
        message: [
          'smtp.example.com:587, certificate, certificate-hostname-mismatch: No such name.',
          'Fix (workflow author, likely): Name it.',
          '  expected: a.example',
          'Also: certificate-expired',
        ].join('\n'),
        file: '.github/workflows/x.yml',
        line: 7,
      },
    ]);
  });

  test('are errors for what fails the job and warnings for the rest, worst first, and absent for what passed', () => {
    const endpoints = [anEndpoint(), warned('w'), untested('i'), failing('f')];
    const levels = (policy?: Parameters<typeof judge>[1]): string[] =>
      annotationsOf(endpoints, policy).map(({ level, title }) => `${level} ${title.charAt(0)}`);
    expect(levels()).toEqual(['error f', 'error i', 'warning w']);
    expect(levels({ ...POLICY, onInconclusive: 'warn' })).toEqual(['error f', 'warning i', 'warning w']);
    expect(levels({ ...POLICY, failOn: 'warn' })).toEqual(['error f', 'error i', 'error w']);
    expect(levels({ ...POLICY, failOn: 'never' })).toEqual(['warning f', 'warning i', 'warning w']);
  });

  test('are limited to what the runner keeps, and the last of each kind says how many more there are', () => {
    const annotations = annotationsOf([...times(30, failing), ...times(12, warned)]);
    const errors = annotations.filter(({ level }) => level === 'error');
    const warnings = annotations.filter(({ level }) => level === 'warning');
    expect([errors.length, warnings.length]).toEqual([9, 8]);
    expect(errors[8]?.message).toMatch(/^\(21 more endpoints: see the job summary\)/);
    expect(warnings[7]?.message).toMatch(/^\(4 more endpoints: see the job summary\)/);
    expect(annotations.filter(({ message }) => message.includes('more endpoint'))).toHaveLength(2);
  });

  test('have no count if all fit', () => {
    expect(annotationsOf(times(9, failing)).filter(({ message }) => message.includes('more endpoint'))).toEqual([]);
  });

  test('have the number of attempts', () => {
    const earlier = [{ step: 'capability' as const, code: 'throttled', message: '421 later' }];
    expect(annotationsOf([failing('a', { attempts: 3, earlier })])[0]?.message).toContain(
      'failed on attempt 3 (first: throttled). Attempt 1 failed in step capability: 421 later',
    );
  });

  test('have a warning of an earlier attempt', () => {
    const [annotation] = annotationsOf([anEndpoint(warnedEarlier())]);
    expect(annotation?.level).toBe('warning');
    expect(annotation?.message).toContain(
      'capability in an earlier attempt, plaintext-auth-advertised: AUTH too early.',
    );
    expect(annotation?.message).toContain('Fix (server owner): Hide it.');
  });

  test('have a waiver', () => {
    const waived = { reason: 'being replaced', until: '2027-01-31' };
    const [annotation] = annotationsOf([
      anEndpoint({}, { certificate: [aFinding('certificate-expired', { waived })] }),
    ]);
    expect(annotation?.level).toBe('warning');
    expect(annotation?.message).toContain('Waived until 2027-01-31: being replaced');
  });

  test('contain no command from a server, and are never truncated by the runner', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 3000 }), (text, many) => {
        const long = text.repeat(many).slice(0, 50_000);
        const finding = aFinding('auth-rejected', {
          message: `x${long}`,
          remedy: `x${long}`,
          evidence: { [text]: long, other: long },
        });
        const transcript = aTranscript({ at: 30, from: 'server', text: long });
        const annotations = annotationsOf([anEndpoint({ name: long, transcript }, { authentication: [finding] })]);
        expect(annotations).toHaveLength(1);
        for (const { title, message } of annotations) {
          expect(commands(title)).toEqual([]);
          expect(commands(message)).toEqual([]);
          expect(message.length).toBeLessThanOrEqual(4096);
        }
      }),
    );
  });
});

describe('the error message of the job', () => {
  const lineOf = (endpoints: EndpointReport[], policy: Parameters<typeof judge>[1] = POLICY): string => {
    const report = aReport(...endpoints);
    return failureLine(report, judge(report.endpoints, policy));
  };

  test('has the headline and the names of failed endpoints', () => {
    expect(lineOf([failing('relay'), anEndpoint(), untested('mx')])).toBe(
      'Gate failed: 1 of 3 endpoints failed, 1 inconclusive: relay, mx',
    );
  });

  test('ignores endpoints that do not fail the gate', () => {
    expect(lineOf([failing('relay'), warned('mx'), untested('backup')], { ...POLICY, onInconclusive: 'warn' })).toBe(
      'Gate failed: 1 of 3 endpoints failed: relay',
    );
  });

  test('has a limited length', () => {
    const line = lineOf(times(600, (name) => failing(`${name} ${'x'.repeat(1000)}\r\n::error::x`)));
    expect(line).toMatch(/^Gate failed: all 600 endpoints failed: endpoint 0 x.*, and 580 more$/);
    expect(line.length).toBeLessThan(4096);
    expect(commands(line)).toEqual([]);
  });
});
