import { problems } from '../support/plan-world.js';

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
  ])('%s', async (slip) => {
    const host = slip.startsWith('host') ? '' : 'host: a.example, ';
    const lines = await problems({ config: `endpoints: [{${host}${slip.replaceAll('SECRET', PRIVATE)}}]` });
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

  test('nor is the body of a key, line by line', async () => {
    const body = `${'Ab/+'.repeat(16)}\n${'Cd/+'.repeat(12)}==`;
    const lines = await problems({ inputs: { endpoints: 'a.example', ca: body } });
    expect(lines).toEqual(['input ca: the file that it names cannot be read (ENOENT)']);
  });
});

describe('what looks like what belongs there is quoted', () => {
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
    ['port:25', 'unknown key that begins with "port"; a blank must follow the colon'],
  ])('%s', async (slip, told) => {
    const lines = await problems({ config: `endpoints: [{host: a.example, ${slip}}]` });
    expect(lines.join()).toContain(told.replace(/^tls\./, ''));
  });
});

describe('bounds', () => {
  test('a file that is too large is not read as YAML', async () => {
    const padding = `#${'x'.repeat(1024 * 1024)}\n`;
    expect(await problems({ config: `${padding}endpoints: [a.example]` })).toEqual([
      'gate.yml: is larger than 1048576 octets',
    ]);
  });

  test('the first 1000 problems are told, and how many there are beside', async () => {
    const lines = await problems({ inputs: { endpoints: 'a.example:0\n'.repeat(1003) } });
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toBe('and 3 more');
  });
});
