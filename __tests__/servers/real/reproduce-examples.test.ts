import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_RUN, OTHER_CAUSES_WITHOUT_COMMAND, WITHOUT_COMMAND } from '../../../scripts/without-command.js';
import { CATALOG, type CatalogEntry } from '../../../src/findings/catalog.js';
import { FINDING_CODES, type FindingCode } from '../../../src/findings/codes.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';
import { expectCommandShows, PROMPT_OF_INBOX, typed, type Typing } from '../../support/commands.js';
import {
  CERTIFICATES_WITH_PROBLEMS,
  COMMAND_SCENES,
  NAME_SCENES,
  NAMES,
  SHOWN_BY_TWIN,
} from '../../support/command-scenes.js';
import { FINDING_EXAMPLES } from '../../support/finding-examples.js';
import { startNameServer } from '../../support/name-server.js';
import type { Dialogue } from '../../support/dialogue.js';
import { play, type Scene } from '../../support/scene.js';
import { startScriptedServer, type ScriptedServer } from '../../support/scripted-server.js';
import { systemResolver } from '../../support/system-resolver.js';

/** The command of each example shows the problem, on the server that causes it, and not on a good one. Most commands wait. */

/** No other test uses this address. dig uses port 53. */
const NAME_SERVER = { address: '127.53.53.54', port: 53 };

/** Some commands wait as long as their tool does. */
const TEST_TIMEOUT_MS = 180_000;

