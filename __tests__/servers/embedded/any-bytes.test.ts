import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { resultOf, statusOf } from '../../../src/verdict/verdict.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { aReport } from '../../support/reports.js';
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

/** No matter what a server sends at which point, the gate ends within its time limit, and without a false pass. */

const TIMEOUT_MS = 250;
/** An attempt may wait four times as long as a single wait; the rest is for timers that fire late. */
const BUDGET_MS = 4 * TIMEOUT_MS + 1500;
/** Attempts made at the same time. */
const BATCH = 48;
const BATCHES = 10;
const TEST_TIMEOUT_MS = 180_000;

/** The points at which the server sends something, and what a correct server sends. */
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

/** Any code that means that the server executed a command. */
const DONE = String.raw`2\d\d`;

type Point = keyof typeof GOOD;
const POINTS = Object.keys(GOOD) as Point[];

/** A server that is correct except at one point. */
interface Deviation {
  readonly point: Point;
  /** What it sends there. */
  readonly octets: Buffer;
  /** Where that is split into writes, in per mille of its length. */
  readonly cuts: readonly number[];
  readonly then: 'goes on' | 'closes' | 'is silent';
  /** Whether it offers PIPELINING; ignored if the point is EHLO. */
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

type Outcome = Omit<EndpointReport, 'attempts'>;

async function runGate(deviation: Deviation, timeoutMs: number): Promise<{ report: Outcome; waitedMs: number }> {
  await using server = await startScriptedServer(dialogueOf(deviation));
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  // Only idle time counts: computing time depends on what else runs on the machine.
  const begun = performance.eventLoopUtilization();
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, timeoutMs }));
  return { report, waitedMs: performance.eventLoopUtilization(begun).idle };
}

/** What must hold for every report. */
function expectCoherent(report: Outcome): void {
  aReport({ ...report, attempts: 1 });
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
 * Whether everything that a server sends is equivalent to the correct session, according to an independent grammar.
 * Packet boundaries do not matter, so each phase is evaluated as a whole.
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
  // A keyword may be in any line; other tests check which one.
  const ehlo = (keyword: string): string => `(?=(?:250[^\n]*\n)*250[ -]${keyword})${reply('250')}`;
  const plain = new RegExp(`^${reply('220')}${ehlo('STARTTLS')}${reply('220')}$`, 'i');
  const inTls = [ehlo('AUTH'), reply('235'), reply(DONE), reply(DONE), reply('354'), reply(DONE)].join('');
  return (
    (then === 'goes on' || isLast) &&
    plain.test(stream('plain')) &&
    new RegExp(`^${inTls}${isLast ? '' : '$'}`, 'i').test(stream('tls'))
  );
}

/** The correct reply with some bytes changed, inserted or removed. */
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

/** What looks like a TLS record, with a correct or wrong length. */
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
  'any bytes at any point of a session give a complete report in time, and pass only if they are equivalent to a correct session',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deviation, { minLength: 1, maxLength: BATCH, size: 'max' }), async (batch) => {
        await Promise.all(
          batch.map(async (one) => {
            const { report, waitedMs } = await runGate(one, TIMEOUT_MS);
            expectCoherent(report);
            expect(waitedMs).toBeLessThan(BUDGET_MS);
            if (report.result === 'pass') expect({ ...one, good: amountsToGood(one) }).toEqual({ ...one, good: true });
          }),
        );
      }),
      { numRuns: BATCHES, interruptAfterTimeLimit: TEST_TIMEOUT_MS / 2 },
    );
  },
  TEST_TIMEOUT_MS,
);

test('the wait for a silent server ends with the timeout', async () => {
  const nothing: Deviation = {
    point: 'greeting',
    octets: Buffer.alloc(0),
    cuts: [],
    then: 'is silent',
    pipelining: false,
  };
  const { waitedMs } = await runGate(nothing, TIMEOUT_MS);
  expect(waitedMs).toBeGreaterThan(TIMEOUT_MS / 2);
  expect(waitedMs).toBeLessThan(BUDGET_MS);
});

test('the correct session passes, no matter how it is split into packets', async () => {
  const one = fc.record({
    // The server waits for a message only if its script replied to DATA with a line, not with raw bytes.
    point: fc.constantFrom(...POINTS.filter((point) => point !== 'tls:DATA')),
    cuts: fc.array(fc.nat(999), { maxLength: 5 }),
    pipelining: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: BATCH / 4, size: 'max' }), async (batch) => {
      await Promise.all(
        batch.map(async ({ point, cuts, pipelining }) => {
          const good: Deviation = { point, cuts, octets: goodText(point), then: 'goes on', pipelining };
          const { report } = await runGate(good, 20 * TIMEOUT_MS);
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
