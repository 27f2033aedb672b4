import { load, problems } from '../support/load-plan.js';

/** `delivery`: keys that require each other, and keys that exclude each other. */

const FROM_TO = 'from: a@example.com, to: b@example.com';
const INBOX = 'inbox: imaps://imap.example.com, username: u, password: p';
const withDelivery = (keys: string): string => `endpoints: [{host: a.example, delivery: {${FROM_TO}, ${keys}}}]`;

test.each<[string, object]>([
  ['expect: refused', { expect: 'refused' }],
  ['expect: accepted', { expect: 'accepted' }],
  [`${INBOX}, verdicts: {dkim: pass}`, { verdicts: { dkim: 'pass' } }],
  [`${INBOX}, verdicts: {spf: softfail, authserv-id: MX}`, { verdicts: { spf: 'softfail', authservId: 'mx' } }],
  ['attachment-bytes: 50000000', { attachmentBytes: 50_000_000 }],
  [`${INBOX}, keep: true`, { keep: true }],
  [`${INBOX}, hop: proxied`, { isProxied: true }],
])('%s', async (keys, expected) => {
  const { endpoints } = await load({ config: withDelivery(keys) });
  expect(endpoints[0]?.delivery).toMatchObject(expected);
});

test.each<[string, string]>([
  [`expect: refuse`, 'delivery.expect must be one of received, accepted, refused; did you mean "refused"?'],
  ['keep: maybe', 'delivery.keep must be true or false, not "maybe"'],
  ['attachment-bytes: 50000001', 'delivery.attachment-bytes must be a whole number from 0 to 50000000, not "50000001"'],
  [
    `${INBOX}, expect: refused`,
    'delivery.inbox cannot be used with delivery.expect: refused, which reads no inbox; remove delivery.inbox and its credentials, or change delivery.expect',
  ],
  [
    `${INBOX}, expect: accepted`,
    'delivery.inbox cannot be used with delivery.expect: accepted, which reads no inbox; remove delivery.inbox and its credentials, or change delivery.expect',
  ],
  ['expect: accepted, keep: true', 'delivery.keep requires delivery.inbox: it keeps the message in the inbox'],
  [
    'expect: accepted, verdicts: {dkim: pass}',
    'delivery.verdicts requires delivery.inbox: the verdicts are in the message that arrives',
  ],
  [
    'expect: refused, keep: true',
    'delivery.keep has no effect with delivery.expect: refused, which sends no message; remove it',
  ],
  [
    'expect: refused, attachment-bytes: 1000',
    'delivery.attachment-bytes has no effect with delivery.expect: refused, which sends no message; remove it',
  ],
  ['keep: true', 'delivery.keep requires delivery.inbox: it keeps the message in the inbox'],
  ['hop: proxied', 'delivery.hop requires delivery.inbox: the hop is in the message that arrives'],
  [`${INBOX}, hop: proxy`, 'delivery.hop must be one of direct, proxied, not "proxy"'],
  ['verdicts: {dkim: pass}', 'delivery.verdicts requires delivery.inbox: the verdicts are in the message that arrives'],
  [
    `${INBOX}, verdicts: {spf: pass, dmarc: pass}`,
    'delivery.verdicts.authserv-id is missing; it is required for spf and dmarc',
  ],
  [`${INBOX}, verdicts: {}`, 'delivery.verdicts must set at least one of spf, dkim, dmarc'],
  [`${INBOX}, verdicts: {authserv-id: mx.example.com}`, 'delivery.verdicts must set at least one of spf, dkim, dmarc'],
  [
    `${INBOX}, verdicts: {dkim: good}`,
    'delivery.verdicts.dkim must be one of pass, fail, softfail, neutral, none, policy, temperror, permerror, not "good"',
  ],
])('%s: %s', async (keys, message) => {
  const lines = await problems({ config: withDelivery(keys) });
  expect(lines.map((line) => line.replace(/^gate\.yml:1:\d+: /, ''))).toEqual([message]);
});

