import fc from 'fast-check';
import { judge } from '../../src/verdict/verdict.js';
import type { EndpointReport, Report } from '../../src/report/report.js';
import { renderNotTested, renderSummary, type SummaryOptions } from '../../src/output/summary.js';
import { HOSTILE, hostileText } from '../support/hostile.js';
import { aFinding, anEndpoint, aReport, aTls, aTranscript, warnedEarlier } from '../support/reports.js';
import { runs } from '../support/runs.js';

const POLICY = { failOn: 'fail', onInconclusive: 'fail' } as const;
const REFUSED = '535 5.7.8 authentication failed';

function summaryOf(report: Report, options?: SummaryOptions, policy: Parameters<typeof judge>[1] = POLICY): string {
  return renderSummary(report, judge(report.endpoints, policy), options);
}

function headlineOf(report: Report, policy?: Parameters<typeof judge>[1]): string | undefined {
  return summaryOf(report, {}, policy).split('\n')[0];
}

const good = (name: string): EndpointReport => anEndpoint({ name, tls: aTls(61) });
const failing = (name: string, details: Partial<EndpointReport> = {}): EndpointReport =>
  anEndpoint(
    {
      name,
      tls: aTls(61),
      transcript: aTranscript(
        { at: 30, from: 'client', text: 'EHLO ci.example.com' },
        { at: 31, from: 'server', text: '250 AUTH PLAIN' },
        { at: 32, from: 'client', text: 'AUTH PLAIN <redacted>' },
        { at: 40, from: 'server', text: REFUSED },
        { at: 41, from: 'client', text: 'QUIT' },
        { at: 42, from: 'server', text: '221 Bye' },
      ),
      ...details,
    },
    {
      authentication: [
        aFinding('auth-rejected', {
          message: 'The server refuses the credentials.',
          evidence: { reply: REFUSED },
          reproduce: 'swaks --server smtp.example.com',
        }),
      ],
    },
  );
const warned = (name: string): EndpointReport =>
  anEndpoint({ name }, { capability: [aFinding('plaintext-auth-advertised', { message: 'AUTH is offered.' })] });
const untested = (name: string): EndpointReport =>
  anEndpoint({ name, transcript: [] }, { capability: [aFinding('connection-timeout', { inconclusive: true })] });

describe('the headline', () => {
  test.each([
    [[good('a'), good('b')], '## ✅ Gate passed: both endpoints passed'],
    [[good('a')], '## ✅ Gate passed: the endpoint passed'],
    [[good('a'), failing('b'), warned('c')], '## ❌ Gate failed: 1 of 3 endpoints failed'],
    [[failing('a'), untested('b'), good('c')], '## ❌ Gate failed: 1 of 3 endpoints failed, 1 inconclusive'],
    [[untested('a')], '## ❌ Gate failed: the endpoint is inconclusive'],
    [[good('a'), warned('b')], '## ⚠️ Gate passed: 1 of 2 endpoints has warnings'],
    [[failing('a'), failing('b'), failing('c')], '## ❌ Gate failed: all 3 endpoints failed'],
    [[untested('a'), untested('b'), good('c')], '## ❌ Gate failed: 2 of 3 endpoints are inconclusive'],
  ])('%#: %s', (endpoints, headline) => {
    expect(headlineOf(aReport(...endpoints))).toBe(headline);
  });

  test('says that the gate passed if failures are only reported', () => {
    expect(headlineOf(aReport(failing('a'), good('b')), { ...POLICY, failOn: 'never' })).toBe(
      '## ⚠️ Gate passed: 1 of 2 endpoints failed (report only)',
    );
  });

  test('says which warnings fail the gate', () => {
    expect(headlineOf(aReport(warned('a'), good('b')), { ...POLICY, failOn: 'warn' })).toBe(
      '## ❌ Gate failed: 1 of 2 endpoints has warnings',
    );
    expect(headlineOf(aReport(untested('a'), good('b')), { ...POLICY, onInconclusive: 'warn' })).toBe(
      '## ⚠️ Gate passed: 1 of 2 endpoints is inconclusive',
    );
  });

  test('is followed by the counts of every result', () => {
    expect(summaryOf(aReport(good('a'), good('b'), failing('c'), untested('d'), warned('e')))).toContain(
      '❌ **1** failed · ❓ **1** inconclusive · ⚠️ **1** with warnings · ✅ **2** passed · 5 endpoints in 12.3 s',
    );
  });
});

