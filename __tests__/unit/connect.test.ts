import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect as tcpConnect, type AddressInfo } from 'node:net';
import { ehloName } from '../../src/steps/connection.js';
import { connect, failureOf, resolve, type Address, type ConnectFailure } from '../../src/net/connect.js';
import { Deadline } from '../../src/net/deadline.js';
import { testEndpoint, testRun } from '../support/gate.js';
import { closedPort } from '../support/scripted-server.js';

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

/** A listener on one loopback address, for as long as the test lasts. */
async function listener(host: string): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((ready) => server.listen(0, host, ready));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function failure(promise: Promise<unknown>): Promise<Pick<ConnectFailure, 'kind' | 'detail'>> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as ConnectFailure,
  );
}

describe('name lookup', () => {
  const lookup = (answer: () => Promise<readonly Address[]>): Promise<readonly Address[]> =>
    resolve('mail.example.test', Deadline.after(100), answer);
  const rejecting = (code: string) => () => Promise.reject(Object.assign(new Error('lookup'), { code }));

  test('an IP address is used without a lookup', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('asked'));
    expect(await resolve('192.0.2.7', Deadline.after(100), never)).toEqual([v4('192.0.2.7')]);
    expect(await resolve('2001:db8::7', Deadline.after(100), never)).toEqual([v6('2001:db8::7')]);
  });

  test.each([
    ['ENOTFOUND', 'name-not-found'],
    ['ENODATA', 'name-not-found'],
    ['EAI_AGAIN', 'lookup-failed'],
    ['EAI_FAIL', 'lookup-failed'],
  ])('%s is %s', async (code, kind) => {
    expect(await failure(lookup(rejecting(code)))).toMatchObject({ kind, detail: code });
  });

  describe('of both families, after a lookup without a result', () => {
    const error = (code: string) => Object.assign(new Error('lookup'), { code });
    /** @param answers for IPv4 and IPv6, each addresses or a code */
    const apart = (answers: Readonly<Record<4 | 6, Address | string>>) => (_host: string, family?: 4 | 6) => {
      const answer = family === undefined ? 'ENODATA' : answers[family];
      return typeof answer === 'string' ? Promise.reject(error(answer)) : Promise.resolve([answer]);
    };
    const found = (answers: Readonly<Record<4 | 6, Address | string>>) =>
      resolve('mail.example.test', Deadline.after(10_000), apart(answers));

    test('fails if the lookup of one family failed', async () => {
      expect(await failure(found({ 4: 'EAI_AGAIN', 6: 'ENODATA' }))).toMatchObject({ kind: 'lookup-failed' });
      expect(await failure(found({ 4: 'ENOTFOUND', 6: 'EAI_AGAIN' }))).toMatchObject({ kind: 'lookup-failed' });
    });

    test('returns a family that is found now', async () => {
      expect(await found({ 4: v4('192.0.2.7'), 6: 'ENODATA' })).toEqual([v4('192.0.2.7')]);
    });

    test('reports that the name does not exist if neither has an address', async () => {
      expect(await failure(found({ 4: 'ENODATA', 6: 'ENODATA' }))).toMatchObject({ kind: 'name-not-found' });
    });
  });

  test('an empty result means that the name does not exist', async () => {
    expect(await failure(lookup(() => Promise.resolve([])))).toMatchObject({ kind: 'name-not-found' });
  });

  test('a lookup without a reply is a failed lookup', async () => {
    expect(await failure(lookup(() => new Promise(() => undefined)))).toMatchObject({ kind: 'lookup-failed' });
  });
});

