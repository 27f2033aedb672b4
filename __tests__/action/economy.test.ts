import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbedded } from '../support/embedded.js';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** What a run costs, in numbers that do not depend on the machine: commands, connections and bytes of code. */

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

describe('an endpoint costs no more than its protocols need', () => {
  test('one connection and one command for each step up to AUTH', async () => {
    await using server = await startScriptedServer(loopback.dialogue({}));
    await using runner = await createRunner();
    const { code } = await runner.run({
      endpoints: `127.0.0.1:${server.port}`,
      ca: loopback.ca,
      username: 'joe',
      password: 'secret',
    });
    await server.left();
    const heard = server.heard.map(({ phase, line }) => `${phase} ${line.split(' ')[0] ?? ''}`);
    expect([code, server.connections, heard]).toEqual([
      0,
      1,
      ['plain EHLO', 'plain STARTTLS', 'tls EHLO', 'tls AUTH', 'tls QUIT'],
    ]);
  });
});

describe('a chain that many endpoints send', () => {
  const HOSTS = Array.from({ length: 12 }, (_, index) => `127.0.0.${index + 2}`);

  /** @returns how many signatures a run verifies */
  async function verifiedFor(hosts: readonly string[]): Promise<number> {
    const { pki, ca } = loopback;
    const { key, chain } = await pki.issue({ names: ['mail.example.test'] });
    await using server = await startScriptedServer({ tls: { key, cert: chain } }, '0.0.0.0');
    await using runner = await createRunner();
    const file = join(runner.temp, 'verifications');
    const endpoint = (host: string): string =>
      `- { host: ${host}, port: ${server.port}, servername: mail.example.test }`;
    const { code, outputs } = await runner.run(
      { endpoints: hosts.map(endpoint).join('\n'), ca },
      {
        NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/verifications.mjs')}`,
        VERIFICATIONS_FILE: file,
      },
    );
    expect([code, outputs['endpoints-total']]).toEqual([0, String(hosts.length)]);
    return Number(await readFile(file, 'utf8'));
  }

  test('is judged once, whatever the hosts are', async () => {
    const once = await verifiedFor(HOSTS.slice(0, 1));
    expect(once).toBeGreaterThan(0);
    // Once more if a new minute begins meanwhile, because dates pass.
    expect([once, 2 * once]).toContain(await verifiedFor(HOSTS));
  });
});

describe('a run loads only the parts of the bundle that it uses', () => {
  const MOST_BYTES = 700 * 1024;

  /** @returns how many bytes of code a run loads */
  async function loadedBy(inputs: Readonly<Record<string, string>>): Promise<number> {
    await using runner = await createRunner();
    const file = join(runner.temp, 'loaded.json');
    const { code } = await runner.run(inputs, {
      NODE_OPTIONS: `--import=${resolve('__tests__/action/fixtures/loaded-code.mjs')}`,
      LOADED_FILE: file,
    });
    expect(code).toBe(0);
    const sizes = Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, number>);
    return sizes.reduce((sum, size) => sum + size);
  }

  test('without a delivery, at most 700 KB', async () => {
    await using server = await startScriptedServer(loopback.dialogue({}));
    expect(await loadedBy({ endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca })).toBeLessThan(MOST_BYTES);
  });

  test('with an IMAP inbox, its client too', async () => {
    const { pki, identity } = loopback;
    await using server = await startEmbedded({ pki, identity });
    expect(await loadedBy(server.inputs)).toBeGreaterThan(MOST_BYTES);
  });

  test('and fails if a part is missing', async () => {
    await using server = await startScriptedServer(loopback.dialogue({}));
    const damaged = await mkdtemp(join(tmpdir(), 'dist-'));
    try {
      await cp('dist', damaged, { recursive: true });
      const chunks = (await readdir(join(damaged, 'programs'))).filter((name) => /^\d+\.index\.js$/.test(name));
      expect(chunks).not.toEqual([]);
      for (const name of chunks) await rm(join(damaged, 'programs', name));
      await using runner = await createRunner();
      const { code } = await runner.run({ endpoints: `127.0.0.1:${server.port}`, ca: loopback.ca }, {}, damaged);
      expect(code).not.toBe(0);
    } finally {
      await rm(damaged, { recursive: true });
    }
  });
});