describe('the table', () => {
  const rowsOf = (summary: string): string[][] =>
    summary
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.slice(2, -2).replaceAll('&nbsp;', ' ').replaceAll('\u00a0', ' ').split(' | '));

  test('has a row for each endpoint, the worst first, and a column for each step', () => {
    expect(rowsOf(summaryOf(aReport(good('a'), failing('b'))))).toEqual([
      ['Endpoint', 'Capability', 'Upgrade', 'Certificate', 'Authentication', 'Delivery', 'TLS', 'Valid for', 'Time'],
      Array<string>(9).fill('---'),
      ['❌ **b**', '✅', '✅', '✅', '❌ fail', '➖ blocked', 'TLSv1.3', '61 days', '321 ms'],
      ['✅ **a**', '✅', '✅', '✅', '✅', '✅', 'TLSv1.3', '61 days', '321 ms'],
    ]);
  });

  test('says how long the message was in transit, if it was received', () => {
    const delivery = { messageId: '<a@b>', octets: 900, latencyMs: 1234, copies: 1 };
    const [, , found, unseen] = rowsOf(
      summaryOf(aReport({ ...good('a'), delivery }, { ...good('b'), delivery: { messageId: '<a@b>', octets: 900 } })),
    );
    expect([found?.[5], unseen?.[5]]).toEqual(['✅ (arrived after 1.2 s)', '✅']);
  });

  test('explains the symbols', () => {
    expect(summaryOf(aReport(good('a')))).toContain(
      '\n\n✅ passed · ➖ skipped: n/a (not applicable), unset (not configured), blocked (by an earlier step)\n\n',
    );
  });

  test('has a column for environments if there are any', () => {
    const rows = rowsOf(summaryOf(aReport(good('a'), { ...good('b'), environment: 'staging' })));
    expect(rows.map(([, environment]) => environment)).toEqual(['Environment', '---', '–', 'staging']);
  });

  test.each([
    [-1, 'expired'],
    [0, 'less than a day'],
    [1, '1 day'],
  ])('%d days of validity are "%s"', (days, words) => {
    expect(rowsOf(summaryOf(aReport(anEndpoint({ tls: aTls(days) })))).at(-1)).toContain(words);
  });

  test('has the number of attempts and the first failure, even if the endpoint passed', () => {
    const earlier = [{ step: 'capability' as const, code: 'connection-lost', message: 'Reset by peer.' }];
    const summary = summaryOf(aReport({ ...good('a'), attempts: 2, earlier }));
    expect(rowsOf(summary).at(-1)?.[0]).toBe('✅ **a**<br>passed on attempt 2 (first: connection-lost)');
    expect(summary).toContain(
      '- a: passed on attempt 2 (first: connection-lost). The first attempt failed in step capability: Reset by peer.',
    );
  });
});

