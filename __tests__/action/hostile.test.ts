import { createPki } from '../../src/servers/pki.js';
import { HOSTILE } from '../support/hostile.js';
import { raw, type Dialogue } from '../support/dialogue.js';
import { createRunner, type StepEnded } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** Text of a server appears in the log, but the runner does not execute any of it. */

/** One line each, because a reply ends with its line. */
const LINES = HOSTILE.flatMap((text) => text.split(/\r?\n/)).filter((line) => line !== '');

function reply(code: string, ...lines: readonly string[]): string[] {
  return lines.map((text, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${text}`);
}

function expectHarmless({ commands, behindWall, aftermath, log }: StepEnded, errors: number): void {
  expect(commands.map(({ name }) => name)).toEqual(['group', 'endgroup', ...Array<string>(errors).fill('error')]);
  for (const { name, properties, data } of commands) {
    if (name === 'group') expect(data).toMatch(/^Transcript of /);
    if (name === 'error') expect([properties.title ?? '', data].join(' ')).toMatch(/relay/);
  }
  expect(behindWall).toEqual([]);
  expect(aftermath).toBe('');
  // eslint-disable-next-line no-control-regex -- these characters must not appear
  expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

async function gate(dialogue: Dialogue, inputs: Readonly<Record<string, string>> = {}): Promise<StepEnded> {
  await using server = await startScriptedServer(dialogue);
  await using runner = await createRunner();
  const endpoints = `- { name: relay, host: 127.0.0.1, port: ${server.port}, servername: mail.example.test }`;
  return await runner.run({ endpoints, retries: '0', ...inputs });
}

test.each<[string, Dialogue, string]>([
  ['greeting that rejects the client', { greeting: reply('554', ...LINES) }, 'greeting-rejected'],
  ['greeting without a code', { greeting: ['::error::pwned', '##[error]pwned'] }, 'protocol-error'],
  [
    'greeting with line ends inside',
    { greeting: raw('554 x\r::error::pwned\x85##[error]pwned\r\n') },
    'greeting-rejected',
  ],
  ['EHLO reply', { greeting: reply('220', ...LINES), offers: LINES }, 'starttls-not-advertised'],
  [
    'EHLO reply that refuses',
    { replies: { EHLO: reply('550', ...LINES), HELO: reply('550', ...LINES) } },
    'ehlo-rejected',
  ],
  ['STARTTLS reply', { offers: ['STARTTLS'], replies: { STARTTLS: reply('554', ...LINES) } }, 'starttls-refused'],
])('a malicious %s is harmless', async (_, dialogue, code) => {
  const ended = await gate(dialogue);
  expect(ended.report?.endpoints[0]?.steps.flatMap(({ findings }) => findings.map((each) => each.code))).toContain(
    code,
  );
  expect(JSON.stringify(ended.report)).toContain('pwned');
  expect(ended.log).toContain('pwned');
  expectHarmless(ended, 2);
});

test.each(['::error::pwned', 'text ##[error]pwned', '</code><script>pwned</script>'])(
  'a certificate with %s in its names is harmless',
  async (text) => {
    const pki = await createPki(text);
    const { key, chain: cert } = await pki.issue({ commonName: text, names: [text] });
    const ended = await gate({ tls: { key, cert } }, { ca: pki.root.cert });
    expect(ended.report?.endpoints[0]?.tls?.certificate.subject).toContain('pwned');
    expect(ended.log).toContain('pwned');
    expect(ended.summary).not.toContain('<script>');
    expectHarmless(ended, 2);
  },
);

test('a malicious endpoint name and a malicious key are harmless', async () => {
  await using server = await startScriptedServer({ greeting: '554 no' });
  await using runner = await createRunner();
  const endpoint = (name: string): string =>
    `- { name: ${JSON.stringify(name)}, host: 127.0.0.1, port: ${server.port}, "##[error]key": x }`;
  const wrong = await runner.run({ endpoints: endpoint('::error::pwned') });
  expect(wrong.commands.map(({ name }) => name)).toEqual(['error']);

  const names = ['::error::relay', '##[error]relay', 'relay%0A::error::'];
  const endpoints = names.map((name) => endpoint(name).replace(/, "##.*: x/, '')).join('\n');
  const ended = await runner.run({ endpoints });
  const told = ended.commands.map(({ name }) => name);
  expect(told).toEqual([...names.flatMap(() => ['group', 'endgroup']), ...Array<string>(4).fill('error')]);
  expect(JSON.parse(ended.outputs['failed-endpoints'] ?? '')).toEqual(names);
});
