import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { judge } from '../../src/verdict/verdict.js';
import { renderJson } from '../../src/output/json.js';
import { progressLine, transcriptLines } from '../../src/output/progress.js';
import { renderTerminal } from '../../src/output/terminal.js';
import { STEP_IDS, type Report } from '../../src/report/report.js';
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
        party: 'server',
        certainty: 'certain',
        reproduce: 'swaks --auth',
        reproduceShows: '535 no',
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
      / {2}passed on attempt 2 \(first: throttled\)\. Attempt 1 failed in step upgrade: 421 later$/,
    );
  });

  test('shows a warning of an earlier attempt', () => {
    expect(progressLine(anEndpoint(warnedEarlier()), { done: 1, total: 1 })).toMatch(
      / {2}warn {2}.* {2}plaintext-auth-advertised: AUTH too early\. {2}passed with warnings on attempt 2 \(first: throttled\)\. Attempt 1 failed in step /,
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
        const done = { done: 1, total: 1 };
        const lines = [progressLine(endpoint, done), ...transcriptLines(endpoint)];
        expect(lines.flatMap(commands)).toEqual([]);
        expect(lines.join('')).not.toMatch(ACTING);
      }),
    );
  });
});

describe('the terminal', () => {
  const shown = (report: Report, options?: { color?: boolean; width?: number }): string =>
    renderTerminal(report, judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' }), options);

  test('has the headline, counts, table, and problems', () => {
    const notice = aFinding('receipt-not-verified', { message: 'Nobody looked.' });
    expect(shown(aReport(anEndpoint({ name: 'good' }, { delivery: [notice] }), rejected))).toBe(
      [
        '✗ Gate failed: 1 of 2 endpoints failed',
        '  ✗ 1 failed, ✓ 1 passed, 12.3 s',
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
        '    fix        Server owner: Try another one.',
        '    evidence   reply: 535 no',
        '    reproduce  swaks --auth',
        '               look for: 535 no',
        '    reference  RFC 4954 section 6',
        '',
        'notices',
        '  good: Nobody looked. (receipt-not-verified)',
        '',
      ].join('\n'),
    );
  });

  test('has the MX hosts of a domain together in the table, by preference', () => {
    const part = (name: string, findings = {}) => anEndpoint({ name: `x: ${name}`, configured: 'x' }, findings);
    const broken = { upgrade: [aFinding('starttls-refused')] };
    const output = shown(aReport(anEndpoint({ name: 'a' }), part('mx1'), part('mx2', broken)));
    expect(output.match(/^[✓✗] {2}\S+( mx\d)?/gm)).toEqual(['✓  x: mx1', '✗  x: mx2', '✓  a']);
  });

  test('shows a warning of an earlier attempt', () => {
    const output = shown(aReport(anEndpoint(warnedEarlier())));
    expect(output).toContain('! Gate passed: 1 endpoint has warnings');
    expect(output).toContain(
      [
        '  ! AUTH offered before TLS (capability in an earlier attempt, plaintext-auth-advertised)',
        '    problem    AUTH too early.',
        '    fix        Server owner: Hide it.',
      ].join('\n'),
    );
  });

  test('says to whom a command sends a message', () => {
    const sending = aFinding('message-rejected', { reproduce: 'swaks', reproduceSendsTo: 'inbox@example.com' });
    expect(shown(aReport(anEndpoint({}, { delivery: [sending] })))).toContain(
      `    reproduce  swaks\n${' '.repeat(15)}note: this command sends a message to inbox@example.com\n`,
    );
  });

  describe.each([60, 80, 100, 160])('with %i columns', (width) => {
    const long = 'a relay with a name of forty characters!';
    const command = `openssl s_client -connect 127.0.0.1:587 ${'-showcerts '.repeat(20)}-crlf`;
    const finding = aFinding('auth-rejected', {
      message: 'The server rejected the credentials. '.repeat(5),
      remedy: 'Check the username, and set `postconf -e smtpd_sasl_type=dovecot` if it is not set. '.repeat(5),
      evidence: { reply: '535 5.7.8 Authentication credentials invalid. '.repeat(4) },
      reproduce: command,
      reproduceShows: `535 5.7.8 ${'Authentication credentials invalid. '.repeat(6)}`,
    });
    const report = aReport(
      anEndpoint({ name: long, tls: aTls(80) }, { authentication: [finding] }),
      anEndpoint(
        { name: 'good' },
        { delivery: [aFinding('receipt-not-verified', { message: 'Nobody. '.repeat(40) })] },
      ),
    );
    const lines = shown(report, { width }).split('\n');

    test('only the command, and what to look for in its output, are longer than a line', () => {
      expect(lines.filter((line) => line.length > width)).toEqual([
        `    reproduce  ${command}`,
        expect.stringMatching(/^ {15}look for: 535 5\.7\.8 (?:Authentication credentials invalid\. ){6}$/),
      ]);
    });

    test('no code in a text is split', () => {
      const text = lines.join('\n');
      expect(text.match(/`postconf -e smtpd_sasl_type=dovecot`/g)).toHaveLength(5);
    });

    test('the table has as many columns as fit', () => {
      const head = lines.find((line) => line.includes('endpoint  ')) ?? '';
      expect(head.trim().split(/ {2,}/)).toEqual(
        {
          60: ['endpoint', '1 2 3 4 5'],
          80: ['endpoint', '1 2 3 4 5', 'valid for'],
          100: ['endpoint', '1 2 3 4 5', 'TLS', 'valid for', 'time'],
          160: ['endpoint', ...STEP_IDS, 'TLS', 'valid for', 'time'],
        }[width],
      );
      const hasLegend = lines.some((line) => line.includes('1 capability, 2 upgrade, 3 certificate'));
      expect(hasLegend).toBe(width < 160);
    });
  });

  test('if a name is too long for the terminal, it is cut in the table', () => {
    const output = shown(aReport(anEndpoint({ name: 'n'.repeat(60) })), { width: 40 });
    expect(output).toContain(`✓  ${'n'.repeat(25)}…  ✓ ✓ ✓ ✓ ✓\n`);
  });

  test('each mark has the color of its step', () => {
    const output = shown(aReport(rejected), { color: true, width: 60 });
    expect(output).toContain('\x1b[32m✓\x1b[39m \x1b[31m✗\x1b[39m \x1b[2m-\x1b[22m');
  });

  test('says that a cause is likely, and shows a waiver', () => {
    const waived = { reason: 'known', until: '2027-01-31' };
    const finding = aFinding('auth-rejected', { party: 'network', certainty: 'likely', remedy: 'Look.', waived });
    expect(shown(aReport(anEndpoint({}, { authentication: [finding] })))).toContain(
      [
        '    waived     until 2027-01-31: known',
        `    problem    ${finding.message}`,
        '    fix        Network (likely): Look.',
        '',
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
        for (const width of [undefined, 60]) {
          const output = shown(aReport(endpoint), width === undefined ? {} : { width });
          expect(commands(output)).toEqual([]);
          expect(output).not.toMatch(ACTING);
        }
      }),
    );
  });
});

test('report.json contains the report', () => {
  const report = aReport(rejected);
  expect(JSON.parse(renderJson(report))).toEqual(report);
  expect(renderJson(report).endsWith('}\n')).toBe(true);
});
