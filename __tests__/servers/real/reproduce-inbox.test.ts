import { once } from 'node:events';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InboxTarget } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import { typed } from '../../support/commands.js';
import { startEmbedded } from '../../support/embedded.js';
import { gate } from '../../support/gate.js';
import { createInboxTrust, HOST } from '../../support/inbox.js';
import { startMailpit } from '../../support/mailpit.js';
import { startScriptedImap, type ImapScript } from '../../support/scripted-imap.js';
import { startScriptedPop3, type Pop3Script } from '../../support/scripted-pop3.js';
import { closedPort } from '../../support/scripted-server.js';

/** The command of a finding about an inbox shows the problem, on the server that causes it. */

const USER = 'reader@example.test';
const PASSWORD = 'correct horse battery';
/** Some commands wait as long as the gate. */
const TEST_TIMEOUT_MS = 60_000;

const trust = await createInboxTrust();
const folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
const authority = join(folder, 'authority.pem');
await writeFile(authority, trust.pki.root.cert);
afterAll(() => rm(folder, { recursive: true }));

const at = (scheme: 'imap' | 'imaps' | 'pop3' | 'pop3s', port: number, host = HOST): InboxTarget => ({
  ...{ scheme, host, port, mailbox: 'INBOX', username: USER, password: new Secret(PASSWORD) },
});

/** Runs the gate on a correct SMTP server with this inbox. Its only finding has a command that shows the problem. */
async function shown(inbox: InboxTarget): Promise<string> {
  await using server = await startEmbedded({ pki: trust.pki });
  const { delivery, tls, ...endpoint } = server.endpoint();
  if (!delivery) throw new Error('the embedded server delivers');
  const anchorSources = [{ path: authority, certificates: tls.ca }];
  const { report } = await gate({
    ...endpoint,
    timeoutMs: 2000,
    tls: { ...tls, anchorSources },
    delivery: { ...delivery, inbox },
  });
  const { reproduce = 'no command', reproduceShows } = onlyFinding(report);
  const output = await typed(reproduce, { password: PASSWORD });
  expect(output).toContain(reproduceShows);
  expect(output).not.toContain(PASSWORD);
  return reproduce;
}

function onlyFinding({ steps }: Pick<EndpointReport, 'steps'>) {
  const [found, ...others] = steps[4]?.findings ?? [];
  expect(others).toEqual([]);
  if (!found) throw new Error('no finding');
  return found;
}

const OFFERS = { capabilities: 'IMAP4rev1 STARTTLS' };
const LOGS_IN = ' -u reader@example.test ';

test.concurrent.each<[string, 'imap' | 'imaps', ImapScript, boolean]>([
  ['is silent', 'imap', { greeting: 'silence' }, false],
  ['is silent over TLS', 'imaps', { greeting: 'silence' }, false],
  ['closes the connection before its greeting', 'imaps', { greeting: 'close' }, false],
  ['does not reply to CAPABILITY', 'imaps', { replies: { CAPABILITY: 'silence' } }, false],
  ['closes the connection after CAPABILITY', 'imap', { replies: { CAPABILITY: 'close' } }, false],
  ['does not reply to LOGIN', 'imaps', { replies: { LOGIN: 'silence' } }, true],
  ['closes the connection after LOGIN', 'imaps', { replies: { LOGIN: 'close' } }, true],
  ['does not reply to SELECT', 'imaps', { replies: { SELECT: 'silence', EXAMINE: 'silence' } }, true],
  ['closes the connection after SELECT', 'imaps', { replies: { SELECT: 'close', EXAMINE: 'close' } }, true],
  ['is an SMTP server', 'imap', { greeting: ['220 mail.example.test ESMTP'] }, false],
  ['is an SMTP server over TLS', 'imaps', { greeting: ['220 mail.example.test ESMTP'] }, false],
  ['does not offer STARTTLS', 'imap', {}, false],
  ['accepts STARTTLS and is silent', 'imap', { ...OFFERS, replies: { STARTTLS: ['$ OK Begin'] } }, false],
  [
    'sends data after it accepted STARTTLS',
    'imap',
    { ...OFFERS, replies: { STARTTLS: ['$ OK Begin', '* CAPABILITY IMAP4rev1'] } },
    false,
  ],
  ['greets with PREAUTH', 'imap', { greeting: ['* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Hello'] }, false],
  ['announces LOGINDISABLED', 'imaps', { capabilities: 'IMAP4rev1 LOGINDISABLED' }, false],
])(
  'the command for an IMAP inbox that %s shows what it claims',
  async (_, scheme, script, logsIn) => {
    await using server = await startScriptedImap({
      ...script,
      ...(scheme === 'imaps' && { identity: trust.identity }),
    });
    expect((await shown(at(scheme, server.port))).includes(LOGS_IN)).toBe(logsIn);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each<[string, Omit<Pop3Script, 'identity' | 'security'>, boolean]>([
  ['is silent', { greeting: 'silence' }, false],
  ['closes the connection after PASS', { replies: { PASS: 'close' } }, true],
  ['does not reply to UIDL', { replies: { UIDL: 'silence' } }, true],
  ['rejects UIDL', { replies: { UIDL: ['-ERR Not today'] } }, true],
  ['is an IMAP server', { greeting: ['* OK IMAP4rev1 ready'] }, false],
  ['sends data after it accepted STLS', { replies: { STLS: ['+OK Begin', '+OK Injected'] } }, false],
])(
  'the command for a POP3 inbox that %s shows what it claims',
  async (_, script, logsIn) => {
    const replies = { CAPA: ['+OK', 'STLS', 'USER', 'UIDL', '.'], ...script.replies };
    const tls = { identity: trust.identity, security: 'stls' } as const;
    await using server = await startScriptedPop3({ ...script, ...tls, replies });
    expect((await shown(at('pop3', server.port))).includes(LOGS_IN)).toBe(logsIn);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each([
  ['that is not there', 404],
  ['that requires a login', 401],
  ['that forbids the request', 403],
  ['with a problem', 500],
])(
  'the command for an API %s shows what it claims',
  async (_, status) => {
    await using server = await startMailpit({ replies: { 'GET /api/v1/messages': { status } } });
    await shown({ scheme: 'mailpit+http', host: HOST, port: server.port, basePath: '' });
  },
  TEST_TIMEOUT_MS,
);

test.concurrent('the command for an API that requires a login over HTTP/1.0 shows what it claims', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'));
  }).listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await shown({ scheme: 'mailpit+http', host: HOST, port, basePath: '' });
  server.close();
});

test.concurrent('the command for an SMTP server instead of an API shows what it claims', async () => {
  await using server = await startScriptedImap({ greeting: ['220 mail.example.test ESMTP'] });
  await shown({ scheme: 'mailpit+http', host: HOST, port: server.port, basePath: '' });
});

test.concurrent('the command for an inbox that refuses connections shows what it claims', async () => {
  await shown(at('imaps', await closedPort()));
});

test.concurrent('the command for an inbox whose name does not exist shows what it claims', async () => {
  await shown(at('imaps', 993, 'inbox.invalid'));
});
