import { isIP } from 'node:net';
import { authority, command, ehloLine } from './shell.js';
import { DEFAULT_TIMEOUT_MS, type ReproducibleEndpoint } from './subject.js';
import { serverCas } from './trusted-cas.js';

/** Seconds within which most servers reply. */
const PAUSE = 2;
/** Seconds within which most servers greet. Some delay the greeting. */
const GREETING_LIMIT = 10;
/** Seconds to wait for a connection. */
const CONNECT_LIMIT = 15;
/** A server, or an inbox. */
type Server = Pick<ReproducibleEndpoint, 'host' | 'port'>;

/** The command that shows whether the port accepts connections. */
export function connectCommand({ host, port }: Server, address?: string): string {
  const server = `telnet://${authority(address ?? host, port)}`;
  return `${command(['curl', '-v', '--connect-timeout', String(CONNECT_LIMIT), server])} </dev/null`;
}

/**
 * The command that authenticates where swaks cannot: with an access token, or at one of several IP addresses of a name, for
 * which swaks would verify the certificate. It asks for the secret, and leaves out the lines that curl sends, because they
 * show it. curl sends it only to a server whose certificate is valid for the name.
 * @param options more options for curl, for a shell
 */
export function signInCommand(
  endpoint: ReproducibleEndpoint,
  address: string,
  mechanism: string,
  options?: string,
): string {
  const { port, transport, servername, auth, ehlo } = endpoint;
  const isToken = auth?.kind === 'access-token';
  const { file, before } = serverCas(endpoint);
  const line = command([
    ...['curl', '-v', '-sS', ...(isToken ? ['-K', '-'] : [])],
    ...['--resolve', `${servername}:${port}:${address}`],
    ...(transport === 'starttls' ? ['--ssl-reqd'] : []),
    ...(file === undefined ? [] : ['--cacert', file]),
    ...['-u', `${auth?.username ?? ''}${isToken ? ':' : ''}`, '--login-options', `AUTH=${mechanism}`],
    `${transport === 'starttls' ? 'smtp' : 'smtps'}://${servername}:${port}/${encodeURIComponent(ehlo ?? '')}`,
  ]);
  // curl reads the token from its configuration, so that it is not an argument, which other users can see.
  const typed = isToken ? `head -n 1 | sed 's/.*/oauth2-bearer = "&"/' | ` : '';
  return `${before}echo 'Enter the ${isToken ? 'access token' : 'password'}:'; ${typed}${line}${options === undefined ? '' : ` ${options}`} 2>&1 | grep -v '^> '`;
}

/**
 * The command that shows whether the TLS handshake ends within the timeout of the gate. Unlike openssl, curl has such a limit.
 * It sends no credentials.
 */
export function handshakeCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  const { host, port, transport, servername, ehlo, timeoutMs = DEFAULT_TIMEOUT_MS } = endpoint;
  const name = isIP(servername) === 0 ? servername : (address ?? host);
  const isResolved = name !== address && address !== undefined;
  const { file, before } = serverCas(endpoint);
  const words = [
    ...['curl', '-v', '-sS', '-m', String(Math.ceil(timeoutMs / 1000))],
    ...(isResolved ? ['--resolve', `${name}:${port}:${address}`] : []),
    ...(transport === 'starttls' ? ['--ssl-reqd'] : []),
    ...(file === undefined ? [] : ['--cacert', file]),
    `${transport === 'starttls' ? 'smtp' : 'smtps'}://${authority(name, port)}/${encodeURIComponent(ehlo ?? '')}`,
  ];
  return before + command(words);
}

/** The command that shows what the server sends without being asked. It sends nothing. */
export function greetingCommand({ host, port }: Server, address?: string): string {
  return `${telnet(authority(address ?? host, port), GREETING_LIMIT)} </dev/null`;
}

/**
 * The command that sends EHLO and other lines before TLS, and shows the replies. No tool has an option for that, so the
 * command sends each line after a pause, in which the server can reply.
 */
export function plainLinesCommand(
  { host, port, ehlo }: ReproducibleEndpoint,
  address: string | undefined,
  lines: readonly string[],
): string {
  const sent = ['printf', "'%s\\r\\n'", ehloLine(ehlo), ...(lines.length === 0 ? [] : [command(lines)])].join(' ');
  const paced = `${sent} | while IFS= read -r line; do sleep ${PAUSE}; printf '%s\\n' "$line"; done`;
  return `${paced} | ${telnet(authority(address ?? host, port), (lines.length + 2) * PAUSE)}`;
}

/** The same, and shows the replies as hexadecimal digits. */
export function plainBytesCommand(...args: Parameters<typeof plainLinesCommand>): string {
  return `${plainLinesCommand(...args)} | od -An -v -tx1 | tr -d ' \\n'`;
}

/** Without a limit, curl waits until the server closes the connection. */
function telnet(server: string, seconds: number): string {
  return command(['curl', '-sN', '-m', String(seconds), `telnet://${server}`]);
}