describe('the section of an endpoint that did not pass', () => {
  test('has a warning of an earlier attempt, without lines of the last transcript', () => {
    const summary = summaryOf(aReport(anEndpoint({ name: 'relay', ...warnedEarlier() })));
    const section = summary.slice(summary.indexOf('### '), summary.indexOf('### Transcripts'));
    expect(section.split('\n\n').slice(0, 6)).toEqual([
      '### ⚠️ relay: warn',
      '<code>smtp.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS',
      '**Attempts:** passed with warnings on attempt 2 (first: throttled). The first attempt failed in step authentication: 421 later',
      '#### ⚠️ AUTH offered before TLS · capability in an earlier attempt · <code>plaintext-auth-advertised</code>',
      '**Problem:** AUTH too early.',
      '**Fix:** Hide it. (RFC 4954 section 4)',
    ]);
  });

  test('has the problem, its evidence, the fix, and a command to reproduce it', () => {
    const summary = summaryOf(aReport(failing('relay')), { findingsUrl: 'https://example.com/findings.md' });
    const section = summary.slice(summary.indexOf('### '), summary.indexOf('### Transcripts'));
    expect(section.split('\n\n')).toEqual([
      '### ❌ relay: fail',
      '<code>smtp.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS · TLSv1.3, TLS_AES_256_GCM_SHA384',
      '#### ❌ Credentials rejected · authentication · <a href="https://example.com/findings.md#auth-rejected"><code>auth-rejected</code></a>',
      '**Problem:** The server refuses the credentials.',
      '**Evidence:**',
      `- reply: <code>${REFUSED}</code>`,
      expect.stringMatching(
        /^<pre><code>S: 250-SIZE 52428800\n[^]*\nC: AUTH PLAIN &#60;redacted&#62;\nS: 535 5\.7\.8 authentication failed\n<\/code><\/pre>$/,
      ),
      expect.stringMatching(/^\*\*Fix:\*\* Try the same credentials .* \(RFC 4954 section 6\)$/),
      '**Reproduce:**',
      '<pre><code>swaks --server smtp.example.com\n</code></pre>',
      '',
    ]);
  });

  test('labels evidence in plain words', () => {
    const evidence = { validTo: 'a', caIssuers: 'b', reply: 'c', constructor: 'd' };
    const summary = summaryOf(
      aReport(anEndpoint({}, { certificate: [aFinding('certificate-expired', { evidence })] })),
    );
    expect(summary.match(/^- .*(?=: <code>)/gm)).toEqual([
      '- valid to',
      '- CA Issuers URL',
      '- reply',
      '- constructor',
    ]);
  });

  test('has the worst finding first, marks waived ones, and has no transcript lines for TLS', () => {
    const summary = summaryOf(
      aReport(
        anEndpoint(
          {},
          {
            certificate: [
              aFinding('certificate-expired', { waived: { reason: 'being replaced', until: '2027-01-31' } }),
              aFinding('certificate-untrusted'),
              aFinding('certificate-hostname-mismatch'),
            ],
          },
        ),
      ),
    );
    expect(summary.match(/(?<=<code>)certificate-[a-z-]+/g)).toEqual([
      'certificate-untrusted',
      'certificate-hostname-mismatch',
      'certificate-expired',
    ]);
    expect(summary).toContain('**Waived until 2027-01-31:** being replaced');
    expect(summary.slice(0, summary.indexOf('### Transcripts'))).not.toMatch(/[SC]: /);
  });

  test('has the same lines of the transcript only once', () => {
    const summary = summaryOf(
      aReport(anEndpoint({}, { upgrade: [aFinding('starttls-refused'), aFinding('plaintext-after-starttls')] })),
    );
    expect(summary.slice(0, summary.indexOf('### Transcripts')).match(/C: STARTTLS/g)).toHaveLength(1);
  });

  test('has the lines of the step if the evidence quotes none', () => {
    const summary = summaryOf(aReport(warned('a')));
    expect(summary).toContain(
      '<pre><code>S: 220 smtp.example.com ESMTP\nC: EHLO ci.example.com\nS: 250-smtp.example.com\nS: 250-SIZE 52428800\nS: 250 STARTTLS\n</code></pre>',
    );
  });

  test('has one line for each notice', () => {
    const notice = aFinding('receipt-not-verified', { message: 'Nobody looked.' });
    expect(summaryOf(aReport(anEndpoint({ name: 'a' }, { delivery: [notice] })))).toContain(
      '- a: Nobody looked. (<code>receipt-not-verified</code>)',
    );
  });
});

