import { setImmediate as turn } from 'node:timers/promises';
import { gateAll } from '../../../src/gate/scheduler.js';
import { Deadline } from '../../../src/net/deadline.js';
import { deferred } from '../../../src/net/deferred.js';
import type { Resolver } from '../../../src/net/connect.js';
import { ConnectionLimit } from '../../../src/net/connection-limit.js';
import type { Endpoint, Plan } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import type { RunContext } from '../../../src/steps/context.js';
import { HOST, createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { close, type Act, type Dialogue } from '../../support/dialogue.js';
import { startEmbedded } from '../../support/embedded.js';
import { AUTH, DELIVERY, WITHOUT_PAUSES, codes, testEndpoint, testRun } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';

/** The limit of connections to one IP address. */

let certs: CertificateFixtures;
let good: Dialogue;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  good = { tls: { key: certs.good.key, cert: certs.good.chain } };
});

/** Long enough for a machine that is busy with other tests. */
const TIMEOUT_MS = 20_000;

const at = (port: number, name: string, overrides: Partial<Endpoint> = {}): Endpoint =>
  testEndpoint(port, {
    name,
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    timeoutMs: TIMEOUT_MS,
    ...overrides,
  });

/** Counts the connections that have to wait. */
class Watched extends ConnectionLimit {
  waiting = 0;
  readonly slowedDown: [address: string, ms: number][] = [];

  override enter(addresses: readonly string[]): ReturnType<ConnectionLimit['enter']> {
    this.waiting += 1;
    return super.enter(addresses);
  }

  override slowDown(address: string, ms: number): void {
    this.slowedDown.push([address, ms]);
    super.slowDown(address, ms);
  }
}

async function gateWith(
  endpoints: readonly Endpoint[],
  run: Partial<RunContext>,
  settings: Partial<Plan> = {},
  finished: (report: EndpointReport) => void = () => undefined,
): Promise<EndpointReport[]> {
  const policy = { failOn: 'fail', onInconclusive: 'fail' } as const;
  return gateAll({ endpoints, policy, concurrency: 32, retries: 0, ...settings }, testRun(run), finished);
}

const results = (reports: readonly EndpointReport[]) => reports.map(({ result }) => result);

test('at most as many connections to one address are open as configured, however many endpoints there are', async () => {
  const connections = new Watched(4);
  let greeting = 0;
  const most: number[] = [];
  let group = deferred<undefined>();
  // The greetings of four connections are sent once the other endpoints wait for theirs.
  const inGroups: Act = {
    perform: async () => {
      greeting += 1;
      most.push(greeting);
      const { promise, resolve } = group;
      if (greeting === 4 && connections.waiting === 8) {
        group = deferred<undefined>();
        greeting = 0;
        resolve(undefined);
      }
      await promise;
    },
  };
  await using server = await startScriptedServer({ ...good, greeting: [inGroups, '220 mail.example.test ESMTP'] });
  const endpoints = Array.from({ length: 12 }, (_, i) => at(server.port, `${i}`));
  const reports = await gateWith(endpoints, { connections });
  expect(results(reports)).toEqual(Array(12).fill('pass'));
  expect(Math.max(...most)).toBe(4);
  expect(reports.every(({ durationMs, steps }) => durationMs >= (steps[0]?.durationMs ?? 0))).toBe(true);
});

test('an endpoint that waits for a busy address does not block another one', async () => {
  const other = deferred<undefined>();
  const held: Act = {
    perform: async ({ socket }) => {
      if (socket.localAddress === '127.0.0.1') await other.promise;
    },
  };
  await using server = await startScriptedServer(
    { ...good, greeting: [held, '220 mail.example.test ESMTP'] },
    '0.0.0.0',
  );
  const finished: string[] = [];
  const reports = await gateWith(
    [at(server.port, 'busy 1'), at(server.port, 'busy 2'), at(server.port, 'other', { host: '127.0.0.2' })],
    { connections: new ConnectionLimit(1) },
    { concurrency: 2 },
    ({ name }) => {
      finished.push(name);
      if (name === 'other') other.resolve(undefined);
    },
  );
  expect(finished).toEqual(['other', 'busy 1', 'busy 2']);
  expect(results(reports)).toEqual(['pass', 'pass', 'pass']);
});

test('a connection counts only until it is closed, not until the message has arrived', async () => {
  const messages: Buffer[] = [];
  await using server = await startEmbedded({
    // The first message arrives after the second one.
    alter: (raw) => {
      messages.push(raw);
      if (messages.length === 2) for (const one of messages) server.mailbox.append(one);
      return undefined;
    },
  });
  const [one, two] = ['one', 'two'].map((name) => server.endpoint({ name, timeoutMs: TIMEOUT_MS }));
  const withinMs = TIMEOUT_MS;
  const endpoints = [one, two].flatMap((each) =>
    each?.delivery ? [{ ...each, delivery: { ...each.delivery, withinMs } }] : [],
  );
  const reports = await gateWith(endpoints, { connections: new ConnectionLimit(1) });
  expect(results(reports)).toEqual(['pass', 'pass']);
}, 60_000);

test.each([
  ['421 as the greeting', { greeting: ['421 4.7.0 Busy', close] }],
  ['421 to a later command', { replies: { 'tls:EHLO': ['421 4.3.2 Shutting down', close] } }],
] as [string, Dialogue][])('%s slows down that address, and no other one', async (_, throttling) => {
  await using server = await startScriptedServer([{ ...good, ...throttling }, good], '0.0.0.0');
  const other = deferred<undefined>();
  const connections = new Watched(4);
  const finished: string[] = [];
  const [report] = await gateWith(
    [at(server.port, 'throttled'), at(server.port, 'other', { host: '127.0.0.2' })],
    { connections, pause: () => other.promise, random: () => 0.5 },
    // The pause before the second attempt takes no place from others.
    { concurrency: 1, retries: 1 },
    ({ name }) => {
      finished.push(name);
      if (name === 'other') other.resolve(undefined);
    },
  );
  expect(finished).toEqual(['other', 'throttled']);
  expect([report?.result, report?.attempts]).toEqual(['pass', 2]);
  expect(connections.slowedDown).toEqual([['127.0.0.1', 1000]]);
});

