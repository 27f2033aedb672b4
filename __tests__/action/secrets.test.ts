import { resolve } from 'node:path';
import type { Reply, Sasl } from '../support/dialogue.js';
import { startEmbedded, USER } from '../support/embedded.js';
import { codes } from '../support/gate.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { startMailpit } from '../support/mailpit.js';
import { createRunner, type StepEnded } from '../support/runner.js';
import { scramServer } from '../support/scram-server.js';
import { startScriptedImap } from '../support/scripted-imap.js';
import { startScriptedPop3 } from '../support/scripted-pop3.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { disclosed, secretForms } from '../support/secret-forms.js';
import { createCertificateFixtures, type CertificateFixtures } from '../support/certificate-fixtures.js';

/** Credentials are sent only to their server, over a verified channel, and appear nowhere else. */

let loopback: Loopback;
let certs: CertificateFixtures;
beforeAll(async () => {
  [loopback, certs] = await Promise.all([createLoopback(), createCertificateFixtures()]);
});

/** A password with characters that encoders treat differently. */
const SECRET = 'pa+ss/"w<rd>&_*é 100%?';
const USERNAME = 'joe@example.test';

/** A reply that repeats a credential in every form. */
function echo(code: string): Reply {
  const forms = secretForms(SECRET, USERNAME);
  return forms.map((form, index) => `${code}${index === forms.length - 1 ? ' ' : '-'}you said ${form}.`);
}

/** All output of the step, except the commands that mask secrets. */
function published({ log, summary, outputs, report, aftermath }: StepEnded): string {
  const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...shown, summary, aftermath, JSON.stringify(outputs), JSON.stringify(report)].join('\n');
}

test('a disclosed credential would be detected', () => {
  for (const form of secretForms(SECRET, USERNAME)) {
    expect(disclosed(`250 ${form}.`, SECRET, USERNAME)).toContain(form);
    expect(disclosed(JSON.stringify([form]), SECRET, USERNAME)).toContain(form);
  }
});

describe('a credential that the server repeats', () => {
  test.each([
    ['in a 235 to AUTH', 'password', { CREDENTIALS: echo('235') }, 'pass'],
    ['in a 535 to AUTH', 'password', { CREDENTIALS: echo('535') }, 'fail'],
    ['in a 454 to AUTH', 'password', { CREDENTIALS: echo('454') }, 'inconclusive'],
    ['in a reply to MAIL', 'password', { MAIL: echo('550') }, 'fail'],
    ['in a reply to RCPT', 'password', { RCPT: echo('550') }, 'fail'],
    ['in a reply to the message', 'password', { MESSAGE: echo('554') }, 'fail'],
  ] as const)('%s is not disclosed', async (_, kind, replies, result) => {
    await using server = await startScriptedServer(loopback.dialogue({ replies }));
    await using runner = await createRunner();
    const ended = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      ca: loopback.ca,
      username: USERNAME,
      [kind]: SECRET,
      'mail-from': USERNAME,
      'rcpt-to': USERNAME,
      retries: '0',
    });
    expect(ended.outputs.result).toBe(result);
    expect(server.heard.map(({ line }) => line)).toContain(`AUTH PLAIN ${plain()}`);
    expect(JSON.stringify(ended.report)).toContain('you said <redacted>');
    expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
    const masked = ended.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data);
    expect(masked).toEqual(expect.arrayContaining([SECRET, plain()]));
  });

  test('in its greeting is not disclosed', async () => {
    await using server = await startScriptedServer({ greeting: echo('554') });
    await using runner = await createRunner();
    await runner.write(
      'gate.yml',
      `endpoints:\n  - { host: 127.0.0.1, port: ${server.port}, auth: { username: ${USERNAME}, password: '\${SMTP_PASSWORD}' } }\n`,
    );
    const ended = await runner.run({ config: 'gate.yml' }, { SMTP_PASSWORD: SECRET });
    expect(ended.report?.endpoints[0]?.steps[0]?.findings[0]?.code).toBe('greeting-rejected');
    expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
  });
});

