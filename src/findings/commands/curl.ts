import { authority, command, ehloLine } from './shell.js';
import type { ReproducibleEndpoint, ReproducibleInbox } from './subject.js';
import { serverCas, trustedCas } from './trusted-cas.js';

/** Seconds within which most servers reply. */
const PAUSE = 2;
/** Seconds within which most servers greet. Some delay the greeting. */
const GREETING_LIMIT = 10;
/** Seconds to wait for a connection. */
const CONNECT_LIMIT = 15;

/** The command that shows whether the port accepts connections. */
export function connectCommand({ host, port }: ReproducibleEndpoint, address?: string): string {
  const server = `telnet://${authority(address ?? host, port)}`;
  return `${command(['curl', '-v', '--connect-timeout', String(CONNECT_LIMIT), server])} </dev/null`;
}

/**
 * The command that authenticates where swaks cannot: with an access token, or at one of several IP addresses of a name, for
 * which swaks would verify the certificate. It asks for the secret, and leaves out the lines that curl sends, because they
 * show it. curl sends it only to a server whose certificate is valid for the name.
 */
export function signInCommand(endpoint: ReproducibleEndpoint, address: string, mechanism: string): string {
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
  return `${before}echo 'Enter the ${isToken ? 'access token' : 'password'}:'; ${typed}${line} 2>&1 | grep -v '^> '`;
}

/** The command that shows what the server sends without being asked. It sends nothing. */
export function greetingCommand({ host, port }: ReproducibleEndpoint, address?: string): string {
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

/** Without a limit, curl waits until the server closes the connection. */
function telnet(server: string, seconds: number): string {
  return command(['curl', '-sN', '-m', String(seconds), `telnet://${server}`]);
}

/**
 * The command that shows the dialogue with an inbox: the login, and the mailbox or its list of messages. It asks for the
 * password, and leaves out the lines that curl sends, because they show the password. curl sends it only to a server whose
 * certificate is valid.
 * @returns undefined for a username or a mailbox that cannot be written on a command line of curl
 */
export function inboxCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  if (!inbox) return undefined;
  const { host, port, scheme, mailbox = 'INBOX', username } = inbox;
  // The scheme of an API is that of HTTP after the name of the service.
  const protocol = scheme.replace(/^.*\+/, '');
  const opens = protocol.startsWith('imap') ? ['-X', `EXAMINE "${mailbox}"`] : [];
  if (!PLAIN_NAME.test(mailbox) || username?.includes(':')) return undefined;
  const { file, before } = trustedCas(endpoint);
  // Like the gate, no credentials over plain HTTP.
  const login = username === undefined || protocol === 'http' ? [] : ['-u', username];
  const line = command([
    ...['curl', '-v', '-sS'],
    ...(protocol === 'imap' || protocol === 'pop3' ? ['--ssl-reqd'] : []),
    ...(file === undefined || protocol === 'http' ? [] : ['--cacert', file]),
    ...login,
    ...opens,
    `${protocol}://${authority(host, port)}${pathOf(inbox)}`,
  ]);
  // The prompt of curl is a part of what is filtered.
  const prompt = login.length === 0 ? '' : "echo 'Enter the password of the inbox:'; ";
  return `${before}${prompt}${line} 2>&1${login.length === 0 ? '' : " | grep -v '^> '"}`;
}

/**
 * The command that shows the UIDs with which a folder has the message, as `* SEARCH 7`. It asks for the password.
 * @param sought the folder, and the Message-ID with its angle brackets
 */
export function folderCommand(
  endpoint: ReproducibleEndpoint,
  { folder = '', messageId = '' }: { readonly folder?: string; readonly messageId?: string },
): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  if (!inbox?.username || inbox.username.includes(':') || !PLAIN_NAME.test(folder)) return undefined;
  const { host, port, scheme, username } = inbox;
  const { file, before } = trustedCas(endpoint);
  const line = command([
    ...['curl', '-sS', ...(scheme === 'imap' ? ['--ssl-reqd'] : [])],
    ...(file === undefined ? [] : ['--cacert', file]),
    ...['-u', username, '-X', `UID SEARCH HEADER Message-ID ${messageId}`],
    `${scheme}://${authority(host, port)}/${encodeURIComponent(folder)}`,
  ]);
  return `${before}echo 'Enter the password of the inbox:'; ${line}`;
}

/** IMAP encodes other names (RFC 3501 section 5.1.3). */
const PLAIN_NAME = /^[ !#-%'-[\]-~]+$/;

/** The path that lists the messages. */
function pathOf({ scheme, basePath = '' }: ReproducibleInbox): string {
  if (scheme.startsWith('mailpit+')) return `${basePath}/api/v1/messages?limit=1`;
  return scheme.startsWith('maildev+') ? `${basePath}/email` : '/';
}
