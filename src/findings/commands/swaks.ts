import { isIP } from 'node:net';
import { authority, command, orElse } from './shell.js';
import type { ReproducibleEndpoint, Subject } from './subject.js';
import { serverCas } from './trusted-cas.js';
import { TEST_BODY, TEST_SUBJECT } from './test-text.js';

/** Where a command sends QUIT. */
type End = 'EHLO' | 'TLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'the message';

/**
 * How long a command waits for each reply: as long as swaks does by default, only as long as the gate, or as long as clients
 * must wait after a message (RFC 5321 section 4.5.3.2.6). Then it shows how long each reply takes.
 */
export type Patience = 'default' | 'of-the-gate' | 'after-a-message';

/** The command that shows the greeting and the first reply to EHLO. */
export function firstEhloCommand(endpoint: ReproducibleEndpoint, address?: string, patience?: Patience): string {
  const secured = endpoint.transport === 'implicit' ? tlsOptions(endpoint) : [];
  return command([...swaks(endpoint, address, patience), ...secured, ...quitAfter('EHLO')]);
}

/** The command that shows the reply to STARTTLS. */
export function starttlsCommand(endpoint: ReproducibleEndpoint, address?: string, patience?: Patience): string {
  return command([...swaks(endpoint, address, patience), ...tlsOptions(endpoint), ...quitAfter('TLS')]);
}

/** The command that shows the reply to EHLO over TLS. */
export function ehloOverTlsCommand(endpoint: ReproducibleEndpoint, address?: string, patience?: Patience): string {
  return command([...swaks(endpoint, address, patience), ...tlsOptions(endpoint), ...quitAfter('EHLO')]);
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
  return command([...swaks(endpoint, address), ...secured, '--from', sender || '<>', ...quitAfter('MAIL')]);
}

/**
 * The command that shows what steps 4 and 5 see. It asks for the password and does not show it. Like the gate, it sends
 * nothing to a server whose certificate is not valid.
 * @returns undefined if swaks cannot do what the gate did: verify a pin, accept a waived certificate, or authenticate with a
 *   token, a certificate or SCRAM
 */
export function swaksCommand(
  endpoint: ReproducibleEndpoint,
  subject: Subject,
  end: End,
  patience?: Patience,
): string | undefined {
  const { auth, delivery } = endpoint;
  const mechanisms = auth && swaksMechanisms(auth, subject, end);
  if (!verifiesLikeGate(endpoint) || (auth && mechanisms === undefined)) return undefined;
  const { file, before } = serverCas(endpoint);
  const words = [
    ...swaks(endpoint, subject.address, patience),
    ...tlsOptions(endpoint),
    '--tls-verify',
    ...(file === undefined ? [] : ['--tls-ca-path', file]),
    ...(auth && mechanisms !== undefined
      ? ['--auth', mechanisms, '--auth-user', auth.username, '--auth-hide-password', '--protect-prompt']
      : []),
    ...(delivery && end !== 'AUTH' ? ['--from', delivery.from, '--to', delivery.to] : []),
    ...quitAfter(end),
  ];
  return before + command(words);
}

/** What swaks shows if the server accepts the credentials over TLS. */
export const SIGNED_IN = '<~  235';

/**
 * The command that shows whether the credentials work with a mechanism that sends the password itself.
 * @returns undefined if the server offers none, or if the configuration requires a different mechanism
 */
export function passwordCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const { auth } = endpoint;
  const offers = subject.capabilities.filter((line) => /^AUTH[ =]/i.test(line));
  const mechanism = ['PLAIN', 'LOGIN'].find((name) =>
    offers.some((line) => line.toUpperCase().split(/[ =]/).includes(name)),
  );
  if (!auth || auth.mechanism !== undefined || mechanism === undefined) return undefined;
  return swaksCommand({ ...endpoint, auth: { ...auth, mechanism } }, subject, 'AUTH');
}

/**
 * The command that shows whether the credentials work with PLAIN, and if not, with LOGIN.
 * @returns undefined if the server does not offer both
 */
export function eitherCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const { auth, addresses } = endpoint;
  if (auth?.kind !== 'password' || addresses === 'all' || subject.evidence.untried === undefined) return undefined;
  const { username, kind } = auth;
  return swaksCommand({ ...endpoint, auth: { username, kind } }, { ...subject, evidence: {} }, 'AUTH');
}

/** What {@link authOfferCommand} prints if the server does not offer AUTH. */
export const AUTH_NOT_OFFERED = 'AUTH is not offered over TLS';

/** The command that shows whether the server offers AUTH over TLS. */
export function authOfferCommand(endpoint: ReproducibleEndpoint, address?: string): string {
  return orElse(ehloOverTlsCommand(endpoint, address), "'^<~.*AUTH'", AUTH_NOT_OFFERED);
}

/** What {@link acceptedCommand} prints last if the server accepts the recipient. Its reply may be the same as to MAIL. */
export const RECIPIENT_ACCEPTED = 'recipient accepted';