test.each(['swaks', 'server', 'password', 'Username', 'replied', 'EHLO', 'PLAIN', 'LOGIN'])(
  'the password "%s", which is a word of the gate, changes nothing that the gate says or sends',
  async (password) => {
    const user = { username: USERNAME, password: 'another one' };
    await using server = await startScriptedServer(loopback.dialogue({ user }));
    await using runner = await createRunner();
    const inputs = { endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca, username: USERNAME };
    const finding = async (wrong: string) => {
      const { report } = await runner.run({ ...inputs, password: wrong });
      const { steps = [], transcript = [] } = report?.endpoints[0] ?? {};
      const sent = transcript.filter(({ from }) => from === 'client').map(({ text }) => text);
      return { found: steps[3]?.findings[0], sent };
    };
    const usual = await finding(SECRET);
    expect(usual.found).toMatchObject({
      code: 'auth-rejected',
      message: expect.stringMatching(/^The server replied to AUTH PLAIN with "535 /) as string,
      reproduce: expect.stringMatching(/^swaks --server /) as string,
    });
    expect(usual.sent).toContain('AUTH PLAIN <redacted>');
    expect(await finding(password)).toEqual(usual);
  },
);

test('the password of an inbox is not disclosed, whether it is correct or wrong', async () => {
  const { pki, identity } = loopback;
  await using server = await startEmbedded({ pki, identity });
  await using runner = await createRunner();
  const right = await runner.run(server.inputs);
  const wrong = await runner.run({ ...server.inputs, 'inbox-password': SECRET });
  expect([right.outputs.result, wrong.outputs.result]).toEqual(['pass', 'fail']);
  expect(disclosed(published(right), USER.password, USER.username)).toEqual([]);
  expect(disclosed(published(wrong), SECRET, USER.username)).toEqual([]);
});

describe('a credential in the encoding of a mechanism', () => {
  /** The server of a mechanism, which repeats the last response: complete, decoded, and folded. */
  function echoing(sasl: Sasl, secretIn: RegExp, heard: string[]): Sasl {
    return function* (initial, channel) {
      const answers = [initial ?? ''];
      const exchange = sasl(initial, channel);
      let turn = exchange.next();
      while (!turn.done) {
        const answer = yield turn.value;
        answers.push(answer);
        turn = exchange.next(answer);
      }
      const blob = answers.findLast((answer) => answer !== '') ?? '';
      const text = Buffer.from(blob, 'base64').toString().replaceAll('\x01', ' ').trim();
      const made = secretIn.exec(text)?.[1] ?? '';
      const halves = [made.slice(0, made.length / 2), made.slice(made.length / 2)];
      heard.push(blob, made, base64(made), ...halves);
      const whole = [blob, text, made, base64(made), made.toUpperCase()].map((form) => `535-you said ${form}.`);
      return [...whole, ...halves.map((half) => `535-${half}`), '535 5.7.8 no'];
    };
  }
  const once: Sasl = function* (initial) {
    if (initial === undefined) yield '';
    return '535 5.7.8 no';
  };
  const cramMd5: Sasl = function* () {
    yield base64('<1@example.test>');
    return '535 5.7.8 no';
  };
  const scram: Sasl = scramServer({ hash: 'sha256', username: USERNAME, password: 'another' });

  test.each([
    ['SCRAM-SHA-256', 'password', scram, /,p=(.+)$/],
    ['CRAM-MD5', 'password', cramMd5, /(\w+)$/],
    ['OAUTHBEARER', 'access-token', once, /Bearer (.+)$/],
    ['XOAUTH2', 'access-token', once, /Bearer (.+)$/],
  ] as const)('of %s is masked before it is sent, and not disclosed', async (mechanism, kind, sasl, secretIn) => {
    const heard: string[] = [];
    const offersInTls = [`AUTH ${mechanism}`];
    await using server = await startScriptedServer(
      loopback.dialogue({ offersInTls, sasl: { [mechanism]: echoing(sasl, secretIn, heard) } }),
    );
    await using runner = await createRunner();
    const ended = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      ca: loopback.ca,
      username: USERNAME,
      [kind]: SECRET,
      retries: '0',
    });
    const [blob = '', made = ''] = heard;
    expect(codes(ended.report?.endpoints[0]?.steps ?? [])).toEqual(['auth-rejected']);
    expect(JSON.stringify(ended.report)).toContain('you said <redacted>');
    const shown = published(ended).toLowerCase();
    expect(heard.filter((form) => shown.includes(form.toLowerCase()))).toEqual([]);
    expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
    const masked = ended.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data);
    expect(masked).toEqual(expect.arrayContaining(kind === 'access-token' ? [blob] : [blob, made]));
  });
});