test('all errors are reported at once, each at its location', async () => {
  const config = `endpoints:
  - host: a.example
    port: none
    delivery:
      ${FROM_TO.replace(', ', '\n      ')}
      expect: refused
      inbox: imaps://imap.example.com
      username: u
      password: p
      verdicts:
        dmarc: pass
  - host: b.example
    delivery:
      ${FROM_TO.replace(', ', '\n      ')}
      verdicts: {dkim: pass}
`;
  expect(await problems({ config })).toEqual([
    'gate.yml:3:11: port must be a whole number from 1 to 65535, not "none"',
    'gate.yml:8:14: delivery.inbox cannot be used with delivery.expect: refused, which reads no inbox; remove delivery.inbox and its credentials, or change delivery.expect',
    'gate.yml:12:16: delivery.verdicts.authserv-id is missing; it is required for dmarc',
    'gate.yml:17:17: delivery.verdicts requires delivery.inbox: the verdicts are in the message that arrives',
  ]);
});

test('if the inbox comes from the defaults, the error is located at the endpoint that cannot have one', async () => {
  const config = `defaults: {delivery: {${FROM_TO}, ${INBOX}}}
endpoints:
  - a.example
  - host: b.example
    delivery: {to: stranger@example.net, expect: refused}
`;
  expect(await problems({ config })).toEqual([
    'gate.yml:5:50: delivery.inbox cannot be used with delivery.expect: refused, which reads no inbox; remove delivery.inbox and its credentials, or change delivery.expect',
  ]);
});

test('inherited keys that have no effect are not an error', async () => {
  const config = `defaults: {delivery: {${FROM_TO}, keep: true, hop: proxied, attachment-bytes: 1000}}
endpoints:
  - a.example
  - host: b.example
    delivery: {to: stranger@example.net, expect: refused}
`;
  const { endpoints } = await load({ config });
  expect(endpoints.map(({ delivery }) => delivery?.expect)).toEqual(['received', 'refused']);
});

test.each(['expect', 'verdicts'])('an unknown value of %s is not compared with other keys', async (key) => {
  const config = withDelivery(`${INBOX}, ${key}: "\${EXPECTED}"`);
  expect(await problems({ config })).toEqual([
    expect.stringMatching(
      /^gate\.yml:1:\d+: the environment variable EXPECTED is not set; set it in env: of the step$/,
    ),
  ]);
});

describe('inbox settings that are partly empty, because secrets are missing', () => {
  const FILLED = { inbox: 'imaps://i.example', 'inbox-username': 'u', 'inbox-password': 'p' };
  const combinations = Array.from({ length: 6 }, (_, index) =>
    Object.fromEntries(Object.entries(FILLED).map(([name, text], bit) => [name, (index + 1) & (1 << bit) ? text : ''])),
  );

  test.each(combinations)('as inputs: %j', async (settings) => {
    const inputs = { endpoints: 'a.example', 'mail-from': 'a@b.example', 'rcpt-to': 'a@b.example', ...settings };
    const lines = (await problems({ inputs })).join('\n');
    for (const [name, text] of Object.entries(settings)) {
      if (text === '') expect(lines).toMatch(new RegExp(`\\b${name} is (missing|empty)`));
    }
  });

  test.each([...combinations, { inbox: '', 'inbox-username': '', 'inbox-password': '' }])(
    'in a mapping: %j',
    async (settings) => {
      const [BOX = '', USER = '', PASSWORD = ''] = Object.values(settings);
      const config = withDelivery('inbox: "${BOX}", username: "${USER}", password: "${PASSWORD}"');
      const lines = (await problems({ config, env: { BOX, USER, PASSWORD } })).join('\n');
      if (BOX === '') expect(lines).toMatch(/delivery\.inbox must be .*, but is empty/);
      if (USER === '') expect(lines).toMatch(/username is empty/);
      if (PASSWORD === '') expect(lines).toMatch(/password is empty/);
    },
  );

  test.each(['https', 'http'])('are complete for a mail catcher, which needs no credentials: %s', async (scheme) => {
    const inbox = `mailpit+${scheme}://i.example`;
    const delivery = { 'mail-from': 'a@b.example', 'rcpt-to': 'a@b.example', inbox };
    const { endpoints } = await load({
      inputs: { endpoints: 'a.example', ...delivery, 'inbox-username': '', 'inbox-password': '' },
    });
    expect(endpoints[0]?.delivery?.inbox).not.toHaveProperty('username');
  });
});
