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

test('a finding about a setting is located at the line of the setting', () => {
  const source = { file: 'gate.yml', line: 2 };
  const inbox = aFinding('inbox-rejected', { source: { file: 'gate.yml', line: 9 } });
  const text = summaryOf(aReport(anEndpoint({ name: 'relay', source }, { delivery: [inbox] })));
  expect(text).toContain('<code>gate.yml:9</code>');
  expect(text).not.toContain('<code>gate.yml:2</code>');
});

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
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Try others.',
          evidence: { reply: REFUSED },
          reproduce: 'swaks --server smtp.example.com',
          reproduceShows: '535 5.7.8',
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
    [[good('a'), good('b')], '## ✅ Gate passed: all 2 endpoints passed'],
    [[good('a')], '## ✅ Gate passed: 1 endpoint passed'],
    [[good('a'), failing('b'), warned('c')], '## ❌ Gate failed: 1 of 3 endpoints failed'],
    [[failing('a'), untested('b'), good('c')], '## ❌ Gate failed: 1 of 3 endpoints failed, 1 inconclusive'],
    [[untested('a')], '## ❌ Gate failed: 1 endpoint could not be tested'],
    [[good('a'), warned('b')], '## ⚠️ Gate passed: 1 of 2 endpoints has warnings'],
    [[failing('a'), failing('b'), failing('c')], '## ❌ Gate failed: all 3 endpoints failed'],
    [[untested('a'), untested('b'), good('c')], '## ❌ Gate failed: 2 of 3 endpoints could not be tested'],
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
      '## ⚠️ Gate passed: 1 of 2 endpoints could not be tested',
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

  test('has a row for each endpoint, the worst first, with the five steps, the cause, and who has to act', () => {
    expect(rowsOf(summaryOf(aReport(good('a'), failing('b'))))).toEqual([
      ['Endpoint', 'Steps', 'Cause', 'Act', 'TLS', 'Valid for', 'Time'],
      Array<string>(7).fill('---'),
      [
        ...['❌ **b**', '✅ ✅ ✅ ❌ ➖<br>authentication', 'Credentials rejected', 'Workflow author'],
        ...['TLSv1.3', '61 days', '321 ms'],
      ],
      ['✅ **a**', '✅ ✅ ✅ ✅ ✅', '–', '–', 'TLSv1.3', '61 days', '321 ms'],
    ]);
  });

  const part = (configured: string, host: string, make: typeof good = good): EndpointReport => ({
    ...make(`${configured}: ${host}`),
    configured,
  });
  const names = (summary: string): (string | undefined)[] =>
    rowsOf(summary)
      .slice(2)
      .map(([name]) => name?.replaceAll('<wbr>', ''));

  test('has the MX hosts of a domain together, by preference, below a row that says how many of them failed', () => {
    const report = aReport(
      failing('a'),
      ...[part('x.test', 'mx1'), part('x.test', 'mx2', failing), part('x.test', 'mx3')],
      ...[part('y.test', 'mx'), part('z.test', 'mx1'), part('z.test', 'mx2')],
      failing('b'),
    );
    expect(names(summaryOf(report))).toEqual([
      '❌ **a**',
      '❌ **x.test**<br>1 failed, 2 passed',
      '&emsp;✅ **x.test: mx1**',
      '&emsp;❌ **x.test: mx2**',
      '&emsp;✅ **x.test: mx3**',
      '❌ **b**',
      '✅ **y.test: mx**',
      '✅ **z.test**<br>2 passed',
      '&emsp;✅ **z.test: mx1**',
      '&emsp;✅ **z.test: mx2**',
    ]);
    expect(rowsOf(summaryOf(report))[3]?.slice(1)).toEqual(Array<string>(6).fill(''));
  });

  test('has the row of a domain above its failed hosts even if those that passed are folded away', () => {
    const many = Array.from({ length: 30 }, (_, i) => part('x.test', `mx${i}`, i === 7 ? failing : good));
    expect(names(summaryOf(aReport(...many))).slice(0, 2)).toEqual([
      '❌ **x.test**<br>1 failed, 29 passed',
      '&emsp;❌ **x.test: mx7**',
    ]);
  });

  test('says how long the certificate that expires first is valid', () => {
    const [first, other] = [aTls(61), aTls(-2).certificate];
    const endpoint = anEndpoint({ tls: { ...first, otherCertificates: [other] } });
    expect(
      rowsOf(summaryOf(aReport(endpoint)))
        .at(-1)
        ?.at(-2),
    ).toBe('expired');
  });

  test('has no cause if all endpoints passed', () => {
    expect(rowsOf(summaryOf(aReport(good('a'))))[0]).toEqual(['Endpoint', 'Steps', 'TLS', 'Valid for', 'Time']);
  });

  test.each([
    ['server', 'Server owner'],
    ['certificate-authority', 'CA'],
    ['network', 'Network'],
    ['inbox', 'Inbox administrator'],
    ['configuration', 'Workflow author'],
    ['gate', 'Gate'],
  ] as const)('says who has to act: %s', (party, label) => {
    const endpoint = anEndpoint({}, { certificate: [aFinding('certificate-expired', { party })] });
    expect(rowsOf(summaryOf(aReport(endpoint))).at(-1)?.[3]).toBe(label);
  });

  test('has the title of the worst finding, and how many others there are', () => {
    const findings = [
      aFinding('plaintext-auth-advertised', { title: 'Not this one' }),
      aFinding('certificate-expired', { title: 'Expired' }),
      aFinding('certificate-untrusted', { title: 'Nor this' }),
    ];
    const causeOf = (count: number): string | undefined =>
      rowsOf(summaryOf(aReport(anEndpoint({}, { certificate: findings.slice(0, count) })))).at(-1)?.[2];
    expect([causeOf(2), causeOf(3)]).toEqual(['Expired, and 1 other', 'Expired, and 2 others']);
  });

  test('distinguishes a step that is not configured from one that is blocked', () => {
    const skipped = anEndpoint();
    const steps = skipped.steps.map((step) =>
      step.id === 'delivery' ? { ...step, status: 'skip' as const, skipped: 'not-configured' as const } : step,
    );
    expect(rowsOf(summaryOf(aReport({ ...skipped, steps }))).at(-1)?.[1]).toBe('✅ ✅ ✅ ✅ ⚪');
  });

  test('folds endpoints that passed away if there are more than 20', () => {
    const passed = Array.from({ length: 19 }, (_, at) => good(`good ${at}`));
    expect(summaryOf(aReport(...passed, failing('bad')))).not.toContain('endpoints passed</summary>');
    const summary = summaryOf(aReport(...passed, good('one more'), failing('bad')));
    const fold = summary.indexOf('<details><summary>✅ 20 endpoints passed</summary>');
    const [bad, another] = ['**bad**', '**one more**'].map((name) => summary.indexOf(name));
    expect(bad).toBeLessThan(fold);
    expect(another).toBeGreaterThan(fold);
    expect(another).toBeLessThan(summary.indexOf('</details>', fold));
  });

  test('folds endpoints that did not pass away after the first 50', () => {
    const all = (count: number): EndpointReport[] => Array.from({ length: count }, (_, at) => failing(`bad ${at}`));
    expect(summaryOf(aReport(...all(50)))).not.toContain('more endpoint');
    const summary = summaryOf(aReport(...all(52)));
    const fold = summary.indexOf('<details><summary>2 more endpoints</summary>');
    expect(summary.indexOf('**bad 49**')).toBeLessThan(fold);
    expect(summary.indexOf('**bad 50**')).toBeGreaterThan(fold);
    expect(summary.indexOf('**bad 51**')).toBeLessThan(summary.indexOf('</details>', fold));
  });

  test('breaks long names at spaces if possible', () => {
    const [cell = ''] = rowsOf(summaryOf(aReport(good('the relay for order confirmations')))).at(-1) ?? [];
    expect(cell).toBe('✅ **the relay for <wbr>order <wbr>confirmations**');
  });

  test('has places for line breaks in long names', () => {
    const name = 'smtp-0001.eu-central-1.mail.example.com';
    const cell = rowsOf(summaryOf(aReport(good(name)))).at(-1)?.[0] ?? '';
    const lines = cell
      .replace('✅ ', '')
      .replaceAll(/\*|&#46;/g, (found) => (found.startsWith('*') ? '' : '.'))
      .split('<wbr>');
    expect(lines.join('')).toBe(name);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(16);
  });

  test('says how long the message was in transit, if it was received', () => {
    const delivery = { messageId: '<a@b>', octets: 900, latencyMs: 1234, copies: 1 };
    const [, , found, unseen] = rowsOf(
      summaryOf(aReport({ ...good('a'), delivery }, { ...good('b'), delivery: { messageId: '<a@b>', octets: 900 } })),
    );
    expect([found?.at(-1), unseen?.at(-1)]).toEqual(['321 ms (arrived after 1.2 s)', '321 ms']);
  });

  test('explains the symbols', () => {
    expect(summaryOf(aReport(good('a')))).toContain(
      '\n\nSteps: capability, upgrade, certificate, authentication, delivery · ✅ passed · 🔕 waived · 🔁 passed after a retry · ⚠️ warning · ❓ inconclusive · ❌ failed · ⚪ not configured · ➖ not applicable, or blocked by an earlier step\n\n',
    );
  });

  test('has a column for environments if there are any', () => {
    const rows = rowsOf(summaryOf(aReport(good('a'), { ...good('b'), environment: 'staging' })));
    expect(rows.map(([, , environment]) => environment)).toEqual(['Environment', '---', '–', 'staging']);
  });

  test.each([
    [-1, 'expired'],
    [-0.1, 'expired'],
    [0, 'less than an hour'],
    [1 / 24, '1 hour'],
    [1, '24 hours'],
    [2.99, '71 hours'],
    [3, '3 days'],
    [3.99, '3 days'],
  ])('%d days of validity are "%s"', (days, words) => {
    expect(rowsOf(summaryOf(aReport(anEndpoint({ tls: aTls(days) })))).at(-1)).toContain(words);
  });

  test('has the number of attempts and the first failure, even if the endpoint passed', () => {
    const title = 'Connection lost';
    const earlier = [{ step: 'capability' as const, code: 'connection-lost', title, message: 'Reset by peer.' }];
    const summary = summaryOf(aReport({ ...good('a'), attempts: 2, earlier }));
    expect(rowsOf(summary).at(-1)?.[0]).toBe('🔁 **a**<br>passed on attempt 2 (first: connection lost)');
    expect(summary).toContain(
      '- a: passed on attempt 2 (first: connection lost). Attempt 1 failed in step capability: Reset by peer.',
    );
  });

  test('always has the row of an endpoint that passed only after a retry', () => {
    const many = Array.from({ length: 30 }, (_, i) => good(`${i}`));
    const summary = summaryOf(aReport(...many, { ...good('flaky'), attempts: 2 }));
    expect(headlineOf(aReport(...many, { ...good('flaky'), attempts: 2 }))).toBe(
      '## ✅ Gate passed: 1 of 31 endpoints passed only after a retry',
    );
    expect(summary).toContain('🔁 **1** passed after a retry · ✅ **30** passed · 31 endpoints');
    expect(summary.indexOf('🔁&nbsp;**flaky**')).toBeLessThan(summary.indexOf('<details>'));
  });

  test('says that every attempt failed in the same way, and repeats no sentence', () => {
    const same = {
      step: 'authentication' as const,
      code: 'auth-rejected',
      message: 'The server refuses the credentials.',
    };
    const summary = summaryOf(aReport(failing('a', { attempts: 3, earlier: [same, same] })));
    expect(rowsOf(summary).at(-1)?.[0]).toBe('❌ **a**<br>failed in 3 of 3 attempts');
    expect(summary.split(same.message)).toHaveLength(2);
    const other = { ...same, message: 'The server is busy.' };
    const unlike = summaryOf(aReport(failing('a', { attempts: 3, earlier: [same, other] })));
    expect(unlike).toContain('failed on attempt 3 (first: auth-rejected)');
  });
});

