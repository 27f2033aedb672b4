import { logProgress, overallLine, terminalProgress } from '../../src/output/overall-progress.js';
import type { GatePolicy } from '../../src/plan/endpoint.js';
import type { EndpointReport } from '../../src/report/report.js';
import { countsAsFailed } from '../../src/verdict/verdict.js';
import { aFinding, anEndpoint } from '../support/reports.js';

const POLICY = { failOn: 'fail', onInconclusive: 'fail' } as const;

const good = anEndpoint();
const failing = anEndpoint({ name: 'bad' }, { upgrade: [aFinding('starttls-refused')] });
const warned = anEndpoint({ name: 'warned' }, { capability: [aFinding('plaintext-auth-advertised')] });
const untested = anEndpoint({ name: 'untested' }, { capability: [aFinding('no-route', { inconclusive: true })] });
const flaky = anEndpoint({ name: 'flaky', attempts: 2 });

test.each([
  [{ done: 0, total: 9, failed: 0, elapsedMs: 0 }, '0 of 9 done, 0 failed, 9 left'],
  [{ done: 0, total: 9, failed: 0, elapsedMs: 900 }, '0 of 9 done, 0 failed, 9 left'],
  [
    { done: 1200, total: 5000, failed: 3, elapsedMs: 5000 },
    '1200 of 5000 done, 3 failed, 3800 left, 240/s, about 16 s to go',
  ],
  [{ done: 9, total: 10, failed: 0, elapsedMs: 2000 }, '9 of 10 done, 0 failed, 1 left, 4.5/s, about 1 s to go'],
  [{ done: 3, total: 30, failed: 1, elapsedMs: 30_000 }, '3 of 30 done, 1 failed, 27 left, 6/min, about 5 min to go'],
  [
    { done: 50, total: 50_000, failed: 1, elapsedMs: 10_000 },
    '50 of 50000 done, 1 failed, 49950 left, 5.0/s, about 2.8 h to go',
  ],
  [{ done: 9, total: 9, failed: 9, elapsedMs: 3000 }, '9 of 9 done, 9 failed, 0 left, 3.0/s'],
])('%j is "%s"', (overall, line) => {
  expect(overallLine(overall)).toBe(line);
});

describe('in a log', () => {
  /** Endpoints that finish, one every so many milliseconds. @returns the lines, and when they were written */
  function logOf(endpoints: readonly EndpointReport[], everyMs: number, policy: GatePolicy = POLICY) {
    let now = 0;
    const lines: [atMs: number, line: string][] = [];
    const finished = logProgress({
      countsAsFailed: (endpoint) => countsAsFailed(endpoint, policy),
      each: ({ name }, { done }) => lines.push([now, `${done} ${name}`]),
      overall: (line) => lines.push([now, line]),
      nowMs: () => now,
    });
    for (const [i, endpoint] of endpoints.entries()) {
      now += everyMs;
      finished(endpoint, { done: i + 1, total: endpoints.length });
    }
    return lines;
  }

  const times = (number: number, endpoint = good) => Array.from({ length: number }, () => endpoint);

  test('up to 50 endpoints have a line each, and nothing else', () => {
    expect(logOf(times(50), 1000).map(([, line]) => line)).toEqual(times(50).map((_, i) => `${i + 1} relay`));
  });

  test('more endpoints have at most one line every five seconds', () => {
    const lines = logOf(times(1200), 10);
    expect(lines).toEqual([
      [5000, '500 of 1200 done, 0 failed, 700 left, 100/s, about 7 s to go'],
      [10_000, '1000 of 1200 done, 0 failed, 200 left, 100/s, about 2 s to go'],
    ]);
  });

  test('a short run has one line at its end', () => {
    expect(logOf(times(60), 10)).toEqual([[600, '60 of 60 done, 0 failed, 0 left, 100/s']]);
  });

  test('a failure has a line as soon as it happens, and only what counts as one', () => {
    const all = [...times(70), failing, warned, untested, flaky];
    const linesWith = (policy: Parameters<typeof logOf>[2]) => logOf(all, 10, policy).map(([, line]) => line);
    expect(linesWith(POLICY)).toEqual(['71 bad', '73 untested', '74 of 74 done, 2 failed, 0 left, 100/s']);
    expect(linesWith({ failOn: 'warn', onInconclusive: 'warn', failOnFlaky: true }).slice(0, -1)).toEqual([
      '71 bad',
      '72 warned',
      '73 untested',
      '74 flaky',
    ]);
  });
});

describe('on a terminal', () => {
  function terminal(width = 80) {
    let now = 0;
    let screen = '';
    const written: string[] = [];
    const progress = terminalProgress({
      countsAsFailed: (endpoint) => countsAsFailed(endpoint, POLICY),
      total: 300,
      write: (text) => {
        written.push(text);
        // eslint-disable-next-line no-control-regex -- the codes of the terminal
        screen = (screen + text).replace(/^[^]*\r\x1b\[K/, '');
      },
      width: () => width,
      nowMs: () => now,
    });
    const finish = (done: number, endpoint = good): void => {
      now += 50;
      progress.finished(endpoint, { done, total: 300 });
    };
    return { progress, finish, written, screen: () => screen };
  }

  test('one line is updated in place, not too often, and erased at the end', () => {
    const { progress, finish, written, screen } = terminal();
    expect(screen()).toBe('0 of 300 done, 0 failed, 300 left');
    finish(1);
    expect(screen()).toBe('0 of 300 done, 0 failed, 300 left');
    finish(2, failing);
    expect(screen()).toBe('2 of 300 done, 1 failed, 298 left, 20/s, about 15 s to go');
    finish(300);
    finish(300);
    expect(screen()).toBe('300 of 300 done, 1 failed, 0 left, 1500/s');
    progress.end();
    expect(screen()).toBe('');
    expect(written.join('')).not.toContain('\n');
  });

  test('the line is narrower than the terminal', () => {
    const { screen } = terminal(20);
    expect(screen()).toBe('0 of 300 done, 0 fa');
  });
});
