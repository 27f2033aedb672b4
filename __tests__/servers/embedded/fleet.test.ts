import type { FindingCode } from '../../../src/findings/codes.js';
import { gateAll } from '../../../src/gate/scheduler.js';
import { judge } from '../../../src/verdict/verdict.js';
import type { RunContext } from '../../../src/steps/context.js';
import type { Resolver } from '../../../src/net/connect.js';
import type { Endpoint, Plan } from '../../../src/plan/endpoint.js';
import type { EndpointReport, Progress } from '../../../src/report/report.js';
import { AUTH, DELIVERY, codes, letters, testEndpoint, testRun } from '../../support/gate.js';
import { close, reset, silence, type Dialogue, type Sasl } from '../../support/dialogue.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { waiting } from '../../support/time.js';

let certs: CertificateFixtures;
let good: Dialogue;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  good = { tls: { key: certs.good.key, cert: certs.good.chain } };
});

const endpointAt = (port: number, overrides: Partial<Endpoint> = {}): Endpoint =>
  testEndpoint(port, {
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    ...overrides,
  });

async function runAll(
  endpoints: readonly Endpoint[],
  settings: Partial<Plan> = {},
  run: Partial<RunContext> = {},
  finished: (report: EndpointReport, progress: Progress) => void = () => undefined,
): Promise<EndpointReport[]> {
  const plan: Plan = {
    endpoints,
    policy: { failOn: 'fail', onInconclusive: 'fail' },
    concurrency: 32,
    retries: 0,
    ...settings,
  };
  return gateAll(plan, testRun(run), finished);
}

describe('many endpoints', () => {
  test('one endpoint that never replies does not delay the other 49', async () => {
    await using server = await startScriptedServer(good);
    await using mute = await startScriptedServer({ greeting: silence });
    const waited = waiting();
    const finished: { name: string; waitedMs: number }[] = [];
    const endpoints = Array.from({ length: 50 }, (_, i) =>
      endpointAt(i === 3 ? mute.port : server.port, { name: `endpoint ${i}`, timeoutMs: 4000 }),
    );
    const reports = await runAll(endpoints, { concurrency: 8 }, {}, ({ name }) => {
      finished.push({ name, waitedMs: waited() });
    });
    expect(reports.map(({ name }) => name)).toEqual(endpoints.map(({ name }) => name));
    expect(reports.filter(({ result }) => result === 'pass')).toHaveLength(49);
    expect(finished.at(-1)?.name).toBe('endpoint 3');
    // The order shows that no endpoint waited; the times show that they ended long before the deadline.
    expect(finished[48]?.waitedMs).toBeLessThan(3000);
  }, 30_000);

  test('run at most as many at a time as configured', async () => {
    let open = 0;
    let most = 0;
    const resolver = async (): Promise<never> => {
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      open -= 1;
      throw Object.assign(new Error('lookup'), { code: 'EAI_FAIL' });
    };
    const endpoints = Array.from({ length: 12 }, (_, i) => endpointAt(25, { name: `${i}`, host: 'a.example.test' }));
    await runAll(endpoints, { concurrency: 3 }, { resolver });
    expect(most).toBe(3);
  });

  test.each([
    ['an Error', () => new Error('defect')],
    ['a string', () => 'defect'],
    ['undefined', () => undefined],
  ])('an internal error (%s) affects only its own endpoint', async (_name, thrown) => {
    await using server = await startScriptedServer(good);
    class Broken extends TrustStore {
      override context(tls: Endpoint['tls']): ReturnType<TrustStore['context']> {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything may be thrown
        if (tls.minValidDays === 13) throw thrown();
        return super.context(tls);
      }
    }
    const odd = endpointAt(server.port, { name: 'odd' });
    const reports = await runAll(
      [{ ...odd, tls: { ...odd.tls, minValidDays: 13 } }, endpointAt(server.port)],
      {},
      { trust: new Broken() },
    );
    expect(reports.map(({ result }) => result)).toEqual(['fail', 'pass']);
    expect(codes(reports[0]?.steps ?? [])).toEqual(['internal-error']);
  });
});

