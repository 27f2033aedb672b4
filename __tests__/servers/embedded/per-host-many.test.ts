import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { gateAll } from '../../../src/gate/scheduler.js';
import { ConnectionLimit, type Turn } from '../../../src/net/connection-limit.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { Resolver } from '../../../src/net/connect.js';
import type { Endpoint, Plan } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import type { RunContext } from '../../../src/steps/context.js';
import { HOST, createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { close, type Dialogue } from '../../support/dialogue.js';
import { WITHOUT_PAUSES, codes, testEndpoint, testRun } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';

/** Many endpoints on few IP addresses: no turn is lost, and no run hangs. */

let certs: CertificateFixtures;
let good: Dialogue;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  good = { tls: { key: certs.good.key, cert: certs.good.chain } };
});

/** Counts the open connections of this process, by the IP address that they lead to. */
class OpenConnections implements Disposable {
  readonly #most = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** How many there have been. */
  opened = 0;
  readonly #watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    this.opened += 1;
    socket.once('connect', () => {
      const { remoteAddress = '' } = socket;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // Node reports late that a connection is closed.
      const open = [...this.#sockets].filter((one) => !one.destroyed && one.remoteAddress === remoteAddress);
      this.#most.set(remoteAddress, Math.max(this.mostTo(remoteAddress), open.length));
    });
  };

