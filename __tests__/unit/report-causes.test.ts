import { renderSummary } from '../../src/output/summary.js';
import type { EndpointReport, Finding, StepId } from '../../src/report/report.js';
import { judge } from '../../src/verdict/verdict.js';
import { aFinding, anEndpoint, aReport, aTranscript } from '../support/reports.js';

/** What several endpoints have in common is in the summary once. */

function summaryOf(...endpoints: EndpointReport[]): string {
  const report = aReport(...endpoints);
  return renderSummary(report, judge(report.endpoints, { failOn: 'fail', onInconclusive: 'fail' }));
}

function causesIn(summary: string): string[] {
  return summary.split('\n\n')[2]?.split('\n') ?? [];
}

const expired = (name: string, details: Partial<Finding> = {}, step: StepId = 'certificate'): EndpointReport =>
  anEndpoint(
    { name, host: `${name}.example.com`, address: '192.0.2.7' },
    {
      [step]: [
        aFinding('certificate-untrusted', {
          title: 'Issuer certificate expired',
          party: 'server',
          certainty: 'certain',
          message: `The issuer of ${name}.example.com expired.`,
          remedy: `Install the new issuer on ${name}.example.com. Then restart.`,
          reproduce: `openssl s_client -connect ${name}.example.com:587`,
          ...details,
        }),
      ],
    },
  );
const several = (count: number, make: (name: string) => EndpointReport): EndpointReport[] =>
  Array.from({ length: count }, (_, at) => make(`smtp-${at}`));

describe('the causes', () => {
  const same = (name: string): EndpointReport => expired(name, { remedy: 'Install the new issuer. Then restart.' });

  test.each([
    [1, 'smtp-0'],
    [2, 'smtp-0 and smtp-1'],
    [3, 'smtp-0, smtp-1 and smtp-2'],
    [8, 'smtp-0, smtp-1 and 6 more'],
  ])('have the endpoints, who has to act, and the first sentence of the fix: %d', (count, names) => {
    expect(causesIn(summaryOf(...several(count, same)))).toEqual([
      `- ❌ **Issuer certificate expired**: ${names}. Server owner: Install the new issuer.`,
    ]);
  });

  test('are only one if the fixes differ, which are then in the details', () => {
    expect(causesIn(summaryOf(...several(2, (name) => expired(name, { remedy: `Ask ${name}'s CA.` }))))).toEqual([
      '- ❌ **Issuer certificate expired**: smtp-0 and smtp-1. Server owner: the fixes differ; see below.',
    ]);
  });

  test('have only the worst finding of an endpoint, and are worst first, then most frequent first', () => {
    const notice = aFinding('receipt-not-verified');
    const waived = { waived: { until: '2027-06-30', reason: 'known' } };
    const summary = summaryOf(
      anEndpoint({ name: 'fine' }, { delivery: [notice] }),
      expired('waived', waived),
      anEndpoint({ name: 'warned' }, { capability: [aFinding('plaintext-auth-advertised', { remedy: 'Hide it.' })] }),
      anEndpoint(
        { name: 'late' },
        {
          capability: [
            aFinding('connection-timeout', {
              inconclusive: true,
              party: 'network',
              certainty: 'certain',
              remedy: 'Wait.',
            }),
          ],
        },
      ),
      anEndpoint(
        { name: 'both' },
        {
          capability: [aFinding('plaintext-auth-advertised')],
          certificate: [aFinding('certificate-expired', { title: 'Expired', remedy: 'Set `a. b`. Renew it.' })],
        },
      ),
      ...several(2, same),
    );
    expect(causesIn(summary)).toEqual([
      '- ❌ **Issuer certificate expired**: smtp-0 and smtp-1. Server owner: Install the new issuer.',
      '- ❌ **Expired**: both. Server owner: Set <code>a. b</code>.',
      '- ❓ **Connection timed out**: late. Network: Wait.',
      '- ⚠️ **AUTH offered before TLS**: warned. Server owner: Hide it.',
      '- 🔕 waived: **Issuer certificate expired**: waived. Server owner: Install the new issuer on waived.example.com.',
    ]);
  });

  test('say that they are only likely', () => {
    expect(causesIn(summaryOf(expired('smtp-0', { certainty: 'likely', remedy: 'Ask.' })))).toEqual([
      '- ❌ **Issuer certificate expired**: smtp-0. Server owner, likely: Ask.',
    ]);
  });

  test('are limited in number', () => {
    const causes = causesIn(summaryOf(...several(13, (name) => expired(name, { title: `Cause of ${name}` }))));
    expect(causes).toHaveLength(11);
    expect(causes[10]).toBe('- and 3 more causes');
  });
});

