import { isIP } from 'node:net';
import type { Endpoint } from '../plan/endpoint.js';

/**
 * The command that shows by hand what steps 1 to 3 see: the dialogue, the chain, the verification.
 * @returns an `openssl s_client` command for a POSIX shell
 */
export function opensslCommand({ host, port, transport, servername }: Endpoint): string {
  const name =
    isIP(servername) === 0 ? ['-servername', servername, '-verify_hostname', servername] : ['-verify_ip', servername];
  return command([
    'openssl',
    's_client',
    '-connect',
    isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`,
    ...(transport === 'starttls' ? ['-starttls', 'smtp'] : []),
    ...name,
    '-showcerts',
    '-crlf',
  ]);
}

/**
 * The command that shows by hand what steps 4 and 5 see: AUTH, and the message up to its acceptance. The password
 * is asked for; it is nothing to put on a command line.
 * @param upTo the step that is shown
 * @returns a `swaks` command for a POSIX shell
 */
export function swaksCommand(endpoint: Endpoint, upTo: 'ehlo' | 'authentication' | 'delivery'): string {
  const { host, port, transport, servername, auth, delivery } = endpoint;
  return command([
    'swaks',
    '--server',
    host,
    '--port',
    String(port),
    transport === 'starttls' ? '--tls' : '--tls-on-connect',
    ...(isIP(servername) === 0 ? ['--tls-sni', servername] : []),
    ...(auth && upTo !== 'ehlo' ? ['--auth', auth.mechanism ?? 'PLAIN,LOGIN', '--auth-user', auth.username] : []),
    ...(delivery && upTo === 'delivery'
      ? ['--from', delivery.from, '--to', delivery.to]
      : ['--quit-after', auth && upTo !== 'ehlo' ? 'AUTH' : 'EHLO']),
  ]);
}

function command(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
