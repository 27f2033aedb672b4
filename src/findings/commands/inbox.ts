import { authority, command } from './shell.js';
import { DEFAULT_TIMEOUT_MS, type ReproducibleEndpoint, type ReproducibleInbox } from './subject.js';
import { inboxCas } from './trusted-cas.js';

/** How a command uses an inbox. */
interface Use {
  /** Whether it logs in. */
  readonly logsIn: boolean;
  /** Whether it ends after the timeout of the gate. */
  readonly isLimited: boolean;
}

/**
 * The command that shows the dialogue with an inbox: the login, and the mailbox or its list of messages. It asks for the
 * password, and leaves out the lines that curl sends, because they show the password. curl sends it only to a server whose
 * certificate is valid.
 * @returns undefined for a username or a mailbox that cannot be written on a command line of curl
 */
export function inboxCommand(endpoint: ReproducibleEndpoint): string | undefined {
  return dialogue(endpoint, { logsIn: true, isLimited: false });
}

/** The same, but it ends after the timeout of the gate. */
export function inboxInTimeCommand(endpoint: ReproducibleEndpoint): string | undefined {
  return dialogue(endpoint, { logsIn: true, isLimited: true });
}

/** The command that shows the beginning of that dialogue. It sends no credentials, and ends after the timeout of the gate. */
export function inboxOpeningCommand(endpoint: ReproducibleEndpoint): string | undefined {
  return dialogue(endpoint, { logsIn: false, isLimited: true });
}

function dialogue(endpoint: ReproducibleEndpoint, { logsIn, isLimited }: Use): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  if (!inbox) return undefined;
  const { host, port, mailbox = 'INBOX' } = inbox;
  const username = logsIn ? inbox.username : undefined;
  const protocol = protocolOf(inbox);
  const isImap = protocol.startsWith('imap');
  if (logsIn && (!PLAIN_NAME.test(mailbox) || username?.includes(':'))) return undefined;
  const { file, before } = inboxCas(endpoint);
  // Like the gate, no credentials over plain HTTP.
  const login = username === undefined || protocol === 'http' ? [] : ['-u', username];
  const line = command([
    ...['curl', '-v', '-sS', ...(isLimited ? ['-m', String(limit(endpoint))] : [])],
    // Otherwise, curl shows the status of HTTP/2 differently.
    ...(protocol === 'https' ? ['--http1.1'] : []),
    ...(protocol === 'imap' || protocol === 'pop3' ? ['--ssl-reqd'] : []),
    ...(file === undefined || protocol === 'http' ? [] : ['--cacert', file]),
    ...login,
    ...(logsIn && isImap ? ['-X', `EXAMINE "${mailbox}"`] : []),
    // Like the gate, the unique identifiers of the messages, and not their sizes.
    ...(logsIn && protocol.startsWith('pop3') ? ['-X', 'UIDL'] : []),
    `${protocol}://${authority(host, port)}${pathOf(inbox)}`,
  ]);
  // The prompt of curl is a part of what is filtered.
  const prompt = login.length === 0 ? '' : "echo 'Enter the password of the inbox:'; ";
  return `${before}${prompt}${line} 2>&1${login.length === 0 ? '' : " | grep -v '^> '"}`;
}

/** Seconds. The same as the gate waits for one reply. */
function limit({ timeoutMs = DEFAULT_TIMEOUT_MS }: ReproducibleEndpoint): number {
  return Math.ceil(timeoutMs / 1000);
}

/** IMAP encodes other names (RFC 3501 section 5.1.3). */
export const PLAIN_NAME = /^[ !#-%'-[\]-~]+$/;

/** The scheme of an API is that of HTTP after the name of the service. */
function protocolOf({ scheme }: ReproducibleInbox): string {
  return scheme.replace(/^.*\+/, '');
}

/** The path that lists the messages. */
function pathOf({ scheme, basePath = '' }: ReproducibleInbox): string {
  if (scheme.startsWith('mailpit+')) return `${basePath}/api/v1/messages?limit=1`;
  return scheme.startsWith('maildev+') ? `${basePath}/email` : '/';
}
