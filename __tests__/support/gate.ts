import { setMaxListeners } from 'node:events';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { attempt, type Attempt } from '../../src/gate/attempt.js';
import type { RunContext } from '../../src/steps/context.js';
import { Inboxes } from '../../src/inbox/inboxes.js';
import { systemResolver } from '../../src/net/connect.js';
import { ConnectionLimit } from '../../src/net/connection-limit.js';
import { textResolver } from '../../src/net/txt.js';
import { Deadline } from '../../src/net/deadline.js';
import { Heartbeat, type Standstill } from '../../src/net/standstill.js';
import type { Endpoint } from '../../src/plan/endpoint.js';
import type { StepReport } from '../../src/report/report.js';
import { redactReport } from '../../src/secrets/redact-report.js';
import { Redactor } from '../../src/secrets/redactor.js';
import { Secret } from '../../src/secrets/secret.js';
import { Judgments } from '../../src/steps/certificate/judgments.js';
import { TrustStore } from '../../src/tls/trust.js';
import { undeclaredEvidence } from './evidence.js';
import { HOST } from './certificate-fixtures.js';

/** Never aborted. */
const { signal: never } = new AbortController();
setMaxListeners(0, never);

/** A test process compiles modules for seconds, which prolongs waits but is not a pause of the gate. */
const heartbeat = new Heartbeat();
const busy: Standstill = {
  get totalMs(): number {
    return heartbeat.totalMs;
  },
  pausesMs: 0,
  waitBegins: () => {
    heartbeat.waitBegins();
  },
  waitEnds: () => {
    heartbeat.waitEnds();
  },
};

/** One for all tests of a file, because reading the default store and creating a context takes 30 ms. */
const trust = new TrustStore();

/** For a test in which nothing happens during a pause. */
export const WITHOUT_PAUSES = { pause: () => turn() };

/** The context of a run, with some of it replaced. */
export function testRun(overrides: Partial<RunContext> = {}): RunContext {
  return {
    endpoints: [],
    end: Deadline.on(never, busy),
    whyEnded: () => ({ why: 'a test ended it' }),
    resolver: systemResolver(),
    txt: textResolver(),
    mx: () => Promise.reject(new Error('no test looks up MX records unless it says so')),
    cname: () => Promise.reject(new Error('no test looks up CNAME records unless it says so')),
    now: () => new Date(),
    hostName: 'gate.example.test',
    inTerminal: false,
    hostedRunner: false,
    trust,
    judgments: new Judgments(),
    inboxes: new Inboxes(),
    redactorOf: () => new Redactor([]),
    redact: (report, derivedSecrets) =>
      derivedSecrets.length > 0 ? redactReport(report, new Redactor([]), derivedSecrets) : report,
    addMask: () => undefined,
    connections: new ConnectionLimit(Infinity),
    whileWaiting: (wait) => wait(),
    pause,
    random: () => 0.5,
    ...overrides,
  };
}

/** An endpoint on loopback that expects the certificate of the fixtures' host. */
export function testEndpoint(port: number, overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    name: `127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    transport: 'starttls',
    servername: HOST,
    addresses: 'first',
    role: 'submission',
    tls: { ca: [], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    probes: [],
    require: [],
    waive: [],
    timeoutMs: 2000,
    ...overrides,
  };
}

export const AUTH = {
  username: 'user',
  secret: new Secret('correct horse'),
  kind: 'password',
  expect: 'accepted',
} as const;

export const DELIVERY = {
  from: 'gate@example.test',
  to: 'inbox@example.test',
  withinMs: 1000,
  expect: 'received',
  keep: false,
  attachmentBytes: 0,
} as const;

const LETTERS = { pass: 'p', warn: 'w', inconclusive: 'i', fail: 'f', skip: 's' } as const;
const SKIPPED = { blocked: 'b', 'not-configured': 'n', 'not-applicable': 'a' } as const;

/** One letter for each step: p pass, w warn, i inconclusive, f fail, b blocked, n not configured, a not applicable. */
export function letters(steps: readonly StepReport[]): string {
  return steps.map(({ status, skipped }) => (skipped ? SKIPPED[skipped] : LETTERS[status])).join('');
}

/** The codes found, in order; waived ones in parentheses. */
export function codes(steps: readonly StepReport[]): string[] {
  return steps.flatMap(({ findings }) => findings.map(({ code, waived }) => (waived ? `(${code})` : code)));
}

/** One attempt in its own run. @throws {RangeError} if a finding has undeclared evidence */
export async function gate(endpoint: Endpoint, run: Partial<RunContext> = {}): Promise<Attempt> {
  const shared = testRun(run);
  try {
    const derivedSecrets: string[] = [];
    const addMask = (text: string): void => void derivedSecrets.push(text);
    const { report, ...attempted } = await attempt(endpoint, { ...shared, addMask });
    const undeclared = undeclaredEvidence(report.steps);
    if (undeclared.length > 0) throw new RangeError(`the catalog has no ${undeclared.join(', ')}`);
    return { ...attempted, report: shared.redact({ ...report, attempts: 1 }, derivedSecrets) };
  } finally {
    await shared.inboxes.close();
  }
}
