import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { judge } from '../../src/verdict/verdict.js';
import { renderJson } from '../../src/output/json.js';
import { progressLine, transcriptLines } from '../../src/output/progress.js';
import { renderTerminal } from '../../src/output/terminal.js';
import type { Report } from '../../src/report/report.js';
import { hostileText } from '../support/hostile.js';
import { aFinding, anEndpoint, aReport, aTls, warnedEarlier } from '../support/reports.js';
import { commands } from '../support/runner-grammar.js';

// eslint-disable-next-line no-control-regex -- these characters must not appear
const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const rejected = anEndpoint(
  { name: 'relay', tls: aTls(-3), transcript: [] },
  {
    authentication: [
      aFinding('auth-rejected', {
        message: 'Refused.',
        remedy: 'Try another one.',
        evidence: { reply: '535 no' },
        reproduce: 'swaks\n--auth',
      }),
    ],
  },
);

describe('progress', () => {
  test('has one line for each endpoint', () => {
    expect(progressLine(rejected, { done: 3, total: 12 })).toBe(
      '✗  3/12  relay  fail  capability ✓  upgrade ✓  certificate ✓  authentication ✗  delivery - blocked  321 ms  auth-rejected: Refused.',
    );
  });

  test('has the number of attempts', () => {
    const earlier = [{ step: 'upgrade' as const, code: 'throttled', message: '421 later' }];
    expect(progressLine(anEndpoint({ attempts: 2, earlier }), { done: 1, total: 1 })).toMatch(
      / {2}passed on attempt 2 \(first: throttled\)\. The first attempt failed in step upgrade: 421 later$/,
    );
  });

  test('shows a warning of an earlier attempt', () => {
    expect(progressLine(anEndpoint(warnedEarlier()), { done: 1, total: 1 })).toMatch(
      / {2}warn {2}.* {2}plaintext-auth-advertised: AUTH too early\. {2}passed with warnings on attempt 2 \(first: throttled\)\. The first attempt failed in step /,
    );
  });

  test('has one line for each transcript entry, with its time', () => {
    const transcript = [
      { at: 3, from: 'server' as const, text: '220 mx' },
      { at: 1234567, from: 'client' as const, text: 'QUIT\x1b' },
    ];
    expect(transcriptLines(anEndpoint({ transcript }))).toEqual(['      3 ms  S: 220 mx', '1234567 ms  C: QUIT\\x1b']);
    expect(transcriptLines(anEndpoint({ transcript: transcript.slice(0, 1) }))).toEqual(['    3 ms  S: 220 mx']);
  });

  test('contains nothing that affects a log', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const endpoint = anEndpoint({ name: text, transcript: [{ at: 0, from: 'server', text }] });
        const lines = [progressLine(endpoint, { done: 1, total: 1 }), ...transcriptLines(endpoint)];
        expect(lines.flatMap(commands)).toEqual([]);
        expect(lines.join('')).not.toMatch(ACTING);
      }),
    );
  });
});

describe('the terminal', () => {
  const shown = (report: Report, options?: { color?: boolean }): string =>
    renderTerminal(report, judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' }), options);

  test('has the headline, counts, table, and problems', () => {
    const notice = aFinding('receipt-not-verified', { message: 'Nobody looked.' });
    expect(shown(aReport(anEndpoint({ name: 'good' }, { delivery: [notice] }), rejected))).toBe(
      [
        '✗ Gate failed: 1 of 2 endpoints failed',
        '  ✗ 1 failed   ✓ 1 passed   12.3 s',
        '',
        '   endpoint  capability  upgrade  certificate  authentication  delivery   TLS      valid for  time',
        '✗  relay     ✓ pass      ✓ pass   ✓ pass       ✗ fail          - blocked  TLSv1.3  expired    321 ms',
        '✓  good      ✓ pass      ✓ pass   ✓ pass       ✓ pass          ✓ pass                         321 ms',
        '',
        '✗ relay: fail',
        '  smtp.example.com:587, STARTTLS',
        '',
        '  ✗ Credentials rejected (authentication, auth-rejected)',
        '    problem    Refused.',
        '    evidence   reply: 535 no',
        '    fix        Try another one. (RFC 4954 section 6)',
        '    reproduce  swaks',
        '               --auth',
        '',
        'notices',
        '  good: Nobody looked. (receipt-not-verified)',
        '',
      ].join('\n'),
    );
  });

  test('shows a warning of an earlier attempt', () => {
    const output = shown(aReport(anEndpoint(warnedEarlier())));
    expect(output).toContain('! Gate passed: the endpoint has warnings');
    expect(output).toContain(
      [
        '  ! AUTH offered before TLS (capability in an earlier attempt, plaintext-auth-advertised)',
        '    problem    AUTH too early.',
        '    fix        Hide it. ',
      ].join('\n'),
    );
  });

  test('says how long the message was in transit', () => {
    const delivery = { messageId: '<a@b>', octets: 900, latencyMs: 321, copies: 1 };
    expect(shown(aReport(anEndpoint({ delivery })))).toMatch(/✓ pass {10}✓ pass \(arrived after 321 ms\) /);
  });

  test('has colors only if they are requested, with the same text', () => {
    const report = aReport(anEndpoint(), { ...rejected, name: 'other' });
    expect(shown(report)).not.toContain('\x1b');
    expect(shown(report, { color: true })).toContain('\x1b[31m✗ fail');
    expect(stripVTControlCharacters(shown(report, { color: true })).replace(/ +$/gm, '')).toBe(shown(report));
  });

  test('contains no control characters from a server', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const finding = aFinding('auth-rejected', {
          message: `x${text}`,
          remedy: `x${text}`,
          evidence: { [text]: text },
        });
        const endpoint = anEndpoint(
          { name: text, host: text, tls: { ...aTls(1), version: text } },
          { authentication: [finding] },
        );
        const output = shown(aReport(endpoint));
        expect(commands(output)).toEqual([]);
        expect(output).not.toMatch(ACTING);
      }),
    );
  });
});

test('report.json contains the report', () => {
  const report = aReport(rejected);
  expect(JSON.parse(renderJson(report))).toEqual(report);
  expect(renderJson(report).endsWith('}\n')).toBe(true);
});