describe('happy eyeballs', () => {
  test('the address that accepts is used, regardless of its position and family', async () => {
    await using server = await listener('127.0.0.1');
    const addresses = [v6('::1'), v4('127.0.0.2'), v4('127.0.0.1')];
    const socket = await connect(addresses, server.port, Deadline.after(2000));
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  test('an address that does not reply delays nothing', async () => {
    await using server = await listener('127.0.0.1');
    // A listener whose queue is full drops connections, as a firewall does.
    await using full = await fullListener(server.port);
    const socket = await connect([v4(full.host), v4('127.0.0.1')], server.port, Deadline.after(4000));
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  }, 10_000);

  test('a refused connection is more informative than an unreachable one', async () => {
    const port = await closedPort();
    const all = connect([v4('224.0.0.1'), v4('127.0.0.1')], port, Deadline.after(2000));
    expect(await failure(all)).toMatchObject({ kind: 'refused', detail: 'ECONNREFUSED' });
  });

  test('a missing route is reported as such', async () => {
    expect(await failure(connect([v4('224.0.0.1')], 25, Deadline.after(2000)))).toMatchObject({ kind: 'no-route' });
  });

  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['ETIMEDOUT', 'timed-out'],
    ['ENETUNREACH', 'no-route'],
    ['EHOSTUNREACH', 'no-route'],
    ['EADDRNOTAVAIL', 'no-route'],
    ['EMFILE', 'not-possible-here'],
    ['ENFILE', 'not-possible-here'],
    ['ENOBUFS', 'not-possible-here'],
    ['EACCES', 'not-possible-here'],
    ['EPERM', 'not-possible-here'],
    ['ESOMETHINGNEW', 'not-possible-here'],
  ])('%s is %s', (code, kind) => {
    const error = Object.assign(new Error('connect'), { code });
    expect(failureOf(error, '192.0.2.7')).toMatchObject({ kind, detail: code, address: '192.0.2.7' });
  });

  test.each([
    ['a refused connection is more informative than silence', '127.0.0.1', { kind: 'refused', address: '127.0.0.1' }],
    [
      'silence is more informative than an unreachable address',
      '224.0.0.1',
      { kind: 'timed-out', address: '127.0.0.9' },
    ],
  ])(
    'at the deadline, %s',
    async (_, other, expected) => {
      await using full = await fullListener(0);
      const orders = [
        [full.host, other],
        [other, full.host],
      ];
      // The second attempt starts after 250 ms; the rest is for a busy machine.
      const failures = orders.map((addresses) => failure(connect(addresses.map(v4), full.port, Deadline.after(2000))));
      expect(await Promise.all(failures)).toMatchObject([expected, expected]);
    },
    10_000,
  );

  test('the deadline ends the attempt', async () => {
    await using full = await fullListener(0);
    const begun = connect([v4(full.host)], full.port, Deadline.after(300));
    expect(await failure(begun)).toMatchObject({ kind: 'timed-out' });
  }, 10_000);
});

describe('the name in EHLO', () => {
  const named = (localAddress: string, overrides: { ehlo?: string; hostName?: string } = {}): string =>
    ehloName(
      {
        endpoint: testEndpoint(25, overrides.ehlo === undefined ? {} : { ehlo: overrides.ehlo }),
        run: testRun({ hostName: overrides.hostName ?? 'runner' }),
      },
      localAddress,
    );

  test.each([
    ['192.0.2.7', '[192.0.2.7]'],
    ['2001:db8::7', '[IPv6:2001:db8::7]'],
    ['fe80::7%eth0', '[IPv6:fe80::7]'],
  ])('for %s is the literal %s', (address, literal) => {
    expect(named(address)).toBe(literal);
  });

  test('is the configured one, or the hostname if that is fully qualified', () => {
    expect(named('192.0.2.7', { ehlo: 'ci.example.com', hostName: 'runner.example.com' })).toBe('ci.example.com');
    expect(named('192.0.2.7', { hostName: 'runner.example.com' })).toBe('runner.example.com');
  });

  test.each([
    'Runner-01.Corp.example.com',
    'xn--bcher-kva.example.com',
    '3com.example',
    [...Array<string>(3).fill('a'.repeat(63)), 'b'.repeat(61)].join('.'),
  ])('is the unchanged host name %s', (hostName) => {
    expect(named('192.0.2.7', { hostName })).toBe(hostName);
  });

  test.each([
    'build_01.corp.example',
    "Max's-Mac.local",
    'my host.example',
    '-runner.example.com',
    'runner-.example.com',
    'runner.example.com-',
    'bücher.example',
    'ｒunner.example',
    'runner.example.com\r\nMAIL FROM:<>',
    'runner.example.com\n',
    'runner..example',
    'runner.example.com.',
    '.example.com',
    'runner.',
    '',
    '192.0.2.9',
    'runner.42',
    `${'a'.repeat(64)}.example`,
    [...Array<string>(3).fill('a'.repeat(63)), 'b'.repeat(62)].join('.'),
  ])('is not the host name %j', (hostName) => {
    expect(named('192.0.2.7', { hostName })).toBe('[192.0.2.7]');
  });
});

/** Listens with a queue of one, and fills it: further connections get no reply. */
async function fullListener(port: number): Promise<AsyncDisposable & { host: string; port: number }> {
  const host = '127.0.0.9';
  // In Node a listening socket accepts at once; a stopped process does not.
  const script = `const s = require('node:net').createServer(); s.listen({ host: '${host}', port: ${port}, backlog: 1 },
    () => process.stdout.write(String(s.address().port), () => process.kill(process.pid, 'SIGSTOP')))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const listening = Number(String(said));
  const fillers = Array.from({ length: 8 }, () => tcpConnect(listening, host).on('error', () => undefined));
  // These two wait to be accepted, and all others get no reply.
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  return {
    host,
    port: listening,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
