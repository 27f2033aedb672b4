import { setImmediate as turn } from 'node:timers/promises';
import { Slots, type WhileWaiting } from '../../src/gate/slots.js';
import { deferred } from '../../src/net/deferred.js';

/** Work with names, which ends and waits when the test says so. */
function working(slots: Slots) {
  const events: string[] = [];
  const begin = (name: string) => {
    const [end, waited] = [deferred<undefined>(), deferred<undefined>()];
    let whileWaiting: WhileWaiting = (wait) => wait();
    const done = slots.use(async (given) => {
      whileWaiting = given;
      events.push(`${name} begins`);
      await end.promise;
      events.push(`${name} ends`);
    });
    const wait = async () => {
      await whileWaiting(() => waited.promise);
      events.push(`${name} continues`);
    };
    const settle = ({ resolve }: typeof end) => {
      resolve(undefined);
    };
    return { wait, waited: settle.bind(undefined, waited), end: settle.bind(undefined, end), done };
  };
  return { events, begin };
}

test('work begins in order, as much at a time as there are slots', async () => {
  const { events, begin } = working(new Slots(2));
  const [a, b, c, d] = [begin('a'), begin('b'), begin('c'), begin('d')];
  await turn();
  expect(events).toEqual(['a begins', 'b begins']);
  b.end();
  await b.done;
  await turn();
  expect(events).toEqual(['a begins', 'b begins', 'b ends', 'c begins']);
  for (const one of [a, c, d]) one.end();
  await Promise.all([a.done, c.done, d.done]);
  expect(events.slice(4)).toEqual(['a ends', 'c ends', 'd begins', 'd ends']);
});

test('work that waits for something else releases its slot, and gets the next one', async () => {
  const { events, begin } = working(new Slots(1));
  const [a, b, c] = [begin('a'), begin('b'), begin('c')];
  await turn();
  const waiting = a.wait();
  await turn();
  expect(events).toEqual(['a begins', 'b begins']);
  a.waited();
  await turn();
  expect(events).toEqual(['a begins', 'b begins']);
  b.end();
  await waiting;
  expect(events.slice(2)).toEqual(['b ends', 'a continues']);
  for (const one of [a, c]) one.end();
  await Promise.all([a.done, c.done]);
  expect(events.slice(4)).toEqual(['a ends', 'c begins', 'c ends']);
});

test('work that throws releases its slot', async () => {
  const slots = new Slots(1);
  await expect(slots.use(() => Promise.reject(new Error('defect')))).rejects.toThrow('defect');
  await expect(slots.use((whileWaiting) => whileWaiting(() => Promise.reject(new Error('wait'))))).rejects.toThrow(
    'wait',
  );
  expect(await slots.use(() => Promise.resolve('done'))).toBe('done');
});

test('many pieces of work run in order', async () => {
  const slots = new Slots(3);
  const begun: number[] = [];
  const all = Array.from({ length: 1000 }, (_, i) =>
    slots.use(async () => {
      begun.push(i);
      await turn();
    }),
  );
  await Promise.all(all);
  expect(begun).toEqual(all.map((_, i) => i));
});
