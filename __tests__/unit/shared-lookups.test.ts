import { Deadline } from '../../src/net/deadline.js';
import { mxResolver } from '../../src/net/mx.js';
import { shareLookups } from '../../src/net/shared-lookups.js';
import { startNameServer } from '../support/name-server.js';

/** A lookup whose answers are given later, by name and in order, and a clock. */
function sharing() {
  const clock = { now: 0 };
  const asked: string[] = [];
  const answers: ((answer: string | Error) => void)[] = [];
  const lookUp = shareLookups(
    (name: string) => name.toLowerCase(),
    (name) => {
      asked.push(name);
      return new Promise<string>((resolve, reject) =>
        answers.push((answer) => {
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        }),
      );
    },
    () => clock.now,
  );
  return { clock, asked, lookUp, answer: (which: number, answer: string | Error) => answers[which]?.(answer) };
}

test('lookups of one name share one that is in progress', async () => {
  const { asked, lookUp, answer } = sharing();
  const all = Promise.all([lookUp('a'), lookUp('A'), lookUp('b')]);
  expect(asked).toEqual(['a', 'b']);
  answer(0, 'of a');
  answer(1, 'of b');
  expect(await all).toEqual(['of a', 'of a', 'of b']);
});

test('and its result for 30 seconds', async () => {
  const { clock, asked, lookUp, answer } = sharing();
  const first = lookUp('a');
  clock.now = 100_000;
  answer(0, 'first');
  await first;
  clock.now += 29_999;
  expect(await lookUp('a')).toBe('first');
  clock.now += 1;
  const second = lookUp('a');
  answer(1, 'second');
  expect(await second).toBe('second');
  expect(asked).toEqual(['a', 'a']);
});

test('but never a failure', async () => {
  const { asked, lookUp, answer } = sharing();
  const both = Promise.allSettled([lookUp('a'), lookUp('a')]);
  answer(0, new Error('SERVFAIL'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = lookUp('a');
  answer(1, 'found');
  expect(await again).toBe('found');
  expect(asked).toHaveLength(2);
});

test('a name server is asked once for the MX records of a domain', async () => {
  await using names = await startNameServer({ 'example.test': { MX: ['10 mx.example.test'] } });
  const mx = mxResolver([names.address]);
  const found = await Promise.all([1, 2].map(() => mx('example.test', Deadline.after(60_000))));
  expect([...found, await mx('example.test', Deadline.after(60_000))]).toEqual(Array(3).fill(['mx.example.test']));
  expect(names.asked).toEqual(['example.test']);
});
