import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A command line to which another one is appended, so that the program looks up names with its own resolver. */
export interface SystemResolver extends AsyncDisposable {
  readonly command: readonly string[];
}

/** A lookup without a reply takes minutes (`timeout` and `attempts` have their maximum). */
const OPTIONS = 'options timeout:30 attempts:5';

/**
 * Configures the system's resolver (getaddrinfo) for single programs, in a mount namespace.
 * @param server the address of a name server on port 53
 * @param hosts additional lines of the hosts file
 * @throws if the system does not allow this
 */
export async function systemResolver(server: string, hosts = ''): Promise<SystemResolver> {
  const folder = await mkdtemp(join(tmpdir(), 'resolver-'));
  const files = {
    'resolv.conf': `nameserver ${server}\n${OPTIONS}\n`,
    'nsswitch.conf': 'hosts: files dns\n',
    hosts: `127.0.0.1 localhost\n${hosts}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const mounts = Object.keys(files).map((name) => `mount --bind ${join(folder, name)} /etc/${name}`);
  // Other shells drop the variables of inputs that have a hyphen in their names.
  const command = ['/usr/bin/unshare', '--mount', '/bin/bash', '-c', `${mounts.join(' && ')} && exec "$@"`, 'bash'];
  const [unshare = '', ...args] = command;
  await promisify(execFile)(unshare, [...args, 'true']).catch((error: unknown) => {
    throw new Error('This test needs root, and a system that allows mount namespaces.', { cause: error });
  });
  return { command, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
