import { resolve } from 'node:path';
import { raw } from 'jq-wasm';
import { parse } from 'yaml';
import {
  createPki,
  inDays,
  issue as issueBySelf,
  type CertificateOptions,
  type Identity,
} from '../../src/servers/pki.js';
import { startEmbedded, type Embedded, type EmbeddedOptions } from '../support/embedded.js';
import { examplesOf, withValues } from '../support/examples.js';
import { codes, letters } from '../support/gate.js';
import { startMailDev } from '../support/maildev.js';
import { startMailpit } from '../support/mailpit.js';
import { createRunner, type Runner, type StepEnded } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** The gate step on the page of each recipe, run against servers on loopback for its hostnames. */

const pki = await createPki('Public');

let runner: Runner;
beforeEach(async () => {
  runner = await createRunner();
  await runner.write('public-ca.pem', pki.root.cert);
});
afterEach(() => runner[Symbol.asyncDispose]());

const issue = (name: string, replaced: CertificateOptions = {}): Promise<Identity> =>
  pki.issue({ names: [name], ...replaced });

/** A healthy submission server that accepts any credentials. */
async function submission(name: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  const identity = options.identity ?? (await issue(name));
  return startEmbedded({ pki, ...options, identity, smtp: { knows: () => true, ...options.smtp } });
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Copies the files of a recipe into the workspace, as a checkout does. */
async function checkOut(page: string): Promise<void> {
  for (const { path, text } of examplesOf(page)) {
    if (path !== undefined) await runner.write(path, text);
  }
}

/**
 * Runs the gate step of a workflow.
 * @param network the servers, as `host:port` and their port on loopback
 * @param values for the expressions in the step; not necessary for secrets
 * @param job the job whose gate step runs; undefined means the first that has one
 */
async function gate(
  page: string,
  workflow: string,
  network: Readonly<Record<string, number>>,
  values: Readonly<Record<string, string>> = {},
  job?: string,
): Promise<StepEnded> {
  const text = examplesOf(page).find(({ path }) => path === `.github/workflows/${workflow}`)?.text ?? '';
  const jobs = Object.entries((parse(text) as Workflow).jobs).filter(([name]) => job === undefined || name === job);
  const steps = jobs.flatMap(([, each]) => each.steps);
  const step = steps.find(({ uses }) => uses?.startsWith('owner/starttls-gate@'));
  if (!step) throw new Error(`${page} has no gate step in ${workflow}`);
  const valued = (settings: Step['with'] = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(settings).map(([name, value]) => {
        const known = String(value).replaceAll(/\$\{\{ secrets\.(\w+) \}\}/g, 'the value of $1');
        return [name, withValues(known, { 'runner.temp': runner.temp, ...values })];
      }),
    );
  return runner.run(valued(step.with), {
    ...valued(step.env),
    NODE_EXTRA_CA_CERTS: resolve(runner.workspace, 'public-ca.pem'),
    NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/network.mjs')}`,
    TEST_NETWORK: JSON.stringify(network),
  });
}

/** The exit code, and the letters of the steps of each endpoint. */
const shown = ({ code, report }: StepEnded): unknown[] => [
  code,
  ...(report?.endpoints ?? []).map(({ steps }) => letters(steps)),
];

test('the recipe for one submission server passes', async () => {
  await using server = await submission('smtp.example.com');
  const page = 'docs/recipes/submission-host.md';
  expect(shown(await gate(page, 'mail.yml', { 'smtp.example.com:587': server.port }))).toEqual([0, 'ppppn']);
  await using rejecting = await submission('smtp.example.com', { smtp: { knows: () => false } });
  expect(shown(await gate(page, 'mail.yml', { 'smtp.example.com:587': rejecting.port }))).toEqual([1, 'pppfb']);
});

test('the recipe for mail exchangers tests each MX host', async () => {
  const page = 'docs/recipes/mx-hosts.md';
  await checkOut(page);
  const start = async (name: string, rcpt: string) => {
    const { key, chain } = await issue(name);
    return startScriptedServer({ tls: { key, cert: chain }, offersInTls: [], replies: { RCPT: rcpt } });
  };
  await using first = await start('mx1.example.com', '554 5.7.1 Relay access denied');
  await using second = await start('mx2.example.com', '250 2.1.5 Ok');
  const ended = await gate(page, 'mx.yml', { 'mx1.example.com:25': first.port, 'mx2.example.com:25': second.port });
  expect(shown(ended)).toEqual([1, 'pppnp', 'pppnf']);
  expect(ended.report?.endpoints.map(({ name }) => name)).toEqual([
    'example.com: mx1.example.com',
    'example.com: mx2.example.com',
  ]);
  expect(codes(ended.report?.endpoints[1]?.steps ?? [])).toContain('relay-open');
  expect([...first.messages, ...second.messages]).toEqual([]);
});

test('the recipe for a private CA in staging works', async () => {
  const staging = await createPki('Staging');
  const identity = await staging.issue({ names: ['smtp.staging.example.com'] });
  await using starttls = await submission('', { identity });
  await using implicit = await submission('', { identity, smtp: { security: 'implicit' } });
  const network = { 'smtp.staging.example.com:587': starttls.port, 'smtp.staging.example.com:465': implicit.port };
  await runner.write('certs/staging-ca.pem', staging.root.cert);
  const ended = await gate('docs/recipes/private-ca.md', 'staging-mail.yml', network);
  expect(shown(ended)).toEqual([0, 'ppppn', 'aappn']);
});

test('the recipe for Mailpit as a service container works', async () => {
  // As Mailpit makes it: self-signed, and not a CA.
  const identity = await issueBySelf({ names: ['localhost'] });
  await using mailpit = await startMailpit();
  await using server = await submission('', {
    identity,
    alter: (message) => {
      mailpit.messages.push({ id: 'probe', text: message.toString(), read: false });
      return undefined;
    },
  });
  await runner.write(`${runner.temp}/mailpit.pem`, identity.chain);
  const network = { 'localhost:1025': server.port, 'localhost:8025': mailpit.port };
  expect(shown(await gate('docs/recipes/mail-catcher.md', 'mailpit.yml', network))).toEqual([0, 'ppppp']);
  expect(mailpit.messages).toEqual([]);
});

test('the recipe for MailDev in a step works', async () => {
  const identity = await issueBySelf({ names: ['localhost'] });
  await using maildev = await startMailDev({ identity, https: false });
  await runner.write(`${runner.temp}/certs/cert.pem`, identity.chain);
  const network = { 'localhost:1025': maildev.smtpPort, 'localhost:1080': maildev.webPort };
  expect(shown(await gate('docs/recipes/mail-catcher.md', 'maildev.yml', network))).toEqual([0, 'aapnp']);
});

describe('a gate before a deployment', () => {
  const page = 'docs/recipes/before-deploy.md';

  test.each([
    ['passes for a healthy server', {}, [0, 'ppppp']],
    [
      'fails if the message is changed',
      { alter: (message: Buffer) => Buffer.concat([message, Buffer.from('footer\r\n')]) },
      [1, 'ppppf'],
    ],
  ])('%s, and keeps the report', async (_, options, expected) => {
    const inbox = await issue('imap.example.com');
    await using server = await submission('smtp.example.com', {
      ...options,
      imap: { identity: inbox, knows: () => true },
    });
    const network = { 'smtp.example.com:587': server.port, 'imap.example.com:993': server.imapPort };
    const ended = await gate(page, 'release.yml', network);
    expect(shown(ended)).toEqual(expected);
    expect(ended.outputs.report).toBe(resolve(runner.workspace, 'mail-report/report.json'));
  });
});

test('a nightly run fails when the release gate still passes', async () => {
  const identity = await issue('smtp.example.com', { notBefore: inDays(-70), notAfter: inDays(20) });
  await using starttls = await submission('', { identity });
  await using implicit = await submission('', { identity, smtp: { security: 'implicit' } });
  const network = { 'smtp.example.com:587': starttls.port, 'smtp.example.com:465': implicit.port };
  const nightly = await gate('docs/recipes/nightly.md', 'mail-nightly.yml', network);
  expect(shown(nightly)).toEqual([1, 'ppwpn', 'aawpn']);
  expect(nightly.outputs['failed-endpoints']).toBe('["smtp.example.com:587","smtp.example.com:465"]');
  expect(shown(await gate('docs/recipes/submission-host.md', 'mail.yml', network))).toEqual([0, 'ppwpn']);
});

test('the recipe for many servers with known problems works', async () => {
  const page = 'docs/recipes/legacy-servers.md';
  await checkOut(page);
  await using good = await submission('smtp1.example.com');
  await using plain = await submission('smtp2.example.com', { smtp: { security: 'none' } });
  const expired = await issue('old.example.com', { notBefore: inDays(-100), notAfter: inDays(-10) });
  await using old = await submission('', { identity: expired, smtp: { security: 'implicit' } });
  const network = {
    'smtp1.example.com:587': good.port,
    'smtp2.example.com:587': plain.port,
    'smtp3.example.com:465': old.port,
  };

  const before = await gate(page, 'mail-report.yml', network);
  expect(shown(before)).toEqual([0, 'pppnn', 'fbbbb', 'aafbb']);

  const program = examplesOf(page).find(({ language }) => language === 'jq')?.text ?? '';
  const until = inDays(30).toISOString().slice(0, 10);
  const made = await raw(JSON.stringify(before.report), program, ['--raw-output', '--arg', 'until', until]);
  await runner.write('.github/mail-servers.yml', made);

  const after = await gate(page, 'mail-gate.yml', network);
  expect(shown(after)).toEqual([0, 'pppnn', 'wbbbb', 'aawnn']);
});

test('the recipe with one config file for several GitHub Environments works', async () => {
  const page = 'docs/recipes/environments.md';
  await checkOut(page);
  for (const host of ['smtp.staging.example.com', 'smtp.example.com']) {
    const identity = await issue(host);
    await using starttls = await submission('', { identity });
    await using implicit = await submission('', { identity, smtp: { security: 'implicit' } });
    const network = { [`${host}:587`]: starttls.port, [`${host}:465`]: implicit.port };
    const ended = await gate(page, 'mail-environments.yml', network, { 'vars.SMTP_HOST': host });
    expect(shown(ended)).toEqual([0, 'ppppn', 'aappn']);
  }
  const unset = await gate(page, 'mail-environments.yml', {}, { 'vars.SMTP_HOST': '' });
  expect(unset.outputs).toMatchObject({ result: 'fail', 'endpoints-total': '0' });
});

test('the recipe with two jobs of different GitHub Environments works', async () => {
  const page = 'docs/recipes/environments.md';
  await checkOut(page);
  await using staging = await submission('smtp.staging.example.com');
  await using production = await submission('smtp.example.com');
  await using relay = await submission('relay.example.com');
  const network = {
    'smtp.staging.example.com:587': staging.port,
    'smtp.example.com:587': production.port,
    'relay.example.com:587': relay.port,
  };
  for (const [job, host] of [
    ['staging', 'smtp.staging.example.com'],
    ['production', 'smtp.example.com'],
  ] as const) {
    const ended = await gate(page, 'mail-release.yml', network, {}, job);
    expect(shown(ended)).toEqual([0, 'ppppn', 'pppnn']);
    expect(ended.report?.endpoints.map((endpoint) => endpoint.host)).toEqual([host, 'relay.example.com']);
  }
});
