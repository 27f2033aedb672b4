import type { EndpointReport, Progress } from '../../../src/report/report.js';
import { gateAll } from '../../../src/gate/scheduler.js';
import { MAX_MX_HOSTS } from '../../../src/gate/mx-hosts.js';
import { cnameResolver } from '../../../src/net/cname.js';
import type { Resolver } from '../../../src/net/connect.js';
import { mxResolver } from '../../../src/net/mx.js';
import type { Endpoint, Plan } from '../../../src/plan/endpoint.js';
import type { Identity } from '../../../src/servers/pki.js';
import type { RunContext } from '../../../src/steps/context.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { DELIVERY, codes, letters, testEndpoint, testRun } from '../../support/gate.js';
import { SERVFAIL, SILENCE, startNameServer, type Zone } from '../../support/name-server.js';
import { startScriptedServer, type ScriptedServer } from '../../support/scripted-server.js';

/** Endpoints with `mx`, with a name server and mail servers of our own. */

let certs: CertificateFixtures;
/** Valid for all MX hosts. */
let ofHosts: Identity;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  ofHosts = await certs.pki.issue({ names: ['mx1.example.test', 'mx2.example.test', 'example.test'] });
});

const startMx = (): Promise<ScriptedServer> =>
  startScriptedServer({ offersInTls: ['PIPELINING'], tls: { key: ofHosts.key, cert: ofHosts.chain } }, '0.0.0.0');

const domain = (port: number, overrides: Partial<Endpoint> = {}): Endpoint =>
  testEndpoint(port, {
    name: 'example.test',
    host: 'example.test',
    mx: {},
    role: 'mx',
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    ...overrides,
  });

