import type { Endpoint } from '../../src/plan/endpoint.js';
import { SETTING_KEYS } from '../../src/findings/setting-keys.js';
import { loadPlan } from '../../src/plan/plan.js';
import { ConfigurationError } from '../../src/plan/source/problem.js';
import { credentialsOf } from '../../src/gate/secrets.js';
import { ANCHOR_A, ANCHOR_B, load, problems, revealedOf } from '../support/load-plan.js';

const EMPTY = 'A secret that does not exist is empty, and so is every secret in a pull request from a fork';
const PIN = Buffer.alloc(32, 1).toString('base64');
const SECOND_PIN = Buffer.alloc(32, 2).toString('base64');

test('fail-on-flaky is part of the policy', async () => {
  const { policy } = await load({ inputs: { endpoints: 'mail.example', 'fail-on-flaky': 'true' } });
  expect(policy).toEqual({ failOn: 'fail', onInconclusive: 'fail', failOnFlaky: true });
});

describe('defaults', () => {
  test('a host is enough', async () => {
    expect(await load({ inputs: { endpoints: 'mail.example' } })).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      endpoints: [
        {
          name: 'mail.example:587',
          host: 'mail.example',
          port: 587,
          transport: 'starttls',
          servername: 'mail.example',
          addresses: 'first',
          role: 'submission',
          tls: { ca: [], minVersion: 'TLSv1.2', minValidDays: 'auto', warnValidDays: 'auto', pins: [] },
          probes: [],
          require: [],
          waive: [],
          timeoutMs: 15_000,
        },
      ],
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      concurrency: 32,
      perHost: 4,
      retries: 2,
    });
  });

  test.each([
    ['port: 25', { port: 25, transport: 'starttls', role: 'mx' }],
    ['port: 465', { port: 465, transport: 'implicit', role: 'submission' }],
    ['transport: implicit', { port: 465, transport: 'implicit' }],
    ['{port: 465, transport: starttls}', { port: 465, transport: 'starttls' }],
    ['{port: 25, role: submission}', { port: 25, role: 'submission' }],
    ['{port: "2525"}', { port: 2525, transport: 'starttls', role: 'submission' }],
    ['port: "${PORT}"', { port: 1025 }],
    ['name: relay', { name: 'relay' }],
    ['servername: Bücher.example.', { servername: 'xn--bcher-kva.example' }],
    ['servername: "[::1]"', { servername: '::1' }],
  ])('%s', async (defaults, expected) => {
    const config = `defaults: ${defaults.startsWith('{') ? defaults : `{${defaults}}`}\nendpoints: [{host: mail.example}]`;
    const { endpoints } = await load({ config, env: { PORT: '1025' } });
    expect(endpoints[0]).toMatchObject(expected);
  });

  test('an IPv6 address is in brackets in the name, and only there', async () => {
    const { endpoints } = await load({ config: 'endpoints: [{host: "2001:DB8::1", port: 25}]' });
    expect(endpoints[0]).toMatchObject({ name: '[2001:db8::1]:25', host: '2001:db8::1', servername: '2001:db8::1' });
  });
});

describe('a whole endpoint', () => {
  test('every key is part of the plan', async () => {
    const { endpoints } = await load({
      config: `endpoints:
  - name: staging relay
    host: SMTP.Staging.Example.com.
    port: 2465
    transport: implicit
    servername: smtp.example.com
    ehlo: "[IPv6:2001:db8::1]"
    addresses: all
    role: mx
    environment: staging
    auth: {username: apikey, access-token: "\${TOKEN}", mechanism: XOAUTH2}
    delivery:
      from: gate@example.com
      to: inbox@example.com
      inbox: imaps://imap.example.com/Tests%2FGate
      username: inbox@example.com
      password: \${INBOX_PASSWORD}
      within: 90
      keep: true
      attachment-bytes: 1000000
      verdicts: {spf: pass, dkim: pass, dmarc: none, authserv-id: MX.Example.com}
    tls:
      ca: certs/a.pem
      min-version: TLSv1.3
      min-valid-days: 0
      warn-valid-days: 7
      pin: [sha256/${PIN}, sha256/${SECOND_PIN}]
    require: [delivery, authentication]
    waive:
      - finding: certificate-self-signed
        until: 2027-01-31
        reason: staging CA is being replaced
`,
      files: { 'certs/a.pem': ANCHOR_A },
      env: { TOKEN: 'tok-1', INBOX_PASSWORD: 'pw-2' },
    });
    const [endpoint] = endpoints;
    expect(JSON.parse(JSON.stringify(endpoint))).toEqual({
      name: 'staging relay',
      host: 'smtp.staging.example.com',
      port: 2465,
      transport: 'implicit',
      servername: 'smtp.example.com',
      ehlo: '[IPv6:2001:db8::1]',
      addresses: 'all',
      role: 'mx',
      environment: 'staging',
      auth: {
        username: 'apikey',
        secret: '<redacted>',
        kind: 'access-token',
        mechanism: 'XOAUTH2',
        expect: 'accepted',
      },
      delivery: {
        from: 'gate@example.com',
        to: 'inbox@example.com',
        inbox: {
          scheme: 'imaps',
          host: 'imap.example.com',
          port: 993,
          mailbox: 'Tests/Gate',
          username: 'inbox@example.com',
          password: '<redacted>',
        },
        withinMs: 90_000,
        expect: 'received',
        keep: true,
        attachmentBytes: 1_000_000,
        verdicts: { spf: 'pass', dkim: 'pass', dmarc: 'none', authservId: 'mx.example.com' },
      },
      tls: {
        ca: [ANCHOR_A],
        anchorSources: [{ path: 'certs/a.pem', certificates: [ANCHOR_A] }],
        minVersion: 'TLSv1.3',
        minValidDays: 0,
        warnValidDays: 7,
        pins: [PIN, SECOND_PIN],
      },
      probes: [],
      require: ['authentication', 'delivery'],
      waive: [{ finding: 'certificate-self-signed', until: '2027-01-31', reason: 'staging CA is being replaced' }],
      timeoutMs: 15_000,
      source: { file: 'gate.yml', line: 2 },
    });
    expect(revealedOf(endpoint?.auth)).toBe('tok-1');
    expect(endpoint?.delivery?.inbox?.password?.reveal()).toBe('pw-2');
  });
});

