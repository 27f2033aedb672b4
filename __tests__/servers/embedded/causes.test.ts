import { jest } from '@jest/globals';
import { SERVFAIL, SILENCE, startNameServer } from '../../support/name-server.js';
import { close, startTls, type Dialogue } from '../../support/dialogue.js';
import { startTlsReadingOnce } from '../../support/first-segment.js';
import { AUTH, DELIVERY, gate, testEndpoint, testRun } from '../../support/gate.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { completeFinding } from '../../../src/findings/complete.js';
import { ConnectFailure, failureOf, type Resolver } from '../../../src/net/connect.js';
import { Deadline } from '../../../src/net/deadline.js';
import { cnameResolver } from '../../../src/net/cname.js';
import { mxResolver } from '../../../src/net/mx.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport, Finding, StepId } from '../../../src/report/report.js';
import { openDialogue } from '../../../src/smtp/dialogue.js';
import { formatReply } from '../../../src/smtp/reply.js';
import { Transcript } from '../../../src/net/transcript.js';
import { implicitTlsPort } from '../../../src/steps/capability/implicit-tls-port.js';
import { otherProtocol } from '../../../src/steps/capability/other-protocol.js';
import { judgeMissingOffer } from '../../../src/steps/capability/missing-offer.js';
import { judgePlaintext } from '../../../src/steps/certificate/plaintext.js';
import { connectFailed } from '../../../src/steps/connect-failed.js';
import { beginSession, openConnection } from '../../../src/steps/connection.js';
import type { Context, RunContext } from '../../../src/steps/context.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { stoppedBy } from '../../../src/steps/error-to-finding.js';
import { EXACTLY } from '../../support/reports.js';

