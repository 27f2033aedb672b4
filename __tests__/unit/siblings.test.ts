import { causeOf } from '../../src/findings/cause.js';
import type { FindingCode } from '../../src/findings/codes.js';
import { compareSiblings, type Gated } from '../../src/gate/siblings.js';
import type { EndpointReport, Finding, StepId } from '../../src/report/report.js';
import { aFinding, anEndpoint } from '../support/reports.js';

const V4 = '192.0.2.7';
const V6 = '2001:db8::7';
const auth = { expect: 'accepted' } as NonNullable<Gated['endpoint']['auth']>;

/** An endpoint that fails with a finding of a cause. */
function failing(
  code: FindingCode,
  step: StepId,
  { cause, ...details }: Partial<EndpointReport> & { cause?: string } = {},
): EndpointReport {
  const { title, party, remedy } = causeOf(code, cause);
  const text = typeof remedy === 'string' ? remedy : 'Fix it.';
  const { address } = details;
  const found = aFinding(code, {
    ...{ party, remedy: text },
    ...(title !== undefined && { title }),
    ...(address !== undefined && { evidence: { address } }),
    ...(code === 'connection-timeout' && { inconclusive: true }),
  });
  return anEndpoint({ ...(step === 'capability' && { transcript: [] }), ...details }, { [step]: [found] });
}

/** The finding of the first report after the comparison, and the results of all reports. */
function compare(...gated: (readonly EndpointReport[])[]): Finding | undefined {
  const groups = gated.map((reports) => ({ endpoint: { name: 'relay', auth }, reports }));
  const compared = compareSiblings(groups);
  expect(compared.map(({ name, result }) => [name, result])).toEqual(
    gated.flat().map(({ name, result }) => [name, result]),
  );
  return compared[0]?.steps.flatMap(({ findings }) => findings)[0];
}

describe('a rejection of the credentials', () => {
  const rejected = failing('auth-rejected', 'authentication', { address: '192.0.2.8', cause: 'wrong-credentials' });

  test('is a problem of the server if another address of the endpoint accepts them', () => {
    const found = compare([rejected, anEndpoint()]);
    expect(found).toMatchObject({ title: 'Credentials work at only some IP addresses of the host', party: 'server' });
    expect(found?.remedy).toMatch(
      /^Update the user database of this server: 192\.0\.2\.7 accepted the same credentials/,
    );
    expect(found?.evidence).toMatchObject({ worksAt: V4 });
  });

  test.each<[string, (readonly EndpointReport[])[]]>([
    ['no other address was tested', [[rejected]]],
    ['the other address is of a different endpoint, which may have other credentials', [[rejected], [anEndpoint()]]],
    ['the other address rejects them too', [[rejected, { ...rejected, address: V4 }]]],
    [
      'the rejection at the other address is waived',
      [
        [
          rejected,
          anEndpoint(
            {},
            { authentication: [aFinding('auth-rejected', { waived: { reason: 'x', until: '2999-01-01' } })] },
          ),
        ],
      ],
    ],
    [
      'authentication was not tested at the other address',
      [[rejected, failing('certificate-expired', 'certificate', { address: V4 })]],
    ],
  ])('stays as it is if %s', (_, gated) => {
    expect(compare(...gated)).toEqual(rejected.steps[3]?.findings[0]);
  });

  test('stays as it is if the other address passes because it rejects them', () => {
    const endpoint = { name: 'relay', auth: { ...auth, expect: 'rejected' as const } };
    const [first] = compareSiblings([{ endpoint, reports: [rejected, anEndpoint()] }]);
    expect(first?.steps[3]?.findings[0]?.title).toBe('Username or password not accepted');
  });

  test('keeps a more specific cause, and names the other address', () => {
    const disabled = failing('auth-rejected', 'authentication', { address: '192.0.2.8', cause: 'smtp-auth-disabled' });
    const found = compare([disabled, anEndpoint()]);
    expect(found).toMatchObject({ title: 'SMTP AUTH disabled for the account' });
    expect(found?.remedy).toMatch(/^Ask the administrator .* passed this step at 192\.0\.2\.7 in this run: compare/);
  });
});

