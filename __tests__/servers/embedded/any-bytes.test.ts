import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { resultOf, statusOf } from '../../../src/verdict/verdict.js';
import { reportSchema, type EndpointReport } from '../../../src/report/report.js';
import { anyText } from '../../support/any-text.js';
import {
  close,
  raw,
  silence,
  startTls,
  type Act,
  type Dialogue,
  type Phase,
  type Verb,
} from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';

/** Whatever a server sends, wherever it sends it: the gate comes to a verdict, in time, and to no wrong pass. */

const TIMEOUT_MS = 250;
/** An attempt may wait four times as long as any one wait in it; the rest is for a machine that is slow to wake up. */
const BUDGET_MS = 4 * TIMEOUT_MS + 1500;
/** Attempts made at the same time. */
const BATCH = 48;
const BATCHES = 10;
const PATIENCE_MS = 60_000;

/** The points at which the server has the word, and what it says there when all is well. */
const GOOD = {
  greeting: ['220 mail.example.test ESMTP'],
  'plain:EHLO': ['250-mail.example.test', '250-PIPELINING', '250 STARTTLS'],
  'plain:STARTTLS': ['220 2.0.0 Ready'],
  'tls:EHLO': ['250-mail.example.test', '250 AUTH PLAIN LOGIN'],
  'tls:AUTH': ['235 2.7.0 Welcome'],
  'tls:MAIL': ['250 2.1.0 Ok'],
  'tls:RCPT': ['250 2.1.5 Ok'],
  'tls:DATA': ['354 Go ahead'],
  'tls:MESSAGE': ['250 2.0.0 Queued'],
} as const satisfies Partial<Record<'greeting' | `${Phase}:${Verb}`, readonly string[]>>;

/** Any code that says that a command has been carried out. */
const DONE = String.raw`2\d\d`;

type Point = keyof typeof GOOD;
const POINTS = Object.keys(GOOD) as Point[];

/** A server that is good but for one point. */
interface Deviation {
  readonly point: Point;
  /** What it says there. */
  readonly octets: Buffer;
  /** Where that is cut into writes, in per mille of its length. */
  readonly cuts: readonly number[];
  readonly then: 'goes on' | 'closes' | 'is silent';
  /** Whether it offers to take MAIL, RCPT and DATA at once; where EHLO is the point, its octets say so or not. */
  readonly pipelining: boolean;
}

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

function goodText(point: Point): Buffer {
  return Buffer.from(GOOD[point].map((line) => `${line}\r\n`).join(''));
}

function dialogueOf({ point, octets, cuts, then, pipelining }: Deviation): Dialogue {
  const tls = { key: certs.good.key, cert: certs.good.chain };
  const goesOn = (at: Point): Act[] => (at === 'plain:STARTTLS' ? [startTls] : []);
  const ends: Readonly<Record<Deviation['then'], readonly Act[]>> = {
    'goes on': goesOn(point),
    closes: [close],
    'is silent': [silence],
  };
  const offered = (at: Point): readonly string[] =>
    at === 'tls:EHLO' && pipelining ? ['250-mail.example.test', '250-PIPELINING', '250 AUTH PLAIN LOGIN'] : GOOD[at];
  const said = (at: Point): Act[] =>
    at === point ? [...pieces(octets, cuts).map(raw), ...ends[then]] : [...offered(at), ...goesOn(at)];
  const { greeting, ...replies } = Object.fromEntries(POINTS.map((at) => [at, said(at)])) as Record<Point, Act[]>;
  return { tls, greeting, replies };
}

function pieces(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => Math.floor((cut * octets.length) / 1000)).toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => octets.subarray(from, places[index]));
}

type Visited = Omit<EndpointReport, 'attempts'>;

async function visit(deviation: Deviation, timeoutMs: number): Promise<{ report: Visited; waitedMs: number }> {
  await using server = await startScriptedServer(dialogueOf(deviation));
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  // Only what was spent waiting: how long the work takes beside other work is the machine's affair.
  const begun = performance.eventLoopUtilization();
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, timeoutMs }));
  return { report, waitedMs: performance.eventLoopUtilization(begun).idle };
}

/** What must hold of every report, whatever came. */
function expectCoherent(report: Visited): void {
  reportSchema.parse({
    schemaVersion: 1,
    tool: { name: 'starttls-gate', version: '0.0.0' },
    startedAt: new Date().toISOString(),
    durationMs: 0,
    result: report.result,
    endpoints: [{ ...report, attempts: 1 }],
  });
  const { steps, result } = report;
  expect(codes(steps)).not.toContain('internal-error');
  expect(result).toBe(resultOf(steps));
  const last = steps.findLastIndex(({ status }) => status !== 'skip');
  expect(last).toBeGreaterThanOrEqual(0);
  steps.forEach(({ status, skipped, findings }, index) => {
    if (index > last) expect({ skipped, findings }).toEqual({ skipped: 'blocked', findings: [] });
    else expect({ status, skipped }).toEqual({ status: statusOf(findings), skipped: undefined });
    if (index < last) expect(['pass', 'warn']).toContain(status);
  });
}

/**
 * Whether all that a server says comes to the good dialogue, by a grammar of its own. Where its words are cut into
 * packets does not matter, so that each phase is judged as a whole.
 */