/** Findings of connecting and of steps 1 and 2: each cause has its own fix. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

type Report = Omit<EndpointReport, 'attempts'>;

async function reportOf(dialogue: Dialogue, endpoint: Partial<Endpoint> = {}): Promise<Report & { heard: string[] }> {
  const { good, pki } = certs;
  await using server = await startScriptedServer({ tls: { key: good.key, cert: good.chain }, ...dialogue });
  const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { tls, timeoutMs: 3000, ...endpoint }));
  await server.left();
  return { ...report, heard: server.heard.map(({ line }) => line) };
}

const findingsOf = ({ steps }: Report): Finding[] => steps.flatMap(({ findings }) => findings);

async function foundAt(dialogue: Dialogue, endpoint: Partial<Endpoint> = {}): Promise<Finding | undefined> {
  return findingsOf(await reportOf(dialogue, endpoint))[0];
}

describe('a command', () => {
  test('sends the name in EHLO that the gate has sent', async () => {
    const report = await reportOf({ replies: { STARTTLS: '454 4.7.0 TLS not available' } });
    const name = report.heard.find((line) => line.startsWith('EHLO '))?.slice('EHLO '.length) ?? '';
    expect(findingsOf(report)[0]?.reproduce?.replaceAll("'", '')).toContain(` --helo ${name} `);
  });

  test.each([true, false])('replaces the default store only if the server needs `ca`: %s', async (needsCa) => {
    const { good, pki } = certs;
    const replies = { AUTH: '535 5.7.8 No' };
    const tls = { key: good.key, cert: good.chain };
    await using server = await startScriptedServer({ tls, replies, offersInTls: ['AUTH PLAIN'] });
    const ca = [pki.root.cert];
    const anchorSources = [{ path: 'ca.pem', certificates: ca }];
    const policy = { ca, anchorSources, minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const trust = new TrustStore();
    const isDefault = jest.spyOn(trust, 'isDefault').mockReturnValue(!needsCa);
    const { report } = await gate(testEndpoint(server.port, { tls: policy, auth: AUTH }), { trust });
    const [found] = findingsOf(report).filter(({ code }) => code === 'auth-rejected');
    expect(isDefault).toHaveBeenCalled();
    expect(found?.reproduce?.includes(' --tls-ca-path ca.pem ')).toBe(needsCa);
  });
});

describe('a host name without an IP address', () => {
  const NO_ADDRESS: Resolver = () => Promise.resolve([]);
  const UNKNOWN: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' }));

  async function foundFor(
    mx: RunContext['mx'],
    resolver = NO_ADDRESS,
    port = 25,
    cname: RunContext['cname'] = () => Promise.reject(new Error('no record')),
  ): Promise<Finding | undefined> {
    const endpoint = testEndpoint(port, { host: 'example.com', timeoutMs: 1000 });
    return findingsOf((await gate(endpoint, { resolver, mx, cname })).report)[0];
  }

  test.each([25, 587])(
    'that has MX records is a mail domain, and the finding names its servers: port %i',
    async (port) => {
      await using names = await startNameServer({
        'example.com': { MX: ['20 mx2.example.com', '10 mx1.example.com'] },
      });
      const found = await foundFor(mxResolver([names.address]), NO_ADDRESS, port);
      expect(found).toMatchObject({
        code: 'dns-failed',
        title: 'Host is a mail domain',
        party: 'configuration',
        certainty: 'certain',
        evidence: { detail: 'ENODATA', mx: 'mx1.example.com, mx2.example.com' },
      });
      expect(found).not.toHaveProperty('inconclusive');
      expect(found?.message).toMatch(/^example\.com has no IP address, .* MX records name mx1\.example\.com, mx2\./);
      expect(found?.remedy).toMatch(
        /the servers that receive the domain's mail.* mx1\.example\.com, mx2\.example\.com\./,
      );
      expect(found?.remedy).toMatch(/replace `host` with `mx`/i);
      expect(names.asked).toEqual(['example.com']);
    },
  );

  test('is a mail domain even if the system reports that the name does not exist', async () => {
    await using names = await startNameServer({ 'example.com': { MX: ['10 mx.example.com'] } });
    const found = await foundFor(mxResolver([names.address]), UNKNOWN);
    expect(found).toMatchObject({ title: 'Host is a mail domain', evidence: { mx: 'mx.example.com' } });
    expect(found?.message).not.toContain('does not exist');
  });

  test('with a null MX accepts no mail', async () => {
    const found = await foundFor(() => Promise.resolve(['']));
    expect(found).toMatchObject({ code: 'dns-failed', title: 'Domain accepts no mail', evidence: { mx: '.' } });
  });

  test.each([
    ['ENOTFOUND', UNKNOWN],
    ['ENODATA', NO_ADDRESS],
  ] as const)(
    'that is an alias is not blamed on the spelling, and the finding names the target: %s',
    async (detail, resolver) => {
      await using names = await startNameServer({ 'example.com': { CNAME: 'gone.example.net' } });
      const found = await foundFor(mxResolver([names.address]), resolver, 587, cnameResolver([names.address]));
      expect(found).toMatchObject({
        code: 'dns-failed',
        title: 'CNAME target has no IP address',
        party: 'server',
        evidence: { detail, alias: 'gone.example.net' },
      });
      expect(found?.message).toContain('example.com is an alias (CNAME) for gone.example.net, which has no IP address');
      expect(found?.remedy).toMatch(/CNAME record.*: gone\.example\.net has no IP address/);
      expect(names.asked).toEqual(['example.com', 'example.com']);
    },
  );

  test('is a mail domain even if it is an alias', async () => {
    const cname = () => Promise.resolve('gone.example.net');
    const found = await foundFor(() => Promise.resolve(['mx.example.com']), UNKNOWN, 25, cname);
    expect(found?.title).toBe('Host is a mail domain');
  });

  test('and a hostile CNAME record is quoted harmlessly', async () => {
    const cname = () => Promise.resolve(`\x1b[31m\`rm\`${'x'.repeat(2000)}`);
    const found = await foundFor(() => Promise.resolve([]), UNKNOWN, 25, cname);
    expect(found?.message).toContain('\\x1b[31m`rm`');
    expect(found?.message.length).toBeLessThan(3000);
    expect(found?.remedy).toContain("\\x1b[31m'rm'");
  });

  test('without MX records is not a mail domain', async () => {
    await using names = await startNameServer({ 'example.com': {} });
    const found = await foundFor(mxResolver([names.address]));
    expect(found).toMatchObject({ title: 'Host name has no IP address', evidence: { detail: 'ENODATA' } });
  });

  test.each([
    ['a failure', SERVFAIL],
    ['silence', SILENCE],
  ] as const)('is reported even if the MX lookup ends in %s', async (_, answer) => {
    await using names = await startNameServer({ 'example.com': answer });
    const found = await foundFor(mxResolver([names.address]), UNKNOWN);
    expect(found).toMatchObject({ title: 'Host name does not exist', evidence: { detail: 'ENOTFOUND' } });
  });

  test('is not looked up as a domain if the lookup of the address failed only temporarily', async () => {
    const temporary: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EAI_AGAIN' }));
    const asked: string[] = [];
    const mx: RunContext['mx'] = (domain) => {
      asked.push(domain);
      return Promise.resolve(['mx.example.com']);
    };
    const found = await foundFor(mx, temporary);
    expect(found).toMatchObject({ title: 'Name resolution failed', party: 'network', inconclusive: true });
    expect(asked).toEqual([]);
  });

  test('with hostile MX records is quoted harmlessly', async () => {
    const found = await foundFor(() => Promise.resolve(['\x1b[31mmx`rm`', ...Array<string>(500).fill('x'.repeat(60))]));
    expect(found?.message).toContain('\\x1b[31mmx`rm`');
    expect(found?.message.length).toBeLessThan(3000);
    expect(found?.remedy).toContain("mx'rm'");
  });
});

test.each(['refused', 'timed-out'] as const)(
  'a connection that is %s, after an attempt that got further, is not blamed on host, port or firewall',
  (kind) => {
    const error = new ConnectFailure(kind, 'ECODE', '192.0.2.1');
    const context = { endpoint: testEndpoint(25), run: testRun({ hostedRunner: true }) } as Context;
    const foundAfter = (reached: StepId): Finding[] =>
      stoppedBy(error, { ...context, furthest: { step: reached, message: 'Broke.' } }, 'nothing').findings.map((one) =>
        completeFinding(one, EXACTLY),
      );
    expect(foundAfter('upgrade')).toMatchObject([
      { title: 'Server stopped working between two attempts', evidence: { reached: 'upgrade' } },
    ]);
    expect(foundAfter('capability')).toMatchObject([
      { code: kind === 'refused' ? 'connection-refused' : 'egress-blocked' },
    ]);
    expect(foundAfter('capability')[0]?.evidence).not.toHaveProperty('reached');
  },
);

test('a closed port of this machine is not blamed on a firewall', async () => {
  const found = findingsOf((await gate(testEndpoint(await closedPort()))).report)[0];
  expect(found).toMatchObject({ code: 'connection-refused', party: 'configuration', certainty: 'likely' });
  expect(found?.remedy).not.toMatch(/firewall/);
});

test.each<[ConstructorParameters<typeof ConnectFailure>, string, string]>([
  [['refused', 'ECONNREFUSED', '192.0.2.1'], 'Connection refused', 'server'],
  [['refused', 'ECONNREFUSED', '127.0.0.1'], 'Nothing listens on this local port', 'server'],
  [['no-route', 'ENETUNREACH', '192.0.2.1'], 'No route to the server', 'network'],
  [['no-route', 'EHOSTUNREACH', '192.0.2.1'], 'Host unreachable', 'server'],
  [['no-route', 'EHOSTUNREACH', '2001:db8::1'], 'Host unreachable', 'server'],
  [['no-route', 'EHOSTUNREACH', '192.168.1.7'], 'Private host unreachable', 'network'],
  [['no-route', 'ENETUNREACH', '2001:db8::1'], 'No IPv6 route to the server', 'network'],
  [['timed-out', 'no response in time', '192.0.2.1'], 'Connection timed out', 'network'],
  [['reset', 'ECONNRESET', '192.0.2.1'], 'Connection closed without a greeting', 'server'],
  [['no-route', 'ENETUNREACH', '224.0.0.1'], 'Not the IP address of a server', 'server'],
  [['no-route', 'ENETUNREACH', 'ff02::1'], 'Not the IP address of a server', 'server'],
  [['timed-out', 'no response in time', '240.0.0.1'], 'Not the IP address of a server', 'server'],
  [['timed-out', 'no response in time', '127.0.0.10'], 'Local server does not respond', 'configuration'],
  [['timed-out', 'no response in time', '10.1.2.3'], 'Private IP address does not respond', 'configuration'],
  [['timed-out', 'no response in time', 'fd00::1'], 'Private IP address does not respond', 'configuration'],
])('the fix for a failed connection depends on the address: %j', (failure, title, party) => {
  const context = { endpoint: testEndpoint(587, { host: 'smtp.example.test' }), run: testRun() } as Context;
  expect(completeFinding(connectFailed(new ConnectFailure(...failure), context), EXACTLY)).toMatchObject({
    title,
    party,
  });
});

test('a reset before the connection is open has a command that connects', () => {
  const endpoint = testEndpoint(587, { host: 'smtp.example.test' });
  const failure = new ConnectFailure('reset', 'ECONNRESET', '192.0.2.1');
  const found = connectFailed(failure, { endpoint, run: testRun() } as Context);
  const observed = { step: 'capability', endpoint, capabilities: [], redact: (value: string) => value } as const;
  expect(completeFinding(found, observed)).toMatchObject({
    reproduce: expect.stringMatching(/^curl -v .* telnet:\/\//) as unknown,
    reproduceShows: 'Connection reset by peer',
  });
});

test.each<[ConstructorParameters<typeof ConnectFailure>, RegExp]>([
  [['timed-out', 'no response in time', '104.21.48.117'], /Cloudflare: set the A and AAAA records to "DNS only"/],
  [['timed-out', 'no response in time', '2606:4700:3030::6815:3075'], /Cloudflare: set the A and AAAA records/],
  [['refused', 'ECONNREFUSED', '151.101.1.7'], /The IP addresses are those of Fastly\.$/],
])('an address of a web proxy is a problem of the DNS record: %j', (failure, fix) => {
  const endpoint = testEndpoint(587, { host: 'smtp.example.test' });
  const foundIn = (context: Partial<Context>) =>
    completeFinding(
      connectFailed(new ConnectFailure(...failure), { endpoint, run: testRun(), ...context } as Context),
      EXACTLY,
    );
  const found = foundIn({});
  expect(found).toMatchObject({ title: 'IP address of a web proxy, not of the mail server', party: 'server' });
  expect(found.message).toMatch(/is an IP address of (?:Cloudflare|Fastly), whose proxy usually forwards only web/);
  expect(found.remedy).toMatch(/^Change the DNS record of smtp\.example\.test .*the mail server itself/);
  expect(found.remedy).toMatch(fix);
  for (const other of [
    { endpoint: { ...endpoint, host: 'route1.mx.cloudflare.net' } },
    { endpoint: { ...endpoint, host: failure[2] ?? '' } },
    { furthest: { step: 'upgrade', message: 'Broke.' } } as const,
  ]) {
    expect(foundIn(other).title).toMatch(/^Connection (?:refused|timed out)$/);
  }
});

test.each([
  ['EHOSTUNREACH', '192.0.2.1', 'No route to host'],
  ['ENETUNREACH', '192.0.2.1', 'Network is unreachable'],
  ['ENETUNREACH', '2001:db8::1', 'Network is unreachable'],
])('%s at %s has a command that shows it', (code, address, shows) => {
  const endpoint = testEndpoint(587, { host: 'smtp.example.test' });
  const found = connectFailed(new ConnectFailure('no-route', code, address), { endpoint, run: testRun() } as Context);
  const completed = completeFinding(found, { ...EXACTLY, endpoint, address, step: 'capability', capabilities: [] });
  expect(completed.reproduce).toMatch(/^curl -v --connect-timeout 15 '?telnet:/);
  expect(completed).toMatchObject({ reproduceShows: shows });
});

test.each<[ConstructorParameters<typeof ConnectFailure>, string]>([
  [['timed-out', 'no response in time', '10.20.0.25'], 'curl: (28)'],
  [['no-route', 'ENETUNREACH', '10.20.0.25'], 'Network is unreachable'],
  [['no-route', 'EHOSTUNREACH', 'fd00::1'], 'No route to host'],
])('a private IP address is beyond a GitHub-hosted runner: %j', (failure, shows) => {
  const endpoint = testEndpoint(587, { host: 'smtp.example.test' });
  const failed = new ConnectFailure(...failure);
  const address = failure[2] ?? '';
  const foundIn = (run: Partial<RunContext>) => {
    const found = connectFailed(failed, { endpoint, run: testRun(run) } as Context);
    return completeFinding(found, { ...EXACTLY, endpoint, address, step: 'capability', capabilities: [] });
  };
  const found = foundIn({ hostedRunner: true });
  expect(found).toMatchObject({ party: 'configuration', certainty: 'likely', reproduceShows: shows });
  expect(found.message).toContain(` ${address} is a private IP address, and the job runs on a GitHub-hosted runner.`);
  expect(found.remedy).toMatch(/^Run the job on a self-hosted runner \(`runs-on`\) in the network of the server/);
  expect(found.remedy).not.toMatch(/If the machine/);
  const container = { services: ['mail'] };
  for (const run of [{}, { hostedRunner: true, jobContainer: () => container }] as Partial<RunContext>[])
    expect(foundIn(run).title).not.toBe(found.title);
});

test('a host that is unreachable may be behind a firewall that rejects the connection', () => {
  const context = { endpoint: testEndpoint(587, { host: 'smtp.example.test' }), run: testRun() } as Context;
  const { message, remedy, certainty } = completeFinding(
    connectFailed(new ConnectFailure('no-route', 'EHOSTUNREACH', '192.0.2.1'), context),
    EXACTLY,
  );
  expect(message).toBe(
    'smtp.example.test:587 is unreachable (EHOSTUNREACH): a router or firewall rejects the connection, or the host is down.',
  );
  expect(remedy).toMatch(/^Allow this port in the firewall of the server/);
  expect(certainty).toBe('likely');
});

test.each(['no-route', 'timed-out'] as const)(
  'a host that is no address of a server is in the configuration: %s',
  (kind) => {
    const endpoint = testEndpoint(587, { host: '224.0.0.1' });
    const failure = new ConnectFailure(kind, 'ENETUNREACH', '224.0.0.1');
    const found = connectFailed(failure, { endpoint, run: testRun() } as Context);
    expect(completeFinding(found, { ...EXACTLY, endpoint, step: 'capability', capabilities: [] })).toMatchObject({
      ...{ title: 'Not the IP address of a server', party: 'configuration' },
      remedy: expect.stringMatching(/^Correct `host`: 224\.0\.0\.1 is /) as string,
    });
  },
);

test.each([
  ['192.0.2.1', 'egress-blocked'],
  ['2001:db8::1', 'egress-blocked'],
  ['127.0.0.10', 'connection-timeout'],
  ['192.168.1.2', 'connection-timeout'],
  ['169.254.1.2', 'connection-timeout'],
])('the block of outbound port 25 does not explain an address that is not on the Internet: %s', (address, code) => {
  const context = { endpoint: testEndpoint(25), run: testRun({ hostedRunner: true }) } as Context;
  expect(connectFailed(new ConnectFailure('timed-out', 'no response in time', address), context)).toMatchObject({
    code,
  });
});

test('a timeout on port 25 is likely due to the network of the gate', () => {
  const failure = new ConnectFailure('timed-out', 'no response in time', '192.0.2.1');
  const { title, party, remedy } = failedAt('mx.example.test', failure, {}, { port: 25 });
  expect([title, party]).toEqual(['Connection to port 25 timed out', 'network']);
  expect(remedy).toMatch(/^First check whether the network or provider .* blocks outbound connections to port 25/);
});

const failedAt = (host: string, failure: ConnectFailure, run: Partial<RunContext> = {}, endpoint = {}): Finding =>
  completeFinding(
    connectFailed(failure, { endpoint: testEndpoint(587, { host, ...endpoint }), run: testRun(run) } as Context),
    EXACTLY,
  );

test('a name that resolves to a loopback address is the problem, not only the port', () => {
  const failure = new ConnectFailure('refused', 'ECONNREFUSED', '127.0.0.10');
  const { message, party, remedy } = failedAt('submit.example.test', failure);
  expect(message).toMatch(
    'submit.example.test resolves to 127.0.0.10, a loopback address, and nothing listens on port 587',
  );
  expect([party, remedy]).toEqual(['server', expect.not.stringContaining('container')]);
});

test('in the container of a job, a loopback address is not that of a service', () => {
  const failure = new ConnectFailure('refused', 'ECONNREFUSED', '127.0.0.1');
  const jobContainer = () => ({ services: ['mailserver'] });
  expect(failedAt('localhost', failure, { jobContainer })).toMatchObject({
    title: 'Loopback address in the container of the job',
    party: 'configuration',
    remedy: expect.stringMatching(
      /^Set `host` to the name of the service \(mailserver\) instead of `localhost`/,
    ) as string,
    evidence: { container: 'the job runs in a container', services: 'mailserver' },
  });
});

test.each([
  [
    'postfix.mail.svc.cluster.local',
    true,
    /^Run the job in the network of the server, .* inside of its Kubernetes cluster: /,
  ],
  ['mail.corp.internal', true, /^Run the job in the network of the server, on a self-hosted runner/],
  ['mail.home.arpa', false, /^Run the gate in the network of the server: /],
  ['mailserver', true, /^Set `host` to the full name of the server: /],
])('an internal name is not expected in public DNS: %s', (host, hostedRunner, fix) => {
  const { title, remedy } = failedAt(host, new ConnectFailure('name-not-found', 'ENOTFOUND'), { hostedRunner });
  expect(title).toBe('Internal host name not found');
  expect(remedy).toMatch(fix);
  expect(remedy).not.toMatch(/A or AAAA record/);
});

test.each([
  ['mx', /^Run the gate on a self-hosted runner/, false],
  ['submission', /^Test the submission port/, true],
] as const)('the block of outbound port 25 has a fix for the role %s', (role, fix, namesSubmission) => {
  const failure = new ConnectFailure('timed-out', 'no response in time', '192.0.2.1');
  const found = failedAt('mx.example.test', failure, { hostedRunner: true }, { port: 25, role });
  expect(found.message).toMatch('GitHub-hosted runners block outgoing connections to port 25.');
  expect(found.remedy).toMatch(fix);
  expect(found.remedy.includes('587')).toBe(namesSubmission);
});

test.each([
  ['EMFILE', 'No resources left on this machine'],
  ['EPERM', 'Connection forbidden on this machine'],
  ['EOTHER', 'Connection failed on this machine'],
])('%s on this machine has its own fix', async (code, title) => {
  const resolver: Resolver = () => Promise.reject(failureOf({ code }, '127.0.0.1'));
  const { report } = await gate(testEndpoint(25, { host: 'smtp.example.test' }), { resolver });
  expect(findingsOf(report)).toMatchObject([{ code: 'connection-failed-locally', title }]);
});

describe('a port that is not for the configured kind of TLS', () => {
  const RECORD = '\x16\x03\x03';

  test.each([
    [25, 'Implicit TLS on a STARTTLS port', 'server'],
    [587, 'Implicit TLS on a STARTTLS port', 'server'],
    [2525, 'Implicit TLS on a STARTTLS port', 'server'],
    [465, 'Port requires implicit TLS', 'configuration'],
    [4650, 'Port requires implicit TLS', 'configuration'],
  ])('is the problem of the server if clients expect STARTTLS there: %i', (port, title, party) => {
    const endpoint = testEndpoint(port);
    const found = completeFinding(implicitTlsPort({ endpoint }, RECORD, '220 mail.example.test ESMTP'), EXACTLY);
    expect(found).toMatchObject({ code: 'implicit-tls-port', title, party });
    expect(found.evidence?.data).toMatch(/ \(a TLS handshake message\)$/);
    expect(found.message).toMatch(/no unencrypted greeting; .* Over TLS, it sends "220 mail\.example\.test ESMTP"\.$/);
    if (party === 'server') expect(found.remedy).toMatch(/in the server or in the proxy .* HAProxy: remove `ssl`/);
    // What speaks TLS there may not be the mail server.
    const unknown = completeFinding(implicitTlsPort({ endpoint }, RECORD), EXACTLY);
    expect(unknown).toMatchObject({ party: 'configuration', certainty: 'likely' });
  });

  test.each([
    [465, { party: 'server', certainty: 'likely' }, /^Enable implicit TLS /],
    [587, { party: 'configuration', certainty: 'certain' }, /^Set `transport: starttls` (?!.*clients expect)/],
    [10587, { party: 'configuration', certainty: 'certain' }, /^Set `transport: starttls` .*clients expect/],
  ])('is the problem of the server if clients expect implicit TLS there: %i', (port, cause, remedy) => {
    const context = { endpoint: testEndpoint(port, { transport: 'implicit' }), transcript: new Transcript() };
    const { findings } = judgePlaintext(context, Buffer.from('220 mail.example.test ESMTP\r\n'));
    const [found] = findings.map((one) => completeFinding(one, EXACTLY));
    expect(found).toMatchObject({ code: 'plaintext-on-implicit-port', ...cause });
    expect(found?.remedy).toMatch(remedy);
  });
});

describe('HTTP', () => {
  const REPLY = 'HTTP/1.0 408 Request Time-out\r\n\r\n';

  test.each([25, 465, 587, 2525])('on a port for mail is up to the proxy or server there: %i', (port) => {
    const found = otherProtocol({ port }, REPLY, 'greets');
    expect(found && completeFinding(found, EXACTLY)).toMatchObject({
      ...{ code: 'not-smtp', title: 'Mail port handled as HTTP', party: 'server', certainty: 'likely' },
      remedy: expect.stringMatching(/^Configure the proxy or load balancer .*\n(?:.*\n)*HAProxy: `mode tcp`/) as string,
    });
  });

  test.each([80, 443, 8080])('on another port is a wrong port: %i', (port) => {
    const found = otherProtocol({ port }, REPLY, 'is-spoken-to');
    expect(found && completeFinding(found, EXACTLY)).toMatchObject({
      ...{ code: 'not-smtp', title: 'Not an SMTP server', party: 'configuration' },
    });
  });

  test.each([
    [465, 'Mail port handled as HTTP'],
    [443, 'Not an SMTP server'],
  ])('instead of implicit TLS depends on the port, too: %i', (port, title) => {
    const context = { endpoint: testEndpoint(port, { transport: 'implicit' }), transcript: new Transcript() };
    const { findings } = judgePlaintext(context, Buffer.from(REPLY));
    expect(findings.map((one) => completeFinding(one, EXACTLY))).toMatchObject([{ title }]);
  });
});

describe('LMTP', () => {
  const REJECTED = '500 5.5.1 Unknown command';
  const lmtp: Dialogue = { replies: { EHLO: REJECTED, HELO: REJECTED, LHLO: ['250-mail', '250 PIPELINING'] } };

  test.each(['220 mail.example.test ready', '220 mail Dovecot ready'])('is proved by LHLO: %s', async (greeting) => {
    const report = await reportOf({ ...lmtp, greeting });
    expect(findingsOf(report)).toMatchObject([
      { code: 'not-smtp', certainty: 'certain', evidence: { protocol: 'LMTP', lhlo: '250 mail / PIPELINING' } },
    ]);
    expect(report.heard).toEqual(['EHLO', 'HELO', 'LHLO'].map((verb) => `${verb} gate.example.test`).concat('QUIT'));
  });

  test('is only likely if nothing but the greeting says so', async () => {
    const found = await foundAt({ greeting: '220 mail LMTP ready', replies: { EHLO: REJECTED, HELO: REJECTED } });
    expect(found).toMatchObject({ code: 'not-smtp', certainty: 'likely', evidence: { protocol: 'LMTP' } });
  });

  test('is not tried on a server that rejects EHLO for a different reason', async () => {
    const report = await reportOf({
      replies: { EHLO: '550 Access denied', HELO: '550 Access denied', LHLO: '250 ok' },
    });
    expect(findingsOf(report)).toMatchObject([{ code: 'ehlo-rejected', title: 'Server does not allow this client' }]);
    expect(report.heard.join()).not.toContain('LHLO');
  });

  test('is not assumed of a server that has replied to EHLO before TLS', async () => {
    const report = await reportOf({
      replies: { 'tls:EHLO': REJECTED, 'tls:HELO': REJECTED, 'tls:LHLO': '250 ok' },
    });
    expect(findingsOf(report)).toMatchObject([{ code: 'ehlo-after-tls-rejected' }]);
    expect(report.heard.join()).not.toContain('LHLO');
  });
});

describe('a reply to STARTTLS other than 220', () => {
  test.each([
    ['454 4.7.0 TLS not available', 'Server cannot start TLS'],
    ['454 4.3.3 TLS not available', 'Server cannot start TLS'],
    ['454 4.3.0 Try again later', 'Server error instead of STARTTLS'],
    ['451 4.3.0 Later', 'Server error instead of STARTTLS'],
    ['451 4.3.2 Certificate not loaded', 'STARTTLS deferred'],
    ['451 4.7.1 Later', 'STARTTLS deferred'],
    ['500 5.5.1 What?', 'Server does not implement the STARTTLS that it offers'],
    ['502 5.5.1 No', 'Server does not implement the STARTTLS that it offers'],
    ['501 5.5.4 Syntax', 'Server rejects the syntax of STARTTLS'],
    ['503 5.5.1 Sequence', 'Server does not allow STARTTLS at this point'],
    ['530 5.7.0 Authenticate first', 'Server requires a different command before STARTTLS'],
    ['554 5.7.1 No', 'Server refuses TLS to this client'],
    ['550 5.7.1 No', 'Server refuses TLS to this client'],
    ['221 Bye', 'Server refuses TLS to this client'],
    ['200 Ok', 'Wrong success code for STARTTLS'],
    ['250 2.0.0 Ready to start TLS', 'Wrong success code for STARTTLS'],
    ['354 Go ahead', 'Wrong success code for STARTTLS'],
  ])('has its own fix: %s', async (reply, title) => {
    const found = await foundAt({ replies: { STARTTLS: reply } });
    expect(found).toMatchObject({ code: 'starttls-refused', title, evidence: { reply } });
    expect(found?.reproduce).toMatch(/^swaks .* --tls .*--quit-after TLS$/);
    expect(found?.reproduceShows).toBe(reply);
  });

  test('that is a success is not blamed on the certificate', async () => {
    const found = await foundAt({ replies: { STARTTLS: '250 2.0.0 Ready' } });
    expect(found?.message).toMatch(/250 is not an error, but only 220 starts TLS\.$/);
    expect(found?.remedy).toMatch(/must reply to STARTTLS with 220\./);
    expect(found?.remedy).not.toMatch(/load/);
  });

  test.each([
    ['421 4.3.0 Cannot load the certificate', 'Server reports an error instead of starting TLS'],
    ['500 5.5.1 Sent before the ClientHello', 'Server reports an error instead of starting TLS'],
    ['250 2.0.0 injected', 'Unencrypted data after the 220 to STARTTLS'],
  ])('is distinguished if it follows the 220: %s', async (line, title) => {
    const found = await foundAt({ replies: { STARTTLS: ['220 Go ahead', line] } });
    expect(found).toMatchObject({ code: 'plaintext-after-starttls', title });
  });
});

test('a program that reads the ClientHello as a command does not start TLS after its 220', async () => {
  const complains = startTlsReadingOnce((socket) => socket.write('500 Command not recognized\r\n'), 0);
  const found = await foundAt({ replies: { STARTTLS: ['220 Go ahead', complains] } });
  expect(found).toMatchObject({
    ...{ code: 'plaintext-after-starttls', title: 'Server does not start TLS after its 220', party: 'server' },
    reproduceShows: 'wrong version number',
  });
  expect(found?.message).toMatch(
    /it replied to the ClientHello with "500 Command not recognized\\x0d\\x0a", unencrypted/,
  );
  expect(found?.remedy).toMatch(/^Implement or enable TLS in the program .* The certificate is not the problem\.$/m);
});

test('data that arrives after the ClientHello has a command that sends one', async () => {
  const replies = { STARTTLS: ['220 Go ahead', startTlsReadingOnce((socket) => socket.write('454 No TLS\r\n'), 0)] };
  expect(await foundAt({ replies })).toMatchObject({
    title: 'Server reports an error instead of starting TLS',
    evidence: { arrived: 'after the ClientHello' },
    reproduce: expect.stringMatching(/^openssl s_client /) as string,
  });
});

describe('STARTTLS that is hidden, on this machine', () => {
  test.each<[string, string, Dialogue['greeting'] & {}, RegExp, string | undefined]>([
    ['overwritten', 'XXXXXXXA', ['220 Go ahead', startTls], /The TLS handshake then succeeded \(TLSv1\.3\)/, 'TLSv1.3'],
    ['overwritten', 'XXXXXXXA', ['220 Go ahead', close], /The TLS handshake then failed\.$/, 'failed'],
    ['overwritten', 'XXXXXXXA', '502 No', /the server replied with "502 No"\.$/, undefined],
    ['hidden', 'HELP', ['220 Go ahead', startTls], /The TLS handshake then succeeded/, 'TLSv1.3'],
  ])(
    '%s (%s) is likely done by a program there, and a handshake is tried: %j',
    async (_, offer, reply, message, handshake) => {
      const found = await foundAt({ offers: ['PIPELINING', offer], replies: { STARTTLS: reply } });
      expect(found).toMatchObject({ code: 'starttls-stripped', party: 'server', certainty: 'likely' });
      expect(found?.message).toMatch(message);
      if (handshake === undefined) expect(found?.evidence).not.toHaveProperty('handshake');
      else expect(found?.evidence?.handshake).toContain(handshake);
      expect(found?.remedy).toMatch(/The IP address is that of this machine/);
      expect(found?.remedy).not.toMatch(/Cisco/);
    },
  );

  test('gets neither EHLO nor credentials over TLS', async () => {
    const offers = ['PIPELINING', 'XXXXXXXA'];
    const { heard } = await reportOf({ offers, replies: { STARTTLS: ['220 Go ahead', startTls] } }, { auth: AUTH });
    expect(heard).toEqual(['EHLO gate.example.test', 'STARTTLS']);
  });
});

/** What step 1 says about missing STARTTLS if the server has this IP address. */
async function missingOffer(dialogue: Dialogue, address: string, port?: number): Promise<Finding> {
  const { good } = certs;
  await using server = await startScriptedServer({ tls: { key: good.key, cert: good.chain }, ...dialogue });
  const closers: (() => Promise<void>)[] = [];
  const context: Context = {
    endpoint: testEndpoint(server.port),
    run: testRun(),
    transcript: new Transcript(),
    sideTranscript: new Transcript(),
    budget: Deadline.after(10_000),
    atEnd: (close) => closers.push(close),
    onBareLineFeed: () => undefined,
  };
  try {
    const connection = await openConnection(context);
    const session = beginSession(context, connection.socket);
    const opened = await openDialogue(session, { ehloName: 'gate.example.test', greets: true, upTo: 'EHLO' });
    if (!opened.ok || !opened.dialogue.greeting) throw new Error('no dialogue');
    const plaintext = { greeting: formatReply(opened.dialogue.greeting), capabilities: opened.dialogue.capabilities };
    const judged = port === undefined ? context : { ...context, endpoint: { ...context.endpoint, port } };
    return completeFinding(await judgeMissingOffer(judged, { ...connection, address }, session, plaintext), EXACTLY);
  } finally {
    for (const close of closers) await close();
  }
}

