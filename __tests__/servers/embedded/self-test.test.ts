import { SelfTestFailed } from '../../../src/main/failed.js';
import type { Conduct } from '../../../src/servers/scenarios.js';
import { selfTest } from '../../../src/main/self-test.js';

test('the gate finds every liar out, and nothing about the honest one', async () => {
  expect(await selfTest()).toBe(8);
});

const stripped = { step: 'capability', finding: 'starttls-stripped' } as const;
const rejected = { step: 'authentication', finding: 'auth-rejected' } as const;

test.each<[string, Conduct]>([
  ['tells no lie at all', { lie: stripped }],
  ['tells another lie than the one that is told of it', { lie: rejected, replies: { STARTTLS: '554 no' } }],
  ['lies in another step', { lie: { ...rejected, step: 'delivery' }, replies: { AUTH: '535 5.7.8 no' } }],
  ['lies a second time before', { lie: rejected, replies: { AUTH: '535 5.7.8 no' }, stranger: true }],
  [
    'is doubtful before it lies',
    {
      lie: rejected,
      replies: { EHLO: '250-mail.self-test.example\r\n250-STARTTLS\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 no' },
    },
  ],
  ['is said to be honest', { replies: { AUTH: '535 5.7.8 no' } }],
  ['is said to deliver', { deliver: () => undefined }],
])('a server that %s makes the self-test fail', async (name, conduct) => {
  const failure = await selfTest({ [name]: conduct }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SelfTestFailed);
  expect((failure as SelfTestFailed).message).toBe(
    `The self-test failed: the gate misjudged a server that ${name} (${conduct.lie?.finding ?? 'pass'}).`,
  );
});