function amountsToGood({ point, octets, then }: Deviation): boolean {
  const isLast = point === 'tls:MESSAGE';
  let replies = 0;
  const stream = (phase: 'plain' | 'tls'): string =>
    POINTS.filter((at) => at.startsWith('tls:') === (phase === 'tls'))
      .map((at) => (at === point ? octets : goodText(at)).toString('latin1'))
      .join('');
  const reply = (code: string): string => {
    const name = `code${++replies}`;
    return `(?=(?<${name}>${code}))(?:\\k<${name}>-[^\\n]*\\n)*\\k<${name}>(?: [^\\n]*)?\\r?\\n`;
  };
  // A keyword may stand in any line; which one is the business of other tests.
  const ehlo = (keyword: string): string => `(?=(?:250[^\n]*\n)*250[ -]${keyword})${reply('250')}`;
  const plain = new RegExp(`^${reply('220')}${ehlo('STARTTLS')}${reply('220')}$`, 'i');
  const inTls = [ehlo('AUTH'), reply('235'), reply(DONE), reply(DONE), reply('354'), reply(DONE)].join('');
  return (
    (then === 'goes on' || isLast) &&
    plain.test(stream('plain')) &&
    new RegExp(`^${inTls}${isLast ? '' : '$'}`, 'i').test(stream('tls'))
  );
}

/** The good reply with some octets changed, put in or taken out. */
const mutated = (point: Point): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.record({ at: fc.nat(999), take: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((edits) =>
      edits.reduce<Buffer>((octets, { at, take, put }) => {
        const from = Math.floor((at * octets.length) / 1000);
        return Buffer.concat([octets.subarray(0, from), put, octets.subarray(from + take)]);
      }, goodText(point)),
    );

/** What looks like a record of TLS, its length right or wrong. */
const record: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(20, 21, 22, 23), fc.nat(4), fc.uint8Array({ maxLength: 40 }), fc.boolean())
  .map(([type, minor, content, right]) => Buffer.from([type, 3, minor, 0, right ? content.length : 255, ...content]));

/** What looks like replies. */
const replyLines: fc.Arbitrary<Buffer> = fc
  .array(
    fc
      .tuple(
        fc.oneof(fc.constantFrom(220, 235, 250, 354, 421, 454), fc.integer({ min: 100, max: 699 })),
        fc.constantFrom(' ', '-', ''),
        anyText({ maxLength: 20 }),
        fc.constantFrom('\r\n', '\n', '\r'),
      )
      .map(([code, mark, said, end]) => Buffer.from(`${code}${mark}${said}${end}`)),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) => Buffer.concat(lines));

const deviation: fc.Arbitrary<Deviation> = fc.constantFrom(...POINTS).chain((point) =>
  fc.record({
    point: fc.constant(point),
    octets: fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
      mutated(point),
      replyLines,
      record,
      fc.oneof(replyLines, record).map((more) => Buffer.concat([goodText(point), more])),
    ),
    cuts: fc.array(fc.nat(999), { maxLength: 3 }),
    then: fc.constantFrom('goes on', 'closes', 'is silent'),
    pipelining: fc.boolean(),
  }),
);

test(
  'any octets at any point of the dialogue end in a whole report, in time, and pass only where they are as good',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deviation, { minLength: 1, maxLength: BATCH, size: 'max' }), async (batch) => {
        await Promise.all(
          batch.map(async (one) => {
            const { report, waitedMs } = await visit(one, TIMEOUT_MS);
            expectCoherent(report);
            expect(waitedMs).toBeLessThan(BUDGET_MS);
            if (report.result === 'pass') expect({ ...one, good: amountsToGood(one) }).toEqual({ ...one, good: true });
          }),
        );
      }),
      { numRuns: BATCHES, interruptAfterTimeLimit: PATIENCE_MS / 2 },
    );
  },
  PATIENCE_MS,
);

test('a server that says nothing is waited for, and not for long', async () => {
  const nothing: Deviation = {
    point: 'greeting',
    octets: Buffer.alloc(0),
    cuts: [],
    then: 'is silent',
    pipelining: false,
  };
  const { waitedMs } = await visit(nothing, TIMEOUT_MS);
  expect(waitedMs).toBeGreaterThan(TIMEOUT_MS / 2);
  expect(waitedMs).toBeLessThan(BUDGET_MS);
});

test('the good dialogue passes, however it is cut', async () => {
  const one = fc.record({
    // To its script, the server waits for a message only behind a line that is no raw octets.
    point: fc.constantFrom(...POINTS.filter((point) => point !== 'tls:DATA')),
    cuts: fc.array(fc.nat(999), { maxLength: 5 }),
    pipelining: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: BATCH / 4, size: 'max' }), async (batch) => {
      await Promise.all(
        batch.map(async ({ point, cuts, pipelining }) => {
          const good: Deviation = { point, cuts, octets: goodText(point), then: 'goes on', pipelining };
          const { report } = await visit(good, 20 * TIMEOUT_MS);
          expect({ ...good, result: report.result, as: amountsToGood(good) }).toEqual({
            ...good,
            result: 'pass',
            as: true,
          });
        }),
      );
    }),
    { numRuns: BATCHES / 2 },
  );
});