describe('hostile text', () => {
  /** An endpoint with this text in every field. */
  const everywhere = (text: string): EndpointReport =>
    failing(text, {
      host: text,
      address: text,
      environment: text,
      attempts: 2,
      earlier: [{ step: 'capability', code: text, message: text }],
      source: { file: text, line: 1 },
      tls: { ...aTls(1), version: text, cipher: text },
      transcript: [{ at: 0, from: 'server', text }],
      steps: failing(text).steps.map((step) => ({
        ...step,
        findings: step.findings.map((finding) => ({
          ...finding,
          message: `x${text}`,
          remedy: `x${text}`,
          evidence: { [text]: text },
          reference: text,
          reproduce: text,
          waived: { reason: text, until: text },
        })),
      })),
    });
  const OWN_TAGS = ['a', 'br', 'code', 'details', 'pre', 'sub', 'summary', 'wbr'];

  test('adds no tag, entity, image, link, cell or control character', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const summary = summaryOf(aReport(everywhere(text)), { reportPath: text });
        const tags = [...summary.matchAll(/<\/?([^\s>]*)/g)].map(([, name]) => name);
        expect(tags.filter((name) => !OWN_TAGS.includes(name ?? ''))).toEqual([]);
        expect(summary.replace(/&#\d+;|&nbsp;/g, '·').replace(/<pre>[^]*?<\/pre>/g, '')).not.toMatch(/&|!\[|\]\(/);
        expect(
          new Set(
            summary
              .split('\n')
              .filter((line) => line.startsWith('| '))
              .map((line) => line.split('|').length),
          ),
        ).toEqual(new Set([12]));
        // eslint-disable-next-line no-control-regex -- these characters must not appear
        expect(summary).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('of 100 KB in every field of many endpoints stays within the budget', () => {
    const endpoints = runs(600);
    const long = HOSTILE.join(' ').repeat(200);
    expect(long.length).toBeGreaterThan(100_000);
    const report = aReport(...Array.from({ length: endpoints }, () => everywhere(long)));
    const summary = summaryOf(report);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(768 * 1024);
    expect(summary).toContain(`❌ **${endpoints}** failed · ${endpoints} endpoints`);
  });

  test('in a configuration error stays within the budget and remains text', () => {
    const summary = renderNotTested('the configuration is invalid', `${HOSTILE.join('\n')}\n`.repeat(runs(20_000)));
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(768 * 1024);
    expect(summary).not.toMatch(/<(?!\/?(pre|code)>)/);
    expect(summary).toMatch(/The log has \d+ more problems\.\n$/);
  });
});

describe('the budget', () => {
  const many = aReport(
    ...Array.from({ length: 300 }, (_, at) => good(`good ${at}`)),
    ...Array.from({ length: 20 }, (_, at) => failing(`bad ${at}`)),
  );
  const whole = Buffer.byteLength(summaryOf(many));

  test('is never exceeded, and the headline, the counts and what is omitted are always present', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4096, max: whole + 1000 }), (byteBudget) => {
        const summary = summaryOf(many, { byteBudget, reportPath: '/runner/report.json' });
        expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(byteBudget);
        expect(summary).toContain('## ❌ Gate failed: 20 of 320 endpoints failed\n');
        expect(summary).toContain('❌ **20** failed · ✅ **300** passed · 320 endpoints');
        expect(summary.includes('leaves out')).toBe(byteBudget < whole);
        expect(summary.includes('The full report is in <code>/runner/report.json</code>.')).toBe(byteBudget < whole);
      }),
      { numRuns: runs(100) },
    );
  });

  test('omits transcripts first, then rows that passed, then details, then names', () => {
    const told = (byteBudget: number): boolean[] => {
      const summary = summaryOf(many, { byteBudget });
      return [
        'good 7: 7 lines',
        'bad 7: 13 lines',
        '**good 7**',
        '**bad 7**',
        '### ❌ bad 0: fail',
        '- ❌ bad 19: fail',
      ].map((text) => summary.replaceAll('&nbsp;', ' ').includes(text));
    };
    const steps: boolean[][] = [];
    for (let budget = whole; budget >= 4096; budget -= 50_000 / runs(100)) {
      const now = told(budget);
      if (String(now) !== String(steps.at(-1))) steps.push(now);
    }
    expect(steps).toEqual([
      [true, true, true, true, true, false],
      [false, true, true, true, true, false],
      [false, false, true, true, true, false],
      [false, false, false, true, true, false],
      [false, false, false, false, true, true],
    ]);
  });
});

test('a configuration error lists every problem', () => {
  expect(renderNotTested('the configuration is invalid', 'endpoints:1:2: unknown key `prot`\ninput shard: <b>')).toBe(
    '## ❌ No server was tested: the configuration is invalid\n\n' +
      '2 problems. The gate did not connect to any server.\n\n' +
      '<pre><code>endpoints:1:2: unknown key `prot`\ninput shard: &#60;b&#62;\n</code></pre>\n',
  );
});