describe('precedence', () => {
  const config = `defaults:
  environment: staging
  auth: {username: default-user, password: default-password, mechanism: PLAIN}
  delivery: {from: default@example.com, to: to@example.com, within: 10}
  tls: {min-version: TLSv1.3, pin: sha256/${PIN}}
  require: [delivery]
endpoints:
  - host: a.example
  - host: b.example
    environment: production
    auth: {username: own-user}
    delivery: {from: own@example.com}
    tls: {pin: [sha256/${SECOND_PIN}]}
    require: []
  - host: c.example
    auth: {access-token: own-token, mechanism: XOAUTH2}
`;
  const inputs = {
    username: 'input-user',
    password: 'input-password',
    'mail-from': 'input@example.com',
    'rcpt-to': 'input@example.com',
    'min-tls-version': 'TLSv1.2',
    'min-valid-days': '30',
    'warn-valid-days': '0',
    require: 'authentication',
    timeout: '7',
  };

  test('an endpoint overrides the defaults of its file, key by key, and these override the inputs', async () => {
    const { endpoints } = await load({ inputs, config });
    expect(endpoints).toMatchObject([
      {
        environment: 'staging',
        auth: { username: 'default-user', kind: 'password', mechanism: 'PLAIN' },
        delivery: { from: 'default@example.com', to: 'to@example.com', withinMs: 10_000 },
        tls: { minVersion: 'TLSv1.3', minValidDays: 30, warnValidDays: 0, pins: [PIN] },
        require: ['delivery'],
        timeoutMs: 7000,
      },
      {
        environment: 'production',
        auth: { username: 'own-user', kind: 'password' },
        delivery: { from: 'own@example.com', to: 'to@example.com', withinMs: 10_000 },
        tls: { minVersion: 'TLSv1.3', pins: [SECOND_PIN] },
        require: [],
      },
      { auth: { username: 'default-user', kind: 'access-token', mechanism: 'XOAUTH2' } },
    ]);
    const revealed = endpoints.map(({ auth }) => revealedOf(auth));
    expect(revealed).toEqual(['default-password', 'default-password', 'own-token']);
  });

  test('credentials of the inputs are inherited as a whole, and only by an endpoint without its own', async () => {
    const { endpoints } = await load({
      inputs,
      config: `endpoints:
  - host: a.example
  - {host: b.example, auth: {mechanism: LOGIN}}
  - {host: c.example, auth: {username: own, access-token: own-token}}`,
    });
    expect(endpoints.map(({ auth }) => [auth?.username, revealedOf(auth), auth?.kind, auth?.mechanism])).toEqual([
      ['input-user', 'input-password', 'password', undefined],
      ['input-user', 'input-password', 'password', 'LOGIN'],
      ['own', 'own-token', 'access-token', undefined],
    ]);
  });

  test('an endpoint with a part of its credentials inherits no other part from the inputs', async () => {
    expect(await problems({ inputs, config: 'endpoints: [{host: a.example, auth: {username: own}}]' })).toEqual([
      'gate.yml:1:48: auth.password or auth.access-token is missing',
    ]);
  });

  test('the delivery of the inputs is inherited as a whole, and only by an endpoint without its own', async () => {
    const { endpoints } = await load({
      inputs: { ...inputs, inbox: 'imap://imap.example', 'inbox-username': 'in', 'inbox-password': 'box' },
      config: 'endpoints: [a.example, {host: b.example, delivery: {from: own@example.com, to: own@example.com}}]',
    });
    expect(endpoints[0]?.delivery).toMatchObject({
      from: 'input@example.com',
      inbox: { scheme: 'imap', port: 143, mailbox: 'INBOX', username: 'in' },
      withinMs: 60_000,
    });
    expect(endpoints[1]?.delivery).toEqual({
      from: 'own@example.com',
      to: 'own@example.com',
      withinMs: 60_000,
      expect: 'received',
      keep: false,
      attachmentBytes: 0,
    });
  });

  test('both lists are tested, the input first, and the defaults of the file apply only to the file', async () => {
    const { endpoints } = await load({
      inputs: { endpoints: 'one.example' },
      config: 'defaults: {environment: staging}\nendpoints: [two.example]',
    });
    expect(endpoints.map(({ host, environment }) => [host, environment])).toEqual([
      ['one.example', undefined],
      ['two.example', 'staging'],
    ]);
  });
});

