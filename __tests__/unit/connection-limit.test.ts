import { setImmediate as turn } from 'node:timers/promises';
import { ConnectionLimit, type Turn } from '../../src/net/connection-limit.js';

/** A limit with a clock that only the test moves, and turns that are recorded when they are granted. */
function limitOf(most: number) {
  let now = 0;
  const pauses: { readonly until: number; readonly end: () => void }[] = [];
  const limit = new ConnectionLimit(most, {
    nowMs: () => now,
    pause: (ms) => new Promise<void>((end) => pauses.push({ until: now + ms, end })),
  });
  const granted = new Map<string, Turn>();
  const enter = (name: string, ...addresses: string[]): void => {
    void limit.enter(addresses).then((entered) => granted.set(name, entered));
  };
  const leave = async (name: string): Promise<void> => {
    granted.get(name)?.end();
    await turn();
  };
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    for (const { until, end } of pauses) if (until <= now) end();
    await turn();
  };
  return { limit, enter, leave, pass, granted, names: () => [...granted.keys()] };
}

const [A, B] = ['192.0.2.1', '192.0.2.2'];

test('as many connections to one address are allowed as the limit says, in order', async () => {
  const { limit, enter, leave, names } = limitOf(2);
  for (const name of ['a1', 'a2', 'a3', 'a4']) enter(name, A);
  enter('b1', B);
  await turn();
  expect(names()).toEqual(['a1', 'a2', 'b1']);
  expect(limit.tryEnter([A])).toBeUndefined();
  expect(limit.tryEnter([B])).toBeDefined();
  await leave('a2');
  expect(names()).toEqual(['a1', 'a2', 'b1', 'a3']);
  await leave('a2');
  expect(names()).toHaveLength(4);
});

test('nothing gets ahead of what already waits', async () => {
  const { limit, enter, leave, names } = limitOf(1);
  for (const name of ['a1', 'a2', 'a3']) enter(name, A);
  await turn();
  const first = limit.tryEnter([A]);
  await leave('a1');
  expect([first, limit.tryEnter([A]), names()]).toEqual([undefined, undefined, ['a1', 'a2']]);
});

test('a host with several addresses counts toward all of them until one is connected', async () => {
  const { limit, enter, granted, names } = limitOf(1);
  enter('both', A, B);
  enter('a', A);
  enter('b', B);
  enter('both again', A, B);
  await turn();
  expect(names()).toEqual(['both']);
  granted.get('both')?.keep('192.0.2.99');
  await turn();
  expect(names()).toEqual(['both']);
  granted.get('both')?.keep(B);
  await turn();
  expect(names()).toEqual(['both', 'a']);
  granted.get('both')?.end();
  granted.get('a')?.end();
  await turn();
  expect(names()).toEqual(['both', 'a', 'b']);
  granted.get('b')?.end();
  await turn();
  expect(names()).toEqual(['both', 'a', 'b', 'both again']);
  expect(limit.tryEnter([A])).toBeUndefined();
});

test.each([
  ['::1', '0:0:0:0:0:0:0:1'],
  ['2001:db8::a', '2001:DB8:0::A'],
  [A, `::ffff:${A}`],
  [A, '::FFFF:c000:201'],
])('%s and %s are one address', async (one, other) => {
  const { limit, enter, granted, names } = limitOf(1);
  enter('a', one);
  enter('b', other);
  enter('both', other, B);
  await turn();
  expect([names(), limit.tryEnter([other])]).toEqual([['a'], undefined]);
  granted.get('a')?.end();
  await turn();
  granted.get('b')?.end();
  await turn();
  granted.get('both')?.keep(one);
  expect(limit.tryEnter([B])).toBeDefined();
  granted.get('both')?.end();
  limit.slowDown(one, 1000);
  expect(limit.tryEnter([other])).toBeUndefined();
});