  constructor() {
    subscribe('net.client.socket', this.#watch);
  }

  /** The largest number at the same time. */
  mostTo(address: string): number {
    return this.#most.get(address) ?? 0;
  }

  [Symbol.dispose](): void {
    unsubscribe('net.client.socket', this.#watch);
  }
}

/** A limit in which no pause takes time. */
class Limit extends ConnectionLimit {
  readonly slowedDown = new Set<string>();
  #now = 0;

  constructor(readonly perHost: number) {
    super(perHost, {
      nowMs: () => this.#now,
      pause: async (ms) => {
        await turn();
        this.#now += ms;
      },
    });
  }

  override slowDown(address: string, ms: number): void {
    this.slowedDown.add(address);
    super.slowDown(address, ms);
  }

  /** How many connections to an address are possible after the run: as many as are configured, if no turn is lost. */
  freeAt(address: string): number {
    this.#now = Infinity;
    for (let i = 0; i < this.perHost; i += 1) this.speedUp(address);
    const turns: Turn[] = [];
    for (let free = this.tryEnter([address]); free; free = this.tryEnter([address])) turns.push(free);
    for (const one of turns) one.end();
    return turns.length;
  }
}

const at = (port: number, name: string, more: Partial<Endpoint> = {}, tls: Partial<Endpoint['tls']> = {}): Endpoint =>
  testEndpoint(port, {
    name,
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [], ...tls },
    timeoutMs: 20_000,
    ...more,
  });

async function gateWith(
  endpoints: readonly Endpoint[],
  run: Partial<RunContext>,
  settings: Partial<Plan> = {},
  finished: () => void = () => undefined,
): Promise<EndpointReport[]> {
  const policy = { failOn: 'fail', onInconclusive: 'fail' } as const;
  const plan = { endpoints, policy, concurrency: 100, retries: 2, ...settings };
  return gateAll(plan, testRun({ ...WITHOUT_PAUSES, ...run }), finished);
}

const busy = (dialogue: Dialogue): Dialogue => ({ ...dialogue, greeting: ['421 4.7.0 Too many connections', close] });
/** Different findings, in one text. */
const found = (reports: readonly EndpointReport[]) => [...new Set(reports.map(({ steps }) => codes(steps).join()))];

describe('200 endpoints on one IP address, whose server first replies with 421', () => {
  const SIDES: Readonly<Record<string, [Partial<Endpoint>, Partial<Endpoint['tls']>, most: number]>> = {
    'no side connections': [{}, {}, 4],
    probes: [{ probes: ['plaintext-auth', 'command-injection'] }, {}, 8],
    'other handshakes': [{}, { dualCertificates: true, oldVersions: true }, 8],
    'handshakes that fail': [{}, { minVersion: 'TLSv1.3' }, 8],
  };

  test.each(Object.keys(SIDES))(
    'with %s',
    async (side) => {
      const [keys, tls, most] = SIDES[side] ?? [{}, {}, 0];
      const isOld = tls.minVersion !== undefined;
      const dialogue: Dialogue = {
        tls: { key: certs.good.key, cert: certs.good.chain, ...(isOld && { maxVersion: 'TLSv1.2' }) },
        replies: { AUTH: '530 5.7.0 Must issue STARTTLS first' },
      };
      const rejected = Array.from({ length: 30 }, () => busy(dialogue));
      await using server = await startScriptedServer([...rejected, dialogue], '127.0.0.2');
      await using other = await startScriptedServer(dialogue, '127.0.0.3');
      const endpoints = Array.from({ length: 200 }, (_, i) =>
        i % 20 === 0
          ? at(other.port, `${i}`, { host: '127.0.0.3', ...keys }, tls)
          : at(server.port, `${i}`, { host: '127.0.0.2', ...keys }, tls),
      );
      const connections = new Limit(4);
      using open = new OpenConnections();
      const reports = await gateWith(endpoints, { connections });
      expect(found(reports)).toEqual([isOld ? 'tls-version-too-old' : '']);
      expect(open.mostTo('127.0.0.2')).toBeLessThanOrEqual(most);
      expect([...connections.slowedDown]).toEqual(['127.0.0.2']);
      expect(['127.0.0.2', '127.0.0.3'].map((address) => connections.freeAt(address))).toEqual([4, 4]);
    },
    60_000,
  );
});

test('200 endpoints on one IP address whose server always replies with 421 are all tested', async () => {
  await using server = await startScriptedServer(busy(good), '127.0.0.2');
  const connections = new Limit(4);
  const endpoints = Array.from({ length: 200 }, (_, i) => at(server.port, `${i}`, { host: '127.0.0.2' }));
  const reports = await gateWith(endpoints, { connections });
  expect(found(reports)).toEqual(['throttled']);
  expect([server.connections, connections.freeAt('127.0.0.2')]).toEqual([600, 4]);
}, 60_000);

test('no connection is opened between the reply that asks for a pause and the pause', async () => {
  await using server = await startScriptedServer([...Array.from({ length: 4 }, () => busy(good)), good], '127.0.0.2');
  const connections = new Limit(4);
  using open = new OpenConnections();
  const before: number[] = [];
  const slowDown = connections.slowDown.bind(connections);
  connections.slowDown = (address, ms) => {
    before.push(open.opened);
    slowDown(address, ms);
  };
  const endpoints = Array.from({ length: 20 }, (_, i) => at(server.port, `${i}`, { host: '127.0.0.2' }));
  const reports = await gateWith(endpoints, { connections });
  expect(found(reports)).toEqual(['']);
  expect(before).toEqual([4, 4, 4, 4]);
});

test('a run that ends while endpoints wait for their turns leaves no connection, and loses no turn', async () => {
  const over = new AbortController();
  let greetings = 0;
  const dialogue: Dialogue = {
    ...good,
    // From the hundredth connection on, the server is silent.
    greeting: [
      {
        perform: async () => {
          greetings += 1;
          if (greetings === 103) over.abort();
          if (greetings >= 100) await new Promise(() => undefined);
        },
      },
      '220 mail.example.test ESMTP',
    ],
  };
  await using server = await startScriptedServer(dialogue, '127.0.0.2');
  const connections = new Limit(4);
  const endpoints = Array.from({ length: 200 }, (_, i) => at(server.port, `${i}`, { host: '127.0.0.2' }));
  const reports = await gateWith(endpoints, { connections, end: Deadline.on(over.signal) });
  expect(found(reports).sort()).toEqual(['', 'run-stopped']);
  await server.left();
  // The steps that were interrupted end a little later.
  while (connections.freeAt('127.0.0.2') < 4) await turn();
  expect(reports).toHaveLength(200);
}, 60_000);

describe('endpoints with several IP addresses, at servers that behave at random', () => {
  const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  /** Each host has a different selection of them, in a different order. */
  const HOSTS: Readonly<Record<string, readonly number[]>> = {
    'a.example.test': [0, 1, 2],
    'b.example.test': [2, 1, 0],
    'c.example.test': [1],
    'd.example.test': [2, 0],
  };
  const resolver: Resolver = (host, family) => {
    const addresses = family === 6 ? [] : (HOSTS[host] ?? []).map((index) => ADDRESSES[index] ?? '');
    return Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
  };
  const noAlias = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENODATA' }));

  test.each([1, 2, 3, 4, 5, 6])(
    'round %d',
    async (round) => {
      // Park and Miller's generator.
      let state = round;
      const random = (below: number): number => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const replies = { AUTH: '530 5.7.0 Must issue STARTTLS first' };
      const kinds: readonly Dialogue[] = [
        busy(good),
        { ...good, greeting: [close] },
        { ...good, replies: { ...replies, STARTTLS: ['421 4.7.0 Later', close] } },
        { ...good, replies },
        { ...good, replies },
      ];
      const dialogues = Array.from({ length: 2000 }, () => kinds[random(kinds.length)] ?? good);
      await using server = await startScriptedServer(dialogues, '0.0.0.0');
      const endpoints = Array.from({ length: 60 }, (_, i): Endpoint => {
        const host = Object.keys(HOSTS)[random(4)] ?? '';
        const side: Partial<Endpoint>[] = [{}, { probes: ['plaintext-auth'] }];
        const target: Partial<Endpoint>[] = [
          { host },
          { host, addresses: 'all' },
          { host: 'example.test', mx: { servername: HOST }, addresses: random(2) === 0 ? 'all' : 'first' },
        ];
        return at(
          server.port,
          `${i}`,
          { ...target[random(3)], ...side[random(2)] },
          random(2) === 0 ? { dualCertificates: true } : {},
        );
      });
      const perHost = 1 + random(3);
      const connections = new Limit(perHost);
      using open = new OpenConnections();
      const mx = () => Promise.resolve(Object.keys(HOSTS));
      const run = { connections, resolver, mx, cname: noAlias };
      const reports = await gateWith(endpoints, run, { concurrency: 1 + random(40), retries: random(4) });
      expect(reports.length).toBeGreaterThanOrEqual(60);
      expect(reports.flatMap(({ steps }) => codes(steps))).not.toContain('internal-error');
      for (const address of ADDRESSES) {
        expect(open.mostTo(address)).toBeLessThanOrEqual(2 * perHost);
        expect(connections.freeAt(address)).toBe(perHost);
      }
    },
    60_000,
  );
});