describe('places', () => {
  test('all errors are reported at once, from top to bottom', async () => {
    const config = `defaults:
  ehlo: bad..name
  host: all.example
  tls: {min-valid-days: never}
endpoints:
  - name: one
    host: mail.example
    prot: smtp
  - name: one
    host: [mail.example]
    port: 70000
    tls: strict
  - - nested
  - port: 25
    delivery:
      to: nobody
    waive:
      - finding: certificate-self-singed
        until: 2027-02-30
      - {finding: internal-error, until: 2027-01-01, reason: ""}
    auth:
      username: u
      pasword: p
top: 1
`;
    expect(await problems({ inputs: { timeout: 'soon', timout: '3', shard: '3/2' }, config })).toEqual([
      'input timeout: must be a whole number from 1 to 600, not "soon"',
      'input shard: must be K/N with K from 1 to N, such as 1/3, not "3/2"',
      'input timout: unknown input; did you mean "timeout"?',
      'gate.yml:2:9: ehlo must be a domain or an address literal such as [192.0.2.1] or [IPv6:2001:db8::1], not "bad..name"',
      'gate.yml:3:9: host must not be set in defaults: each endpoint has its own',
      'gate.yml:4:25: tls.min-valid-days must be auto, or a whole number from 0 to 3650, not "never"',
      'gate.yml:8:5: unknown key "prot"; did you mean "port"?',
      'gate.yml:9:11: the name "one" is already taken by the endpoint at gate.yml:6:11; names must be unique',
      'gate.yml:10:11: host must be a DNS name or an IP address, without a port, not a list',
      'gate.yml:11:11: port must be a whole number from 1 to 65535, not "70000"',
      'gate.yml:12:10: tls must be a mapping of keys to values',
      'gate.yml:13:5: an endpoint must be host, host:port or a mapping, not a list',
      'gate.yml:16:7: delivery.from is missing',
      'gate.yml:16:11: delivery.to must be a plain address of the form local@domain',
      'gate.yml:18:9: waive.reason is missing',
      'gate.yml:18:18: waive.finding must be the code of a finding that can be waived; did you mean "certificate-self-signed"?',
      'gate.yml:19:16: waive.until must be a date in the form YYYY-MM-DD, not "2027-02-30"',
      'gate.yml:20:19: waive.finding must be the code of a finding that can be waived, not "internal-error"',
      'gate.yml:20:62: waive.reason must be one line of 1 to 200 visible characters, but is empty',
      'gate.yml:22:17: auth.password or auth.access-token is missing',
      'gate.yml:23:7: unknown key "pasword"; did you mean "password"?',
      'gate.yml:24:1: unknown key "top"',
    ]);
  });

  test('an unknown input is reported even if it is empty', async () => {
    const inputs = { endpoints: 'a.example', requires: '', ['__proto__']: '' };
    expect(await problems({ inputs })).toEqual([
      'input requires: unknown input; did you mean "require"?',
      'input __proto__: unknown input',
    ]);
  });

  test('a missing host is located at its mapping', async () => {
    expect(await problems({ config: 'endpoints:\n  - port: 25\n' })).toEqual(['gate.yml:2:5: host or mx is missing']);
  });

  test('places in the YAML of an input are relative to the input', async () => {
    const endpoints = '- a.example\n- host: b.example\n  prot: 25\n- c.example:0';
    expect(await problems({ inputs: { endpoints } })).toEqual([
      'endpoints:3:3: unknown key "prot"; did you mean "port"?',
      'endpoints:4:3: "c.example:0" must have a whole number from 1 to 65535 as its port',
    ]);
    expect(await problems({ inputs: { endpoints: 'host: a.example' } })).toEqual([
      'endpoints:1:1: must be a list of endpoints, each beginning with "- "',
    ]);
  });

  test('the error has each problem with the parts of its place', async () => {
    const error: unknown = await load({ inputs: { retries: '-1' }, config: 'endpoints: 5' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).toEqual([
      { input: 'retries', message: 'must be a whole number from 0 to 10, not "-1"' },
      { file: 'gate.yml', line: 1, column: 12, message: 'endpoints must be a list of endpoints' },
    ]);
  });

  test('a configured value cannot act on the log', async () => {
    const lines = await problems({ inputs: { config: '\u001b[2J\n::error::x.yml' } });
    expect(lines).toEqual([
      'input config: \\x1b[2J\\x0a::error::x.yml cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ]);
  });

  test('an endpoint has its line in the file and in the workflow', async () => {
    const { endpoints } = await load({
      inputs: { endpoints: '# ours\na.example\nb.example' },
      config: 'endpoints:\n  - c.example\n  - name: d\n    host: d.example',
      locateInput: (name) => ({ file: `.github/workflows/${name}.yml`, line: 17 }),
    });
    expect(endpoints.map(({ source }) => source)).toEqual([
      { file: '.github/workflows/endpoints.yml', line: 18 },
      { file: '.github/workflows/endpoints.yml', line: 19 },
      { file: 'gate.yml', line: 2 },
      { file: 'gate.yml', line: 3 },
    ]);
  });

  test('an endpoint has the lines of its settings, its own and those that it inherits', async () => {
    const { endpoints } = await load({
      inputs: { endpoints: 'a.example', username: 'joe', password: 'p', ca: ANCHOR_A },
      config:
        'defaults:\n  delivery:\n    from: a@c.example\n    to: b@c.example\n    inbox: imaps://c.example\n    username: u\n    password: p\nendpoints:\n  - c.example\n  - host: d.example\n    servername:\n      e.example',
      locateInput: (name) => (name === 'ca' ? { file: 'release.yml', line: 20 } : undefined),
    });
    const at = (line: number) => ({ file: 'gate.yml', line });
    const ca = { file: 'release.yml', line: 20 };
    const found = (source: Endpoint['settingSource']) =>
      Object.fromEntries(SETTING_KEYS.flatMap((key) => (source?.(key) ? [[key, source(key)]] : [])));
    const delivery = { 'delivery.from': at(3), 'delivery.to': at(4), 'delivery.inbox': at(5) };
    expect(endpoints.map(({ settingSource }) => found(settingSource))).toEqual([
      { 'tls.ca': ca },
      { ...delivery, 'tls.ca': ca },
      { ...delivery, servername: at(11), 'tls.ca': ca },
    ]);
  });

  test('the path of the file is relative to the workspace', async () => {
    const files = { 'ci/gate.yml': 'endpoints: [a.example]' };
    for (const config of ['ci/gate.yml', './ci/gate.yml', '/repository/ci/gate.yml']) {
      const { endpoints } = await load({ inputs: { config }, files });
      expect(endpoints[0]?.source?.file).toBe('ci/gate.yml');
    }
  });
});

describe('empty lists', () => {
  const said = (key: string): string => `${key} is an empty list; remove it`;

  test('are reported where they are, in the defaults and in endpoints', async () => {
    const config = `defaults:
  require: []
  tls: {pin: []}
endpoints:
  - host: a.example
    waive: []
    probes: []
    tls: {ca: []}
`;
    expect(await problems({ config })).toEqual([
      `gate.yml:2:12: ${said('require')}`,
      `gate.yml:3:14: ${said('tls.pin')}`,
      `gate.yml:6:12: ${said('waive')}`,
      `gate.yml:7:13: ${said('probes')}`,
      `gate.yml:8:15: ${said('tls.ca')}`,
    ]);
    expect(await problems({ inputs: { endpoints: '- {host: a.example, require: []}' } })).toEqual([
      `endpoints:1:30: ${said('require')}`,
    ]);
  });

  test('may remove inherited values', async () => {
    const { endpoints } = await load({
      inputs: { require: 'delivery' },
      config: `defaults:
  probes: plaintext-auth
  waive: [{finding: certificate-expired, until: 2027-01-31, reason: known}]
  tls: {ca: a.pem}
endpoints:
  - {host: a.example, require: [], probes: [], waive: [], tls: {ca: []}}
`,
      files: { 'a.pem': ANCHOR_A },
    });
    expect(endpoints[0]).toMatchObject({ require: [], probes: [], waive: [], tls: { ca: [] } });
  });

  test('do not remove the pins of the defaults', async () => {
    const config = `defaults:
  tls: {pin: sha256/${PIN}}
endpoints:
  - {host: a.example, tls: {pin: []}}
`;
    expect(await problems({ config })).toEqual([`gate.yml:4:34: ${said('tls.pin')}`]);
  });

  test.each(['require', 'probes'])('%s without a value is an error', async (key) => {
    const config = `endpoints: [{host: a.example, ${key}: }, {host: b.example, ${key}: "\${NONE}"}, {host: c.example, ${key}: ","}]`;
    const lines = await problems({ config, env: { NONE: '' } });
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).toMatch(new RegExp(`^(gate.yml:1:\\d+: ${key} must be one of .*\n?){3}$`));
    expect(lines[0]).toMatch(/, but is empty$/);
  });

  test('the input require without a value is an error', async () => {
    expect(await problems({ inputs: { endpoints: 'a.example', require: ',' } })).toEqual([
      expect.stringMatching(/^input require: must be one of /),
    ]);
  });
});

describe('names', () => {
  test('are unique over both lists', async () => {
    expect(await problems({ inputs: { endpoints: 'a.example' }, config: 'endpoints:\n  - A.example.:587' })).toEqual([
      'gate.yml:2:5: the name "a.example:587" is already taken by the endpoint at endpoints:1:1; names must be unique',
    ]);
  });

  test('are not quoted if they come from the environment', async () => {
    const lines = await problems({ config: 'endpoints: ["${H}", "${H}"]', env: { H: 'hidden.example' } });
    expect(lines).toEqual([
      'gate.yml:1:21: this name is already taken by the endpoint at gate.yml:1:13; names must be unique',
    ]);
  });
});

describe('nothing to test', () => {
  test.each([
    [{}, 'nothing to test: name an endpoint, or set config to a file with endpoints'],
    [{ endpoints: '  \n' }, 'input endpoints: there is no endpoint to test'],
    [{ endpoints: '# none\n' }, 'input endpoints: there is no endpoint to test'],
    [{ endpoints: '[]' }, 'endpoints:1:1: endpoints is an empty list'],
    [{ config: 'none.yml' }, 'none.yml:1:12: endpoints is an empty list'],
    [
      { config: 'nowhere.yml' },
      'input config: nowhere.yml cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
    ],
    [{ config: 'empty.yml' }, 'empty.yml: the file is empty; `endpoints` is missing'],
    [{ config: 'list.yml' }, 'list.yml:1:1: the file must be a mapping of keys to values, not a list'],
  ])('%j', async (inputs, line) => {
    const files = { 'none.yml': 'endpoints: []', 'empty.yml': '# nothing\n', 'list.yml': '- a.example' };
    expect(await problems({ inputs: inputs, files })).toEqual([line]);
  });

  test.each([
    [{ config: 'none.yml', endpoints: 'a.example' }, 'none.yml:1:12: endpoints is an empty list'],
    [{ config: 'one.yml', endpoints: '# ours\n[]' }, 'endpoints:2:1: endpoints is an empty list'],
    [{ config: 'one.yml', endpoints: '# none' }, 'input endpoints: there is no endpoint to test'],
  ])('in one of two lists: %j', async (inputs, line) => {
    const files = { 'none.yml': 'endpoints: []', 'one.yml': 'endpoints: [b.example]' };
    expect(await problems({ inputs, files })).toEqual([line]);
  });

  test('an input of spaces and line breaks counts as not given', async () => {
    const { endpoints } = await load({ inputs: { endpoints: ' \n' }, config: 'endpoints: [a.example]' });
    expect(endpoints).toHaveLength(1);
  });

  test('a key that is unknown is not an endpoint', async () => {
    expect(await problems({ config: 'endpoint:\n  - host: a.example\n' })).toEqual([
      'gate.yml:1:1: endpoints is missing',
      'gate.yml:1:1: unknown key "endpoint"; did you mean "endpoints"?',
    ]);
  });
});

describe('secrets', () => {
  const values = { PASSWORD: 's3cret-value', USER: 's3cret-user' };

  test('password with access-token is an error everywhere', async () => {
    const exclude = (prefix: string): string =>
      `${prefix}password and ${prefix}access-token cannot both be set; remove one of them`;
    expect(
      await problems({
        inputs: { username: 'u', password: 'p', 'access-token': 't' },
        config:
          'defaults:\n  auth: {username: u, password: a, access-token: b}\nendpoints:\n  - host: a.example\n    auth: {password: a, access-token: b}',
      }),
    ).toEqual([
      `input access-token: ${exclude('')}`,
      `gate.yml:2:50: ${exclude('auth.')}`,
      `gate.yml:5:39: ${exclude('auth.')}`,
    ]);
  });

  test.each([
    [
      '{username: u, password: "${NONE}"}',
      `gate.yml:1:61: auth.password is empty or contains only spaces. Set the environment variable NONE in env: of the step. ${EMPTY}`,
    ],
    ['{username: u, access-token: ""}', 'gate.yml:1:65: auth.access-token is empty or contains only spaces'],
    [
      '{username: "${NONE}", password: p}',
      `gate.yml:1:48: auth.username is empty or contains only spaces. Set the environment variable NONE in env: of the step. ${EMPTY}`,
    ],
    ['{password: p}', 'gate.yml:1:48: auth.username is missing'],
    ['{username: u}', 'gate.yml:1:48: auth.password or auth.access-token is missing'],
  ])('auth: %s', async (auth, line) => {
    expect(await problems({ config: `endpoints: [{host: a.example, auth: ${auth}}]`, env: { NONE: '' } })).toEqual([
      line,
    ]);
  });

  test.each([
    [
      { username: 'u' },
      [
        `input username: password or access-token is missing. Set password or access-token in with: of the step. ${EMPTY}`,
      ],
    ],
    [{ password: 'p' }, [`input password: username is missing. Set username in with: of the step. ${EMPTY}`]],
    [{ 'mail-from': 'a@b.example' }, [`input mail-from: rcpt-to is missing or empty. ${EMPTY}`]],
    [
      { 'mail-from': 'a@b.example', 'rcpt-to': 'a@b.example', inbox: 'imaps://i.example', 'inbox-username': 'i' },
      [`input inbox-username: inbox-password is missing. Set inbox-password in with: of the step. ${EMPTY}`],
    ],
    [
      { 'mail-from': 'a@b.example', 'rcpt-to': 'a@b.example', 'inbox-username': 'i', 'inbox-password': 'p' },
      [`input mail-from: inbox is missing, but its credentials are set. Set inbox in with: of the step. ${EMPTY}`],
    ],
    [
      { 'mail-from': 'a@b.example', 'rcpt-to': 'a@b.example', inbox: 'imaps://i.example' },
      [
        `input mail-from: inbox-username is missing. Set inbox-username in with: of the step. ${EMPTY}`,
        `input mail-from: inbox-password is missing. Set inbox-password in with: of the step. ${EMPTY}`,
      ],
    ],
    [
      { inbox: 'mailpit+https://i.example' },
      ['mail-from', 'rcpt-to'].map((name) => `input inbox: ${name} is missing or empty. ${EMPTY}`),
    ],
  ])('inputs: %j', async (inputs, lines) => {
    expect(await problems({ inputs: { endpoints: 'a.example', ...inputs } })).toEqual(lines);
  });

  test('inputs that are all empty configure nothing', async () => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example', username: '', password: '', inbox: '' } });
    expect(endpoints[0]).not.toHaveProperty('auth');
    expect(endpoints[0]).not.toHaveProperty('delivery');
  });

  test.each<[string, string[]]>([
    ['inbox: mailpit+https://i.example, username: u', ['gate.yml:3:94: delivery.password is missing']],
    [
      'inbox: mailpit+https://i.example, username: u, password: ""',
      ['gate.yml:3:107: delivery.password is empty or contains only spaces'],
    ],
    [
      'inbox: mailpit+http://i.example/x, username: u, password: p',
      [
        'gate.yml:3:57: delivery.username and delivery.password are not sent over plain HTTP; use mailpit+https, or remove them',
      ],
    ],
  ])('a mail catcher gets complete credentials or none, and none unencrypted: %s', async (inbox, lines) => {
    const config = `endpoints:\n- host: a.example\n  delivery: {from: a@b.example, to: a@b.example, ${inbox}}`;
    expect(await problems({ config })).toEqual(lines);
  });

  test('a mail catcher may need no credentials', async () => {
    const delivery = '{from: a@b.example, to: a@b.example, inbox: mailpit+http://i.example/base}';
    const { endpoints } = await load({ config: `endpoints:\n- host: a.example\n  delivery: ${delivery}` });
    expect(endpoints[0]?.delivery?.inbox).toEqual({
      scheme: 'mailpit+http',
      host: 'i.example',
      port: 8025,
      basePath: '/base',
    });
  });

  test.each(['imaps', 'pop3'])('an inbox requires its credentials: %s', async (scheme) => {
    const delivery = `{from: a@b.example, to: a@b.example, inbox: ${scheme}://i.example}`;
    expect(await problems({ config: `endpoints:\n- host: a.example\n  delivery: ${delivery}` })).toEqual([
      'gate.yml:3:13: delivery.username is missing',
      'gate.yml:3:13: delivery.password is missing',
    ]);
  });

  test.each([
    'auth: {username: ["${USER}"], password: {x: "${PASSWORD}"}}',
    'auth: {username: "${USER}\\n", password: "${PASSWORD}\\n"}',
    'auth: "${PASSWORD}"',
    'auth: {mechanism: "${PASSWORD}"}',
    'auth: {username: s3cret-user, password: "s3cret-value\\t"}',
    'port: ${PASSWORD}',
    'transport: ${PASSWORD}',
    'tls: {ca: "${PASSWORD}", pin: "${PASSWORD}"}',
    'require: "${PASSWORD}"',
    'name: "${PASSWORD}\\n"',
    'environment: "${PASSWORD}${UNSET}"',
    'delivery: {from: "${USER}", to: "${PASSWORD}", inbox: "imap://${USER}:${PASSWORD}@i.example"}',
    'delivery: {from: a@b.example, to: a@b.example, inbox: "imap://s3cret-user:s3cret-value@i.example"}',
    'waive: [{finding: "${PASSWORD}", until: "${PASSWORD}", reason: "${PASSWORD}\\n"}]',
  ])('%s: the error is reported, without the value', async (line) => {
    const lines = await problems({ config: `endpoints:\n  - host: a.example\n    ${line}`, env: values });
    expect(lines.join('\n')).toMatch(/^gate\.yml:3:/);
    expect(lines.join('\n')).not.toMatch(/s3cret/);
  });

  test('a password is text, even if it looks like another YAML type', async () => {
    const { endpoints } = await load({
      config: 'endpoints: [{host: a.example, auth: {username: 007, password: 0123}}]',
    });
    expect(endpoints[0]?.auth?.username).toBe('007');
    expect(revealedOf(endpoints[0]?.auth)).toBe('0123');
  });

  test('a password keeps its spaces, and its value is not expanded again', async () => {
    const { endpoints } = await load({
      inputs: { endpoints: 'a.example', username: ' u ', password: ' p${X} ' },
      config: 'endpoints: [{host: b.example, auth: {username: u, password: "${P}"}}]',
      env: { P: '${HOME}$${', HOME: 'no' },
    });
    expect(endpoints.map(({ auth }) => [auth?.username, revealedOf(auth)])).toEqual([
      ['u', ' p${X} '],
      ['u', '${HOME}$${'],
    ]);
  });

  test('all credentials of the plan are known, with their users and servers', async () => {
    const plan = await load({
      inputs: { username: 'u', password: 'one' },
      config: `endpoints:
  - a.example
  - host: c.example
    auth: {username: v, access-token: two}
    delivery: {from: a@b.example, to: a@b.example, inbox: imaps://i.example, username: w, password: three}`,
    });
    const known = credentialsOf(plan).map(({ secret, username, kind, host, port }) => [
      secret.reveal(),
      username,
      kind,
      `${host}:${port}`,
    ]);
    expect(known).toEqual([
      ['one', 'u', 'password', 'a.example:587'],
      ['two', 'v', 'access-token', 'c.example:587'],
      ['three', 'w', 'password', 'i.example:993'],
    ]);
  });
});

describe('trust anchors', () => {
  const files = {
    'a.pem': ANCHOR_A,
    'certs/both.pem': `# two\n${ANCHOR_A}\n${ANCHOR_B}`,
    'key.pem': 'no certificate',
    'bad.pem': damaged(),
  };

  function damaged(): string {
    return ANCHOR_A.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n');
  }

  test('those of an endpoint are added to those of the input, none twice', async () => {
    const { endpoints } = await load({
      inputs: { ca: 'a.pem' },
      files,
      config: `defaults: {tls: {ca: a.pem}}
endpoints:
  - a.example
  - {host: b.example, tls: {ca: [certs/both.pem]}}`,
    });
    expect(endpoints.map(({ tls }) => tls.ca)).toEqual([[ANCHOR_A], [ANCHOR_A, ANCHOR_B]]);
  });

  test.each(['a.pem\n certs/both.pem \n', 'certs/both.pem', `${ANCHOR_A}${ANCHOR_B}`])('%j', async (ca) => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example', ca }, files });
    expect(endpoints[0]?.tls.ca).toEqual([ANCHOR_A, ANCHOR_B]);
  });

  test('each comes from a file, or from a text', async () => {
    const { endpoints } = await load({
      inputs: { ca: 'a.pem\ncerts/both.pem' },
      files,
      env: { FILE: 'certs/both.pem' },
      config: `endpoints:
  - {host: a.example, tls: {ca: [certs/both.pem, "\${FILE}"]}}
  - {host: b.example, tls: {ca: ${JSON.stringify(ANCHOR_B)}}}`,
    });
    const byInput = [
      { path: 'a.pem', certificates: [ANCHOR_A] },
      { path: 'certs/both.pem', certificates: [ANCHOR_A, ANCHOR_B] },
    ];
    expect(endpoints.map(({ tls }) => tls.anchorSources)).toEqual([
      // The value of a variable may be a secret.
      [...byInput, { certificates: [ANCHOR_A, ANCHOR_B] }],
      [...byInput, { certificates: [ANCHOR_B] }],
    ]);
  });

  test('there is no source without `ca`', async () => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example' } });
    expect(endpoints[0]?.tls).not.toHaveProperty('anchorSources');
  });

  test('a file that many endpoints share is read once', () => {
    const read: string[] = [];
    const { endpoints } = loadPlan(
      { endpoints: '[{host: a, tls: {ca: certs/a.pem}}, {host: b, tls: {ca: certs/a.pem}}, {host: c}]' },
      { cwd: '/repository', env: {}, surface: 'workflow', readFile: (path) => (read.push(path), ANCHOR_A) },
    );
    expect(endpoints.map(({ tls }) => tls.ca)).toEqual([[ANCHOR_A], [ANCHOR_A], []]);
    expect(read).toEqual(['/repository/certs/a.pem']);
  });

  test('a file that cannot be used is named', async () => {
    const inputs = { endpoints: '- {host: a.example, tls: {ca: [key.pem, "${F}", ""]}}', ca: 'nosuch.pem\nbad.pem' };
    expect(await problems({ inputs, files, env: { F: 'hidden.pem' } })).toEqual([
      'input ca: nosuch.pem cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
      'input ca: bad.pem contains a damaged certificate (number 1 of 1)',
      'endpoints:1:32: tls.ca: key.pem contains no PEM certificate: the line "-----BEGIN CERTIFICATE-----" is missing',
      'endpoints:1:41: tls.ca: the file cannot be read (no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first)',
      'endpoints:1:49: tls.ca: the text is empty',
    ]);
  });

  test('a private key that is used by mistake is not quoted', async () => {
    const ca = '-----BEGIN PRIVATE KEY-----\nMIGHs3cret\n-----END PRIVATE KEY-----';
    expect(await problems({ inputs: { endpoints: 'a.example', ca } })).toEqual([
      'input ca: the text contains no PEM certificate, but "BEGIN PRIVATE KEY"',
    ]);
  });
});