describe('a side connection', () => {
  test.each([1, 2, 3])('counts, but never waits, at a limit of %d', async (most) => {
    const { limit, enter, leave, names } = limitOf(most);
    for (let i = 0; i <= most; i += 1) enter(`a${i}`, A);
    await turn();
    const granted = names();
    expect(granted).toHaveLength(most);
    const sides = granted.map(() => limit.enterSide(A));
    for (const name of granted) await leave(name);
    expect(names()).toHaveLength(most);
    sides[0]?.end();
    await turn();
    expect(names()).toHaveLength(most + 1);
    sides[0]?.end();
    expect(limit.tryEnter([A])).toBeUndefined();
  });

  test('does not wait for the end of a pause', async () => {
    const { limit, enter, pass, names } = limitOf(2);
    limit.slowDown(A, 1000);
    const side = limit.enterSide(A);
    enter('a', A);
    await pass(1000);
    expect(names()).toEqual([]);
    side.end();
    await turn();
    expect(names()).toEqual(['a']);
  });
});

describe('a server that asks for fewer connections', () => {
  test('gets none until the pause is over, then half as many, and more again once they succeed', async () => {
    const { limit, enter, pass, leave, names } = limitOf(4);
    limit.slowDown(A, 1000);
    for (let i = 0; i < 6; i += 1) enter(`a${i}`, A);
    enter('b', B);
    await turn();
    expect(names()).toEqual(['b']);
    await pass(999);
    expect(names()).toEqual(['b']);
    await pass(1);
    expect(names()).toEqual(['b', 'a0', 'a1']);
    limit.speedUp(A);
    await leave('a0');
    expect(names()).toEqual(['b', 'a0', 'a1', 'a2', 'a3']);
    limit.speedUp(A);
    limit.speedUp(A);
    await turn();
    expect(names()).toEqual(['b', 'a0', 'a1', 'a2', 'a3', 'a4']);
  });

  test('gets at least one at a time', async () => {
    const { limit, enter, pass, names } = limitOf(4);
    for (let i = 0; i < 5; i += 1) limit.slowDown(A, 10);
    enter('a0', A);
    enter('a1', A);
    await pass(10);
    expect(names()).toEqual(['a0']);
  });

  test('may ask again during the pause', async () => {
    const { limit, enter, pass, names } = limitOf(4);
    limit.slowDown(A, 1000);
    enter('a', A);
    await pass(500);
    limit.slowDown(A, 1000);
    await pass(500);
    expect(names()).toEqual([]);
    await pass(500);
    expect(names()).toEqual(['a']);
  });
});

test('a server that accepts a connection again may ask for as many pauses as before', async () => {
  const { limit, enter, pass, names } = limitOf(4);
  for (let i = 0; i < 400; i += 1) {
    limit.slowDown(A, 1000);
    await pass(1000);
    limit.speedUp(A);
  }
  limit.slowDown(A, 1000);
  enter('a', A);
  await pass(999);
  expect(names()).toEqual([]);
  await pass(1);
  expect(names()).toEqual(['a']);
});

test('a server that never accepts a connection does not delay the others without end', async () => {
  let now = 0;
  const waiting: { readonly until: number; readonly end: () => void }[] = [];
  const pause = (ms: number) => new Promise<void>((end) => waiting.push({ until: now + ms, end }));
  const limit = new ConnectionLimit(4, { nowMs: () => now, pause });
  const PAUSES_MS = [1000, 4000, 16_000];
  let left = 200;
  const endpoint = async (): Promise<void> => {
    for (const ms of PAUSES_MS) {
      const entered = await limit.enter([A]);
      limit.slowDown(A, ms);
      entered.end();
      await pause(ms);
    }
    left -= 1;
  };
  const all = Array.from({ length: left }, endpoint);
  while (left > 0) {
    await turn();
    const next = Math.min(...waiting.map(({ until }) => until));
    if (next === Infinity) break;
    now = Math.max(now, next);
    for (const one of waiting.splice(0)) {
      if (one.until <= now) one.end();
      else waiting.push(one);
    }
  }
  await Promise.all(all);
  expect(now).toBeLessThan(6 * 60_000);
});
