import { jest } from '@jest/globals';
import { Deadline } from '../../src/net/deadline.js';

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error('late');

test('a deadline ends a wait', async () => {
  await expect(Deadline.after(10).race(never, late)).rejects.toThrow('late');
  await expect(Deadline.after(5000).race(Promise.resolve('in time'), late)).resolves.toBe('in time');
});

test('a nested deadline ends no later than the outer one', () => {
  expect(Deadline.after(5000, Deadline.after(10)).remainingMs).toBeLessThanOrEqual(10);
  expect(Deadline.after(10, Deadline.after(5000)).remainingMs).toBeLessThanOrEqual(10);
});

test('a signal ends all current and later waits', async () => {
  const controller = new AbortController();
  const end = Deadline.on(controller.signal);
  const within = Deadline.after(60_000, Deadline.after(60_000, end));
  const waits = [end.race(never, late), within.race(never, late)];
  expect([end.isOver, within.isOver]).toEqual([false, false]);
  controller.abort();
  for (const wait of waits) await expect(wait).rejects.toThrow('late');
  expect([end.isOver, within.remainingMs]).toEqual([true, 0]);
  await expect(within.race(never, late)).rejects.toThrow('late');
});

test('an unlimited deadline without a signal never ends', async () => {
  const end = Deadline.on(new AbortController().signal);
  expect(end.isOver).toBe(false);
  await expect(end.race(Promise.resolve(1), late)).resolves.toBe(1);
});

test.each([
  ['at its end', () => Deadline.after(10)],
  [
    'when it is aborted',
    () => {
      const controller = new AbortController();
      setImmediate(() => {
        controller.abort();
      });
      return Deadline.on(controller.signal);
    },
  ],
])('a function for the error that throws makes the wait reject %s', async (_, deadline) => {
  const thrown = deadline().race(never, () => {
    throw new Error('thrown instead');
  });
  await expect(thrown).rejects.toThrow('thrown instead');
});

test.each([
  ['is kept', () => Promise.resolve(1)],
  ['is rejected', () => Promise.reject(new Error('earlier'))],
])('a wait that %s ends once: a later signal does not end it again', async (_, work) => {
  const controller = new AbortController();
  const pending: number[] = [0];
  const count = (by: number) => () => void pending.push((pending.at(-1) ?? 0) + by);
  const standstill = { totalMs: 0, pausesMs: 0, waitBegins: count(1), waitEnds: count(-1) };
  const expired = jest.fn(late);
  await Deadline.on(controller.signal, standstill)
    .race(work(), expired)
    .catch(() => undefined);
  controller.abort();
  expect(pending).toEqual([0, 1, 0]);
  expect(expired).not.toHaveBeenCalled();
});
