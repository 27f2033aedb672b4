import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codes } from '../../support/gate.js';
import { createLoopback, type Loopback } from '../../support/loopback.js';
import {
  SERVFAIL,
  SILENCE,
  TRUNCATED,
  startNameServer,
  type NameServer,
  type Zone,
} from '../../support/name-server.js';
import { createRunner, type StepEnded } from '../../support/runner.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { systemResolver, type SystemResolver } from '../../support/system-resolver.js';

/**
 * The action with the system's resolver and a name server that fails. A lookup without a reply takes minutes here,
 * longer than the runner waits for the action, so a run that ends has not waited for it.
 */

/** No other test uses this address. The system's resolver uses port 53. */
const NAME_SERVER = { address: '127.53.53.53', port: 53 };

const HEALTHY = Array.from({ length: 8 }, (_, n) => `healthy${n}.example.test`);
const SILENT = Array.from({ length: 40 }, (_, n) => `silent${n}.example.test`);

const ZONE: Zone = {
  ...Object.fromEntries(HEALTHY.map((name) => [name, { A: '127.0.0.1' }])),
  ...Object.fromEntries(SILENT.map((name) => [name, SILENCE])),
  'truncated.example.test': TRUNCATED,
  'no-aaaa-answer.example.test': { A: '127.0.0.1', AAAA: SILENCE },
  'aaaa-servfail.example.test': { A: '127.0.0.1', AAAA: SERVFAIL },
  'a-servfail.example.test': { A: SERVFAIL, AAAA: '::1' },
};

let loopback: Loopback;
let names: NameServer;
let resolver: SystemResolver;
beforeAll(async () => {
  [loopback, names, resolver] = await Promise.all([
    createLoopback(),
    startNameServer(ZONE, NAME_SERVER),
    systemResolver(NAME_SERVER.address, '127.0.0.1 in-hosts-file.example.test'),
  ]);
});
afterAll(() => Promise.all([names, resolver].map((each) => each[Symbol.asyncDispose]())));

interface Terms {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly endpoint?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Done while the step runs. */
  readonly meanwhile?: (pid: () => Promise<number>) => Promise<void>;
}

/** Tests the hosts, which are all the same server. */
async function gated(hosts: readonly string[], terms: Terms = {}): Promise<StepEnded> {
  await using server = await startScriptedServer(loopback.dialogue());
  await using runner = await createRunner();
  const { port } = server;
  const endpoints = hosts.map((host) => ({ name: host, host, port, servername: '127.0.0.1', ...terms.endpoint }));
  const inputs = { endpoints: JSON.stringify(endpoints), ca: loopback.ca, retries: '0', timeout: '2', ...terms.inputs };
  const pidFile = join(runner.temp, 'pid');
  const preload = `--import=${resolve('__tests__/action/fixtures/pid.mjs')}`;
  const env = { NODE_OPTIONS: preload, PID_FILE: pidFile, ...terms.env };
  const [ended] = await Promise.all([
    runner.run(inputs, env, undefined, resolver),
    terms.meanwhile?.(async () => Number(await readFile(pidFile, 'utf8'))),
  ]);
  return ended;
}

/** The result of each endpoint and the codes of its findings. */
const seen = ({ report }: StepEnded): unknown =>
  Object.fromEntries(report?.endpoints.map(({ name, result, steps }) => [name, [result, ...codes(steps)]]) ?? []);