describe('addresses: all', () => {
  const resolver = (): Promise<{ address: string; family: 4 }[]> =>
    Promise.resolve([
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ]);

  test('makes each address a separate endpoint', async () => {
    await using server = await startScriptedServer(good);
    const endpoint = endpointAt(server.port, { name: 'multi', host: 'multi.example.test', addresses: 'all' });
    const progress: Progress[] = [];
    const reports = await runAll([endpoint], {}, { resolver }, (_, { done, total }) => {
      progress.push({ done, total });
    });
    expect(reports.map(({ name, address, result }) => [name, address, result])).toEqual([
      ['multi (127.0.0.1)', '127.0.0.1', 'pass'],
      ['multi (127.0.0.2)', '127.0.0.2', 'fail'],
    ]);
    expect(progress).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
  });

  test('compares the servers, after the retries of each', async () => {
    const accepts = { ...good, offersInTls: ['AUTH PLAIN'] };
    const rejects = { ...accepts, replies: { AUTH: '535 5.7.8 wrong' } };
    const later = { ...accepts, replies: { AUTH: '454 4.7.0 later' } };
    await using server = await startScriptedServer([accepts, later, rejects], '0.0.0.0');
    const endpoint = endpointAt(server.port, { host: 'multi.example.test', addresses: 'all', auth: AUTH });
    const pause = (): Promise<void> => Promise.resolve();
    const reports = await runAll([endpoint], { concurrency: 1, retries: 1 }, { resolver, pause });
    expect(reports.map(({ attempts, steps }) => [attempts, letters(steps)])).toEqual([
      [1, 'ppppn'],
      [2, 'pppfb'],
    ]);
    const [found] = reports[1]?.steps[3]?.findings ?? [];
    expect(found).toMatchObject({ code: 'auth-rejected', party: 'server', evidence: { worksAt: '127.0.0.1' } });
    expect(found?.remedy).toMatch(
      /^Update the user database of this server: 127\.0\.0\.1 accepted the same credentials/,
    );
  });

  test('reports one failed endpoint if the name has no address', async () => {
    const nothing = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const reports = await runAll(
      [endpointAt(25, { host: 'nothing.example.test', addresses: 'all', name: 'n' })],
      {},
      { resolver: nothing },
    );
    expect(reports.map(({ name, steps }) => [name, codes(steps)])).toEqual([['n', ['dns-failed']]]);
  });

  test('gives each endpoint a unique name', async () => {
    await using server = await startScriptedServer(good);
    const multi = endpointAt(server.port, { name: 'multi', host: 'multi.example.test', addresses: 'all' });
    const others = ['multi (127.0.0.1)', 'multi (127.0.0.2) #2', 'multi (127.0.0.2)'];
    const endpoints = [multi, ...others.map((name) => endpointAt(server.port, { name }))];
    const reports = await runAll(endpoints, {}, { resolver });
    expect(reports.map(({ name }) => name)).toEqual(['multi (127.0.0.1) #2', 'multi (127.0.0.2) #3', ...others]);
  });

  test('tests an address once, even if the lookup returns it several times', async () => {
    await using server = await startScriptedServer(good);
    const endpoint = endpointAt(server.port, { name: 'multi', host: 'multi.example.test', addresses: 'all' });
    const twice = (): Promise<{ address: string; family: 4 }[]> =>
      Promise.resolve(Array.from({ length: 2 }, () => ({ address: '127.0.0.1', family: 4 })));
    const reports = await runAll([endpoint], {}, { resolver: twice });
    expect(reports.map(({ name }) => name)).toEqual(['multi (127.0.0.1)']);
  });

  test('reports a command that connects to the address', async () => {
    const port = await closedPort();
    const endpoint = endpointAt(port, { host: 'multi.example.test', addresses: 'all', auth: AUTH });
    const reports = await runAll([endpoint], {}, { resolver });
    const commands = reports.map(({ steps }) => steps[0]?.findings[0]?.reproduce);
    expect(commands.map((command) => / -connect (\S+) .* -servername (\S+) /.exec(command ?? '')?.slice(1))).toEqual([
      [`127.0.0.1:${port}`, 'mail.example.test'],
      [`127.0.0.2:${port}`, 'mail.example.test'],
    ]);
  });

  describe('looks up each family', () => {
    type Answer = readonly string[] | Error;
    const temporary = Object.assign(new Error('lookup'), { code: 'EAI_AGAIN', errno: -3001 });
    const noSuchFamily = Object.assign(new Error('lookup'), { code: 'ENOTFOUND', errno: -3007 });
    const noSuchName = Object.assign(new Error('lookup'), { code: 'ENOTFOUND', errno: -3008 });
    /** Behaves like getaddrinfo: without a family, it hides that one of the two lookups failed. */
    const answering =
      (v4: Answer, v6: Answer): Resolver =>
      (_host, family) => {
        const answers = [...(family === 6 ? [] : [v4]), ...(family === 4 ? [] : [v6])];
        const found = answers.flatMap((answer) => (answer instanceof Error ? [] : answer));
        const failure = answers.find((answer) => answer instanceof Error);
        return found.length === 0 && failure
          ? Promise.reject(failure)
          : Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
      };
    const dual = (port: number): Endpoint =>
      endpointAt(port, { name: 'dual', host: 'dual.example.test', addresses: 'all' });
    const seen = (reports: readonly EndpointReport[]): unknown[] =>
      reports.map(({ name, result, steps }) => [name, result, codes(steps)]);

    test('and tests the addresses of both', async () => {
      const port = await closedPort();
      const reports = await runAll([dual(port)], {}, { resolver: answering(['127.0.0.1'], ['::1']) });
      expect(reports.map(({ name }) => name)).toEqual(['dual (127.0.0.1)', 'dual (::1)']);
    });

    test('and is inconclusive for IPv6 if that lookup fails', async () => {
      await using server = await startScriptedServer(good);
      const reports = await runAll([dual(server.port)], {}, { resolver: answering(['127.0.0.1'], temporary) });
      expect(seen(reports)).toEqual([
        ['dual (127.0.0.1)', 'pass', []],
        ['dual (IPv6)', 'inconclusive', ['dns-failed']],
      ]);
    });

    test('and is inconclusive for IPv4 if that lookup fails', async () => {
      const port = await closedPort();
      const reports = await runAll([dual(port)], {}, { resolver: answering(temporary, ['::1']) });
      expect(reports.map(({ name }) => name)).toEqual(['dual (::1)', 'dual (IPv4)']);
      expect(seen(reports)[1]).toEqual(['dual (IPv4)', 'inconclusive', ['dns-failed']]);
    });

    test('and is inconclusive for the one that does not reply in time', async () => {
      await using server = await startScriptedServer(good);
      const silentV6: Resolver = (_host, family) =>
        family === 6 ? new Promise(() => undefined) : Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const endpoint = { ...dual(server.port), timeoutMs: 2000 };
      const reports = await runAll([endpoint], {}, { resolver: silentV6 });
      expect(seen(reports)).toEqual([
        ['dual (127.0.0.1)', 'pass', []],
        ['dual (IPv6)', 'inconclusive', ['dns-failed']],
      ]);
    });

    test('again after a temporary failure', async () => {
      let asked = 0;
      const failsOnce: Resolver = (host, family) => {
        if (family === 6) asked += 1;
        return answering(['127.0.0.1'], asked > 1 ? ['::1'] : temporary)(host, family);
      };
      const port = await closedPort();
      const settings = { resolver: failsOnce, pause: () => Promise.resolve() };
      const reports = await runAll([dual(port)], { retries: 1 }, settings);
      expect(reports.map(({ name }) => name)).toEqual(['dual (127.0.0.1)', 'dual (::1)']);
      expect(asked).toBe(2);
    });

    test.each([
      ['no address of it', noSuchFamily],
      ['no address of it, from a system that does not distinguish', noSuchName],
    ])('and ignores one with %s', async (_case, none) => {
      await using server = await startScriptedServer(good);
      const reports = await runAll([dual(server.port)], {}, { resolver: answering(['127.0.0.1'], none) });
      expect(seen(reports)).toEqual([['dual (127.0.0.1)', 'pass', []]]);
    });

    test('and reports one inconclusive endpoint if one has no address and the other lookup fails', async () => {
      const reports = await runAll([dual(25)], {}, { resolver: answering(noSuchFamily, temporary) });
      expect(seen(reports)).toEqual([['dual', 'inconclusive', ['dns-failed']]]);
    });

    test('but not with addresses: first, which connects to the family that is found', async () => {
      await using server = await startScriptedServer(good);
      const endpoint = { ...dual(server.port), addresses: 'first' } as const;
      const reports = await runAll([endpoint], {}, { resolver: answering(['127.0.0.1'], temporary) });
      expect(seen(reports)).toEqual([['dual', 'pass', []]]);
    });
  });

  describe('with a lookup that fails for a while', () => {
    const name = 'multi';
    const pauses: number[] = [];
    const pause = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    /** Each family fails this number of times, and then succeeds. */
    const failing = (times: number): Resolver & { calls: { 4: number; 6: number } } => {
      const lookup: Resolver = (_host, family = 4) => {
        calls[family] += 1;
        return calls[family] > times
          ? resolver()
          : Promise.reject(Object.assign(new Error('lookup'), { code: 'EAI_AGAIN' }));
      };
      const calls = { 4: 0, 6: 0 };
      return Object.assign(lookup, { calls });
    };
    beforeEach(() => {
      pauses.length = 0;
    });

    test('looks up again, and tests each address that it then finds', async () => {
      await using server = await startScriptedServer(good);
      const again = failing(2);
      const endpoint = endpointAt(server.port, { name, host: 'multi.example.test', addresses: 'all' });
      const reports = await runAll([endpoint], { retries: 2 }, { resolver: again, pause });
      expect(reports.map((report) => report.name)).toEqual(['multi (127.0.0.1)', 'multi (127.0.0.2)']);
      expect({ calls: again.calls, pauses: pauses.slice(0, 4) }).toEqual({
        calls: { 4: 3, 6: 3 },
        pauses: [1000, 1000, 4000, 4000],
      });
    });

    test('stops after its attempts, reports them all, and neither looks up nor waits twice', async () => {
      const never = failing(Infinity);
      const endpoint = endpointAt(25, { name, host: 'multi.example.test', addresses: 'all' });
      const reports = await runAll([endpoint], { retries: 2 }, { resolver: never, pause });
      expect(reports).toMatchObject([{ name, result: 'inconclusive', attempts: 3 }]);
      // The pauses count once; twice would be 10 s.
      expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(5000);
      expect(reports[0]?.durationMs).toBeLessThan(10_000);
      expect(reports.map(({ steps }) => codes(steps))).toEqual([['dns-failed']]);
      expect({ calls: never.calls, pauses }).toEqual({ calls: { 4: 3, 6: 3 }, pauses: [1000, 1000, 4000, 4000] });
    });
  });

  test('first connects to whichever address accepts', async () => {
    await using server = await startScriptedServer(good);
    const reversed = (): Promise<{ address: string; family: 4 }[]> => resolver().then((found) => found.reverse());
    const [report] = await runAll(
      [endpointAt(server.port, { host: 'multi.example.test' })],
      {},
      { resolver: reversed },
    );
    expect([report?.result, report?.address]).toEqual(['pass', '127.0.0.1']);
  });
});

