import { selfTest } from '../../../src/main/self-test.js';
import type { Misbehaving } from '../../../src/servers/misbehaving.js';

test('the gate detects every misbehaving server, and passes the one that behaves correctly', async () => {
  expect(await selfTest()).toEqual({ ok: true, detected: 8 });
});

const stripped = { step: 'capability', finding: 'starttls-stripped' } as const;
const rejected = { step: 'authentication', finding: 'auth-rejected' } as const;
const REJECTS = { replies: { AUTH: '535 5.7.8 no' } };

test.each<[string, Misbehaving]>([
  ['does not misbehave', { expected: stripped }],
  ['misbehaves in another way than expected', { expected: rejected, dialogue: { replies: { STARTTLS: '554 no' } } }],
  ['misbehaves in another step', { expected: { ...rejected, step: 'delivery' }, dialogue: REJECTS }],
  ['misbehaves a second time, earlier', { expected: rejected, dialogue: REJECTS, unknownCa: true }],
  [
    'causes a warning before it misbehaves',
    { expected: rejected, dialogue: { ...REJECTS, offers: ['STARTTLS', 'AUTH PLAIN'] } },
  ],
  ['is expected to behave', { dialogue: REJECTS }],
  ['is expected to deliver', { deliver: () => undefined }],
])('a server that %s makes the self-test fail', async (name, scenario) => {
  expect(await selfTest({ [name]: scenario })).toEqual({
    ok: false,
    reason: `The self-test failed: the gate misjudged a server that ${name} (${scenario.expected?.finding ?? 'pass'}).`,
  });
});
