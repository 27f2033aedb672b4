import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../../src/servers/pki.js';
import { processesIn } from './processes.js';

/** The paths of PEM files. */
export interface IdentityFiles {
  readonly key: string;
  readonly chain: string;
}

/** A temporary folder for servers that drop privileges, and what must stop before it is removed. */
export interface ServerFolder {
  readonly path: string;
  /** Registers something to stop at the end, in reverse order. */
  onClose(stop: () => Promise<unknown>): void;
  /** Creates an empty folder that every user can traverse. @returns its path */
  folder(name: string): Promise<string>;
  /** Writes a certificate and its key. */
  identity(name: string, identity: Pick<Identity, 'key' | 'chain'>): Promise<IdentityFiles>;
  /** Stops everything and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Creates a folder, and starts servers in it.
 * @param start starts the servers; they are stopped if it throws
 * @throws if this is not root
 */
export async function inServerFolder<T>(start: (folder: ServerFolder) => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) throw new Error('The mail servers drop privileges, so these tests start as root');
  const path = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
  await chmod(path, 0o755);
  const stops: (() => Promise<unknown>)[] = [];
  const folder: ServerFolder = {
    path,
    onClose: (stop) => stops.push(stop),
    folder: async (name) => {
      await mkdir(join(path, name), { recursive: true });
      return join(path, name);
    },
    identity: async (name, { key, chain }) => {
      const pki = await folder.folder('pki');
      const files = { key: join(pki, `${name}.key`), chain: join(pki, `${name}.pem`) };
      await writeFile(files.key, key, { mode: 0o600 });
      await writeFile(files.chain, chain);
      return files;
    },
    close: async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
      await ended(path);
      await rm(path, { recursive: true, force: true });
    },
  };
  try {
    return await start(folder);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** Assigns the numbers to the names, in order. */
export function named<Name extends string>(
  names: readonly Name[],
  numbers: readonly number[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]])) as Record<Name, number>;
}

/** Waits for the end of all processes in a folder, and kills those that do not end by themselves. */
async function ended(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  let left = await processesIn(folder);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = await processesIn(folder);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  if (left.length > 0) throw new Error(`Had to kill ${left.map(({ command }) => command).join(', ')}`);
}
