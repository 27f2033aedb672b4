import { load, problems } from '../support/load-plan.js';

/** `probes`: their names, and the endpoints where they are not possible. */

const probesOf = async (config: string): Promise<unknown> =>
  (await load({ config })).endpoints.map(({ probes }) => probes);

test('the default is none, and they are written as text or as a list', async () => {
  expect(await probesOf('endpoints: [a.example]')).toEqual([[]]);
  const texts = ['command-injection, plaintext-auth', '[command-injection, plaintext-auth]'];
  for (const text of texts) {
    const quoted = text.startsWith('[') ? text : JSON.stringify(text);
    expect(await probesOf(`endpoints: [{host: a.example, probes: ${quoted}}]`)).toEqual([
      ['plaintext-auth', 'command-injection'],
    ]);
  }
});

test('endpoints inherit the defaults of their file, or set their own, or none', async () => {
  const config = `defaults: {probes: [plaintext-auth, plaintext-mail]}
endpoints:
  - a.example
  - {host: b.example, probes: command-injection}
  - {host: c.example, port: 465, probes: []}
  - {host: d.example, port: 25, probes: plaintext-auth}
`;
  expect(await probesOf(config)).toEqual([
    ['plaintext-auth', 'plaintext-mail'],
    ['command-injection'],
    [],
    ['plaintext-auth'],
  ]);
});

test('an unknown probe is an error', async () => {
  expect(await problems({ config: 'endpoints: [{host: a.example, probes: [plaintext-aut]}]' })).toEqual([
    'gate.yml:1:40: probes must be one of plaintext-auth, plaintext-mail, command-injection; did you mean "plaintext-auth"?',
  ]);
});

describe('a probe that is not possible is an error', () => {
  const IMPLICIT =
    'probes require transport: starttls, but this endpoint uses implicit TLS; remove them, or set probes: [] if they come from the defaults';
  const MX = 'probes: plaintext-mail requires role: submission, but this endpoint has role mx';

  test('implicit TLS, by its port or by name', async () => {
    const config = `endpoints:
  - {host: a.example, port: 465, probes: plaintext-auth}
  - {host: b.example, transport: implicit, probes: command-injection}
`;
    expect(await problems({ config })).toEqual([`gate.yml:2:42: ${IMPLICIT}`, `gate.yml:3:52: ${IMPLICIT}`]);
  });

  test('an mx, by its port or by role', async () => {
    const config = `endpoints:
  - {host: a.example, port: 25, probes: plaintext-mail}
  - {host: b.example, role: mx, probes: [plaintext-auth, plaintext-mail]}
  - {host: c.example, port: 25, role: submission, probes: plaintext-mail}
`;
    expect(await problems({ config })).toEqual([`gate.yml:2:41: ${MX}`, `gate.yml:3:41: ${MX}`]);
  });

  test('if it comes from the defaults, the error is located at the endpoint', async () => {
    const config = 'defaults: {probes: plaintext-auth}\nendpoints:\n  - a.example\n  - b.example:465\n';
    expect(await problems({ config })).toEqual([`gate.yml:4:5: ${IMPLICIT}`]);
  });
});