describe('inputs', () => {
  test('the policy is part of the plan', async () => {
    const plan = await load({
      inputs: {
        endpoints: 'a.example',
        'fail-on': 'warn',
        'on-inconclusive': 'warn',
        concurrency: ' 3 ',
        retries: '0',
        'report-dir': 'out',
      },
    });
    expect(plan).toMatchObject({
      policy: { failOn: 'warn', onInconclusive: 'warn' },
      concurrency: 3,
      retries: 0,
      reportDir: 'out',
    });
  });

  test.each([
    'timeout',
    'retries',
    'concurrency',
    'per-host',
    'fail-on-flaky',
    'min-valid-days',
    'warn-valid-days',
    'min-tls-version',
    'fail-on',
    'on-inconclusive',
    'shard',
    'require',
  ])('%s does not accept unknown values', async (name) => {
    const lines = await problems({ inputs: { endpoints: 'a.example', [name]: 'nonsense' } });
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^input ${name}: must be .*, not "nonsense"$`)));
  });

  test.each([
    ['all', ['capability', 'upgrade', 'certificate', 'authentication', 'delivery']],
    ['delivery, authentication\nupgrade', ['upgrade', 'authentication', 'delivery']],
    ['delivery delivery', ['delivery']],
  ])('require: %j', async (require, expected) => {
    const { endpoints } = await load({ inputs: { endpoints: 'a.example', require } });
    expect(endpoints[0]?.require).toEqual(expected);
  });
});

describe('shards', () => {
  const inputs = { endpoints: 'a b c d e' };

  async function names(shard: string): Promise<string[]> {
    return (await load({ inputs: { ...inputs, shard } })).endpoints.map(({ host }) => host);
  }

  test('every endpoint is in one part, in the order of the configuration', async () => {
    expect(await Promise.all(['1/3', '2/3', '3/3', '1/1'].map(names))).toEqual([
      ['a', 'e'],
      ['b', 'c'],
      ['d'],
      ['a', 'b', 'c', 'd', 'e'],
    ]);
  });

  test('the part is a part of the plan', async () => {
    expect((await load({ inputs: { ...inputs, shard: '2/3' } })).shard).toEqual({ part: 2, parts: 3 });
    expect(await load({ inputs })).not.toHaveProperty('shard');
  });

  test('a part without endpoints is an error, never a pass', async () => {
    expect(await problems({ inputs: { ...inputs, shard: '6/7' } })).toEqual([
      'input shard: part 6 of 7 is empty: there are only 5 endpoints',
    ]);
    expect(await problems({ inputs: { endpoints: 'a', shard: '2/2' } })).toEqual([
      'input shard: part 2 of 2 is empty: there is only 1 endpoint',
    ]);
  });

  test('an error in another part is an error here too', async () => {
    expect(await problems({ inputs: { endpoints: 'a b:0', shard: '1/2' } })).toHaveLength(1);
  });
});
