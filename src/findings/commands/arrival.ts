import { PLAIN_NAME } from './inbox.js';
import { authority, command, orElse } from './shell.js';
import type { ReproducibleEndpoint, ReproducibleInbox, Subject } from './subject.js';
import { swaksCommand } from './swaks.js';
import { inboxCas } from './trusted-cas.js';

/** The commands that show a message that arrived. Those that log in ask for the password. */

/** The subject of the messages that commands send. It begins like that of the test message, so that a rule treats both alike. */
export const SUBJECT = 'STARTTLS Gate check';

/** Seconds in which most messages arrive. */
const TRANSIT = 10;

/** Which part of a message is printed. */
type Section = 'header' | 'message';

/** What a command reads, and where. */
interface Reading {
  readonly section: Section;
  /** By default the mailbox of the inbox. */
  readonly folder?: string | undefined;
  /** Header fields of the message, in addition to those of swaks. */
  readonly fields?: readonly string[];
  /** By default that of swaks. */
  readonly body?: string;
}

/** The command that sends a message, and then prints the newest message of the inbox. */
export function sendAndReadCommand(
  endpoint: ReproducibleEndpoint,
  subject: Subject,
  reading: Reading,
): string | undefined {
  return sendAndFilter(endpoint, subject, reading, asItIs);
}

/** What is done with the output of curl. */
type Filter = (curl: string) => string;
const asItIs: Filter = (curl) => curl;

function sendAndFilter(
  endpoint: ReproducibleEndpoint,
  subject: Subject,
  { fields = [], body, ...reading }: Reading,
  filter: Filter,
): string | undefined {
  const send = sendCommand(endpoint, subject, [`Subject: ${SUBJECT}`, ...fields], body);
  const read = readNewestCommand(endpoint, reading, filter);
  return send && read && afterTransit(send, read);
}

/** What {@link fieldCommand} prints if the message does not have the field. */
export function noField(name: string): string {
  return `no ${name}`;
}

/** The same, but it prints only one field of the header. */
export function fieldCommand(endpoint: ReproducibleEndpoint, subject: Subject, name: string): string | undefined {
  // The fields of the gate that swaks does not send by itself.
  const value = SENT_BY_GATE[name.toLowerCase()];
  const fields = value === undefined ? [] : [`${name}: ${value}`];
  if (!/^[\w-]+$/.test(name)) return undefined;
  return sendAndFilter(endpoint, subject, { section: 'header', fields }, (curl) =>
    orElse(curl, `-i '^${name}:'`, noField(name)),
  );
}

const SENT_BY_GATE: Readonly<Record<string, string>> = {
  'auto-submitted': 'auto-generated',
  'mime-version': '1.0',
  'content-type': 'text/plain; charset=utf-8',
  'content-transfer-encoding': '7bit',
};

/** The command that sends a message as the gate does, and then prints the header with which it arrived. */
export function encodingCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const fields = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 7bit'];
  return sendAndReadCommand(endpoint, subject, { section: 'header', fields });
}

/** What {@link bodyCommand} prints if the body that was sent is not in the message. */
export const BODY_REPLACED = 'the body is not the one that was sent';

const BODY_OF_SWAKS = "'This is a test mailing'";

/** The command that sends a message, and then shows whether its body is in the newest message of the inbox. */
export function bodyCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  return sendAndFilter(endpoint, subject, { section: 'message' }, (curl) => orElse(curl, BODY_OF_SWAKS, BODY_REPLACED));
}

/** What {@link dotCommand} prints if a line that starts with a dot is not in the message. */
export const DOT_CHANGED = 'the line with the dot is not the one that was sent';

/** The command that sends a line that starts with a dot, and then shows whether it is in the newest message of the inbox. */
export function dotCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  return sendAndFilter(endpoint, subject, { section: 'message', body: '.This dot' }, (curl) =>
    orElse(curl, "'^[.]This dot'", DOT_CHANGED),
  );
}

/** What {@link copiesCommand} prints if there are several. */
export const SEVERAL_COPIES = 'more than one copy';
/** What {@link searchCommand} and {@link sendAndSearchCommand} print if a message is not there. */
export const NOT_IN_MAILBOX = 'not in the mailbox';

/** The command that sends a message, and then shows whether the inbox has it more than once. */
export function copiesCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  return sendAndSearch(endpoint, subject, (curl) => `${curl} | grep '[0-9] [0-9]' && echo '${SEVERAL_COPIES}'`);
}

/** The command that sends a message, and then shows whether the inbox has it. */
export function sendAndSearchCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  return sendAndSearch(endpoint, subject, (curl) => orElse(curl, "'[0-9]'", NOT_IN_MAILBOX));
}