describe('the details of a finding that several endpoints have', () => {
  const detailsOf = (summary: string): string[] =>
    summary.slice(summary.indexOf('### '), summary.indexOf('### Transcripts')).trim().split('\n\n');

  test('are there once, with the endpoints, and say whose names they have', () => {
    const details = detailsOf(summaryOf(...several(2, expired)));
    expect(details.filter((block) => block.startsWith('### '))).toEqual([
      '### ❌ Issuer certificate expired: smtp-0 and smtp-1',
    ]);
    expect(details).toContain(
      [
        '- **smtp-0** · <code>smtp-0.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS',
        '- **smtp-1** · <code>smtp-1.example.com:587</code> · <code>192.0.2.7</code> · STARTTLS',
      ].join('\n'),
    );
    expect(details).toContain(
      'The issuer of smtp-0.example.com expired. (This text is for smtp-0; the names differ for the others.)',
    );
    expect(details.join('\n')).not.toContain('openssl s_client -connect smtp-1');
  });

  test('collapse a long list of endpoints, and count those beyond 20', () => {
    const summary = summaryOf(...several(30, expired));
    expect(summary).toContain('### ❌ Issuer certificate expired: smtp-0, smtp-1 and 28 more\n');
    const fold = summary.slice(summary.indexOf('<details><summary>30 endpoints</summary>'));
    expect(
      fold
        .slice(0, fold.indexOf('</details>'))
        .match(/^- .*$/gm)
        ?.slice(-2),
    ).toEqual([expect.stringContaining('- **smtp-19** · '), '- and 10 more']);
  });

  test.each<[string, Partial<Finding>]>([
    ['fix', { remedy: 'Something else.' }],
    ['party', { party: 'network' }],
    ['certainty', { certainty: 'likely' }],
    ['title', { title: 'Issuer revoked' }],
    ['waiver', { waived: { until: '2027-06-30', reason: 'known' } }],
  ])('are separate with a different %s', (_, different) => {
    const summary = summaryOf(expired('smtp-0'), expired('smtp-1', different));
    expect(summary.match(/^### .*: smtp-\d$/gm)).toHaveLength(2);
  });

  test('have each message and each piece of evidence with its endpoints if they differ', () => {
    const details = (days: number): Partial<Finding> => ({
      message: `The issuer expired ${days} days ago.`,
      evidence: { validTo: `2026-11-0${days}`, issuer: 'CN=R3' },
    });
    const summary = summaryOf(
      ...[1, 1, 2, 3, 4].map((days, at) => expired(`smtp-${at}`, { ...details(days), remedy: 'Renew it.' })),
    );
    expect(summary.match(/^- smtp.*$|^- and \d more like these|^- (?:valid to|issuer): .*$/gm)).toEqual([
      '- smtp-0 and smtp-1: The issuer expired 1 days ago.',
      '- smtp-2: The issuer expired 2 days ago.',
      '- smtp-3: The issuer expired 3 days ago.',
      '- and 1 more like these',
      '- valid to: <code>2026-11-01</code> (smtp-0 and smtp-1), <code>2026-11-02</code> (smtp-2), <code>2026-11-03</code> (smtp-3) and 1 more',
      '- issuer: <code>CN=R3</code>',
    ]);
  });
});

test('a notice of several endpoints is one line', () => {
  const notice = aFinding('receipt-not-verified', { message: 'Nobody looked.' });
  const summary = summaryOf(...several(4, (name) => anEndpoint({ name }, { delivery: [notice] })));
  expect(summary).toContain('- smtp-0, smtp-1 and 2 more: Nobody looked. (<code>receipt-not-verified</code>)');
});

test('many transcripts are in one fold', () => {
  expect(summaryOf(...several(20, (name) => anEndpoint({ name })))).not.toContain('<summary>20 transcripts</summary>');
  expect(summaryOf(...several(21, (name) => anEndpoint({ name })))).toContain('<summary>21 transcripts</summary>');
});

describe('waivers', () => {
  const waived = (name: string, until: string): EndpointReport =>
    expired(name, { waived: { until, reason: 'The CA is being replaced' } });

  test('that end within 14 days of the run are named, the next one first', () => {
    // The run starts on 2026-11-23.
    const summary = summaryOf(
      waived('smtp-0', '2026-12-07'),
      waived('smtp-1', '2026-11-30'),
      waived('smtp-2', '2026-12-07'),
      waived('smtp-3', '2026-12-08'),
    );
    expect(summary).toContain(
      '\n\n🔕 **Waivers that expire soon:** <code>certificate-untrusted</code> on 2026-11-30 (smtp-1), <code>certificate-untrusted</code> on 2026-12-07 (smtp-0 and smtp-2)\n\n',
    );
  });

  test('that end later are not named', () => {
    expect(summaryOf(waived('smtp-0', '2026-12-08'))).not.toContain('end soon');
  });

  test('have a mark of their own in the table', () => {
    const [, , row] = summaryOf(waived('smtp-0', '2027-06-30')).match(/^\| .*$/gm) ?? [];
    expect(row?.replaceAll('\u00a0', ' ')).toBe(
      '| 🔕&nbsp;**smtp-0** | ✅ ✅ 🔕 ✅ ✅<br>certificate | Waived: Issuer certificate expired | Server owner | – | – | 321 ms |',
    );
  });
});

describe('the session with the inbox', () => {
  const inboxTranscript = [
    { at: 1, from: 'server' as const, text: '* OK ready' },
    { at: 2, from: 'client' as const, text: '1 LOGIN <redacted>' },
    { at: 3, from: 'server' as const, text: '1 OK' },
    { at: 4, from: 'client' as const, text: '2 SELECT Sent' },
    { at: 5, from: 'server' as const, text: '2 NO no such mailbox' },
  ];
  const accepted = aTranscript({ at: 30, from: 'server', text: '235 Authentication successful' });
  const rejected = (details: Partial<EndpointReport>): EndpointReport =>
    anEndpoint(
      { transcript: accepted, ...details },
      {
        delivery: [
          aFinding('inbox-rejected', {
            evidence: { inbox: 'imaps://imap.example.com:993', mailbox: 'Sent', reply: '2 NO no such mailbox' },
          }),
        ],
      },
    );

  test('is shown for a finding of the inbox instead of the SMTP session', () => {
    const summary = summaryOf(rejected({ inboxTranscript }));
    const details = summary.slice(summary.indexOf('### '), summary.indexOf('### Transcripts'));
    expect(details).toContain(
      '<summary>Transcript: inbox imaps&#58;<wbr>//imap.example.com:993, mailbox Sent</summary>',
    );
    expect(details).toContain('  C: 2 SELECT Sent\n&#62; S: 2 NO no such mailbox\n</code>');
    expect(details).not.toContain('235 Auth');
    expect(summary.slice(summary.indexOf('### Transcripts'))).toContain('S: 2 NO no such mailbox');
  });

  test('is not replaced by the SMTP session if it is not known', () => {
    const summary = summaryOf(rejected({}));
    expect(summary.slice(0, summary.indexOf('### Transcripts'))).not.toContain('<pre>');
  });
});