describe('STARTTLS that is hidden, on a different machine', () => {
  const ACCEPTED = ['220 Go ahead', startTls];

  test.each<[string, Dialogue, string, object]>([
    [
      'an overwritten keyword',
      { offers: ['XXXXXXXA'] },
      'starttls-stripped',
      { title: 'STARTTLS overwritten in transit', party: 'network' },
    ],
    [
      'a missing keyword',
      { offers: ['HELP'] },
      'starttls-stripped',
      { title: 'STARTTLS accepted, but not offered', party: 'server' },
    ],
    [
      'a greeting of asterisks',
      { offers: ['HELP'], greeting: '220 ****************', replies: { STARTTLS: '502 No' } },
      'starttls-not-advertised',
      { title: 'Firewall inspects SMTP', party: 'network' },
    ],
    [
      'a different keyword that is overwritten',
      { offers: ['XXXXB'], replies: { STARTTLS: '502 No' } },
      'starttls-not-advertised',
      { title: 'Firewall inspects SMTP', party: 'network' },
    ],
  ])('is likely done by a device in between: %s', async (_, dialogue, code, cause) => {
    const found = await missingOffer({ replies: { STARTTLS: ACCEPTED }, ...dialogue }, '192.0.2.1');
    expect(found).toMatchObject({ code, certainty: 'likely', ...cause });
    expect(found.remedy).not.toMatch(/on this machine/);
    const onThisMachine = await missingOffer({ replies: { STARTTLS: ACCEPTED }, ...dialogue }, '::1');
    expect(onThisMachine).toMatchObject({ code, certainty: 'likely', party: 'server' });
    expect(onThisMachine.remedy).toMatch(/The IP address is that of this machine/);
  });

  test.each<[string, Dialogue, string]>([
    [
      'STARTTLS and a greeting of asterisks',
      { greeting: '220 ****************', offers: ['8BITMIME', 'XXXXXXXA'], replies: { STARTTLS: '502 No' } },
      'STARTTLS overwritten by a Cisco firewall',
    ],
    [
      'STARTTLS and the command',
      { offers: ['XXXXXXXA'], replies: { STARTTLS: '500 5.5.1 Command unrecognized: "XXXXXXXX"' } },
      'STARTTLS overwritten by a Cisco firewall',
    ],
    [
      'a different keyword and a greeting of asterisks',
      { greeting: '220 ****************', offers: ['XXXXB'], replies: { STARTTLS: '502 No' } },
      'Cisco firewall inspects SMTP',
    ],
  ])('is done by a Cisco firewall, even if the port is forwarded to this machine: %s', async (_, dialogue, title) => {
    for (const address of ['192.0.2.1', '127.0.0.1']) {
      const found = await missingOffer(dialogue, address);
      expect(found).toMatchObject({ title, party: 'network', certainty: 'likely' });
      expect(found.remedy).toMatch(/on the Cisco firewall .*`no inspect esmtp` in the policy map.*`allow-tls`/s);
    }
  });

  test('is named if nothing else that is listed has the length of the keyword', async () => {
    const offers = ['8BITMIME', 'CHUNKING', 'SMTPUTF8', 'XXXXXXXA'];
    const { message } = await missingOffer({ offers, replies: { STARTTLS: '502 No' } }, '192.0.2.1');
    expect(message).toMatch(/^The EHLO reply lists "XXXXXXXA", but not STARTTLS: it was probably overwritten\./);
  });

  test('has the setting of a common firewall', async () => {
    const { remedy } = await missingOffer({ offers: ['XXXXXXXA'], replies: { STARTTLS: '502 No' } }, '192.0.2.1');
    expect(remedy).toMatch(/`no inspect esmtp`/);
  });
});

