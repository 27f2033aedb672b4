import { isIP } from 'node:net';

/** The fields of an endpoint that the commands use. An `Endpoint` of the plan has them. */
export interface ReproducibleEndpoint {
  readonly host: string;
  readonly port: number;
  readonly transport: 'starttls' | 'implicit';
  readonly servername: string;
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  readonly auth?: {
    readonly username: string;
    readonly kind: 'password' | 'access-token' | 'certificate';
    readonly mechanism?: string;
  };
  readonly delivery?: { readonly from: string; readonly to: string; readonly expect: string };
  readonly tls: { readonly minVersion: string };
}

/** What a command needs besides the endpoint. */
interface Subject {
  /** The IP address of the server, if it is known: other servers with the same name may behave differently. */
  readonly address: string | undefined;
  readonly evidence: Readonly<Record<string, string>>;
}

/** Undefined if no common tool can do what the endpoint requires, such as authentication with a token. */
type Command = (endpoint: ReproducibleEndpoint, subject: Subject) => string | undefined;

/** The commands by name. Each is for a POSIX shell. */
export const COMMANDS = {
  /** The TLS session: handshake, certificates and their verification. */
  openssl: (endpoint, { address }) => opensslCommand(endpoint, address),
  'implicit-tls': (endpoint, { address }) => opensslCommand({ ...endpoint, transport: 'implicit' }, address),
  /** The greeting and the first reply to EHLO: before TLS, or with implicit TLS over it. */
  ehlo: (endpoint, { address }) => firstEhloCommand(endpoint, address),
  starttls: (endpoint, { address }) => starttlsCommand(endpoint, address),
  'ehlo-over-tls': (endpoint, { address }) =>
    command([...swaks(endpoint, address), ...tlsOptions(endpoint), '--quit-after', 'EHLO']),
  'sign-in': (endpoint, { address }) =>
    swaksSignsIn(endpoint) ? swaksCommand(endpoint, 'authentication', address) : undefined,
  delivery: (endpoint, { address }) =>
    swaksSignsIn(endpoint) ? swaksCommand(endpoint, 'delivery', address) : undefined,
  'plain-auth': (endpoint, { address }) => plainAuthCommand(endpoint, address),
  'plain-mail': (endpoint, { address, evidence }) => mailCommand(endpoint, 'plain', address, senderIn(evidence)),
  'mail-over-tls': (endpoint, { address, evidence }) => mailCommand(endpoint, 'tls', address, senderIn(evidence)),
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

/** The sender in a MAIL command of a probe. */
function senderIn({ sent = '' }: Readonly<Record<string, string>>): string {
  return sent.replace(/^MAIL FROM:<|>$/g, '');
}

/**
 * The command that shows what steps 1 to 3 see: the session, the chain, the verification.
 * @param address the IP address of the server, if it is known: other servers with the same name may behave differently
 * @returns an `openssl s_client` command for a POSIX shell
 */
export function opensslCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const { host, port, transport, servername, ehlo, tls } = endpoint;
  const starttls = ['-starttls', 'smtp', ...(ehlo === undefined ? [] : ['-name', ehlo])];
  const name =
    isIP(servername) === 0
      ? ['-servername', servername, '-verify_hostname', servername]
      : // Without -noservername, s_client sends the host as SNI.
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

/** The command that shows the first reply to EHLO. */
export function firstEhloCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const secured = endpoint.transport === 'implicit' ? tlsOptions(endpoint) : [];
  return command([...swaks(endpoint, address), ...secured, '--quit-after', 'EHLO']);
}

/** The command that shows the reply to STARTTLS. */
function starttlsCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return command([...swaks(endpoint, address), ...tlsOptions(endpoint), '--quit-after', 'TLS']);
}

/**
 * The command that shows whether the server accepts MAIL. It sends no message.
 * @param where before TLS, or over TLS without AUTH
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
 * The command that shows whether the server accepts AUTH PLAIN without credentials before TLS. No tool has an option for
 * that, so the command sends each line after a pause, in which the server can reply.
 */
export function plainAuthCommand({ host, port, ehlo }: ReproducibleEndpoint, address?: string): string {
  const name = ehlo === undefined ? '"$(hostname)"' : command([ehlo]);
  const lines = `printf '%s\\r\\n' "EHLO "${name} 'AUTH PLAIN' '*' QUIT`;
  const paced = `${lines} | while IFS= read -r line; do sleep 2; printf '%s\\n' "$line"; done`;
  return `(${paced}; sleep 2) | curl -s ${command([`telnet://${authority(address ?? host, port)}`])}`;
}

/**
 * The command that shows what steps 4 and 5 see: AUTH, and the message up to its acceptance. It asks for the password,
 * does not show it, and does not send it to a server whose certificate is not valid.
 * @param upTo the step that the command shows
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

function swaksSignsIn({ auth }: ReproducibleEndpoint): boolean {
  return !auth || swaksMechanisms(auth) !== undefined;
}

/**
 * The mechanisms with which swaks can authenticate without an additional library. Undefined if it can only show what the
 * server offers.
 */
function swaksMechanisms({ kind, mechanism }: NonNullable<ReproducibleEndpoint['auth']>): string | undefined {
  if (kind !== 'password') return undefined;
  if (mechanism === undefined) return 'PLAIN,LOGIN';
  return ['CRAM-MD5', 'PLAIN', 'LOGIN'].includes(mechanism) ? mechanism : undefined;
}

/** swaks has verified the name of the server since 2024, so the command has an IP address only with `addresses: all`. */
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

export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Quotes everything that a shell could interpret, including brackets, which zsh does. */
function command(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
