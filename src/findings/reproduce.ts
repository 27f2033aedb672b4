import { isIP } from 'node:net';
import type { StepId } from '../report/report.js';

/*
 * Commands for a reader whose trust store is that of the system. Where the endpoint has trust anchors of its own,
 * `-CAfile` (openssl) or `--tls-ca-path` (swaks) belongs behind them: we know the certificates, and not their file.
 */

/** What the commands need to know of an endpoint. An `Endpoint` of the plan fits. */
export interface ReproducibleEndpoint {
  readonly host: string;
  readonly port: number;
  readonly transport: 'starttls' | 'implicit';
  readonly servername: string;
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  readonly auth?: Credentials;
  readonly delivery?: { readonly from: string; readonly to: string; readonly expect: string };
  readonly tls: { readonly minVersion: string };
}

interface Credentials {
  readonly username: string;
  readonly kind: 'password' | 'access-token' | 'certificate';
  readonly mechanism?: string;
}

/**
 * The command that shows manually what steps 1 to 3 see: the dialogue, the chain, the verification.
 * @param address that of the server itself, where it is known: others of the same name may do better
 * @returns an `openssl s_client` command for a POSIX shell
 */
export function opensslCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const { host, port, transport, servername, ehlo, tls } = endpoint;
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
    authority(address ?? host, port),
    ...(transport === 'starttls' ? starttls : []),
    ...name,
    '-min_protocol',
    tls.minVersion,
    '-showcerts',
    '-crlf',
  ]);
}

/** The command that shows a step manually, at the address where it is known. */
export function stepCommand(step: StepId, endpoint: ReproducibleEndpoint, address?: string): string {
  return step === 'authentication' || step === 'delivery'
    ? swaksCommand(endpoint, step, address)
    : opensslCommand(endpoint, address);
}

/** The command that shows what EHLO brings before TLS. */
export function plainEhloCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return command([...swaks(endpoint, address), '--quit-after', 'EHLO']);
}

/**
 * The command that shows whether MAIL is taken, up to which point nothing is sent.
 * @param where before TLS, or inside TLS and without AUTH
 * @param sender by default the null sender
 */
export function mailCommand(
  endpoint: ReproducibleEndpoint,
  where: 'plain' | 'tls',
  address?: string,
  sender = '',
): string {
  const secured = where === 'tls' ? tlsOptions(endpoint) : [];
  return command([...swaks(endpoint, address), ...secured, '--from', sender || '<>', '--quit-after', 'MAIL']);
}

/**
 * The command that shows whether a bare AUTH PLAIN is taken before TLS, without a credential. No tool asks for that,
 * so the lines are said one by one, with a pause in which a person would read the answer.
 */
export function plainAuthCommand({ host, port, ehlo }: ReproducibleEndpoint, address?: string): string {
  const name = ehlo === undefined ? '"$(hostname)"' : command([ehlo]);
  const said = `printf '%s\\r\\n' "EHLO "${name} 'AUTH PLAIN' '*' QUIT`;
  const paced = `${said} | while IFS= read -r line; do sleep 2; printf '%s\\n' "$line"; done`;
  return `(${paced}; sleep 2) | curl -s ${command([`telnet://${authority(address ?? host, port)}`])}`;
}

/**
 * The command that shows manually what steps 4 and 5 see: AUTH, and the message up to its acceptance. The password
 * is asked for, not shown, and not sent to a server whose chain does not hold.
 * @param upTo the step that is shown
 * @returns a `swaks` command for a POSIX shell
 */
export function swaksCommand(
  endpoint: ReproducibleEndpoint,
  upTo: 'authentication' | 'delivery',
  address?: string,
): string {
  const { auth, delivery } = endpoint;
  const mechanisms = auth && swaksMechanisms(auth);
  return command([
    ...swaks(endpoint, address),
    ...tlsOptions(endpoint),
    ...(auth && mechanisms !== undefined
      ? ['--tls-verify', '--auth', mechanisms, '--auth-user', auth.username, '--auth-hide-password']
      : []),
    ...(delivery && upTo === 'delivery' && (!auth || mechanisms !== undefined)
      ? [
          ...['--from', delivery.from, '--to', delivery.to],
          ...(delivery.expect === 'refused' ? ['--quit-after', 'RCPT'] : []),
        ]
      : ['--quit-after', mechanisms === undefined ? 'EHLO' : 'AUTH']),
  ]);
}

/** Of the mechanisms spoken here those that swaks has too, without the help of a library. */
const SPOKEN_BY_SWAKS: readonly string[] = ['CRAM-MD5', 'PLAIN', 'LOGIN'];

/** What swaks can sign in with; undefined where the offers of the server are all that it can show. */
function swaksMechanisms({ kind, mechanism }: Credentials): string | undefined {
  if (kind !== 'password') return undefined;
  if (mechanism === undefined) return 'PLAIN,LOGIN';
  return SPOKEN_BY_SWAKS.includes(mechanism) ? mechanism : undefined;
}

/** From 2024 on swaks verifies the name of its server, so an address stands there only where the name means many. */
function swaks({ host, port, ehlo, addresses }: ReproducibleEndpoint, address?: string): string[] {
  const server = addresses === 'all' ? (address ?? host) : host;
  return ['swaks', '--server', authority(server, port), ...(ehlo === undefined ? [] : ['--helo', ehlo])];
}

function tlsOptions({ transport, servername }: ReproducibleEndpoint): string[] {
  return [
    transport === 'starttls' ? '--tls' : '--tls-on-connect',
    ...(isIP(servername) === 0 ? ['--tls-sni', servername] : []),
  ];
}

function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Quotes what any shell might read as more than text; brackets, too, which zsh does not leave alone. */
function command(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
