import { quote, SyntaxFault } from './syntax.js';
import type { StoredMessage } from './mailbox.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The response to one FETCH item (RFC 9051 section 6.4.5), bytes as ISO 8859-1.
 * @param item such as `UID`, `FLAGS` or `BODY.PEEK[HEADER]`
 * @throws SyntaxFault for an item that this server does not know
 */
export function fetched(message: StoredMessage, item: string): string {
  const name = item.toUpperCase();
  switch (name) {
    case 'UID':
      return `UID ${message.uid}`;
    case 'FLAGS':
      return `FLAGS (${[...message.flags].join(' ')})`;
    case 'INTERNALDATE':
      return `INTERNALDATE ${quote(dateTime(message.received))}`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${message.raw.length}`;
    default:
      return bodySection(message, name);
  }
}

/** The header section and the body of a message; the empty line between them belongs to the header. */
export function split(raw: string): { readonly header: string; readonly body: string } {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? { header: raw, body: '' } : { header: raw.slice(0, end + 4), body: raw.slice(end + 4) };
}

/** The values of a header field, unfolded. */
export function headerValues(raw: string, name: string): string[] {
  return fields(raw).flatMap((field) => {
    const [fieldName = '', ...value] = field.split(':');
    return fieldName.toUpperCase() === name.toUpperCase() ? [value.join(':').replace(/\r\n/g, '').trim()] : [];
  });
}

function bodySection(message: StoredMessage, name: string): string {
  const match = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/.exec(name);
  if (!match) throw new SyntaxFault('Unknown FETCH item');
  const [, section = '', from, length] = match;
  const whole = sectionText(message.raw.toString('latin1'), section);
  const text = from === undefined ? whole : whole.slice(Number(from), Number(from) + Number(length));
  return `BODY[${section}]${from === undefined ? '' : `<${from}>`} {${text.length}}\r\n${text}`;
}

function sectionText(raw: string, section: string): string {
  const { header, body } = split(raw);
  if (section === '') return raw;
  if (section === 'HEADER') return header;
  if (section === 'TEXT') return body;
  const selection = /^HEADER\.FIELDS(\.NOT)? \(([^)]*)\)$/.exec(section);
  if (!selection) throw new SyntaxFault('Unknown body section');
  const names = (selection[2] ?? '').split(' ').map((name) => name.replace(/"/g, ''));
  const chosen = fields(raw).filter(
    (field) => names.includes((field.split(':', 1)[0] ?? '').toUpperCase()) === (selection[1] === undefined),
  );
  return [...chosen, ''].map((field) => `${field}\r\n`).join('');
}

function fields(raw: string): string[] {
  return split(raw)
    .header.split(/\r\n(?![ \t])/)
    .filter((field) => field !== '');
}

function dateTime(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${time} +0000`;
}
