import { SelfTestFailed } from '../../../src/self-test/failed.js';
import { selfTest } from '../../../src/self-test/self-test.js';

test('the gate finds every liar out', async () => {
  expect(await selfTest()).toBe(6);
});

test.each([
  ['no lie at all', { mustFind: 'starttls-stripped' as const, replies: {} }],
  ['another lie than the one that is told', { mustFind: 'auth-rejected' as const, replies: { STARTTLS: '554 no' } }],
])('%s is not believed to have been found out', async (name, lie) => {
  await expect(selfTest({ [name]: lie })).rejects.toThrow(SelfTestFailed);
  await expect(selfTest({ [name]: lie })).rejects.toThrow(`${name} (${lie.mustFind})`);
});
