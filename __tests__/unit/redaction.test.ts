import { redactorsFor } from '../../src/gate/secrets.js';
import { load } from '../support/load-plan.js';

const password = (at: number): string => `pass-${(at * 7919).toString(36)}-${at}`;
const fleet = (size: number) =>
  load({
    config: [
      'endpoints:',
      ...Array.from(
        { length: size },
        (_, at) => `  - {host: h${at}.example, addresses: all, auth: {username: u, password: "${password(at)}"}}`,
      ),
    ].join('\n'),
  });

test('a small number of secrets is searched for in every report', async () => {
  const redactorOf = redactorsFor(await fleet(3));
  expect(redactorOf({ host: 'h0.example', port: 587 }).redact(`no ${password(2)} here`)).toBe('no <redacted> here');
});

test('with many secrets, each report is searched for its own', async () => {
  const redactorOf = redactorsFor(await fleet(1000));
  for (let at = 0; at < 1000; at += 1) {
    const redactor = redactorOf({ host: `h${at}.example`, port: 587 });
    expect(redactor.redact(`no ${password(at)} here`)).toBe('no <redacted> here');
  }
});

test('with many secrets, each report is searched for those of all accounts on its server', async () => {
  const accounts = Array.from(
    { length: 60 },
    (_, at) => `  - {name: n${at}, host: mail.example, auth: {username: u${at}, password: "${password(at)}"}}`,
  );
  const redactorOf = redactorsFor(await load({ config: ['endpoints:', ...accounts].join('\n') }));
  expect(redactorOf({ host: 'mail.example', port: 587 }).redact(`no ${password(59)} here`)).toBe('no <redacted> here');
});

test('encodings of a secret in protocols are redacted, even if it is short', async () => {
  const config = 'endpoints: [{host: h.example, auth: {username: joe, password: "abc"}}]';
  const redactorOf = redactorsFor(await load({ config }));
  const said = ['\0joe\0abc', 'joe:abc'].map((text) => Buffer.from(text).toString('base64'));
  expect(redactorOf({ host: 'h.example', port: 587 }).redact(`no ${said.join(' or ')}`)).toBe(
    'no <redacted> or <redacted>',
  );
});

test('secrets that are derived during authentication are redacted as well', async () => {
  const redactorOf = redactorsFor(await fleet(1));
  const redactor = redactorOf({ host: 'h0.example', port: 587 }).with(['0123456789abcdef']);
  expect(redactor.redact(`no ${password(0)} or 0123456789ABCDEF`)).toBe('no <redacted> or <redacted>');
});
