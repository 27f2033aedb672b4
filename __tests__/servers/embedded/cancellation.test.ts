import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoint, Plan } from '../../../src/plan/endpoint.js';
import { run, type Outcome } from '../../../src/gate/run.js';
import { drip, silence, type Dialogue } from '../../support/dialogue.js';
import { startEmbedded } from '../../support/embedded.js';
import { AUTH, codes, DELIVERY, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { waiting } from '../../support/time.js';

/** A run that is canceled at any point ends, and reports what is known. */

const PATIENT_MS = 60_000;
/** After cancellation, the run waits only briefly for QUIT. */
const MAX_END_MS = 3_000;

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const patient = (port: number, overrides: Partial<Endpoint> = {}): Endpoint =>
  testEndpoint(port, {
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    auth: AUTH,
    delivery: DELIVERY,
    timeoutMs: PATIENT_MS,
    ...overrides,
  });

const planOf = (...endpoints: readonly Endpoint[]): Plan => ({
  endpoints,
  policy: { failOn: 'never', onInconclusive: 'warn' },
  concurrency: 32,
  retries: 2,
});

/** Runs a plan, and cancels it when a condition holds. */
async function stopped(plan: Plan, holds: () => boolean): Promise<Outcome> {
  const controller = new AbortController();
  const running = run(plan, {}, () => undefined, controller.signal);
  while (!holds()) await pause(5);
  const waited = waiting();
  controller.abort('the test is done');
  const outcome = await running;
  expect(waited()).toBeLessThan(MAX_END_MS);
  expect(outcome.verdict.blocks).toBe(true);
  return outcome;
}

/** Letters of the steps, codes, and attempts, of each endpoint. */
const seen = ({ report }: Outcome): unknown[] =>
  report.endpoints.map(({ steps, attempts }) => [letters(steps), codes(steps), attempts]);

describe('a run can be canceled while the server', () => {
  const greeted = (line: string) => line.startsWith('EHLO');
  test.each<[string, Dialogue, (line: string, phase: string) => boolean, string]>([
    ['does not reply to EHLO', { replies: { 'plain:EHLO': silence } }, greeted, 'ibbbb'],
    [
      'sends its reply to EHLO byte by byte',
      { replies: { 'plain:EHLO': drip(`250 ${'x'.repeat(3000)}`, 200) } },
      greeted,
      'ibbbb',
    ],
    ['does not reply to STARTTLS', { replies: { STARTTLS: silence } }, (line) => line === 'STARTTLS', 'pibbb'],
    ['does not reply to EHLO over TLS', { replies: { 'tls:EHLO': silence } }, (_, phase) => phase === 'tls', 'pppib'],
    ['does not reply to AUTH', { replies: { AUTH: silence } }, (line) => line.startsWith('AUTH'), 'pppib'],
    ['does not reply to MAIL', { replies: { MAIL: silence } }, (line) => line.startsWith('MAIL'), 'ppppi'],
    ['does not reply to DATA', { replies: { DATA: silence } }, (line) => line.startsWith('DATA'), 'ppppi'],
    ['does not reply to the message', { replies: { MESSAGE: silence } }, (line) => line === '.', 'ppppi'],
  ])('%s', async (_, dialogue, isThere, steps) => {
    const tls = { key: certs.good.key, cert: certs.good.chain };
    await using server = await startScriptedServer({ tls, ...dialogue });
    const outcome = await stopped(planOf(patient(server.port)), () =>
      server.heard.some(({ line, phase }) => isThere(line, phase)),
    );
    expect(seen(outcome)).toEqual([[steps, ['run-stopped'], 1]]);
    expect(server.connections).toBe(1);
  });

  test('sends no greeting', async () => {
    await using server = await startScriptedServer({ greeting: silence });
    const outcome = await stopped(planOf(patient(server.port)), () => server.connections > 0);
    expect(seen(outcome)).toEqual([['ibbbb', ['run-stopped'], 1]]);
  });

  test('does not complete the handshake', async () => {
    await using server = await startScriptedServer({ greeting: silence });
    const plan = planOf(patient(server.port, { transport: 'implicit' }));
    expect(seen(await stopped(plan, () => server.connections > 0))).toEqual([['aaibb', ['run-stopped'], 1]]);
  });

  test('does not reply to a probe', async () => {
    const tls = { key: certs.good.key, cert: certs.good.chain };
    await using server = await startScriptedServer([{ tls }, { tls, greeting: silence }]);
    const plan = planOf(patient(server.port, { probes: ['plaintext-mail'] }));
    const [[steps, found]] = seen(await stopped(plan, () => server.connections > 1)) as [[string, string[]]];
    expect(steps).toMatch(/^p*ib*$/);
    expect(found).toEqual(['run-stopped']);
  });

  test('does not reply to a probe after its step has failed', async () => {
    await using server = await startScriptedServer([
      { offers: ['AUTH PLAIN'], replies: { STARTTLS: '502 5.5.1 Not here' } },
      { greeting: silence },
    ]);
    const plan = planOf(patient(server.port, { probes: ['plaintext-auth'] }));
    const outcome = await stopped(plan, () => server.connections > 1);
    expect(seen(outcome)).toEqual([
      ['fbbbb', ['starttls-not-advertised', 'plaintext-auth-advertised', 'run-stopped'], 1],
    ]);
  });

  test('never delivers the message', async () => {
    let delivered = false;
    await using server = await startEmbedded({
      alter: () => {
        delivered = true;
        return undefined;
      },
    });
    const { delivery } = server.endpoint();
    const plan = planOf(server.endpoint({ ...(delivery && { delivery: { ...delivery, withinMs: PATIENT_MS } }) }));
    expect(seen(await stopped(plan, () => delivered))).toEqual([['ppppi', ['run-stopped'], 1]]);
  });
});

describe('the cancellation of a run', () => {
  test('between two attempts reports the first failure, and that it was not retried', async () => {
    await using server = await startScriptedServer({ greeting: '451 4.3.2 Later' });
    const isOver = () => server.heard.some(({ line }) => line === 'QUIT');
    const outcome = await stopped({ ...planOf(patient(server.port)), retries: 5 }, isOver);
    expect(seen(outcome)).toEqual([['ibbbb', ['throttled', 'run-stopped'], 1]]);
    expect(outcome.report.endpoints[0]).not.toHaveProperty('earlier');
    expect(server.connections).toBe(1);
  });

  test('between two attempts does not change a failure', async () => {
    await using server = await startScriptedServer({ offers: ['STARTTLS'], replies: { STARTTLS: '454 4.7.0 Later' } });
    const isOver = () => server.heard.some(({ line }) => line === 'QUIT');
    const outcome = await stopped({ ...planOf(patient(server.port)), retries: 5 }, isOver);
    expect(seen(outcome)).toEqual([['pfbbb', ['starttls-refused', 'run-stopped'], 1]]);
  });

  test('between two attempts fails the gate, even if the first failure is waived', async () => {
    await using server = await startScriptedServer({ greeting: '451 4.3.2 Later' });
    const isOver = () => server.heard.some(({ line }) => line === 'QUIT');
    const waive = [{ finding: 'throttled', until: '2099-12-31', reason: 'it is busy' }] as const;
    const outcome = await stopped({ ...planOf(patient(server.port, { waive })), retries: 5 }, isOver);
    expect(seen(outcome)).toEqual([['ibbbb', ['(throttled)', 'run-stopped'], 1]]);
  });

  test('does not change finished endpoints', async () => {
    const tls = { key: certs.good.key, cert: certs.good.chain };
    await using good = await startScriptedServer({ tls });
    await using bad = await startScriptedServer({});
    await using mute = await startScriptedServer({ greeting: silence });
    const endpoints = [good, bad, mute].map(({ port }) => patient(port));
    const done = () => good.heard.some(({ line }) => line === 'QUIT') && bad.heard.some(({ line }) => line === 'QUIT');
    const { report, verdict } = await stopped(planOf(...endpoints), () => done() && mute.connections > 0);
    expect(report.endpoints.map(({ result }) => result)).toEqual(['pass', 'fail', 'inconclusive']);
    expect(verdict.failed.map(({ result }) => result)).toEqual(['fail', 'inconclusive']);
  });

  test('by the deadline of the run says so', async () => {
    await using server = await startScriptedServer({ greeting: silence });
    const waited = waiting();
    const outcome = await run({ ...planOf(patient(server.port)), deadlineMs: 300 }, {}, () => undefined);
    expect(outcome.verdict.blocks).toBe(true);
    expect(seen(outcome)).toEqual([['ibbbb', ['run-stopped'], 1]]);
    expect(outcome.report.endpoints[0]?.steps[0]?.findings[0]?.message).toContain(
      'the deadline of the run (0.005 min) has passed',
    );
    expect(outcome.report.durationMs).toBeGreaterThanOrEqual(299);
    expect(waited()).toBeLessThan(MAX_END_MS);
  });

  test('by a deadline after its end changes nothing', async () => {
    const tls = { key: certs.good.key, cert: certs.good.chain };
    await using server = await startScriptedServer({ tls });
    const { report, verdict } = await run(
      { ...planOf(patient(server.port)), deadlineMs: PATIENT_MS },
      {},
      () => undefined,
    );
    expect([report.result, verdict.blocks]).toEqual(['pass', false]);
  });
});