/** The command that shows whether the server accepts the recipient. swaks succeeds only then. */
export function acceptedCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const line = swaksCommand(endpoint, subject, 'RCPT');
  return line === undefined ? undefined : `${line} && echo '${RECIPIENT_ACCEPTED}'`;
}

/** What {@link slowReplyCommand} prints after a reply for which the gate would not have waited, or if there is none. */
export const SLOWER_THAN_TIMEOUT = 'slower than the timeout of the gate';

/** The command that shows how long the reply to a message takes. It sends the message. */
export function slowReplyCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const line = swaksCommand(endpoint, subject, 'the message', 'after-a-message');
  const { auth, timeoutMs } = endpoint;
  if (line === undefined || timeoutMs === undefined) return undefined;
  const isSlow = `/^=== response in / && $4 + 0 >= ${timeoutMs / 1000} || /waiting for server response/`;
  // awk gets the prompt of swaks only with the next line.
  const prompt = auth ? "echo 'Enter the password:'; " : '';
  return `${prompt}${line} 2>&1 | awk '{ print } ${isSlow} { print "${SLOWER_THAN_TIMEOUT}" }'`;
}

/** The command that shows the replies to two messages. It asks for the password twice. */
export function twiceCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const line = swaksCommand(endpoint, subject, 'the message');
  return line === undefined ? undefined : `for i in 1 2; do ${line}; done`;
}

/** The command that shows the reply to a message with the header and the text of the test message. */
export function testMessageCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const line = swaksCommand(endpoint, subject, 'the message');
  const like = [
    ...['--header', `Subject: ${TEST_SUBJECT}`, '--header', 'Auto-Submitted: auto-generated'],
    ...['--body', TEST_BODY.join('\\n')],
  ];
  return line === undefined ? undefined : `${line} ${command(like)}`;
}

/** The command that shows the reply to a message with an attachment of the size that is configured. */
export function largeMessageCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const line = swaksCommand(endpoint, subject, 'the message');
  const { attachmentBytes = 0 } = endpoint.delivery ?? {};
  if (line === undefined || attachmentBytes === 0) return line;
  return `f=$(mktemp) && head -c ${attachmentBytes} /dev/urandom > "$f" && ${line} --attach @"$f"`;
}

/** The command that shows whether the server offers an extension over TLS. */
export function extensionCommand(endpoint: ReproducibleEndpoint, keyword: string, address?: string): string {
  return orElse(ehloOverTlsCommand(endpoint, address), `-w ${keyword}`, notOffered(keyword));
}

/** What {@link extensionCommand} prints if the server does not offer the extension. */
export function notOffered(keyword: string): string {
  return `${keyword} is not offered`;
}

/** A command with the key of a client certificate would need its file, which the gate may not know. */
export function verifiesLikeGate({ tls, waive = [] }: ReproducibleEndpoint): boolean {
  const isWaived = waive.some(({ finding }) => finding.startsWith('certificate-'));
  return tls.pins.length === 0 && tls.client === undefined && !isWaived;
}

/** Mechanisms that swaks has without an additional library. */
const MECHANISMS = ['PLAIN', 'LOGIN', 'CRAM-MD5'];

/**
 * The mechanism that the gate used, if it is known; otherwise those that send the password. A command that ends at AUTH then
 * shows that the server offers none of them, and a command that goes on needs one.
 */
export function swaksMechanisms(
  { kind, mechanism }: NonNullable<ReproducibleEndpoint['auth']>,
  { evidence, capabilities }: Subject,
  end: End,
): string | undefined {
  if (kind !== 'password') return undefined;
  const used = mechanism ?? evidence.mechanism;
  if (used !== undefined) return MECHANISMS.includes(used) ? used : undefined;
  const offers = capabilities.filter((line) => /^AUTH[ =]/i.test(line));
  const isPossible = end === 'AUTH' || offers.length === 0 || offers.some((line) => /\b(?:PLAIN|LOGIN)\b/i.test(line));
  return isPossible ? 'PLAIN,LOGIN' : undefined;
}

/** swaks has verified the name of the server since 2024, so the command has an IP address only with `addresses: all`. */
function swaks(
  { host, port, ehlo, addresses, timeoutMs }: ReproducibleEndpoint,
  address?: string,
  patience: Patience = 'default',
): string[] {
  const server = addresses === 'all' ? (address ?? host) : host;
  return [
    ...['swaks', '--server', authority(server, port)],
    ...(ehlo === undefined ? [] : ['--helo', ehlo]),
    ...(patience === 'of-the-gate' && timeoutMs !== undefined
      ? ['--timeout', String(Math.ceil(timeoutMs / 1000))]
      : []),
    ...(patience === 'after-a-message' ? ['--timeout', '600', '--show-time-lapse'] : []),
  ];
}

function tlsOptions({ transport, servername }: ReproducibleEndpoint): string[] {
  return [
    transport === 'starttls' ? '--tls' : '--tls-on-connect',
    ...(isIP(servername) === 0 ? ['--tls-sni', servername] : []),
  ];
}

function quitAfter(end: End): string[] {
  return end === 'the message' ? [] : ['--quit-after', end];
}