describe('a rejection of the recipient', () => {
  const delivery = { to: 'inbox@example.com', expect: 'accepted' } as NonNullable<Gated['endpoint']['delivery']>;
  const rejected = failing('recipient-rejected', 'delivery', {
    ...{ host: 'mx2.example.com', cause: 'recipient-unknown' },
    transcript: [{ at: 1, from: 'server', text: '220 mx2.example.com ESMTP OpenSMTPD' }],
  });
  const accepting = anEndpoint({ host: 'mx1.example.com' });
  const hostOf = (domain: string, ...reports: EndpointReport[]): Gated => {
    const [{ host } = accepting] = reports;
    return { endpoint: { name: `${domain}: ${host}`, origin: { name: domain, part: host }, delivery }, reports };
  };
  const findingOf = (gated: readonly Gated[]): Finding | undefined =>
    compareSiblings(gated)[0]?.steps.flatMap(({ findings }) => findings)[0];

  test('is a problem of the server if another MX host of the domain accepts the recipient', () => {
    const found = findingOf([hostOf('example.com', rejected), hostOf('example.com', accepting)]);
    const title = 'Recipient accepted by only some servers of the domain';
    expect(found).toMatchObject({ title, party: 'server', evidence: { worksAt: 'mx1.example.com' } });
    expect(found?.remedy).toMatch(/^Configure this server .*: mx1\.example\.com accepted the same recipient/);
    expect(found?.remedy).toMatch(/OpenSMTPD: add `match from any for domain "DOMAIN" action NAME`/);
    expect(found?.remedy).not.toContain('Postfix');
  });

  test('is a problem of the server if another IP address of the host accepts the recipient', () => {
    const endpoint = { name: 'relay', delivery };
    const found = findingOf([{ endpoint, reports: [{ ...rejected, address: '192.0.2.8' }, anEndpoint()] }]);
    expect(found).toMatchObject({ party: 'server', evidence: { worksAt: V4 } });
  });

  test.each<[string, readonly Gated[]]>([
    ['the other server is of a different endpoint', [hostOf('example.com', rejected), hostOf('a.example', accepting)]],
    [
      'the other server rejects the recipient, as it should',
      [rejected, accepting].map((report) => {
        const { endpoint, reports } = hostOf('example.com', report);
        return { endpoint: { ...endpoint, delivery: { ...delivery, expect: 'refused' } }, reports };
      }),
    ],
    [
      'the other server is not reachable',
      [
        hostOf('example.com', rejected),
        hostOf('example.com', failing('connection-timeout', 'capability', { host: 'mx1.example.com' })),
      ],
    ],
  ])('stays as it is if %s', (_, gated) => {
    expect(findingOf(gated)).toEqual(rejected.steps[4]?.findings[0]);
  });

  test('stays as it is if it is not about the recipient', () => {
    const { cause, ...details } = { cause: 'client-reputation', host: 'mx2.example.com' };
    const listed = failing('recipient-rejected', 'delivery', { cause, ...details });
    const gated = [hostOf('example.com', listed), hostOf('example.com', accepting)];
    expect(findingOf(gated)?.title).toBe('IP address of the client rejected');
  });
});