describe('the password of an inbox that the server repeats is not disclosed', () => {
  const forms = secretForms(SECRET, USERNAME);
  const basic = base64(`${USERNAME}:${SECRET}`);

  async function gated(inbox: string): Promise<StepEnded> {
    const { pki, identity } = loopback;
    await using server = await startEmbedded({ pki, identity });
    await using runner = await createRunner();
    return await runner.run({ ...server.inputs, inbox, 'inbox-username': USERNAME, 'inbox-password': SECRET });
  }

  function expectNotDisclosed(ended: StepEnded): void {
    expect(codes(ended.report?.endpoints[0]?.steps ?? [])).toEqual([expect.stringMatching(/^inbox-/)]);
    expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
    expect(published(ended)).not.toContain(basic);
    const masked = ended.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data);
    expect(masked).toEqual(expect.arrayContaining([SECRET, basic, base64(`\0${USERNAME}\0${SECRET}`)]));
  }

  test('by POP3', async () => {
    await using server = await startScriptedPop3({
      identity: loopback.identity,
      security: 'implicit',
      replies: { PASS: [`-ERR you said ${forms.join(' ')} or ${basic}`] },
    });
    const ended = await gated(`pop3s://127.0.0.1:${server.port}`);
    expect(server.heard.join('\n')).toContain('PASS');
    expectNotDisclosed(ended);
  });

  test.each(['LOGIN', 'AUTHENTICATE'])('by IMAP, after %s', async (command) => {
    await using server = await startScriptedImap({
      identity: loopback.identity,
      ...(command === 'AUTHENTICATE' && { capabilities: 'IMAP4rev1 SASL-IR AUTH=PLAIN' }),
      replies: { [command]: [`$ NO [AUTHENTICATIONFAILED] you said ${forms.join(' ')} or ${basic}`] },
    });
    const ended = await gated(`imaps://127.0.0.1:${server.port}`);
    expect(server.heard.some((line) => line.startsWith(command))).toBe(true);
    expectNotDisclosed(ended);
  });

  test('by IMAP, in BYE', async () => {
    await using server = await startScriptedImap({
      identity: loopback.identity,
      greeting: [`* BYE ${forms.join(' ')}`],
    });
    expectNotDisclosed(await gated(`imaps://127.0.0.1:${server.port}`));
  });

  test.each(['mailpit', 'maildev'])('by the API of %s', async (kind) => {
    const body = [basic, ...forms].join('\n');
    const replies = { [`GET /api/v1/messages`]: { status: 401, body }, [`GET /api/config`]: { status: 401, body } };
    await using server = await startMailpit({ identity: loopback.identity, replies });
    const ended = await gated(`${kind}+https://127.0.0.1:${server.port}`);
    expect(server.authorizations).toEqual([`Basic ${basic}`]);
    expectNotDisclosed(ended);
  });
});

test('a credential in the message that arrived is not disclosed', async () => {
  const { pki, identity } = loopback;
  const forms = secretForms(USER.password, USER.username);
  const alter = (source: Buffer): Buffer =>
    Buffer.from(
      `${source.toString('latin1').replace(/^Subject: .*$/m, `Subject: ${forms.join(' ')}`)}${forms.join('\r\n')}\r\n`,
    );
  await using server = await startEmbedded({ pki, identity, alter });
  await using runner = await createRunner();
  const ended = await runner.run(server.inputs);
  expect(codes(ended.report?.endpoints[0]?.steps ?? [])).toEqual(['message-altered']);
  expect(disclosed(published(ended), USER.password, USER.username)).toEqual([]);
});

