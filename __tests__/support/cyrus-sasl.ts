import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.js';

/**
 * Sets up Cyrus SASL for a Postfix that has not been started yet: a user data base of its own, and every mechanism of
 * the plugins that are installed.
 * @param postfixFolder the folder that the Postfix will have
 * @param user with the realm behind the @ of the name
 * @returns what an smtpd service needs to check passwords by it
 */
export async function prepareCyrusSasl(
  postfixFolder: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<readonly string[]> {
  // Debian's Postfix looks here and nowhere else, whatever cyrus_sasl_config_path says.
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