describe('STARTTLS that is not offered', () => {
  test.each([
    ['502 5.5.1 No', 'STARTTLS not offered'],
    ['454 4.7.0 TLS not available due to local problem', 'Server cannot start TLS'],
    ['554 5.7.1 Not for you', 'STARTTLS not offered to this client'],
  ])('has a fix that depends on the reply to STARTTLS: %s', async (reply, title) => {
    const found = await foundAt({ offers: ['PIPELINING'], replies: { STARTTLS: reply } });
    expect(found).toMatchObject({ code: 'starttls-not-advertised', title, evidence: { reply } });
  });

  test.each(['502 5.5.1 TLS support is not enabled', '500 STARTTLS is disabled', '554 SSL not configured'])(
    'is quoted if the reply to STARTTLS says that TLS is off: %s',
    async (reply) => {
      const found = await foundAt({ offers: ['AUTH'], replies: { STARTTLS: reply } });
      expect(found).toMatchObject({ code: 'starttls-not-advertised', title: 'TLS not enabled on the server' });
      expect(found?.message).toContain(`the server replied with "${reply}"`);
      expect(found?.remedy).not.toMatch(/networks/);
    },
  );

  test('and AUTH before it are up to the author of the workflow at a test mail server', async () => {
    const report = await reportOf({
      greeting: '220 /172.18.0.2 GreenMail SMTP Service v2.1.3 ready',
      offers: ['AUTH PLAIN LOGIN'],
      replies: { STARTTLS: '500 Command not recognized: STARTTLS' },
    });
    const [missing, auth] = findingsOf(report);
    expect(missing).toMatchObject({ code: 'starttls-not-advertised', party: 'configuration', certainty: 'likely' });
    expect(missing?.message).toMatch(/ Its greeting is that of GreenMail, a test mail server\.$/);
    expect(missing?.remedy).toMatch(/^Test the SMTPS port of GreenMail \(3465 /);
    expect(auth).toMatchObject({ code: 'plaintext-auth-advertised', party: 'configuration' });
    expect(`${missing?.remedy} ${auth?.remedy}`).not.toMatch(/Postfix|Exim|Dovecot/);
  });

  test('makes an AUTH without mechanisms harmless', async () => {
    const replies = { STARTTLS: '502 No' };
    expect(findingsOf(await reportOf({ offers: ['AUTH'], replies })).map(({ code }) => code)).toEqual([
      'starttls-not-advertised',
    ]);
  });
});

test.each([
  [25, 'STARTTLS not offered', false],
  [587, 'STARTTLS not offered', false],
  [465, 'No TLS on port 465', true],
])('missing STARTTLS is a matter of implicit TLS only on port 465: %i', async (port, title, isImplicit) => {
  const found = await missingOffer({ offers: ['8BITMIME'], replies: { STARTTLS: '502 No' } }, '127.0.0.1', port);
  expect(found.title).toBe(title);
  expect(found.remedy.includes('465')).toBe(isImplicit);
});

describe('STARTTLS that a different host does not offer', () => {
  const found = async (greeting: string, endpoint: Partial<Endpoint>): Promise<Finding | undefined> => {
    const { key, chain: cert } = certs.good;
    const dialogue = { greeting, offers: ['8BITMIME'], replies: { STARTTLS: '503 No' } };
    await using server = await startScriptedServer({ tls: { key, cert }, ...dialogue });
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]);
    const { report } = await gate(testEndpoint(server.port, { host: 'mx.example.net', ...endpoint }), { resolver });
    return report.steps[0]?.findings[0];
  };
  const delivery = { ...DELIVERY, from: 'gate@example.com' };

  test.each<[string, Partial<Endpoint>]>([
    ['on the port of an MX host', { role: 'mx' }],
    ['in the domain of the sender', { delivery }],
    ['in the domain of the user', { auth: { ...AUTH, username: 'user@example.com' } }],
  ])('is likely due to a proxy: %s', async (_, endpoint) => {
    const one = await found('220 utm.example.com ESMTP ready', endpoint);
    expect(one).toMatchObject({
      code: 'starttls-not-advertised',
      party: 'network',
      certainty: 'likely',
      evidence: { host: 'mx.example.net', answeredBy: 'utm.example.com' },
    });
    expect(one?.message).toMatch(/ The name in the greeting is utm\.example\.com\.$/);
    expect(one?.remedy).toMatch(
      /^Find out what utm\.example\.com is: the greeting has this name, and mx\.example\.net is /,
    );
  });

  test.each<[string, string, Partial<Endpoint>]>([
    ['has a name in the same domain', '220 mail7.example.net ESMTP', { role: 'mx', delivery }],
    ['has no name in its greeting', '220 ESMTP ready', { role: 'mx' }],
    ['belongs to a provider', '220 smtp7.provider.test ESMTP', { delivery }],
    ['is configured by its address', '220 utm.example.com ESMTP', { host: '127.0.0.1', role: 'mx' }],
  ])('is up to its owner if the server %s', async (_, greeting, endpoint) => {
    expect(await found(greeting, endpoint)).toMatchObject({ title: 'STARTTLS not offered', party: 'server' });
  });
});

