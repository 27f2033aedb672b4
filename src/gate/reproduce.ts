import { isIP } from 'node:net';
import type { Endpoint } from '../plan/endpoint.js';
import type { StepId } from '../report/report.js';

/*
 * Commands for a reader whose trust store is that of the system. Where the endpoint has trust anchors of its own,
 * `-CAfile` (openssl) or `--tls-ca-path` (swaks) belongs behind them: we know the certificates, and not their file.
 */

/**
 * The command that shows by hand what steps 1 to 3 see: the dialogue, the chain, the verification.
 * @returns an `openssl s_client` command for a POSIX shell
 */
export function opensslCommand({ host, port, transport, servername, ehlo, tls }: Endpoint): string {
  const starttls = ['-starttls', 'smtp', ...(ehlo === undefined ? [] : ['-name', ehlo])];
  const name =
    isIP(servername) === 0
      ? ['-servername', servername, '-verify_hostname', servername]
      : // Without -noservername, s_client makes an SNI of the host.
        ['-noservername', '-verify_ip', servername];
  return command([
    'openssl',
    's_client',
    '-connect',
    authority(host, port),
    ...(transport === 'starttls' ? starttls : []),
    ...name,
    '-min_protocol',
    tls.minVersion,
    '-showcerts',
    '-crlf',
  ]);
}

/** The command that shows a step by hand. */
export function stepCommand(step: StepId, endpoint: Endpoint): string {
  return step === 'authentication' || step === 'delivery' ? swaksCommand(endpoint, step) : opensslCommand(endpoint);
}

/**
 * The command that shows by hand what steps 4 and 5 see: AUTH, and the message up to its acceptance. The password
 * is asked for, not shown, and not sent to a server whose chain does not hold.
 * @param upTo the step that is shown
 * @returns a `swaks` command for a POSIX shell
 */
export function swaksCommand(endpoint: Endpoint, upTo: 'authentication' | 'delivery'): string {
  const { host, port, transport, servername, ehlo, auth, delivery } = endpoint;
  return command([
    'swaks',
    '--server',
    authority(host, port),
    ...(ehlo === undefined ? [] : ['--helo', ehlo]),
    transport === 'starttls' ? '--tls' : '--tls-on-connect',
    ...(isIP(servername) === 0 ? ['--tls-sni', servername] : []),
    ...(auth
      ? [
          ...['--tls-verify', '--auth', auth.mechanism ?? 'PLAIN,LOGIN'],
          ...['--auth-user', auth.username, '--auth-hide-password'],
        ]
      : []),
    ...(delivery && upTo === 'delivery'
      ? ['--from', delivery.from, '--to', delivery.to]
      : ['--quit-after', auth ? 'AUTH' : 'EHLO']),
  ]);
}

function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Quotes what any shell might read as more than text; brackets, too, which zsh does not leave alone. */
function command(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
