import type { Reply } from '../support/dialogue.js';
import { startEmbedded, USER } from '../support/embedded.js';
import { createLoopback } from '../support/loopback.js';
import type { Loopback } from '../support/loopback.js';
import { createRunner } from '../support/runner.js';
import type { StepEnded } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { disclosed, secretForms } from '../support/secret-forms.js';
import { createZoo } from '../support/zoo.js';
import type { Zoo } from '../support/zoo.js';

/** Credentials reach the server that they are for, over a channel that is worth it, and nothing and nobody else. */

let loopback: Loopback;
let zoo: Zoo;
beforeAll(async () => {
  [loopback, zoo] = await Promise.all([createLoopback(), createZoo()]);
});

/** With everything in it that encoders treat differently. */
const SECRET = 'pa+ss/"w<rd>&_*é 100%?';
const USERNAME = 'joe@example.test';

/** A reply that says a credential back in every form. */
function echo(code: string): Reply {
  const forms = secretForms(SECRET, USERNAME);
  return forms.map((form, index) => `${code}${index === forms.length - 1 ? ' ' : '-'}you said ${form}.`);
}

/** All that left the step, but for what tells the runner what to mask. */
function published({ log, summary, outputs, report, aftermath }: StepEnded): string {
  const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...shown, summary, aftermath, JSON.stringify(outputs), JSON.stringify(report)].join('\n');
}

test('what is looked for would be found', () => {
  for (const form of secretForms(SECRET, USERNAME)) {
    expect(disclosed(`250 ${form}.`, SECRET, USERNAME)).toContain(form);
    expect(disclosed(JSON.stringify([form]), SECRET, USERNAME)).toContain(form);
  }
});

describe('a credential that the server says back', () => {
  test.each([
    ['on AUTH, accepted', 'password', { CREDENTIALS: echo('235') }, 'pass'],
    ['on AUTH, refused', 'password', { CREDENTIALS: echo('535') }, 'fail'],
    ['on AUTH, for now', 'password', { CREDENTIALS: echo('454') }, 'inconclusive'],
    ['to MAIL', 'password', { MAIL: echo('550') }, 'fail'],
    ['to RCPT', 'password', { RCPT: echo('550') }, 'fail'],
    ['to the message', 'password', { MESSAGE: echo('554') }, 'fail'],
  ] as const)('%s, is shown nowhere', async (_, kind, replies, result) => {
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

  test('in its greeting, because it knows it, is shown nowhere', async () => {
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

test('the password of an inbox is shown nowhere, whether it is right or wrong', async () => {
  const { pki, identity, ca } = loopback;
  await using server = await startEmbedded({ pki, identity });
  await using runner = await createRunner();
  const inputs = {
    endpoints: `127.0.0.1:${server.port}`,
    ca,
    ...USER,
    'mail-from': USER.username,
    'rcpt-to': USER.username,
    inbox: `imaps://127.0.0.1:${server.imapPort}`,
    'inbox-username': USER.username,
  };
  const right = await runner.run({ ...inputs, 'inbox-password': USER.password });
  const wrong = await runner.run({ ...inputs, 'inbox-password': SECRET });
  expect([right.outputs.result, wrong.outputs.result]).toEqual(['pass', 'fail']);
  expect(disclosed(published(right), USER.password, USER.username)).toEqual([]);
  expect(disclosed(published(wrong), SECRET, USER.username)).toEqual([]);
});

test('a configuration that is wrong shows no credential', async () => {
  await using runner = await createRunner();
  const secrets = { username: USERNAME, password: SECRET, 'access-token': SECRET, 'inbox-password': SECRET };
  await runner.write(
    'gate.yml',
    "endpoints:\n  - { host: '${SMTP_PASSWORD}', port: '${SMTP_PASSWORD}', '${SMTP_PASSWORD}': 1 }\n",
  );
  const ended = await runner.run({ endpoints: 'a', config: 'gate.yml', ...secrets }, { SMTP_PASSWORD: SECRET });
  expect(ended.code).toBe(1);
  expect(ended.annotations[0]?.data).toContain('gate.yml:2:');
  expect(disclosed(published(ended), SECRET, USERNAME)).toEqual([]);
});

test.each(['selfSigned', 'untrusted', 'wrongHost', 'expired', 'everything'] as const)(
  'nothing travels to a server whose certificate is bad: %s',
  async (species) => {
    await using server = await startScriptedServer({ tls: { key: zoo[species].key, cert: zoo[species].chain } });
    await using runner = await createRunner();
    const { code, report } = await runner.run({
      endpoints: `- { host: 127.0.0.1, port: ${server.port}, servername: mail.example.test }`,
      ca: zoo.pki.root.cert,
      username: USERNAME,
      password: SECRET,
      'mail-from': USERNAME,
      'rcpt-to': USERNAME,
    });
    expect([code, report?.endpoints[0]?.steps[2]?.status]).toEqual([1, 'fail']);
    expect(server.handshakes).toHaveLength(1);
    const said = server.heard.map(({ line }) => line.split(' ', 1)[0]);
    expect(said.filter((verb) => !['EHLO', 'STARTTLS', 'QUIT'].includes(verb ?? ''))).toEqual([]);
    expect(disclosed(server.heard.map(({ line }) => line).join('\n'), SECRET, USERNAME)).toEqual([]);
  },
);

function plain(): string {
  return Buffer.from(`\0${USERNAME}\0${SECRET}`).toString('base64');
}