describe('an exception that contains a credential', () => {
  test.each([
    ['in a step', 'connecting', 'a secret', 1],
    ['elsewhere', 'run', 'a secret', 1],
    ['in an unhandled rejection', 'connecting', 'a stray secret', 1],
    ['in the log', 'log', 'a secret', 1],
    ['in the report file', 'report file', 'a secret', 0],
    ['in the outputs', 'outputs', 'a secret', 0],
    ['in the summary', 'summary', 'a secret', 0],
  ])('%s does not disclose it', async (_, where, kind, code) => {
    await using server = await startScriptedServer(loopback.dialogue());
    await using runner = await createRunner();
    const ended = await runner.run(
      { endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca, username: USERNAME, password: SECRET, retries: '0' },
      {
        NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/fault.mjs')}`,
        FAULT_IN: where,
        FAULT_KIND: kind,
        FAULT_TEXT: secretForms(SECRET, USERNAME).join(' '),
      },
    );
    expect(ended.code).toBe(code);
    expect(published(ended)).toContain('fault: <redacted>');
    expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
  });
});

test('debug logging discloses no credentials', async () => {
  const { pki, identity } = loopback;
  await using server = await startEmbedded({ pki, identity });
  await using runner = await createRunner();
  const ended = await runner.run(server.inputs, {
    ACTIONS_STEP_DEBUG: 'true',
    ACTIONS_RUNNER_DEBUG: 'true',
    RUNNER_DEBUG: '1',
    DEBUG: '*',
  });
  expect(ended.outputs.result).toBe('pass');
  expect(disclosed(published(ended), USER.password, USER.username)).toEqual([]);
});

test('a configuration error discloses no credentials', async () => {
  await using runner = await createRunner();
  const secrets = { username: USERNAME, password: SECRET, 'access-token': SECRET, 'inbox-password': SECRET };
  await runner.write(
    'gate.yml',
    "endpoints:\n  - { host: '${SMTP_PASSWORD}', port: '${SMTP_PASSWORD}', '${SMTP_PASSWORD}': 1 }\n",
  );
  const ended = await runner.run({ endpoints: 'a', config: 'gate.yml', ...secrets }, { SMTP_PASSWORD: SECRET });
  expect(ended.code).toBe(1);
  expect(ended.annotations.at(-1)?.data).toContain('gate.yml:2:');
  expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
});

test.each(['selfSigned', 'untrusted', 'wrongHost', 'expired', 'everything'] as const)(
  'no credentials are sent to a server with a bad certificate: %s',
  async (certName) => {
    await using server = await startScriptedServer({ tls: { key: certs[certName].key, cert: certs[certName].chain } });
    await using runner = await createRunner();
    const { code, report } = await runner.run({
      endpoints: `- { host: 127.0.0.1, port: ${server.port}, servername: mail.example.test }`,
      ca: certs.pki.root.cert,
      username: USERNAME,
      password: SECRET,
      'mail-from': USERNAME,
      'rcpt-to': USERNAME,
    });
    expect([code, report?.endpoints[0]?.steps[2]?.status]).toEqual([1, 'fail']);
    // One more without a server name, if the certificate has expired or is for another name.
    expect(server.handshakes.filter(({ servername }) => servername !== undefined)).toHaveLength(1);
    const said = server.heard.map(({ line }) => line.split(' ', 1)[0]);
    expect(said.filter((verb) => !['EHLO', 'STARTTLS', 'QUIT'].includes(verb ?? ''))).toEqual([]);
    expect(disclosed(server.heard.map(({ line }) => line).join('\n'), SECRET, USERNAME)).toEqual([]);
  },
);

function plain(): string {
  return base64(`\0${USERNAME}\0${SECRET}`);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
