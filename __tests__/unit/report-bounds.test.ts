import { renderJson } from '../../src/output/json.js';
import { transcriptLines } from '../../src/output/progress.js';
import { redactReport } from '../../src/secrets/redact-report.js';
import { earlierFindings } from '../../src/report/report.js';
import { Redactor } from '../../src/secrets/redactor.js';
import { shortenList } from '../../src/text/shorten.js';
import { escapeJson } from '../../src/text/escape.js';
import { UNSEEN } from '../../src/text/peer.js';
import { HOSTILE } from '../support/hostile.js';
import { aFinding, aReport, anEndpoint } from '../support/reports.js';
import { commands } from '../support/runner-grammar.js';

/** Data that a peer makes as large as possible does not grow further in the report. */

const relay = anEndpoint();
const redactor = new Redactor(['correct horse']);

test('the JSON that is written per endpoint is the same as that of the whole report', () => {
  const separators = { ...relay, name: 'a\u2028b\nc' };
  for (const endpoints of [[relay], [relay, separators, relay]]) {
    const report = aReport(...endpoints);
    expect(renderJson(report)).toBe(`${escapeJson(JSON.stringify(report, null, 2))}\n`);
  }
});

test.each(HOSTILE)('the JSON of a report is harmless when it is printed, and has the same content: %j', (text) => {
  const report = aReport({ ...relay, transcript: [{ at: 1, from: 'server', text }] });
  const json = renderJson(report);
  expect(commands(json)).toEqual([]);
  expect(json.replaceAll('\n', '')).not.toMatch(UNSEEN);
  expect(JSON.parse(json)).toEqual(report);
});

describe('a bounded list that a server fills', () => {
  const line = 'a'.repeat(1022);

  test('is complete as long as it fits', () => {
    const lines = Array.from({ length: 8 }, () => line);
    expect(shortenList(lines)).toEqual(lines);
  });

  test('has as many lines as fit, and the number of the others', () => {
    const lines = Array.from({ length: 12 }, () => line);
    expect(shortenList(lines)).toEqual([...lines.slice(0, 8), '… and 4 more']);
  });

  test('contains no secret, complete or truncated', () => {
    const tls = shortenList(['AUTH correct horse', ...Array.from({ length: 9 }, () => line), 'horse']);
    tls.splice(-1, 0, 'correct ho');
    expect(redactReport({ ...relay, capabilities: { tls } }, redactor).capabilities?.tls?.join(' ')).not.toMatch(
      /correct/,
    );
  });

  test('contains no secret that continues on the next line', () => {
    const tls = ['X-FIRST corr', 'ect horse'];
    expect(redactReport({ ...relay, capabilities: { tls } }, redactor).capabilities?.tls).toEqual([
      'X-FIRST <redacted>',
      '<redacted>',
    ]);
  });
});

test('a finding of an earlier attempt is shortened like any other', () => {
  const said = 'a'.repeat(4000);
  const warning = aFinding('plaintext-auth-advertised', { message: said, evidence: { keyword: said } });
  const earlier = [{ step: 'capability' as const, ...warning }];
  const [fit] = earlierFindings(redactReport({ ...relay, earlier }, redactor));
  for (const text of [fit?.message, fit?.evidence?.keyword]) expect(text).toMatch(/^a+.*more characters\)$/);
});

test('a line of a transcript that is too long is truncated in the log', () => {
  const line = (length: number) => ({ at: 1, from: 'server', text: 'a'.repeat(length) }) as const;
  const [whole, cut] = transcriptLines({ ...relay, transcript: [line(900), line(4000)] });
  expect(whole).toMatch(/ S: a{900}$/);
  expect(cut?.length).toBeLessThan(1100);
  expect(cut).toMatch(/more characters\)$/);
});
