import { run } from '../../../src/gate/run.js';
import type { Plan } from '../../../src/plan/endpoint.js';
import { load } from '../../support/load-plan.js';
import { Redactor } from '../../../src/secrets/redactor.js';
import { redactReport } from '../../../src/secrets/redact-report.js';
import { close } from '../../support/dialogue.js';
import { createLoopback, type Loopback } from '../../support/loopback.js';
import { schemaErrors } from '../../support/report-schema.js';
import { anEndpoint } from '../../support/reports.js';
import { startScriptedServer } from '../../support/scripted-server.js';

/** What the report says about the run as a whole, and about AUTH. */

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

async function reportOf(plan: Plan, env: Readonly<Record<string, string>> = {}) {
  const { report } = await run(plan, env, () => undefined);
  return report;
}

/** A plan for a server, with these inputs. */
function planFor(port: number, inputs: Readonly<Record<string, string>> = {}): Promise<Plan> {
  return load({ inputs: { endpoints: `127.0.0.1:${port}`, ca: loopback.ca, retries: '0', ...inputs } });
}

const SIGN_IN = { username: 'gate', password: 'correct horse' };
const REJECTED = ['535 5.7.8 authentication failed'];

describe('the report of a run', () => {
  test('has the policy, the verdict and the counts', async () => {
    await using good = await startScriptedServer(loopback.dialogue());
    await using bad = await startScriptedServer(loopback.dialogue({ replies: { STARTTLS: ['502 no'] } }));
    const endpoints = `127.0.0.1:${good.port} 127.0.0.1:${bad.port}`;
    const counts = { pass: 1, warn: 0, inconclusive: 0, fail: 1, total: 2 };
    const strict = await reportOf(await planFor(0, { endpoints }));
    expect(strict).toMatchObject({ blocked: true, counts, policy: { failOn: 'fail', onInconclusive: 'fail' } });
    const never = await reportOf(await planFor(0, { endpoints, 'fail-on': 'never', 'on-inconclusive': 'warn' }));
    expect(never).toMatchObject({ blocked: false, counts, policy: { failOn: 'never', onInconclusive: 'warn' } });
    for (const report of [strict, never]) expect(schemaErrors(report)).toEqual([]);
  });

  test('says that a retry failed the gate, and what failed first', async () => {
    const { greeting, ...good } = loopback.dialogue();
    await using server = await startScriptedServer([
      { ...good, greeting: [close] },
      { ...good, ...(greeting && { greeting }) },
    ]);
    const report = await reportOf(await planFor(server.port, { 'fail-on-flaky': 'true', retries: '1' }));
    expect(report).toMatchObject({ result: 'pass', blocked: true, policy: { failOnFlaky: true } });
    expect(report.endpoints[0]).toMatchObject({
      attempts: 2,
      earlier: [{ step: 'capability', code: 'connection-lost', title: 'Connection closed without a greeting' }],
    });
    expect(schemaErrors(report)).toEqual([]);
  });

  test('has what identifies the run, the shard and the plan', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    const endpoints = `[{ name: a, host: 127.0.0.1, port: ${server.port} }, { name: b, host: 127.0.0.1, port: ${server.port} }]`;
    const env = { GITHUB_RUN_ID: '12345678901', GITHUB_RUN_ATTEMPT: '3' };
    const [whole, ...parts] = await Promise.all([
      planFor(0, { endpoints }),
      ...['1/2', '2/2'].map((shard) => planFor(0, { endpoints, shard })),
    ]);
    const runs = await Promise.all([whole, ...parts].map(async (plan) => (await reportOf(plan, env)).run));
    const planHash = whole.hash;
    expect(planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(runs).toEqual([
      { id: '12345678901', attempt: 3, planHash },
      { id: '12345678901', attempt: 3, shard: { k: 1, n: 2 }, planHash },
      { id: '12345678901', attempt: 3, shard: { k: 2, n: 2 }, planHash },
    ]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['outside a workflow', {}],
    ['with variables that are empty', { GITHUB_RUN_ID: '', GITHUB_RUN_ATTEMPT: '' }],
    ['with variables that are no numbers', { GITHUB_RUN_ID: '::error::x', GITHUB_RUN_ATTEMPT: '0' }],
  ])('has no ID and no attempt %s', async (_, env) => {
    await using server = await startScriptedServer(loopback.dialogue());
    const plan = await planFor(server.port);
    expect((await reportOf(plan, env)).run).toEqual({ planHash: plan.hash });
  });

  test('names the configured endpoint of each IP address', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    const endpoints = `[{ name: all, host: 127.0.0.1, port: ${server.port}, addresses: all }, { name: one, host: 127.0.0.1, port: ${server.port} }]`;
    const report = await reportOf(await planFor(0, { endpoints }));
    expect(report.endpoints.map(({ name, configured }) => [name, configured])).toEqual([
      ['all (127.0.0.1)', 'all'],
      ['one', undefined],
    ]);
  });
});

describe('AUTH in the report', () => {
  const offering = (auth: string, replies = {}) =>
    loopback.dialogue({ replies: { 'tls:EHLO': ['250-mail.example', '250-SIZE', `250 ${auth}`], ...replies } });

  test('is what was offered over TLS, and the mechanism that was used', async () => {
    await using server = await startScriptedServer(loopback.dialogue());
    const [endpoint] = (await reportOf(await planFor(server.port, SIGN_IN))).endpoints;
    expect(endpoint?.auth).toEqual({ mechanism: 'PLAIN', offered: expect.arrayContaining(['PLAIN']) as string[] });
  });

  test('has no mechanism if AUTH was not sent', async () => {
    await using server = await startScriptedServer(offering('AUTH PLAIN LOGIN'));
    const [endpoint] = (await reportOf(await planFor(server.port))).endpoints;
    expect(endpoint?.auth).toEqual({ offered: ['PLAIN', 'LOGIN'] });
  });

  test.each<[string, string, object]>([
    ['none is offered', 'SMTPUTF8', { offered: [] }],
    ['none fits', 'AUTH GSSAPI', { offered: ['GSSAPI'] }],
  ])('has no mechanism if %s', async (_, auth, expected) => {
    await using server = await startScriptedServer(offering(auth));
    const [endpoint] = (await reportOf(await planFor(server.port, SIGN_IN))).endpoints;
    expect(endpoint).toMatchObject({ result: 'fail', auth: expected });
    expect(endpoint?.auth).not.toHaveProperty('mechanism');
  });

  test('has the mechanism even if the server rejects it', async () => {
    await using server = await startScriptedServer(offering('AUTH LOGIN', { 'tls:AUTH': REJECTED }));
    const [endpoint] = (await reportOf(await planFor(server.port, SIGN_IN))).endpoints;
    expect(endpoint).toMatchObject({ result: 'fail', auth: { mechanism: 'LOGIN', offered: ['LOGIN'] } });
  });

  test('is missing if the server has not replied to EHLO over TLS', async () => {
    await using server = await startScriptedServer(loopback.dialogue({ replies: { STARTTLS: ['502 no'] } }));
    const [endpoint] = (await reportOf(await planFor(server.port, SIGN_IN))).endpoints;
    expect(endpoint).not.toHaveProperty('auth');
  });

  test('keeps its mechanism if the password is the same word', () => {
    const auth = { mechanism: 'PLAIN', offered: ['PLAIN', 'LOGIN'] };
    const redacted = redactReport(anEndpoint({ auth }), new Redactor(['PLAIN']));
    expect(redacted.auth).toEqual({ mechanism: 'PLAIN', offered: ['<redacted>', 'LOGIN'] });
  });
});