/** The command that searches the inbox for the message that the gate has sent. */
export function searchCommand(endpoint: ReproducibleEndpoint, { evidence }: Subject): string | undefined {
  const { messageId = '' } = evidence;
  const inbox = endpoint.delivery?.inbox;
  if (!inbox || !/^<[\w.@-]+>$/.test(messageId)) return undefined;
  if (inbox.scheme.startsWith('mailpit+')) {
    const query = new URLSearchParams({ query: `message-id:"${messageId.slice(1, -1)}"`, limit: '1' });
    return fromApi(endpoint, inbox, `/api/v1/search?${query.toString()}`);
  }
  const search = ['-X', command([`UID SEARCH HEADER Message-ID ${messageId}`])];
  return fromImap(endpoint, inbox, search, { filter: (curl) => orElse(curl, "'[0-9]'", NOT_IN_MAILBOX) });
}

/**
 * The command that shows the UIDs with which a folder has the message, as `* SEARCH 7`.
 * @param sought the folder, and the Message-ID with its angle brackets
 */
export function folderCommand(
  endpoint: ReproducibleEndpoint,
  { folder = '', messageId = '' }: Subject['evidence'],
): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  const search = ['-X', command([`UID SEARCH HEADER Message-ID ${messageId}`])];
  return inbox && fromImap(endpoint, inbox, search, { folder });
}

/** The command that prints the newest message of the inbox, or its header. It sends none. */
export function readNewestCommand(
  endpoint: ReproducibleEndpoint,
  { section, folder }: Pick<Reading, 'section' | 'folder'>,
  filter = asItIs,
): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  if (!inbox) return undefined;
  if (inbox.scheme.startsWith('mailpit+')) return fromApi(endpoint, inbox, '/api/v1/message/latest/raw', filter);
  const part = section === 'header' ? ';SECTION=HEADER' : '';
  return fromImap(endpoint, inbox, [], { folder, of: `;MAILINDEX=*${part}`, filter });
}

/** The command that sends a message with a subject that no other message has, and then searches the inbox for it. */
function sendAndSearch(endpoint: ReproducibleEndpoint, subject: Subject, filter: Filter): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  const send = sendCommand(endpoint, subject, []);
  const search = inbox && fromImap(endpoint, inbox, ['-X', '"UID SEARCH HEADER Subject $n"'], { filter });
  return send && search && `n=check-$(date +%s); ${afterTransit(`${send} --header "Subject: $n"`, search)}`;
}

function sendCommand(
  endpoint: ReproducibleEndpoint,
  subject: Subject,
  fields: readonly string[],
  body?: string,
): string | undefined {
  const line = swaksCommand(endpoint, subject, 'the message');
  // Only errors are printed: the text that the problem is recognized by may be in what is sent.
  const words = [
    ...['--silent', '2', ...fields.flatMap((one) => ['--header', one])],
    ...(body === undefined ? [] : ['--body', body]),
  ];
  return line && `${line} ${command(words)}`;
}

/** A shell reads both lines before it runs the first, so it does not take the second as the password. */
function afterTransit(send: string, read: string): string {
  return `${send} &&\nsleep ${TRANSIT} && ${read}`;
}

/** @param options quoted */
function fromImap(
  endpoint: ReproducibleEndpoint,
  { scheme, host, port, mailbox = 'INBOX', username }: ReproducibleInbox,
  options: readonly string[],
  {
    folder = mailbox,
    of = '',
    filter = asItIs,
  }: { readonly folder?: string | undefined; readonly of?: string; readonly filter?: Filter } = {},
): string | undefined {
  // curl takes what follows a colon for the password.
  if (!scheme.startsWith('imap') || username === undefined || username.includes(':')) return undefined;
  if (!PLAIN_NAME.test(folder)) return undefined;
  const { file, before } = inboxCas(endpoint);
  const path = folder.split('/').map(encodeURIComponent).join('/');
  const words = [
    ...['curl', '-sS', ...(scheme === 'imap' ? ['--ssl-reqd'] : [])],
    ...(file === undefined ? [] : ['--cacert', file]),
    ...['-u', username],
  ];
  const url = command([`${scheme}://${authority(host, port)}/${path}${of}`]);
  return `${before}${PROMPT}${filter([command(words), ...options, url].join(' '))}`;
}

/** Like the gate, no credentials over plain HTTP. */
function fromApi(
  endpoint: ReproducibleEndpoint,
  { scheme, host, port, basePath = '', username }: ReproducibleInbox,
  path: string,
  filter = asItIs,
): string {
  const protocol = scheme.replace(/^.*\+/, '');
  const login = username === undefined || protocol === 'http' ? [] : ['-u', username];
  const { file, before } = inboxCas(endpoint);
  const words = [
    ...['curl', '-sSf', ...(file === undefined || protocol === 'http' ? [] : ['--cacert', file])],
    ...[...login, `${protocol}://${authority(host, port)}${basePath}${path}`],
  ];
  return `${before}${login.length === 0 ? '' : PROMPT}${filter(command(words))}`;
}

/** The prompt of curl is a part of what is filtered. */
const PROMPT = "echo 'Enter the password of the inbox:' && ";
