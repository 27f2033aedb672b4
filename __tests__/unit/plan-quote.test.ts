import { problems } from '../support/load-plan.js';

const PRIVATE = 'Hunter2-hunter2';

describe('a secret in the wrong place is not quoted', () => {
  test.each([
    ['auth: {username: u, password:SECRET}'],
    ['auth: {username: u, password=SECRET}'],
    ['auth: {username: u, SECRET}'],
    ['auth: u:SECRET'],
    ['auth: {username: u, password: p, mechanism: SECRET}'],
    ['delivery: SECRET'],
    ['delivery: {from: "u:SECRET@x@y", to: SECRET, within: SECRET}'],
    ['delivery: {SECRET: x}'],
    ['tls: SECRET'],
    ['tls: {pin: SECRET}'],
    ['tls: {ca: SECRET}'],
    ['tls: {ca: "smtp://u:SECRET@h.test"}'],
    ['tls: {client-cert: SECRET, client-key: SECRET}'],
    ['waive: SECRET'],
    ['waive: [SECRET]'],
    ['host: u:SECRET@h.test'],
    ['host: smtp://u:SECRET@h.test'],
    ['host: u:SECRET'],
    ['servername: u:SECRET@h.test'],
    ['ehlo: u:SECRET'],
    ['require: SECRET'],
    ['transport: SECRET'],
    ['port: SECRET'],
  ])('%s', async (mistake) => {
    const host = mistake.startsWith('host') ? '' : 'host: a.example, ';
    const lines = await problems({ config: `endpoints: [{${host}${mistake.replaceAll('SECRET', PRIVATE)}}]` });
    expect(lines.join()).toMatch(/^gate\.yml:1:/);
    expect(lines.join()).not.toMatch(/hunter/i);
  });

  test.each(['timeout', 'ca', 'mail-from', 'rcpt-to', 'inbox', 'fail-on', 'require', 'config'])(
    'input %s',
    async (name) => {
      const lines = await problems({ inputs: { endpoints: 'a.example', [name]: PRIVATE } });
      expect(lines.join()).toContain(`input ${name}: `);
      expect(lines.join()).not.toMatch(/hunter/i);
    },
  );

  test('the body of a key is not quoted, line by line', async () => {
    const body = `${'Ab/+'.repeat(16)}\n${'Cd/+'.repeat(12)}==`;
    const lines = await problems({ inputs: { endpoints: 'a.example', ca: body } });
    expect(lines).toEqual([
      'input ca: the file cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ]);
  });
});

describe('a value that resembles a valid one is quoted', () => {
  test.each([
    ['port: 70000', 'not "70000"'],
    ['transport: tls', 'not "tls"'],
    ['role: relay', 'not "relay"'],
    ['addresses: sometimes', 'not "sometimes"'],
    ['tls: {min-version: TLSv1.1}', 'did you mean "TLSv1.2"?'],
    ['tls: {min-version: SSLv}', 'not "SSLv"'],
    ['tls: {ca: nosuch.pem}', 'tls.ca: nosuch.pem cannot be read'],
    ['servername: "mail.example:587"', 'not "mail.example:587"'],
    ['servername: "[::1"', 'not "[::1"'],
    ['servername: "${UNSET}"', 'variable UNSET is not set'],
    ['prot: 25', 'unknown key "prot"; did you mean "port"?'],
    ['port:25', 'unknown key that begins with "port"; add a space after the colon'],
  ])('%s', async (mistake, message) => {
    const lines = await problems({ config: `endpoints: [{host: a.example, ${mistake}}]` });
    expect(lines.join()).toContain(message);
  });
});
