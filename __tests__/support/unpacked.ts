import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/** Where `scripts/install-servers.sh` unpacks servers whose packages cannot be installed next to Postfix. */
const FOLDER = '/var/cache/starttls-gate';

/**
 * Finds a program of such a server.
 * @param path within its package
 * @throws if it does not exist
 */
export async function unpacked(server: 'exim' | 'opensmtpd', path: string): Promise<string> {
  const program = join(FOLDER, server, path);
  try {
    await access(program, constants.X_OK);
  } catch (error) {
    throw new Error(`${program} is not there; scripts/install-servers.sh unpacks it`, { cause: error });
  }
  return program;
}
