import { createPki, type Identity } from '../../src/servers/pki.js';
import { secretsOf } from '../../src/gate/secrets.js';
import { load, problems, revealedOf } from '../support/load-plan.js';

/** `auth`: which credentials can be combined, and with what. */

const EMPTY = 'A secret that does not exist is empty, and so is every secret in a pull request from a fork';

let ours: Identity;
beforeAll(async () => {
  ours = await (await createPki('Clients')).issue({ commonName: 'gate', usage: ['clientAuth'] });
});

const TLS = 'tls: {client-cert: ours.pem, client-key: ours.key}';
const files = (): Record<string, string> => ({ 'ours.pem': ours.chain, 'ours.key': ours.key });

describe('mechanism EXTERNAL', () => {
  test('uses the client certificate, and the username as the identity to act as', async () => {
    const { endpoints } = await load({
      config: `endpoints:
  - {host: a.example, auth: {mechanism: EXTERNAL}, ${TLS}}
  - {host: b.example, auth: {mechanism: EXTERNAL, username: joe}, ${TLS}}
`,
      files: files(),
    });
    expect(endpoints.map(({ auth }) => auth)).toEqual([
      { username: '', kind: 'certificate', mechanism: 'EXTERNAL', expect: 'accepted' },
      { username: 'joe', kind: 'certificate', mechanism: 'EXTERNAL', expect: 'accepted' },
    ]);
  });

  test('replaces inherited secrets, and leaves none to redact', async () => {
    const plan = await load({
      config: `defaults: {auth: {username: joe, password: pw-1}, ${TLS}}
endpoints:
  - {host: a.example, auth: {mechanism: EXTERNAL}}
`,
      files: files(),
      inputs: { username: 'input', password: 'pw-2' },
    });
    expect(plan.endpoints[0]?.auth).toEqual({
      username: 'joe',
      kind: 'certificate',
      mechanism: 'EXTERNAL',
      expect: 'accepted',
    });
    expect(secretsOf(plan)).toEqual([]);
  });

  test('replaces the inputs as a whole', async () => {
    const { endpoints } = await load({
      config: `endpoints: [{host: a.example, auth: {mechanism: EXTERNAL}, ${TLS}}, b.example]`,
      files: files(),
      inputs: { username: 'input', password: 'pw-2' },
    });
    expect(endpoints.map(({ auth }) => [auth?.username, revealedOf(auth)])).toEqual([
      ['', undefined],
      ['input', 'pw-2'],
    ]);
  });

  test('requires a client certificate', async () => {
    expect(await problems({ config: 'endpoints: [{host: a.example, auth: {mechanism: EXTERNAL}}]' })).toEqual([
      'gate.yml:1:37: auth.mechanism EXTERNAL requires tls.client-cert',
    ]);
  });

  test.each(['password', 'access-token'])('does not use %s', async (key) => {
    const config = `endpoints: [{host: a.example, auth: {mechanism: EXTERNAL, username: joe, ${key}: x}, ${TLS}}]`;
    expect((await problems({ config, files: files() })).join()).toContain(
      `auth.mechanism EXTERNAL authenticates with tls.client-cert and does not use auth.${key}; remove it`,
    );
  });
});

describe('a mechanism with the wrong kind of secret is an error', () => {
  test.each([
    ['XOAUTH2', 'password', 'auth.mechanism XOAUTH2 requires auth.access-token, not auth.password'],
    ['OAUTHBEARER', 'password', 'auth.mechanism OAUTHBEARER requires auth.access-token, not auth.password'],
    ['PLAIN', 'access-token', 'auth.mechanism PLAIN requires auth.password, not auth.access-token'],
    [
      'SCRAM-SHA-256-PLUS',
      'access-token',
      'auth.mechanism SCRAM-SHA-256-PLUS requires auth.password, not auth.access-token',
    ],
  ])('%s with %s', async (mechanism, key, message) => {
    const config = `endpoints: [{host: a.example, auth: {username: joe, mechanism: ${mechanism}, ${key}: pw-1}}]`;
    const lines = (await problems({ config })).join();
    expect(lines).toContain(message);
    expect(lines).not.toContain('pw-1');
  });

  test('inputs are called by their own names', async () => {
    const config = 'endpoints: [{host: a.example, auth: {mechanism: XOAUTH2}}]';
    expect(await problems({ config, inputs: { username: 'joe', password: 'pw-1' } })).toEqual([
      'input password: auth.mechanism XOAUTH2 requires access-token, not password',
    ]);
  });

  test('the missing secret depends on the mechanism', async () => {
    const config = 'endpoints: [{host: a.example, auth: {username: joe, mechanism: XOAUTH2}}]';
    expect(await problems({ config })).toEqual(['gate.yml:1:48: auth.access-token is missing']);
  });

  test('the right kind is accepted', async () => {
    const { endpoints } = await load({
      config: `endpoints:
  - {host: a.example, auth: {username: joe, mechanism: XOAUTH2, access-token: t}}
  - {host: b.example, auth: {username: joe, mechanism: SCRAM-SHA-1, password: p}}
`,
    });
    expect(endpoints.map(({ auth }) => auth?.kind)).toEqual(['access-token', 'password']);
  });
});