// Not in a hook: concurrent tests do not wait for those.
const certs = await createCertificateFixtures();
const folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
const names = await startNameServer(NAMES, NAME_SERVER);
const resolver = await systemResolver(NAME_SERVER.address);
let files = 0;
afterAll(async () => {
  for (const each of [names, resolver]) await each[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type AlsoShown = (found: Finding, typing: Typing, endpoint: Endpoint) => Promise<void>;

/**
 * The findings of a server that can have a command. Each one that has a command is shown by it.
 * @param also receives each finding with a command
 */
async function shown(scene: Scene, also: AlsoShown = () => Promise.resolve()): Promise<Finding[]> {
  const found: Finding[] = [];
  const file = join(folder, `ca-${(files += 1)}.pem`);
  const show = async (findings: readonly Finding[], endpoint: Endpoint): Promise<void> => {
    await writeFile(file, endpoint.tls.ca.join(''));
    for (const one of findings.filter(({ severity }) => severity !== 'notice')) {
      found.push(one);
      if (one.reproduce === undefined || NOT_RUN[one.code as FindingCode] !== undefined) continue;
      const typing = {
        ...passwordsFor(one, endpoint),
        ...(one.reproduce.startsWith('dig ') && { within: resolver.command }),
      };
      await expectCommandShows({ ...one, reproduce: patient(one.reproduce) }, typing);
      await also(one, typing, endpoint);
    }
  };
  await play(
    scene,
    certs,
    ({ steps }, endpoint) =>
      show(
        steps.flatMap(({ findings }) => findings),
        endpoint,
      ),
    file,
  );
  return found;
}

/** A command that waits for ten minutes, or for a message that is already there, with less patience. */
function patient(command: string): string {
  return command.replace('--timeout 600', '--timeout 20').replace('sleep 10 ', 'sleep 0 ');
}

function goodServer(twin: Dialogue = {}): Promise<ScriptedServer> {
  const { key, chain: cert } = certs.good;
  return startScriptedServer({ tls: { key, cert }, ...twin });
}

/** Whether the command of a finding shows the same on a good server. */
async function isShownBy(
  good: ScriptedServer,
  { reproduce = '', reproduceShows = '' }: Finding,
  typing: Typing,
  { port }: Endpoint,
): Promise<boolean> {
  const output = await typed(reproduce.replaceAll(`:${port}`, `:${good.port}`), typing);
  return output.includes(reproduceShows);
}

function passwordsFor({ reproduce = '' }: Finding, { auth, delivery }: Endpoint): Typing {
  const inbox = delivery?.inbox?.password?.reveal() ?? '';
  const isAsked = reproduce.includes(PROMPT_OF_INBOX);
  if (isAsked && !reproduce.includes('--auth ')) return { password: inbox };
  const password = auth && auth.kind !== 'certificate' ? auth.secret.reveal() : '';
  return { password, ...(isAsked && { inboxPassword: inbox }) };
}

test.concurrent.each(FINDING_CODES)(
  '%s has a command that shows it, or a reason why there is none',
  async (code) => {
    const commands: [Finding, Typing, Endpoint][] = [];
    const all = await shown(FINDING_EXAMPLES[code].raising, (...command) => {
      if (command[0].code === code) commands.push(command);
      return Promise.resolve();
    });
    const own = all.filter((one) => one.code === code);
    const withoutCommand = own.filter(({ reproduce }) => reproduce === undefined);
    const isListed = WITHOUT_COMMAND[code] !== undefined;
    expect({ code, withoutCommand: withoutCommand.length > 0 }).toEqual({ code, withoutCommand: isListed });
    if (OTHER_CAUSES_WITHOUT_COMMAND[code] !== undefined) {
      const { usual, causes = {} }: CatalogEntry = CATALOG[code];
      expect([usual, ...Object.values(causes)].map(({ reproduce }) => reproduce)).toContain(undefined);
      expect(isListed).toBe(false);
    }
    if (commands.length === 0) return;
    await play(FINDING_EXAMPLES[code].twin, certs, async (_report, twin) => {
      for (const [found, typing, raising] of commands) {
        const command = patient(found.reproduce ?? '')
          .replaceAll(`:${raising.port}`, `:${twin.port}`)
          .replaceAll(`:${raising.delivery?.inbox?.port ?? 'none'}`, `:${twin.delivery?.inbox?.port ?? 'none'}`);
        const isShown = (await typed(command, typing)).includes(found.reproduceShows ?? '');
        expect({ code, isShown }).toEqual({ code, isShown: SHOWN_BY_TWIN[code] !== undefined });
      }
    });
  },
  TEST_TIMEOUT_MS,
);

/** Causes that no example has. */
test.concurrent.each(COMMAND_SCENES)(
  'the commands for a server that $name show what they claim',
  async ({ twin, alsoShown, ...scene }) => {
    await using good = await goodServer({ implicit: scene.endpoint?.transport === 'implicit', ...twin });
    const onGood: AlsoShown = async (found, typing, endpoint) => {
      const { code } = found;
      const isShown = await isShownBy(good, found, typing, endpoint);
      expect({ code, isShown }).toEqual({ code, isShown: alsoShown !== undefined });
    };
    expect((await shown(scene, onGood)).filter(({ reproduce }) => reproduce !== undefined)).not.toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

test.concurrent.each(NAME_SCENES)(
  'the commands for a host name that $name show what they claim',
  async ({ host, mailServers, alias }) => {
    const run = {
      resolver: () => Promise.resolve([]),
      mx: () => Promise.resolve([...mailServers]),
      cname: () => Promise.resolve(alias),
    };
    const found = await shown({ name: host, endpoint: { host }, run }, async (one, typing) => {
      const good = (one.reproduce ?? '').replaceAll(host, 'good.example.test');
      expect(await typed(good, typing)).not.toContain(one.reproduceShows);
    });
    expect(found.map(({ reproduce }) => reproduce)).toEqual([expect.stringMatching(/^dig /)]);
  },
);

test.concurrent.each(CERTIFICATES_WITH_PROBLEMS)(
  'the commands for the certificate %s show what they claim',
  async (certificate) => {
    await using good = await goodServer();
    const onGood: AlsoShown = async (found, typing, endpoint) => {
      const { code } = found;
      expect({ code, isShown: await isShownBy(good, found, typing, endpoint) }).toEqual({ code, isShown: false });
    };
    const server = { tls: { ciphers: 'DEFAULT@SECLEVEL=0' } };
    expect(await shown({ name: certificate, certificate, server }, onGood)).not.toEqual([]);
  },
);