describe('AUTH before TLS', () => {
  const offering = (mechanisms: string): Dialogue => ({ offers: ['STARTTLS', `AUTH ${mechanisms}`] });

  test.each(['SCRAM-SHA-256', 'CRAM-MD5 DIGEST-MD5', 'GSSAPI', 'EXTERNAL', 'SCRAM-SHA-1 SCRAM-SHA-256-PLUS GSSAPI'])(
    'is a notice if no mechanism sends a password: %s',
    async (mechanisms) => {
      const { steps } = await reportOf(offering(mechanisms));
      expect(steps[0]).toMatchObject({
        status: 'pass',
        findings: [{ code: 'plaintext-auth-advertised', severity: 'notice', evidence: { mechanisms } }],
      });
      expect(steps[0]?.findings[0]?.remedy).toMatch(/^No change is required/);
    },
  );

  test.each(['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER', 'SCRAM-SHA-256 PLAIN', 'X-UNKNOWN'])(
    'is a warning if a mechanism may send a password or a token: %s',
    async (mechanisms) => {
      const { steps } = await reportOf(offering(mechanisms));
      expect(steps[0]).toMatchObject({ status: 'warn', findings: [{ severity: 'warning' }] });
    },
  );

  test('and not over TLS is one cause with one fix, to which the findings of both steps refer', async () => {
    const report = await reportOf({ ...offering('PLAIN LOGIN'), offersInTls: ['PIPELINING'] }, { auth: AUTH });
    const found = findingsOf(report);
    expect(found.map(({ code }) => code)).toEqual([
      'plaintext-auth-advertised',
      'auth-mechanisms-differ',
      'auth-not-advertised',
    ]);
    const [before, differ, inverted] = found;
    expect(inverted).toMatchObject({
      title: 'AUTH offered only before TLS',
      evidence: { beforeTls: 'PLAIN LOGIN' },
    });
    expect(inverted?.message).toMatch(/offers AUTH PLAIN LOGIN only before TLS\./);
    expect(inverted?.remedy).toMatch(/^Offer AUTH only in the reply to EHLO after STARTTLS/);
    expect(before?.remedy).toBe('The cause and the fix are those of "AUTH offered only before TLS".');
    expect(differ?.remedy).toBe(before?.remedy);
  });
});