describe('the details of a finding', () => {
  const detailsOf = (summary: string): string[] =>
    summary.slice(summary.indexOf('### '), summary.indexOf('### Transcripts')).trim().split('\n\n');

  test('are those of a warning of an earlier attempt, without lines of the last transcript', () => {
    expect(detailsOf(summaryOf(aReport(anEndpoint({ name: 'relay', ...warnedEarlier() }))))).toEqual([
      '### ⚠️ AUTH offered before TLS: relay',
      '<code>plaintext-auth-advertised</code> · capability in an earlier attempt · <code>smtp.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS · passed with warnings on attempt 2 (first: throttled). Attempt 1 failed in step authentication: 421 later',
      'AUTH too early.',
      '**Fix** (server owner): Hide it.',
      '**Reference:** RFC 4954 section 4',
    ]);
  });

  test.each([
    [{ group: 'X25519MLKEM768', postQuantum: true }, 'TLSv1.3, TLS_AES_256_GCM_SHA384, X25519MLKEM768 (post-quantum)'],
    [{ group: 'X25519', postQuantum: false }, 'TLSv1.3, TLS_AES_256_GCM_SHA384, X25519'],
    [{ group: 'P-256' }, 'TLSv1.3, TLS_AES_256_GCM_SHA384, P-256'],
  ])('say whether the key exchange is post-quantum: %j', (keyExchange, said) => {
    const endpoint = { ...failing('relay'), tls: { ...aTls(1), ...keyExchange } };
    const [, facts] = detailsOf(summaryOf(aReport(endpoint)));
    expect(facts).toMatch(new RegExp(`STARTTLS · ${said.replace(/[()]/g, '\\$&')}$`));
  });

  test('are the cause, where it is, the message, the fix, the evidence, a command, and the reference', () => {
    const summary = summaryOf(aReport(failing('relay')), { findingsUrl: 'https://example.com/findings.md' });
    expect(detailsOf(summary)).toEqual([
      '### ❌ Credentials rejected: relay',
      '<a href="https://example.com/findings.md#auth-rejected"><code>auth-rejected</code></a> · authentication · <code>smtp.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS · TLSv1.3, TLS_AES_256_GCM_SHA384, X25519',
      'The server refuses the credentials.',
      '**Fix** (workflow author, likely): Try others.',
      '**Evidence:**',
      `- reply: <code>${REFUSED}</code>`,
      '<details><summary>Transcript: smtp.example.com:587 (192.0.2.7)</summary>',
      expect.stringMatching(
        /^<pre><code>… 3 lines\n {2}S: 250-SIZE 52428800\n[^]*\n {2}C: AUTH PLAIN &#60;redacted&#62;\n&#62; S: 535 5\.7\.8 authentication failed\n… 2 lines\n<\/code><\/pre>$/,
      ),
      '</details>',
      '**Reproduce:** Run the commands in the checkout, on a machine in the same network as the runner.',
      '<pre><code>swaks --server smtp.example.com\n</code></pre>',
      'Look for: <code>535 5.7.8</code>',
      '**Reference:** RFC 4954 section 6',
    ]);
  });

  test.each([
    ['of the container', 'db.internal', { container: 'yes' }],
    ['of the runner', 'localhost', {}],
  ])('say that a command must be run in the job for an address %s', (_, host, evidence) => {
    const finding = { ...aFinding('connection-refused', { reproduce: 'openssl' }), evidence };
    const summary = summaryOf(aReport(anEndpoint({ name: 'a', host }, { capability: [finding] })));
    expect(summary).toContain('**Reproduce:** Run the command in a step of the job, because');
  });

  test('have the address and the TLS session of the server only if they are not about the inbox', () => {
    const evidence = { inbox: 'imaps://imap.example.com:993', needs: 'is valid now' };
    const found = aFinding('inbox-unreachable', { message: 'No.', evidence });
    const endpoint = { ...anEndpoint({}, { delivery: [found] }), tls: aTls(61) };
    const [, facts, ...rest] = detailsOf(summaryOf(aReport(endpoint)));
    expect(facts).toMatch(/ · delivery · <code>smtp\.example\.com:587<\/code> · STARTTLS$/);
    expect(rest.join('\n')).not.toContain('needs: ');
  });

  test('say once where to run the commands, and which of them sends a message', () => {
    const reproduce = 'swaks --server smtp.example.com';
    const sending = aFinding('message-rejected', { reproduce, reproduceSendsTo: 'inbox@example.com' });
    const summary = summaryOf(aReport(failing('a'), anEndpoint({ name: 'b' }, { delivery: [sending] })));
    expect(summary.match(/^\*\*Reproduce:\*\*.*$/gm)).toEqual([
      '**Reproduce:** Run the commands in the checkout, on a machine in the same network as the runner.',
      '**Reproduce:** This command sends a message to <code>inbox&#64;<wbr>example.com</code>.',
    ]);
  });

  test('continue a long command on the next line, but not inside quotes', () => {
    const reproduce = `swaks --server ${'a'.repeat(60)} --header 'Subject: it'\\''s a test' --quit-after ${'b c '.repeat(3)}EHLO`;
    const endpoint = anEndpoint({}, { authentication: [aFinding('auth-rejected', { reproduce })] });
    expect(summaryOf(aReport(endpoint)).replaceAll('&#39;', "'")).toContain(
      `<pre><code>swaks --server ${'a'.repeat(60)} \\\n  --header 'Subject: it'\\''s a test' --quit-after b c b c b c EHLO\n</code></pre>`,
    );
  });

  test('leave out evidence that the message contains', () => {
    const evidence = { expected: 'a.example', found: 'b.example', days: '3' };
    const message = 'The certificate is for b.example, and expired 30 days ago.';
    const summary = summaryOf(
      aReport(anEndpoint({}, { certificate: [aFinding('certificate-expired', { message, evidence })] })),
    );
    expect(summary.match(/^- \w+: <code>.*$/gm)).toEqual([
      '- expected: <code>a.example</code>',
      '- days: <code>3</code>',
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
      '<pre><code>  S: 220 smtp.example.com ESMTP\n  C: EHLO ci.example.com\n  S: 250-smtp.example.com\n  S: 250-SIZE 52428800\n  S: 250 STARTTLS\n… 2 lines\n</code></pre>',
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
        ).toEqual(new Set([10]));
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

test('a block of code has no text that a renderer could take for a link', () => {
  const text = '[pwned](https://evil.example)';
  const endpoint = { ...failing('relay'), transcript: [{ at: 0, from: 'server' as const, text }] };
  const summary = summaryOf(aReport(endpoint));
  expect(summary).toContain('&#91;pwned&#93;(https://evil.example)');
  expect(summary).not.toContain('](');
});

describe('the budget', () => {
  /** With a fix of its own, so that its details are not those of others. */
  function differing(endpoint: EndpointReport): EndpointReport {
    const steps = endpoint.steps.map((step) => ({
      ...step,
      findings: step.findings.map((found) => ({ ...found, remedy: `Fix ${endpoint.name.slice('bad '.length)}.` })),
    }));
    return { ...endpoint, steps };
  }

  const many = aReport(
    ...Array.from({ length: 300 }, (_, at) => good(`good ${at}`)),
    ...Array.from({ length: 20 }, (_, at) => differing(failing(`bad ${at}`))),
  );
  const whole = Buffer.byteLength(summaryOf(many));

  test('is never exceeded, and the headline, the counts and what is omitted are always present', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4096, max: whole + 1000 }), (byteBudget) => {
        const summary = summaryOf(many, { byteBudget, reportPath: '/runner/report.json' });
        expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(byteBudget);
        expect(summary).toContain('## ❌ Gate failed: 20 of 320 endpoints failed\n');
        expect(summary).toContain('❌ **20** failed · ✅ **300** passed · 320 endpoints');
        expect(summary.includes('This one omits')).toBe(byteBudget < whole);
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
        '### ❌ Credentials rejected: bad 0',
        '- ❌ bad 19: failed',
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

describe('a run of any size', () => {
  test.each([1, 5, 50, 500, 5000])('%d endpoints have a summary with every count, cause and fix', (size) => {
    const kinds = [failing, untested, warned, good];
    const endpoints = Array.from({ length: size }, (_, at) => (kinds[at % kinds.length] ?? good)(`endpoint ${at}`));
    const summary = summaryOf(aReport(...endpoints));
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(768 * 1024);
    expect(summary.split('\n')[2]).toMatch(new RegExp(` · ${size} endpoints? in `));
    const count = (result: string): number => endpoints.filter((endpoint) => endpoint.result === result).length;
    expect(summary).toContain(`❌ **${count('fail')}** failed`);
    const titles = ['Credentials rejected', 'Connection timed out', 'AUTH offered before TLS'].slice(0, size);
    expect(summary.match(/^- \S+ \*\*.*?\*\*: /gm)).toHaveLength(titles.length);
    for (const title of titles) expect(summary).toContain(`${title}: endpoint `);
  });
});

test('a configuration error lists every problem', () => {
  expect(renderNotTested('the configuration is invalid', 'endpoints:1:2: unknown key `prot`\ninput shard: <b>')).toBe(
    '## ❌ No server was tested: the configuration is invalid\n\n' +
      '2 problems. The gate did not connect to any server.\n\n' +
      '<pre><code>endpoints:1:2: unknown key `prot`\ninput shard: &#60;b&#62;\n</code></pre>\n',
  );
});
