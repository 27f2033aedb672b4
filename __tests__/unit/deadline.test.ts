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
