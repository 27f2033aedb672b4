import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/** Where `scripts/install-servers.sh` unpacks packages, such as those that cannot be installed next to Postfix. */
const FOLDER = '/var/cache/starttls-gate';

/**
 * Finds a program, or a folder, of such a package.
 * @param path within the package
 * @throws if it does not exist
 */
export async function unpacked(name: 'exim' | 'opensmtpd' | 'pkits', path: string): Promise<string> {
  const found = join(FOLDER, name, path);
  try {
    await access(found, constants.X_OK);
  } catch (error) {
    throw new Error(`${found} is not there; scripts/install-servers.sh unpacks it`, { cause: error });
  }
  return found;
}