describe.each(['connection-refused', 'connection-timeout'] as const)('the finding %s', (code) => {
  const at = (address: string, details: Partial<EndpointReport> & { cause?: string } = {}): EndpointReport =>
    failing(code, 'capability', { address, ...details });
  const verb = code === 'connection-refused' ? 'refuse' : 'not respond';

  test.each([
    ['IPv6', V6, V4, 'AAAA'],
    ['IPv4', V4, V6, 'A'],
  ])('is about %s if only the other IP version accepts connections', (family, address, other, record) => {
    const found = compare([at(address), anEndpoint({ address: other })]);
    expect(found?.title).toMatch(new RegExp(`^Server .*${verb}.* over ${family}$`));
    expect(found?.remedy).toContain(`remove the ${record} record`);
    expect(found).toMatchObject({ party: 'server', certainty: 'likely', evidence: { address, worksAt: other } });
  });

  test('is about one address if another one of the same IP version accepts connections', () => {
    const found = compare([at('192.0.2.8'), anEndpoint({ address: V6 }), anEndpoint()]);
    expect(found?.title).toMatch(new RegExp(`^One IP address of the host .*${verb}`));
    expect(found?.remedy).toContain(`${V4} accepts connections`);
  });

  test('is about the port if another port of the same address accepts connections', () => {
    const found = compare([at(V4)], [anEndpoint({ port: 465 })]);
    expect(found?.title).toMatch(/^(?:Nothing listens on this|One) port of the host/);
    expect(found?.remedy).toContain('port 465');
    expect(found?.party).toBe('server');
  });

  test.each<[string, readonly EndpointReport[]]>([
    ['a different host', [anEndpoint({ host: 'other.example.com', port: 465 })]],
    ['a different address', [anEndpoint({ address: '192.0.2.8', port: 465 })]],
    ['a port that does not accept connections either', [at(V4, { port: 465 })]],
  ])('stays as it is if what else was tested is %s', (_, others) => {
    const failed = at(V4);
    expect(compare([failed], others)).toEqual(failed.steps[0]?.findings[0]);
  });

  test('stays as it is if the server stopped working during the run', () => {
    const failed = at(V4, { cause: 'worked-before' });
    expect(compare([failed], [anEndpoint({ port: 465 })])).toEqual(failed.steps[0]?.findings[0]);
  });
});

describe('a host that is unreachable', () => {
  const failed = failing('no-route', 'capability', { address: V4, cause: 'unreachable' });

  test('has a firewall if another port of the same address accepts connections', () => {
    const found = compare([failed], [anEndpoint({ port: 25 })]);
    expect(found).toMatchObject({
      title: 'A firewall rejects connections to this port of the host',
      party: 'server',
      certainty: 'likely',
      evidence: { worksAt: 'port 25' },
    });
    expect(found?.remedy).toContain('port 25 accepts connections');
  });

  test('is one of several if another address accepts connections', () => {
    const found = compare([failed, anEndpoint({ address: '192.0.2.8' })]);
    expect(found).toMatchObject({
      title: 'One IP address of the host is unreachable',
      evidence: { worksAt: '192.0.2.8' },
    });
  });

  test.each<[string, Finding | undefined, EndpointReport]>([
    [
      'only an address of the other family accepts connections',
      failed.steps[0]?.findings[0],
      anEndpoint({ address: V6 }),
    ],
    ['nothing else was tested', failed.steps[0]?.findings[0], failed],
  ])('stays as it is if %s', (_, expected, other) => {
    expect(compare([failed, other])).toEqual(expected);
  });

  test('is not about a firewall if this machine has no route', () => {
    const without = failing('no-route', 'capability', { address: V6, cause: 'no-ipv6' });
    expect(compare([without], [anEndpoint({ address: V6, port: 25 })])?.title).toBe('No IPv6 route to the server');
  });
});

test('a timeout of port 25 is probably a filter of outbound connections if another port responds', () => {
  const found = compare([failing('connection-timeout', 'capability', { address: V4, port: 25 })], [anEndpoint()]);
  expect(found).toMatchObject({ title: 'Port 25 of the host does not respond', party: 'network' });
});

test('any other problem of one server says at which address the same step passes', () => {
  const expired = failing('certificate-expired', 'certificate', { address: '192.0.2.8' });
  const found = compare([expired, anEndpoint()]);
  expect(found?.title).toBe(expired.steps[2]?.findings[0]?.title);
  expect(found?.remedy).toMatch(
    /^The same host passed this step at 192\.0\.2\.7 in this run: compare the two servers\.$/m,
  );
});

test('every one of thousands of failures on one host is compared', () => {
  const closed = Array.from({ length: 5000 }, (_, n) => [
    failing('connection-refused', 'capability', { address: V4, port: 1000 + n }),
  ]);
  const groups = [...closed, [anEndpoint()]].map((reports) => ({ endpoint: { name: 'relay', auth }, reports }));
  const compared = compareSiblings(groups);
  expect(compared.filter(({ steps }) => steps[0]?.findings[0]?.evidence?.worksAt === 'port 587')).toHaveLength(5000);
});
