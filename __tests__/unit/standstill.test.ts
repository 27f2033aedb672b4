import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from '../../src/net/connect.js';
import { Deadline } from '../../src/net/deadline.js';
import { SmtpSession } from '../../src/smtp/session.js';
import { Transcript } from '../../src/net/transcript.js';

/** A process that stands still reads nothing, which is not a problem of the server. */

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error('late');

/** Blocks the event loop for this time, without computing. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('a wait is extended by the time that the process stands still', async () => {
  const begun = performance.now();
  const wait = Deadline.after(300).race(never, late);
  await soon();
  standStill(500);
  await expect(wait).rejects.toThrow('late');
  expect(performance.now() - begun).toBeGreaterThan(700);
});

test('every deadline is extended too, whether or not it is awaited', async () => {
  const begun = performance.now();
  const all = Deadline.after(Infinity);
  const budget = Deadline.after(300, all);
  await all.race(
    soon().then(() => {
      standStill(1500);
    }),
    late,
  );
  expect(budget.isOver).toBe(false);
  expect(budget.stoodStillMs).toBeGreaterThan(1400);
  expect(budget.stoodStillMs).toBeLessThanOrEqual(performance.now() - begun);
});

test('a process that is only slow has more time, but no pause is recorded', async () => {
  const all = Deadline.after(Infinity);
  const budget = Deadline.after(1000, all);
  const busy = async (): Promise<void> => {
    for (let times = 0; times < 15; times += 1) {
      await soon();
      standStill(100);
    }
  };
  await all.race(busy(), late);
  expect([budget.isOver, budget.stoodStillMs]).toEqual([false, 0]);
});

test('computing while nothing is awaited is ignored', async () => {
  const deadline = Deadline.after(Infinity);
  standStill(1200);
  await deadline.race(Promise.resolve(), late);
  expect(deadline.stoodStillMs).toBe(0);
});

test('a deadline is postponed by work of the gate itself', async () => {
  const deadline = Deadline.after(1000);
  await deadline.postponedBy(new Promise((resolve) => setTimeout(resolve, 500)));
  expect(deadline.remainingMs).toBeGreaterThan(550);
  expect(deadline.remainingMs).toBeLessThanOrEqual(1000);
});

describe('a reply that has arrived', () => {
  /** The server is another process, which has all of this time to send. */
  const LONG_MS = 2000;

  test.each([
    ['within the time limit, and is read later', 50],
    ['while the process stands still', 400],
  ])('%s is found', async (_, afterMs) => {
    await using pair = await connected();
    const budget = Deadline.after(10_000);
    const session = new SmtpSession(pair.socket, { transcript: new Transcript(), timeoutMs: 200, budget });
    await pair.greetIn(afterMs);
    const greeting = session.greeting();
    standStill(LONG_MS);
    await expect(greeting).resolves.toMatchObject({ code: 220 });
  });

  // Simulates a timer that fires slightly late: no standstill is measured, but the reply is in the socket.
  test('at the end of the wait is read before the wait ends', async () => {
    await using pair = await connected();
    const stillness = { totalMs: 0, pausesMs: 0, waitBegins: () => undefined, waitEnds: () => undefined };
    const end = Deadline.on(new AbortController().signal, stillness);
    const session = new SmtpSession(pair.socket, { transcript: new Transcript(), timeoutMs: 200, budget: end });
    await pair.greetIn(50);
    const greeting = session.greeting();
    standStill(LONG_MS);
    await expect(greeting).resolves.toMatchObject({ code: 220 });
  });
});

/** Confirms each request for a greeting at once, and sends the greeting after the given number of milliseconds. */
const SERVER = `
  const server = require('node:net').createServer((socket) => {
    process.stdin.on('data', (ms) => {
      setTimeout(() => socket.write('220 mail.example.test\\r\\n'), Number(ms));
      process.stdout.write('soon');
    });
    process.stdout.write('connected');
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));`;

/** A connection to a server in another process, which does not stand still. */
async function connected(): Promise<AsyncDisposable & { socket: Socket; greetIn: (ms: number) => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const accepted = once(child.stdout, 'data');
  const socket = await connect([{ address: '127.0.0.1', family: 4 }], Number(String(port)), Deadline.after(10_000));
  await accepted;
  return {
    socket,
    greetIn: async (ms) => {
      child.stdin.write(String(ms));
      await once(child.stdout, 'data');
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