test.each([
  ['a greeting that names a rate limit', { greeting: ['554 5.7.0 Too many connections', close] }, true],
  ['a greeting that rejects the client', { greeting: ['554 5.7.1 Access denied', close] }, false],
  ['a rejection of AUTH for too many attempts', { replies: { AUTH: '535 5.7.0 Too many login attempts' } }, true],
  ['a rate limit of AUTH', { replies: { AUTH: '454 4.7.0 Too many login attempts' } }, true],
  ['a rate limit of the sender', { replies: { MAIL: '450 4.7.1 Too many messages, slow down' } }, true],
  ['a greylisted recipient', { replies: { RCPT: '450 4.7.1 Greylisted' } }, false],
  ['a certificate of another name', {}, false],
] as [string, Dialogue, boolean][])('%s slows it down only if it asks for it', async (_, dialogue, isSlowedDown) => {
  await using server = await startScriptedServer({ ...good, offersInTls: ['AUTH PLAIN'], ...dialogue });
  const connections = new Watched(4);
  const servername = Object.keys(dialogue).length === 0 ? { servername: 'other.example.test' } : {};
  const delivery = { ...DELIVERY, expect: 'accepted' } as const;
  const [report] = await gateWith([at(server.port, 'one', { auth: AUTH, delivery, ...servername })], { connections });
  expect(report?.result).not.toBe('pass');
  expect(connections.slowedDown).toHaveLength(isSlowedDown ? 1 : 0);
});

test('without a reply, a run that ends does not wait for its turn', async () => {
  const over = new AbortController();
  await using server = await startScriptedServer({
    ...good,
    greeting: [{ perform: () => new Promise(() => undefined) }],
  });
  const connections = new (class extends Watched {
    override enter(addresses: readonly string[]): ReturnType<ConnectionLimit['enter']> {
      over.abort();
      return super.enter(addresses);
    }
  })(1);
  const reports = await gateWith([at(server.port, 'one'), at(server.port, 'two')], {
    connections,
    end: Deadline.on(over.signal),
  });
  const found = reports.map(({ steps }) => steps[0]?.findings.map(({ code }) => code));
  expect(found).toEqual([['run-stopped'], ['run-stopped']]);
});

describe('a run ends, however its connections wait for each other', () => {
  const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
    'mx1.example.test': ['127.0.0.2'],
    'mx2.example.test': ['127.0.0.2', '127.0.0.3'],
    'both.example.test': ['127.0.0.3', '127.0.0.2'],
  };
  const resolver: Resolver = (host, family) =>
    Promise.resolve(family === 6 ? [] : (ADDRESSES[host] ?? []).map((address) => ({ address, family: 4 })));
  const noAlias = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENODATA' }));

  const SIDES: Readonly<Record<string, [Partial<Endpoint>, Partial<Endpoint['tls']>]>> = {
    probes: [{ probes: ['plaintext-auth', 'command-injection'] }, {}],
    'both certificates': [{}, { dualCertificates: true }],
    'all of these': [{ probes: ['plaintext-auth'] }, { dualCertificates: true, oldVersions: true }],
    'a diagnostic handshake': [{}, { minVersion: 'TLSv1.3' }],
  };
  const combinations = Object.keys(SIDES).flatMap((side) =>
    [1, 2, 32].flatMap((concurrency) => [1, 2, 4].map((perHost) => ({ side, concurrency, perHost }))),
  );

  test.each(combinations)('$side, concurrency $concurrency, per-host $perHost', async (combination) => {
    const { side, concurrency, perHost } = combination;
    const [keys, tls] = SIDES[side] ?? [];
    let now = 0;
    const connections = new ConnectionLimit(perHost, {
      nowMs: () => now,
      pause: async (ms) => {
        await turn();
        now += ms;
      },
    });
    const isOld = tls?.minVersion !== undefined;
    const dialogue: Dialogue = {
      tls: { key: certs.good.key, cert: certs.good.chain, ...(isOld && { maxVersion: 'TLSv1.2' }) },
      replies: { AUTH: '530 5.7.0 Must issue STARTTLS first' },
    };
    const busy: Dialogue = { ...dialogue, greeting: ['421 4.7.0 Busy', close] };
    await using server = await startScriptedServer([busy, dialogue], '0.0.0.0');
    const endpoint = (name: string, host: string, more: Partial<Endpoint> = {}): Endpoint => {
      const one = at(server.port, name, { host, ...keys, ...more });
      return { ...one, tls: { ...one.tls, ...tls } };
    };
    const endpoints = [
      ...Array.from({ length: 5 }, (_one, i) => endpoint(`${i}`, '127.0.0.2')),
      endpoint('two addresses', 'both.example.test'),
      endpoint('all', 'both.example.test', { addresses: 'all' }),
      endpoint('mx', 'example.test', { mx: { servername: HOST }, addresses: 'all' }),
    ];
    const run = { connections, resolver, mx: () => Promise.resolve(['mx1.example.test', 'mx2.example.test']) };
    const reports = await gateWith(
      endpoints,
      { ...run, cname: noAlias, ...WITHOUT_PAUSES },
      { concurrency, retries: 3 },
    );
    expect(reports.map(({ steps }) => codes(steps))).toEqual(Array(11).fill(isOld ? ['tls-version-too-old'] : []));
  });
});
