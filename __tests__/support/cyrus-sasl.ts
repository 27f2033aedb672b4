import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.js';

/**
 * Sets up Cyrus SASL for a Postfix that has not been started yet: its own user database, and every mechanism of
 * the plugins that are installed.
 * @param postfixFolder the future folder of the Postfix
 * @param user the user, with the realm after the @ of the name
 * @returns the options with which an smtpd service uses it
 */
export async function prepareCyrusSasl(
  postfixFolder: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<readonly string[]> {
  // Debian's Postfix uses only this folder, regardless of cyrus_sasl_config_path.
  const folder = join(postfixFolder, 'etc', 'sasl');
  await mkdir(folder, { recursive: true });
  const users = join(folder, 'sasldb2');
  const [name = '', realm = ''] = username.split('@');
  const create = 'printf %s "$1" | saslpasswd2 -p -c -f "$2" -u "$3" "$4"';
  await run('sh', ['-c', create, 'sh', password, users, realm, name]);
  await run('chown', ['postfix', users]);
  await writeFile(
    join(folder, 'smtpd.conf'),
    `pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: ${users}
`,
  );
  return ['smtpd_sasl_type = cyrus', 'smtpd_sasl_path = smtpd'];
}
