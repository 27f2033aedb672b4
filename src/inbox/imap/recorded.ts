/** Responses whose text is the server's own (RFC 9051 section 7), and never from a message. */
const OF_SERVER =
  /^\* (?:(?:OK|NO|BAD|BYE|PREAUTH|CAPABILITY|ENABLED|FLAGS|ID|NAMESPACE)\b|\d+ (?:EXISTS|RECENT|EXPUNGE)$)/i;

const OF_MESSAGE = /\b(?:ENVELOPE|BODY|BODYSTRUCTURE)\b/i;

const OF_FOLDER = /^\* (?:LIST|LSUB|STATUS) /i;

/** The attributes, the separator and the name of a folder. */
const LISTED = /^\* (?:LIST|LSUB) \(([^)]*)\) (?:"\\?(.)"|NIL) (.*)$/i;

const JUNK_NAME = /^(?:junk(?: e-?mail)?|spam)$/i;

/** What the log of a client says about the place of a line in the dialogue. */
export interface LineContext {
  /** Of the command that was sent last. */
  readonly tag: string;
  /** The command that was sent last, such as `UID FETCH`. */
  readonly command: string;
  /** The mailbox that the gate reads. */
  readonly mailbox: string;
}

/**
 * A response of an IMAP server as it may be recorded: its status and the folders that the gate uses. Of any other
 * response only the name and the numbers are recorded, because it may be about other mail.
 */
export function recordable(line: string, context: LineContext): string {
  if (/^\+(?: |$)/.test(line)) return isFetch(context) ? '+ (…)' : line;
  if (!line.startsWith('* ')) return isReplyTo(context.tag, line) ? line : invalid(Buffer.byteLength(line));
  if (isFetch(context) && !/^\* (?:BYE\b|\d+ (?:EXISTS|RECENT|EXPUNGE)$)/i.test(line)) return nameOf(line);
  if (OF_SERVER.test(line) && !OF_MESSAGE.test(line)) return line;
  return OF_FOLDER.test(line) && isKnownFolder(line, context.mailbox) ? line : nameOf(line);
}

/** What is recorded of bytes that the client cannot parse. */
export function invalid(bytes: number): string {
  return `(${bytes} bytes that are not valid IMAP)`;
}

/** Data of a message whose end the server got wrong looks like further responses. */
function isFetch({ command }: LineContext): boolean {
  return /\bFETCH$/i.test(command);
}

function isReplyTo(tag: string, line: string): boolean {
  return tag !== '' && line.startsWith(`${tag} `) && /^\S+ (?:OK|NO|BAD)\b/i.test(line);
}

/** Such as `* 1 FETCH (…)`. */
function nameOf(line: string): string {
  const [, numbers = '', name = ''] = /^\* ((?:\d{1,10} )?)([A-Z]{2,14})\b/i.exec(line) ?? [];
  return name === '' ? invalid(Buffer.byteLength(line)) : `* ${numbers}${name.toUpperCase()} (…)`;
}

/** INBOX, the junk folder, the mailbox that the gate reads, its parents, and the same name in a namespace. */
function isKnownFolder(line: string, mailbox: string): boolean {
  const [, attributes = '', separator = '', listed = ''] = LISTED.exec(line) ?? [];
  const ofStatus = /^\* STATUS ("(?:[^"\\]|\\.)*"|\S+) \(/i.exec(line)?.[1];
  const name = unquoted(ofStatus ?? listed);
  if (name.toUpperCase() === 'INBOX' || name === mailbox || /\\Junk\b/i.test(attributes)) return true;
  if (JUNK_NAME.test(lastPart(name, separator))) return true;
  return separator !== '' && (mailbox.startsWith(`${name}${separator}`) || name.endsWith(`${separator}${mailbox}`));
}

function lastPart(name: string, separator: string): string {
  return separator === '' ? name : name.slice(name.lastIndexOf(separator) + 1);
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}