describe('a lookup without a reply does not delay the end of the process', () => {
  const bad = ['silent0.example.test', 'truncated.example.test'];

  test.each(bad)('%s', async (host) => {
    const ended = await gated([host, 'healthy0.example.test']);
    expect(seen(ended)).toEqual({ [host]: ['inconclusive', 'dns-failed'], 'healthy0.example.test': ['pass'] });
    expect(ended).toMatchObject({ code: 1, leftSomething: false, outputs: { result: 'inconclusive' } });
    expect(ended.summary).toContain('Gate failed');
    expect(ended.log).toContain(`Gate failed: 1 of 2 endpoints could not be tested: ${host}`);
  });

  test.each(bad)('%s, if the gate passes', async (host) => {
    const ended = await gated([host, 'healthy0.example.test'], { inputs: { 'on-inconclusive': 'warn' } });
    expect(ended).toMatchObject({ code: 0, leftSomething: false });
  });

  test.each(bad)('%s, at the deadline', async (host) => {
    const ended = await gated([host], { inputs: { timeout: '60', deadline: '0.1' } });
    expect(seen(ended)).toEqual({ [host]: ['inconclusive', 'run-stopped'] });
    expect(ended).toMatchObject({ code: 1, leftSomething: false });
  });

  test.each(bad)('%s, after SIGTERM', async (host) => {
    const before = names.asked.length;
    const cancel = async (pid: () => Promise<number>): Promise<void> => {
      while (!names.asked.slice(before).includes(host)) await sleep(20);
      process.kill(await pid(), 'SIGTERM');
    };
    const ended = await gated([host], { inputs: { timeout: '60' }, meanwhile: cancel });
    expect(seen(ended)).toEqual({ [host]: ['inconclusive', 'run-stopped'] });
    expect(ended).toMatchObject({ code: 1, leftSomething: false });
  });
});

describe('lookups without a reply do not block other lookups', () => {
  const passing = Object.fromEntries(HEALTHY.map((name) => [name, ['pass']]));
  const failing = (hosts: readonly string[]): Record<string, string[]> =>
    Object.fromEntries(hosts.map((name) => [name, ['inconclusive', 'dns-failed']]));

  test('at a concurrency of 32', async () => {
    const silent = SILENT.slice(0, 24);
    const ended = await gated([...silent, ...HEALTHY], { inputs: { timeout: '5', concurrency: '32' } });
    expect(seen(ended)).toEqual({ ...failing(silent), ...passing });
  });

  test('with addresses: all and two attempts, if there are more than the concurrency', async () => {
    const ended = await gated([...SILENT, ...HEALTHY], {
      inputs: { timeout: '3', concurrency: '32', retries: '1' },
      endpoint: { addresses: 'all' },
    });
    const healthy = Object.fromEntries(HEALTHY.map((name) => [`${name} (127.0.0.1)`, ['pass']]));
    expect(seen(ended)).toEqual({ ...failing(SILENT), ...healthy });
  });

  test('with retries of the same name, which join the lookup in progress', async () => {
    // Of four threads, two look up names.
    const hosts = ['silent0.example.test', 'healthy0.example.test'];
    const ended = await gated(hosts, {
      inputs: { concurrency: '1', retries: '2' },
      env: { UV_THREADPOOL_SIZE: '4' },
    });
    expect(seen(ended)).toEqual({ ...failing(hosts.slice(0, 1)), 'healthy0.example.test': ['pass'] });
  });
});

describe('addresses: all', () => {
  const all = { endpoint: { addresses: 'all' } };

  test.each(['aaaa-servfail.example.test', 'no-aaaa-answer.example.test'])('is inconclusive for %s', async (host) => {
    expect(seen(await gated([host], all))).toEqual({
      [`${host} (127.0.0.1)`]: ['pass'],
      [`${host} (IPv6)`]: ['inconclusive', 'dns-failed'],
    });
  });

  test('is inconclusive for IPv4 if only the AAAA lookup succeeds', async () => {
    const ended = await gated(['a-servfail.example.test'], all);
    expect(seen(ended)).toMatchObject({ 'a-servfail.example.test (IPv4)': ['inconclusive', 'dns-failed'] });
    expect(ended.report?.endpoints.map(({ name }) => name)).toContain('a-servfail.example.test (::1)');
  });

  test.each(['healthy0.example.test', 'in-hosts-file.example.test'])(
    'reports no missing family for %s',
    async (host) => {
      expect(seen(await gated([host], all))).toEqual({ [`${host} (127.0.0.1)`]: ['pass'] });
    },
  );
});

test('addresses: first connects to the family that is found', async () => {
  const host = 'aaaa-servfail.example.test';
  expect(seen(await gated([host]))).toEqual({ [host]: ['pass'] });
});
