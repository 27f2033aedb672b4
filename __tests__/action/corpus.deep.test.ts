import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FindingCode } from '../../src/findings/codes.js';
import { createCorpus, TIMEOUT_MS, type Corpus, type Entry } from '../support/corpus/corpus.js';
import { LARGE_INBOXES, type LargeInbox } from '../support/corpus/large-inboxes.js';
import { startEntry, type Started } from '../support/corpus/start.js';
import { flood, raw, wait, type Dialogue } from '../support/dialogue.js';
import { codes, letters } from '../support/gate.js';
import { createRunner, type StepEnded } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { disclosed } from '../support/secret-forms.js';
import { HOST } from '../support/certificate-fixtures.js';

/** One run of the built action with all malicious servers at once, and a healthy one among them. */

/** A password with characters that encoders treat differently. */
const PASSWORD = 'pa+ss/"w<rd>&_*é 100%?';
const USERNAME = 'joe@example.test';
const GOOD = 'the good one';
/** The HTML elements of a summary. */
const PAIRS = ['pre', 'code', 'details', 'summary'].map((name) => [`<${name}>`, `</${name}>`]);
const OWN_TAGS = [...PAIRS.flat(), '<wbr>', '<br>'];
const CONCURRENCY = 32;
/** A run with one healthy endpoint uses 90 MB, most of it Node itself. */
const PEAK_BYTES = 256 * 1024 * 1024;

let corpus: Corpus;
beforeAll(async () => {
  corpus = await createCorpus({ username: USERNAME, password: PASSWORD });
});

/** An endpoint as in a workflow; JSON is valid YAML. */
function endpointOf({ name, transport, accessToken }: Entry, { port, inbox }: Started): string {
  return JSON.stringify({
    name,
    host: '127.0.0.1',
    port,
    servername: HOST,
    transport: transport ?? 'starttls',
    auth: accessToken ? { username: USERNAME, 'access-token': '${SECRET}' } : undefined,
    delivery: inbox && {
      from: USERNAME,
      to: USERNAME,
      inbox: `${inbox.scheme}://127.0.0.1:${inbox.port}`,
      username: USERNAME,
      password: '${SECRET}',
      within: 3,
    },
  });
}

/** All output of the step, except the commands that mask secrets. */
function published({ log, summary, outputs, report, aftermath }: StepEnded): string {
  const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...shown, summary, aftermath, JSON.stringify(outputs), JSON.stringify(report)].join('\n');
}