describe('retries', () => {
  const pauses: number[] = [];
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  beforeEach(() => {
    pauses.length = 0;
  });

  test.each<[string, Dialogue, string]>([
    ['a lost connection', { greeting: close }, 'connection-lost'],
    ['421', { greeting: ['421 busy', close] }, 'throttled'],
    ['454 to STARTTLS', { replies: { STARTTLS: '454 later' } }, 'starttls-refused'],
    ['454 to AUTH', { replies: { AUTH: '454 later' } }, 'auth-temporary-failure'],
  ])('after %s are reported with the first failure', async (_name, first, code) => {
    await using server = await startScriptedServer([{ ...good, ...first }, good]);
    const [report] = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 2 }, { pause });
    expect(report).toMatchObject({ result: 'pass', attempts: 2, earlier: [{ code }] });
    expect(server.connections).toBe(2);
    expect(pauses).toEqual([1000]);
  });

  describe('after an attempt that got further', () => {
    test.each<[string, Dialogue, string]>([
      ['a silent server', { greeting: silence }, 'reply-timeout'],
      ['a server that closes every connection', { greeting: close }, 'connection-lost'],
    ])('do not blame the port, or the timeout, for %s', async (_name, then, code) => {
      const diesOnAuth = { ...good, replies: { AUTH: reset } };
      await using server = await startScriptedServer([diesOnAuth, { ...good, ...then }]);
      const endpoint = endpointAt(server.port, { auth: AUTH, timeoutMs: 700 });
      const [report] = await runAll([endpoint], { retries: 1 }, { pause });
      expect(report?.steps[0]?.findings).toMatchObject([
        {
          code,
          title: 'Server stopped working between two attempts',
          party: 'server',
          certainty: 'likely',
          evidence: { reached: 'authentication', earlierAwaited: 'the reply to AUTH PLAIN' },
        },
      ]);
      const { remedy } = report?.steps[0]?.findings[0] ?? {};
      expect(remedy).toMatch(/^Check the server's log for the time of the first attempt: .* died in authentication,/);
      expect(remedy).not.toMatch(/timeout|check the port|IP address/i);
      expect(report?.steps[0]?.findings[0]?.message).toMatch(
        / An earlier attempt got further: .* the reply to AUTH PLAIN/,
      );
    });

    test('name what happened in it, and the likely reason, if the server died at EHLO over TLS', async () => {
      const dies = { ...good, replies: { 'tls:EHLO': reset } };
      await using server = await startScriptedServer([dies, { ...good, greeting: silence }]);
      const endpoint = endpointAt(server.port, { timeoutMs: 700 });
      const [report] = await runAll([endpoint], { retries: 1 }, { pause });
      const [found] = report?.steps[0]?.findings ?? [];
      expect(found).toMatchObject({ code: 'reply-timeout', title: 'Server process died at EHLO over TLS' });
      expect(found?.message).toMatch(
        /^The greeting did not arrive .* An earlier attempt got further: .* EHLO over TLS arr/,
      );
      expect(found?.remedy).toMatch(
        /cannot reach its authentication backend.* exclude every mechanism.*`smtpd_sasl_path`.*`noplaintext`/,
      );
      expect(found?.remedy).not.toMatch(/IP address|usually/i);
      expect(found?.reproduce).toMatch(/^swaks .* --tls .*--quit-after EHLO$/);
    });

    test('blame the rules for mechanisms over TLS if the server listed AUTH before TLS', async () => {
      const dies = { ...good, offers: ['STARTTLS', 'AUTH PLAIN LOGIN'], replies: { 'tls:EHLO': reset } };
      await using server = await startScriptedServer([dies, { ...good, greeting: silence }]);
      const endpoint = endpointAt(server.port, { timeoutMs: 700 });
      const [report] = await runAll([endpoint], { retries: 1 }, { pause });
      const [found] = report?.steps[0]?.findings ?? [];
      expect(found).toMatchObject({ code: 'reply-timeout', title: 'Server process died at EHLO over TLS' });
      expect(found?.remedy).toMatch(/the first attempt: .* it offers AUTH PLAIN LOGIN, so its .*backend responds/);
      expect(found?.remedy).toContain('`noplaintext`');
      expect(found?.remedy).not.toMatch(/start Dovecot|smtpd_sasl_path/);
    });

    test('do not blame it on the server if it never got further', async () => {
      await using server = await startScriptedServer([{ greeting: close }, { greeting: close }]);
      const [report] = await runAll([endpointAt(server.port)], { retries: 1 }, { pause });
      expect(report?.steps[0]?.findings).toMatchObject([{ title: 'Connection closed without a greeting' }]);
      expect(report?.steps[0]?.findings[0]?.evidence).not.toHaveProperty('reached');
    });
  });

  test('leave nothing from which the password could be guessed, even if the server repeats what it received', async () => {
    const told: string[] = [];
    const remembers: Sasl = function* () {
      const response = Buffer.from(yield Buffer.from(`<${told.length}@x>`).toString('base64'), 'base64').toString();
      told.push(response.replace(/^.* /, ''));
      return `${told.length > 1 ? '535 5.7.8' : '454 4.7.0'} you said ${told[0] ?? ''}`;
    };
    const cramOnly = { ...good, offersInTls: ['AUTH CRAM-MD5'], sasl: { 'CRAM-MD5': remembers } };
    await using server = await startScriptedServer(cramOnly);
    const reports = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 2 }, { pause });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(reports).toMatchObject([{ attempts: 2, earlier: [{ code: 'auth-temporary-failure' }] }]);
    expect(reports[0]?.steps[3]?.findings[0]?.evidence?.reply).toBe('535 5.7.8 you said <redacted>');
    for (const digest of told) expect(JSON.stringify(reports)).not.toContain(digest);
  });

  test('end after increasing pauses', async () => {
    const [report] = await runAll([endpointAt(await closedPort())], { retries: 3 }, { pause });
    expect([report?.attempts, letters(report?.steps ?? [])]).toEqual([4, 'fbbbb']);
    expect(pauses).toEqual([1000, 4000, 16000]);
  });

  describe('keep each warning and waived error of an earlier attempt', () => {
    const later: Dialogue = { replies: { AUTH: '454 later' } };
    const OFFERS_AUTH = ['STARTTLS', 'AUTH PLAIN'];
    const policy = { failOn: 'warn', onInconclusive: 'fail' } as const;
    const waive = (code: FindingCode): Endpoint['waive'] => [{ finding: code, until: '2099-12-31', reason: 'a test' }];
    const failure = { step: 'authentication', code: 'auth-temporary-failure' };
    const warning = { step: 'capability', code: 'plaintext-auth-advertised', severity: 'warning' };
    const inBrief = (report: EndpointReport | undefined) =>
      report?.earlier?.map(({ step, code }) => `${step}: ${code}`);

    test('a warning', async () => {
      await using server = await startScriptedServer([{ ...good, ...later, offers: OFFERS_AUTH }, good]);
      const reports = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 2 }, { pause });
      expect(reports).toMatchObject([{ result: 'warn', attempts: 2, earlier: [failure, warning] }]);
      expect(letters(reports[0]?.steps ?? [])).toBe('ppppn');
      expect(judge(reports, policy)).toMatchObject({ result: 'warn', blocks: true });
    });

    test('a waived error', async () => {
      const expired = { tls: { key: certs.expired.key, cert: certs.expired.chain } };
      await using server = await startScriptedServer([{ ...expired, ...later }, good]);
      const endpoint = endpointAt(server.port, { auth: AUTH, waive: waive('certificate-expired') });
      const reports = await runAll([endpoint], { retries: 2 }, { pause });
      const waived = { step: 'certificate', code: 'certificate-expired', severity: 'error', waived: {} };
      expect(reports).toMatchObject([{ result: 'warn', attempts: 2, earlier: [failure, waived] }]);
      expect(judge(reports, policy).blocks).toBe(true);
    });

    test.each<[string, NonNullable<Dialogue['replies']>, string]>([
      ['421', { AUTH: ['421 4.3.2 shutting down', close] }, 'throttled'],
      ['silence', { AUTH: silence }, 'reply-timeout'],
      ['421 after the 235', { CREDENTIALS: ['235 welcome', '421 4.3.2 shutting down', close] }, 'throttled'],
    ])('a warning of the step that is then interrupted by %s', async (_name, replies, code) => {
      const offersInTls = ['STARTTLS', 'AUTH PLAIN'];
      await using server = await startScriptedServer([{ ...good, offersInTls, replies }, good]);
      const reports = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 1 }, { pause });
      expect([reports[0]?.result, inBrief(reports[0])]).toEqual([
        'warn',
        [`authentication: ${code}`, 'authentication: starttls-still-advertised'],
      ]);
      expect(judge(reports, policy).blocks).toBe(true);
    });

    test('a warning of the step that is then interrupted, in the last attempt too', async () => {
      const replies = { AUTH: ['421 4.3.2 shutting down', close] };
      await using server = await startScriptedServer({ ...good, offersInTls: ['STARTTLS', 'AUTH PLAIN'], replies });
      const [report] = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 0 }, { pause });
      expect([letters(report?.steps ?? []), codes(report?.steps ?? [])]).toEqual([
        'pppib',
        ['starttls-still-advertised', 'throttled'],
      ]);
    });

    test('only once, even if several attempts had it', async () => {
      const first = { ...good, ...later, offers: OFFERS_AUTH };
      await using server = await startScriptedServer([first, first, good]);
      const [report] = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 2 }, { pause });
      expect(inBrief(report)).toEqual([
        'authentication: auth-temporary-failure',
        'capability: plaintext-auth-advertised',
        'authentication: auth-temporary-failure',
      ]);
    });

    test('only in the last attempt, if that has it too', async () => {
      const offers = OFFERS_AUTH;
      await using server = await startScriptedServer([
        { ...good, ...later, offers },
        { ...good, offers },
      ]);
      const [report] = await runAll([endpointAt(server.port, { auth: AUTH })], { retries: 2 }, { pause });
      expect([report?.result, letters(report?.steps ?? [])]).toEqual(['warn', 'wpppn']);
      expect(inBrief(report)).toEqual(['authentication: auth-temporary-failure']);
    });

    test.each([
      ['waived', waive('throttled')],
      ['not waived', []],
    ])('except the failure that led to the next attempt: %s', async (_name, waivers) => {
      await using server = await startScriptedServer([{ greeting: ['421 busy', close] }, good]);
      const [report] = await runAll([endpointAt(server.port, { waive: waivers })], { retries: 2 }, { pause });
      expect([report?.result, report?.attempts, inBrief(report)]).toEqual(['pass', 2, ['capability: throttled']]);
    });
  });

  describe('after a timeout that follows a reply', () => {
    const TIMEOUT_MS = 2000;
    const implicit = { transport: 'implicit', auth: AUTH } as const;

    test.concurrent.each<[string, Dialogue, Partial<Endpoint>, string]>([
      ['a greeting', { replies: { 'plain:EHLO': silence } }, {}, 'reply-timeout'],
      ['EHLO', { replies: { STARTTLS: silence } }, {}, 'reply-timeout'],
      ['STARTTLS', { replies: { STARTTLS: ['220 go', silence] } }, {}, 'handshake-timeout'],
      ['EHLO over TLS', { replies: { AUTH: silence } }, { auth: AUTH }, 'reply-timeout'],
      ['MAIL', { replies: { RCPT: silence } }, { delivery: DELIVERY }, 'reply-timeout'],
      ['the handshake of implicit TLS', { implicit: true, greeting: silence }, implicit, 'reply-timeout'],
    ])('%s: one is made', async (_name, first, endpoint, code) => {
      const next = { ...good, ...(first.implicit && { implicit: true }) };
      await using server = await startScriptedServer([{ ...good, ...first }, next]);
      const [report] = await runAll(
        [endpointAt(server.port, { timeoutMs: TIMEOUT_MS, ...endpoint })],
        { retries: 1 },
        { pause },
      );
      expect(report).toMatchObject({ attempts: 2, earlier: [{ code }] });
      expect(codes(report?.steps ?? []).filter((found) => found !== 'receipt-not-verified')).toEqual([]);
    });

    test.concurrent('no second one is made, even if retries are left', async () => {
      await using server = await startScriptedServer({ ...good, replies: { STARTTLS: silence } });
      const [report] = await runAll([endpointAt(server.port, { timeoutMs: TIMEOUT_MS })], { retries: 5 }, { pause });
      expect([report?.attempts, codes(report?.steps ?? []), server.connections]).toEqual([2, ['reply-timeout'], 2]);
    });

    test.concurrent('other failures still have the remaining retries', async () => {
      const quiet = { ...good, replies: { STARTTLS: silence } };
      await using server = await startScriptedServer([quiet, { ...good, greeting: close }, quiet, good]);
      const [report] = await runAll([endpointAt(server.port, { timeoutMs: TIMEOUT_MS })], { retries: 5 }, { pause });
      expect([report?.attempts, codes(report?.steps ?? [])]).toEqual([3, ['reply-timeout']]);
    });

    test.concurrent('none is made if retries is 0', async () => {
      await using server = await startScriptedServer({ ...good, replies: { STARTTLS: silence } });
      const [report] = await runAll([endpointAt(server.port, { timeoutMs: TIMEOUT_MS })], { retries: 0 }, { pause });
      expect([report?.attempts, server.connections]).toEqual([1, 1]);
    });

    test.concurrent('none is made once the final dot has been sent', async () => {
      await using server = await startScriptedServer({ ...good, replies: { MESSAGE: silence } });
      const endpoint = endpointAt(server.port, { timeoutMs: TIMEOUT_MS, delivery: DELIVERY });
      const [report] = await runAll([endpoint], { retries: 2 }, { pause });
      expect([report?.attempts, codes(report?.steps ?? []), server.messages.length]).toEqual([1, ['reply-timeout'], 1]);
    });
  });

  // A silent port gets a second connection, which checks whether it expects TLS.
  test.each<[string, Dialogue, number?]>([
    ['silence', { greeting: silence }, 2],
    ['502 to STARTTLS', { replies: { STARTTLS: '502 no' } }],
    ['535', { replies: { AUTH: '535 no' } }],
    ['432', { replies: { AUTH: '432 change it' } }],
    ['a different protocol', { greeting: 'SSH-2.0-x' }],
    ['no STARTTLS', { offers: [], replies: { STARTTLS: '502 no' } }],
  ])('are not made after %s', async (_name, dialogue, connections = 1) => {
    await using server = await startScriptedServer({ ...good, ...dialogue });
    const [report] = await runAll([endpointAt(server.port, { auth: AUTH, timeoutMs: 300 })], { retries: 2 }, { pause });
    expect([report?.result, report?.attempts, server.connections]).toEqual(['fail', 1, connections]);
  });
});
