import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointReport, Report } from '../../src/report/report.js';
import { close, startTls, wait, type Dialogue } from '../support/dialogue.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { NODE } from '../support/program.js';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';

/** The built program is stopped during a dialogue with a healthy server, and continues later. */

const CLI = resolve('dist/cli/index.js');
const TIMEOUT_S = 5;
const STOPPED_MS = 7000;
const TEST_TIMEOUT_MS = 60_000;
/** Long enough to notice a command and to stop the gate before the reply. */
const THINKS = wait(4000);

let loopback: Loopback;
let folder: string;
beforeAll(async () => {
  loopback = await createLoopback();
  folder = await mkdtemp(join(tmpdir(), 'standstill-'));
  await writeFile(join(folder, 'ca.pem'), loopback.ca);
});
afterAll(() => rm(folder, { recursive: true }));

async function stoppedAt(verb: string, ...dialogues: Dialogue[]): Promise<Pick<EndpointReport, 'result' | 'earlier'>> {
  await using server = await startScriptedServer(dialogues.map((one) => loopback.dialogue(one)));
  const args = ['--json', '--ca', 'ca.pem', '--timeout', String(TIMEOUT_S), `127.0.0.1:${server.port}`];
  const child = spawn(NODE, [CLI, ...args], { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [said] = await Promise.all([text(child.stdout), once(child, 'close'), pause(child, server, verb)]);
    const [endpoint] = (JSON.parse(said) as Report).endpoints;
    if (!endpoint) throw new Error('the report has no endpoint');
    const { result, earlier } = endpoint;
    return { result, ...(earlier && { earlier }) };
  } finally {
    child.kill('SIGKILL');
  }
}

async function pause(child: ChildProcess, { heard }: ScriptedServer, verb: string): Promise<void> {
  while (!heard.some(({ line }) => line.startsWith(verb))) await sleep(5);
  // By then, an immediate reply such as 220 to STARTTLS has been read.
  await sleep(200);
  child.kill('SIGSTOP');
  await sleep(STOPPED_MS);
  child.kill('SIGCONT');
}

const CAPABILITIES = ['250-mail.example.test', '250 STARTTLS'];

test.concurrent.each<[string, Dialogue]>([
  ['EHLO', { replies: { 'plain:EHLO': [THINKS, ...CAPABILITIES] } }],
  ['STARTTLS', { replies: { STARTTLS: ['220 go', THINKS, startTls] } }],
])(
  'a server that replies to %s while the gate is stopped passes',
  async (verb, dialogue) => {
    expect(await stoppedAt(verb, dialogue)).toEqual({ result: 'pass' });
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each<[string, Dialogue]>([
  ['closes the connection', { replies: { 'plain:EHLO': [THINKS, close] } }],
  ['sends 421', { replies: { 'plain:EHLO': [THINKS, ...CAPABILITIES, '421 4.4.2 Timeout', close] } }],
])(
  'a server that %s meanwhile is retried, and the finding is runner-starved',
  async (_, impatient) => {
    expect(await stoppedAt('EHLO', impatient, {})).toMatchObject({
      result: 'pass',
      earlier: [{ code: 'runner-starved' }],
    });
  },
  TEST_TIMEOUT_MS,
);