describe('a secret that contains only spaces', () => {
  test.each(['" "', '"   "', '"\u00a0"', '"${BLANK}"'])('is an error: %s', async (password) => {
    const config = `endpoints: [{host: a.example, auth: {username: joe, password: ${password}}}]`;
    expect(await problems({ config, env: { BLANK: ' ' } })).toEqual([
      expect.stringMatching(/^gate\.yml:1:63: auth\.password is empty or contains only spaces/),
    ]);
  });

  test('is an error in an input too', async () => {
    const inputs = { endpoints: 'a.example', username: 'joe', password: '  ' };
    expect(await problems({ inputs })).toEqual([
      `input password: password is empty or contains only spaces. Set password in with: of the step. ${EMPTY}`,
    ]);
  });

  test('a line break at the end of a secret is an error', async () => {
    const config = 'endpoints: [{host: a.example, auth: {username: joe, password: "${PW}"}}]';
    expect((await problems({ config, env: { PW: 'secret\n' } })).join()).toContain('a trailing newline');
  });

  test('spaces around it are kept, because they may be intended', async () => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example', username: 'joe', password: ' x ' } });
    expect(revealedOf(endpoints[0]?.auth)).toBe(' x ');
  });
});

describe('expect: rejected', () => {
  const DELIVERY = 'delivery: {from: a@a.example, to: b@a.example}';

  test('is part of the plan', async () => {
    const { endpoints } = await load({
      config: 'endpoints: [{host: a.example, auth: {username: joe, password: p, expect: rejected}}]',
    });
    expect(endpoints[0]?.auth?.expect).toBe('rejected');
  });

  test('requires credentials', async () => {
    expect(await problems({ config: 'endpoints: [{host: a.example, auth: {expect: rejected}}]' })).toEqual([
      `gate.yml:1:46: auth.expect: rejected requires credentials, but none are set. Set auth.username and auth.password, or the inputs username and password. ${EMPTY}`,
    ]);
  });

  test('reports only the inputs if their credentials are incomplete', async () => {
    const inputs = { endpoints: '[{host: a.example, auth: {expect: rejected}}]', username: 'joe' };
    expect(await problems({ inputs })).toEqual([
      `input username: password or access-token is missing. Set password or access-token in with: of the step. ${EMPTY}`,
    ]);
  });

  test('inherits the credentials of the inputs, but not their delivery', async () => {
    const { endpoints } = await load({
      config: 'endpoints: [{host: a.example, auth: {expect: rejected}}, b.example]',
      inputs: { username: 'joe', password: 'p', 'mail-from': 'a@a.example', 'rcpt-to': 'b@a.example' },
    });
    expect(endpoints.map(({ auth, delivery }) => [auth?.expect, delivery?.to])).toEqual([
      ['rejected', undefined],
      ['accepted', 'b@a.example'],
    ]);
  });

  test('does not inherit the delivery of the defaults, and cannot have its own', async () => {
    const { endpoints } = await load({
      config: `defaults: {auth: {username: joe, password: p}, ${DELIVERY}}
endpoints: [{host: a.example, auth: {expect: rejected}}, b.example]`,
    });
    expect(endpoints.map(({ delivery }) => delivery?.to)).toEqual([undefined, 'b@a.example']);

    const own = `endpoints: [{host: a.example, auth: {username: j, password: p, expect: rejected}, ${DELIVERY}}]`;
    expect((await problems({ config: own })).join()).toContain(
      'delivery cannot be used with auth.expect: rejected, because the session is not authenticated',
    );
    const both = `defaults: {auth: {username: j, password: p, expect: rejected}, ${DELIVERY}}\nendpoints: [a.example]`;
    expect((await problems({ config: both })).join()).toContain('delivery cannot be used');
  });

  test('is one of two values', async () => {
    expect(await problems({ config: 'endpoints: [{host: a.example, auth: {expect: reject}}]' })).toEqual([
      'gate.yml:1:46: auth.expect must be one of accepted, rejected; did you mean "rejected"?',
    ]);
  });
});