/** The addresses of the hosts. Others do not exist. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'mx1.example.test': ['127.0.0.2'],
  'mx2.example.test': ['127.0.0.3', '127.0.0.4'],
  'example.test': ['127.0.0.5'],
};
const resolver: Resolver = (host, family) => {
  const found = family === 6 ? undefined : ADDRESSES[host];
  return found
    ? Promise.resolve(found.map((address) => ({ address, family: 4 as const })))
    : Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' }));
};

interface Settings {
  readonly plan?: Partial<Plan>;
  readonly run?: Partial<RunContext>;
  readonly finished?: (report: EndpointReport, progress: Progress) => void;
}

async function gateWith(
  zone: Zone,
  endpoints: readonly Endpoint[],
  { plan = {}, run = {}, finished = () => undefined }: Settings = {},
): Promise<EndpointReport[]> {
  await using names = await startNameServer(zone);
  const settings = { concurrency: 32, retries: 0, policy: { failOn: 'fail', onInconclusive: 'fail' } } as const;
  const context = testRun({
    mx: mxResolver([names.address]),
    cname: cnameResolver([names.address]),
    resolver,
    pause: () => Promise.resolve(),
    ...run,
  });
  return await gateAll({ endpoints, ...settings, ...plan }, context, finished);
}

const seen = (reports: readonly EndpointReport[]) =>
  reports.map(({ name, result, steps }) => [name, result, ...codes(steps)]);

describe('each MX host is an endpoint', () => {
  test('in the order of preference, with its own name for the certificate', async () => {
    await using server = await startMx();
    const progress: Progress[] = [];
    const reports = await gateWith(
      { 'example.test': { MX: ['20 mx2.example.test', '10 mx1.example.test'] } },
      [domain(server.port)],
      { finished: (_, { done, total }) => progress.push({ done, total }) },
    );
    expect(reports.map(({ name, host, configured, role, result }) => [name, host, configured, role, result])).toEqual([
      ['example.test: mx1.example.test', 'mx1.example.test', 'example.test', 'mx', 'pass'],
      ['example.test: mx2.example.test', 'mx2.example.test', 'example.test', 'mx', 'pass'],
    ]);
    expect(reports[0]?.address).toBe('127.0.0.2');
    expect(server.handshakes.map(({ servername }) => servername).sort()).toEqual([
      'mx1.example.test',
      'mx2.example.test',
    ]);
    expect(progress).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
  });

  test('and among hosts of the same preference in the order of their names', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx2.example.test', '10 mx1.example.test', '5 example.test'] } };
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(reports.map(({ host }) => host)).toEqual(['example.test', 'mx1.example.test', 'mx2.example.test']);
  });

  test('so that a broken backup is seen', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test', '20 backup.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(seen(reports)).toEqual([
      ['example.test: mx1.example.test', 'pass'],
      ['example.test: backup.example.test', 'fail', 'dns-failed'],
    ]);
    const [found] = reports[1]?.steps[0]?.findings ?? [];
    expect(found).toMatchObject({ title: 'MX host does not exist', party: 'server' });
    expect(found?.message).toBe(
      'An MX record of example.test names backup.example.test, which does not exist (ENOTFOUND).',
    );
  });

  test('once, even if several records name it, in different spellings', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['30 MX1.Example.Test', '20 mx1.example.test', '10 mx2.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(reports.map(({ host }) => host)).toEqual(['mx2.example.test', 'mx1.example.test']);
  });

  test('and with addresses: all each of its IP addresses', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test', '20 mx2.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port, { addresses: 'all' })]);
    expect(reports.map(({ name, configured, address }) => [name, configured, address])).toEqual([
      ['example.test: mx1.example.test (127.0.0.2)', 'example.test', '127.0.0.2'],
      ['example.test: mx2.example.test (127.0.0.3)', 'example.test', '127.0.0.3'],
      ['example.test: mx2.example.test (127.0.0.4)', 'example.test', '127.0.0.4'],
    ]);
    expect(reports.every(({ result }) => result === 'pass')).toBe(true);
  });

  test('under the name of the configured endpoint, and unique', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] } };
    const taken = testEndpoint(server.port, { name: 'mail: mx1.example.test' });
    const reports = await gateWith(zone, [domain(server.port, { name: 'mail' }), taken]);
    expect(reports.map(({ name }) => name)).toEqual(['mail: mx1.example.test #2', 'mail: mx1.example.test']);
  });

  test('even if another domain has the same host', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] }, 'example.net': { MX: ['10 mx1.example.test'] } };
    const other = domain(server.port, { name: 'example.net', host: 'example.net' });
    const reports = await gateWith(zone, [domain(server.port), other]);
    expect(seen(reports)).toEqual([
      ['example.test: mx1.example.test', 'pass'],
      ['example.net: mx1.example.test', 'pass'],
    ]);
  });

  test('with the configured servername, if there is one', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] } };
    const mx = { servername: 'mx2.example.test' };
    const [report] = await gateWith(zone, [domain(server.port, { mx, servername: mx.servername })]);
    expect([report?.host, report?.result]).toEqual(['mx1.example.test', 'pass']);
    expect(server.handshakes[0]?.servername).toBe('mx2.example.test');
  });

  test('and receives the test message only if its certificate is valid for its own name', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test', '20 evil.example.net'] } };
    const everywhere: Resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const reports = await gateWith(zone, [domain(server.port, { delivery: DELIVERY })], {
      run: { resolver: everywhere },
    });
    expect(reports.map(({ steps }) => letters(steps))).toEqual(['pppnp', 'ppfbb']);
    expect(server.messages).toHaveLength(1);
  });
});

describe('a domain without MX records', () => {
  test('is its own MX host (implicit MX)', async () => {
    await using server = await startMx();
    const reports = await gateWith({ 'example.test': {} }, [domain(server.port)]);
    expect(seen(reports)).toEqual([['example.test: example.test', 'pass']]);
    expect(reports[0]).toMatchObject({ host: 'example.test', address: '127.0.0.5', configured: 'example.test' });
  });

  test('may be an alias, because no MX record names it', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { CNAME: 'host.example.net' } };
    const [report] = await gateWith(zone, [domain(server.port)]);
    expect(report?.result).toBe('pass');
  });

  test('and without an IP address has no mail server', async () => {
    const reports = await gateWith({ 'nobody.example.test': {} }, [domain(25, { host: 'nobody.example.test' })]);
    expect(seen(reports)).toEqual([['example.test', 'fail', 'mx-not-found']]);
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      title: 'Domain has no mail server',
      party: 'server',
      message: 'The domain nobody.example.test has neither an MX record nor an IP address.',
      reproduceShows: 'no IP address',
    });
  });

  test('but with an address that cannot be looked up now is inconclusive', async () => {
    const failing: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EAI_AGAIN' }));
    const reports = await gateWith({ 'example.test': {} }, [domain(25)], { run: { resolver: failing } });
    expect(seen(reports)).toEqual([['example.test', 'inconclusive', 'dns-failed']]);
  });
});

test('a domain that does not exist has no mail server, even if the hosts file has its address', async () => {
  const reports = await gateWith({}, [domain(25)]);
  expect(seen(reports)).toEqual([['example.test', 'fail', 'mx-not-found']]);
  expect(reports[0]).not.toHaveProperty('configured');
  const [found] = reports[0]?.steps[0]?.findings ?? [];
  expect(found).toMatchObject({
    title: 'Domain does not exist',
    party: 'configuration',
    reproduce: 'dig +noall +comments example.test',
    reproduceShows: 'status: NXDOMAIN',
  });
});

describe('a null MX', () => {
  test('says that the domain accepts no mail', async () => {
    const reports = await gateWith({ 'example.test': { MX: ['0 .'] } }, [domain(25)]);
    expect(seen(reports)).toEqual([['example.test', 'fail', 'mx-null']]);
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      title: 'Domain accepts no mail',
      reference: 'RFC 7505 section 3',
      reproduceShows: 'null MX',
    });
  });

  test('next to other records fails alone, and the other hosts are tested', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['0 .', '10 mx1.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(seen(reports)).toEqual([
      ['example.test: .', 'fail', 'mx-null'],
      ['example.test: mx1.example.test', 'pass'],
    ]);
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      title: 'Null MX next to other MX records',
      evidence: { others: 'mx1.example.test' },
    });
  });
});

describe('an MX record', () => {
  test.each([
    ['an IPv4 address', '127.0.0.1', '127.0.0.1'],
    ['an address literal', '[127.0.0.1]', '[127.0.0.1]'],
    ['an IPv6 address', '::1', '::1'],
    ['an IPv6 address literal', '[IPv6:::1]', '[IPv6:::1]'],
  ])('with %s fails, and the gate does not connect to it', async (_, target, shown) => {
    await using server = await startMx();
    const reports = await gateWith({ 'example.test': { MX: [`10 ${target}`] } }, [domain(server.port)]);
    expect(seen(reports)).toEqual([[`example.test: ${shown}`, 'fail', 'mx-is-address']]);
    expect(letters(reports[0]?.steps ?? [])).toBe('fbbbb');
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      evidence: { target: shown },
      reproduce: 'dig +noall +answer example.test MX',
      reproduceShows: shown,
    });
    expect(server.connections).toBe(0);
  });

  test.each([
    ['a number that some resolvers read as an address', '127.1'],
    ['a space', 'mail server.example.test'],
    ['a slash', 'smtp://mx1.example.test'],
    ['control characters', 'mx\x1b[31m.example.test'],
    ['letters that are not ASCII', 'm\u00fcx.example.test'],
  ])('with %s is not the name of a host', async (_, target) => {
    await using server = await startMx();
    const reports = await gateWith({ 'example.test': { MX: [`10 ${target}`] } }, [domain(server.port)]);
    expect(reports.map(({ steps }) => codes(steps))).toEqual([['mx-invalid']]);
    expect(JSON.stringify(reports)).not.toContain('\\u001b');
    expect(server.connections).toBe(0);
  });

  test('that names an alias is a warning, and the host is tested', async () => {
    await using server = await startMx();
    const zone = {
      'example.test': { MX: ['10 mx1.example.test', '20 mx2.example.test'] },
      'mx1.example.test': { CNAME: 'host.example.net' },
    };
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(seen(reports)).toEqual([
      ['example.test: mx1.example.test', 'warn', 'mx-is-alias'],
      ['example.test: mx2.example.test', 'pass'],
    ]);
    expect(letters(reports[0]?.steps ?? [])).toBe('wppnn');
    const [found] = reports[0]?.steps[0]?.findings ?? [];
    expect(found).toMatchObject({
      evidence: { alias: 'host.example.net' },
      reference: 'RFC 2181 section 10.3',
      reproduce: 'dig +noall +comments +answer mx1.example.test CNAME',
      reproduceShows: 'host.example.net',
    });
    expect(found?.remedy).toContain('Name the host itself in the MX record: host.example.net.');
  });

  test('that names an alias is a warning of step 3 with implicit TLS', async () => {
    await using server = await startScriptedServer(
      { implicit: true, offers: ['PIPELINING'], tls: { key: ofHosts.key, cert: ofHosts.chain } },
      '0.0.0.0',
    );
    const zone = {
      'example.test': { MX: ['10 mx1.example.test'] },
      'mx1.example.test': { CNAME: 'host.example.net' },
    };
    const [report] = await gateWith(zone, [domain(server.port, { transport: 'implicit' })]);
    expect(letters(report?.steps ?? [])).toBe('aawnn');
  });

  test('whose alias cannot be looked up passes, with a notice', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] }, 'mx1.example.test': { CNAME: SERVFAIL } } as const;
    const reports = await gateWith(zone, [domain(server.port)]);
    expect(seen(reports)).toEqual([['example.test: mx1.example.test', 'pass', 'mx-alias-unknown']]);
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      severity: 'notice',
      message:
        'The gate could not check whether the MX host mx1.example.test of example.test is an alias: its CNAME record could not be looked up (ESERVFAIL).',
      evidence: { detail: 'ESERVFAIL' },
    });
  });

  test.each(['ENOTFOUND', 'ENODATA'])('that names a host without a CNAME record (%s) has no notice', async (code) => {
    await using server = await startMx();
    const cname = () => Promise.reject(Object.assign(new Error('lookup'), { code }));
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port)], { run: { cname } });
    expect(seen(reports)).toEqual([['example.test: mx1.example.test', 'pass']]);
  });

  test('has only seconds to be an alias, even with a long timeout', async () => {
    await using server = await startMx();
    const left: number[] = [];
    const cname: RunContext['cname'] = (_, { remainingMs }) => {
      left.push(remainingMs);
      return Promise.reject(new Error('no response'));
    };
    const zone = { 'example.test': { MX: ['10 mx1.example.test'] } };
    const reports = await gateWith(zone, [domain(server.port, { timeoutMs: 60_000 })], { run: { cname } });
    expect(seen(reports)).toEqual([['example.test: mx1.example.test', 'pass', 'mx-alias-unknown']]);
    expect(left).toEqual([expect.any(Number)]);
    expect(left[0]).toBeLessThanOrEqual(5000);
  });

  test('has a name of its own, even if its target looks like another one', async () => {
    const reports = await gateWith({}, [domain(25)], { run: { mx: () => Promise.resolve(['', '.']) } });
    expect(reports.map(({ name }) => name)).toEqual(['example.test: .', 'example.test: . #2']);
  });

  test('that names localhost or the domain itself is a host like any other', async () => {
    await using server = await startMx();
    const zone = { 'example.test': { MX: ['10 example.test', '20 localhost'] } };
    const reports = await gateWith(zone, [domain(server.port)], {
      run: { resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
    });
    expect(seen(reports)).toEqual([
      ['example.test: example.test', 'pass'],
      ['example.test: localhost', 'fail', 'certificate-hostname-mismatch'],
    ]);
  });
});

describe('a failed lookup of the MX records is inconclusive', () => {
  test.each([
    ['a failure of the name server', SERVFAIL, 'ESERVFAIL'],
    ['no response', SILENCE, 'ETIMEOUT'],
  ] as const)('%s', async (_, answer, detail) => {
    const reports = await gateWith({ 'example.test': { MX: answer } }, [domain(25, { timeoutMs: 300 })]);
    expect(seen(reports)).toEqual([['example.test', 'inconclusive', 'dns-failed']]);
    expect(reports[0]?.steps[0]?.findings[0]).toMatchObject({
      title: 'Name resolution failed',
      evidence: { detail },
      message: `The MX records of example.test could not be looked up (${detail}).`,
    });
  });

  test('and is repeated', async () => {
    await using server = await startMx();
    let asked = 0;
    const mx: RunContext['mx'] = () => {
      asked += 1;
      return asked > 2
        ? Promise.resolve(['mx1.example.test'])
        : Promise.reject(Object.assign(new Error('lookup'), { code: 'ESERVFAIL' }));
    };
    const again = await gateWith({}, [domain(server.port)], { plan: { retries: 2 }, run: { mx } });
    expect([asked, seen(again)]).toEqual([3, [['example.test: mx1.example.test', 'pass']]]);
    asked = -10;
    const [report] = await gateWith({}, [domain(server.port)], { plan: { retries: 1 }, run: { mx } });
    expect([asked, report?.attempts, report?.result]).toEqual([-8, 2, 'inconclusive']);
  });
});

test('more MX hosts than the limit are not tested, and the report says so', async () => {
  await using server = await startMx();
  const hosts = Array.from({ length: 1500 }, (_, i) => `mx${i}.example.test`);
  const MX = hosts.map((host, i) => `${i} ${host}`).reverse();
  const reports = await gateWith({ 'example.test': { MX } }, [domain(server.port)]);
  expect(reports).toHaveLength(MAX_MX_HOSTS + 1);
  expect(reports.slice(0, -1).map(({ host }) => host)).toEqual(hosts.slice(0, MAX_MX_HOSTS));
  expect(seen(reports.slice(-1))).toEqual([['example.test: 1450 more MX hosts', 'fail', 'mx-too-many']]);
  expect(reports.at(-1)?.steps[0]?.findings[0]).toMatchObject({
    message: 'The domain example.test has 1500 MX hosts. The gate tests the 50 most preferred ones.',
    evidence: { found: '1500', tested: '50' },
  });
});

test('a fix names the MX record, because the endpoint has no host', async () => {
  const reports = await gateWith({ 'example.test': { MX: ['10 mx1.example.test'] } }, [domain(9)]);
  const [found] = reports[0]?.steps[0]?.findings ?? [];
  expect(found?.code).toBe('connection-refused');
  expect(found?.remedy).not.toContain('`host`');
  const [implicit] = await gateWith({ 'example.test': {} }, [domain(9)]);
  const expected = found?.remedy.replace('the MX record', '`mx`').replace('mx1.example.test', 'example.test');
  const remedy = implicit?.steps[0]?.findings[0]?.remedy;
  expect(remedy?.replace(/127\.0\.0\.\d/, '127.0.0.1')).toBe(expected?.replace(/127\.0\.0\.\d/, '127.0.0.1'));
});

test('required authentication is not possible, and the fix says so', async () => {
  await using server = await startMx();
  const endpoint = domain(server.port, { require: ['authentication'] });
  const [report] = await gateWith({ 'example.test': { MX: ['10 mx1.example.test'] } }, [endpoint]);
  expect(report?.steps[3]?.findings[0]).toMatchObject({
    code: 'step-required',
    title: 'MX hosts get no credentials',
  });
});