describe('a run over the whole corpus', () => {
  let ended: StepEnded;
  beforeAll(async () => {
    await using stack = new AsyncDisposableStack();
    const entries = [...corpus.entries, { name: GOOD, server: corpus.good, steps: 'ppppp', codes: [] }];
    const endpoints = await Promise.all(
      entries.map(async (entry) => `- ${endpointOf(entry, stack.use(await startEntry(entry)))}`),
    );
    const runner = stack.use(await createRunner());
    ended = await runner.run(
      {
        endpoints: endpoints.join('\n'),
        ca: corpus.ca,
        username: USERNAME,
        password: PASSWORD,
        'mail-from': USERNAME,
        'rcpt-to': USERNAME,
        timeout: String(TIMEOUT_MS / 1000),
        retries: '0',
        concurrency: String(CONCURRENCY),
        'per-host': String(CONCURRENCY),
      },
      { SECRET: PASSWORD },
    );
  }, 300_000);

  test('fails, and every endpoint has its expected result', () => {
    expect([ended.code, ended.leftSomething]).toEqual([1, false]);
    const came = ended.report?.endpoints.map(({ name, steps }) => [name, letters(steps), codes(steps).toSorted()]);
    const due = corpus.entries.map((entry) => [entry.name, entry.steps, entry.codes.toSorted()]);
    expect(came?.filter((one, at) => at < due.length && JSON.stringify(one) !== JSON.stringify(due[at]))).toEqual([]);
    expect(came).toHaveLength(due.length + 1);
  });

  test('does not affect the healthy server', () => {
    const good = ended.report?.endpoints.find(({ name }) => name === GOOD);
    expect([good?.result, good?.attempts]).toEqual(['pass', 1]);
  });

  test('sends only intended commands to the runner', () => {
    const { commands, behindWall, aftermath, log } = ended;
    for (const told of ['error', '[add-path]', '<script>']) expect(log).toContain(told);
    const meant = ['add-mask', 'group', 'endgroup', 'error', 'warning'];
    expect(commands.filter(({ name }) => !meant.includes(name))).toEqual([]);
    // So many endpoints are only shown if they fail the gate.
    const failed = ended.report?.endpoints.filter(({ result }) => result === 'fail' || result === 'inconclusive') ?? [];
    expect(failed.length).toBeGreaterThan(corpus.entries.length / 2);
    expect(commands.filter(({ name }) => name === 'group')).toHaveLength(failed.length);
    expect(commands.filter(({ name, data }) => name === 'group' && !data.startsWith('Transcript of '))).toEqual([]);
    expect(commands.filter(({ name }) => name === 'error').length).toBeLessThanOrEqual(10);
    expect(commands.filter(({ name }) => name === 'warning').length).toBeLessThanOrEqual(10);
    expect(behindWall).toEqual([]);
    expect(aftermath).toBe('');
  });

  test('writes no control or bidirectional characters into the log', () => {
    // eslint-disable-next-line no-control-regex -- these characters must not appear
    expect(ended.log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test('writes a summary that has only its own markup', () => {
    expect(ended.summary).toContain('pwned');
    const tags = ended.summary.match(/<[/!a-z][^>]*>/gi) ?? [];
    expect(tags.filter((tag) => !OWN_TAGS.includes(tag))).toEqual([]);
    for (const [open = '', closed = ''] of PAIRS) {
      const count = (sought: string): number => tags.filter((tag) => tag === sought).length;
      expect([open, count(open)]).toEqual([open, count(closed)]);
    }
    expect(ended.summary).not.toMatch(/\]\(https:\/\/evil\.example/);
  });

  test('discloses the credentials nowhere in any form', () => {
    expect(disclosed(published(ended), PASSWORD, USERNAME)).toEqual([]);
  });
});

describe('the memory of the process', () => {
  type Floods = (good: Corpus['good']) => Dialogue;
  const KINDS: readonly (readonly [name: string, server: Floods])[] = [
    ['an endless line', () => ({ greeting: [raw('220 '), flood('aaaaaaaa')] })],
    ['an endless reply', () => ({ greeting: flood('220-more\r\n') })],
    ['endless bytes after STARTTLS', (good) => ({ ...good, replies: { STARTTLS: ['220 Ready', flood('\0')] } })],
    ['endless records', (good) => ({ ...good, replies: { STARTTLS: ['220 Ready', wait(99), flood(NO_RECORD)] } })],
    ['an endless reply over TLS', (good) => ({ ...good, replies: { 'tls:EHLO': flood('250-\x01\x01\x01\r\n') } })],
    ['an endless line over TLS', (good) => ({ ...good, replies: { MAIL: [raw('250 '), flood('\x01')] } })],
    ['a chain of 100 KiB', ({ tls }) => ({ tls: { ...tls, cert: String(tls.cert).repeat(80) } })],
    [
      'replies of the maximum size',
      (good) => ({ ...good, offers: large('STARTTLS'), offersInTls: large('AUTH PLAIN') }),
    ],
  ];
  const all = (at: number): Floods => KINDS[at % KINDS.length]?.[1] ?? (({ tls }) => ({ tls }));

  test.each<readonly [string, (at: number) => Floods]>([
    ...KINDS.map(([name, server]) => [name, () => server] as const),
    ['all of these', all],
  ])(`stays within its bound with ${CONCURRENCY} at once: %s`, async (_name, kind) => {
    await using stack = new AsyncDisposableStack();
    const servers = Array.from({ length: CONCURRENCY }, (_, at) => kind(at)(corpus.good));
    const started = await Promise.all(servers.map(async (server) => stack.use(await startScriptedServer(server))));
    expect(
      await peakOf(started.map(({ port }) => `- { host: 127.0.0.1, port: ${port}, servername: ${HOST} }`)),
    ).toBeLessThan(PEAK_BYTES);
  });

  test.each<readonly [string, readonly LargeInbox[]]>([
    ...LARGE_INBOXES.map((inbox) => [inbox.name, [inbox]] as const),
    ['all of these', LARGE_INBOXES],
  ])(`stays within its bound with ${CONCURRENCY} inboxes at once: %s`, async (_name, kinds) => {
    await using stack = new AsyncDisposableStack();
    const { port } = stack.use(await startScriptedServer(corpus.good));
    const inboxes = Array.from({ length: CONCURRENCY }, () => kinds)
      .flat()
      .slice(0, CONCURRENCY);
    const endpoints = await Promise.all(
      inboxes.map(async ({ scheme, start }, at) => {
        const beside = stack.use(await start(corpus.identity));
        const inbox = `${scheme}://127.0.0.1:${beside.port}`;
        const delivery = { from: USERNAME, to: USERNAME, inbox, username: USERNAME, password: '${SECRET}', within: 1 };
        return `- ${JSON.stringify({ name: `inbox ${at}`, host: '127.0.0.1', port, servername: HOST, delivery })}`;
      }),
    );
    const due = inboxes.map(({ code }) => code);
    expect(await peakOf(endpoints, due)).toBeLessThan(PEAK_BYTES);
  });
});

/**
 * Tests all endpoints at once.
 * @param due the code of the only finding that each must have
 * @returns the peak memory of the process in bytes
 */
async function peakOf(endpoints: readonly string[], due?: readonly FindingCode[]): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const runner = stack.use(await createRunner());
  const peak = join(runner.temp, 'peak');
  const { report } = await runner.run(
    {
      endpoints: endpoints.join('\n'),
      ca: corpus.ca,
      username: USERNAME,
      password: PASSWORD,
      'mail-from': USERNAME,
      'rcpt-to': USERNAME,
      timeout: '10',
      retries: '0',
      concurrency: String(CONCURRENCY),
      'per-host': String(CONCURRENCY),
    },
    {
      SECRET: PASSWORD,
      PEAK_FILE: peak,
      NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/peak-memory.mjs')}`,
    },
  );
  expect(report?.endpoints).toHaveLength(CONCURRENCY);
  if (due) expect(report?.endpoints.map(({ steps }) => codes(steps).join())).toEqual(due);
  return Number(await readFile(peak, 'utf8'));
}

/** An alert that is ignored (RFC 8446 section 6.1). */
const NO_RECORD = '\x15\x03\x03\0\x02\x01\x5a';

/** Offers that give a reply of the maximum size, with the text that grows most in a report. */
function large(last: string): string[] {
  return [...Array.from({ length: 4 }, () => '\x01'.repeat(4000)), last];
}
