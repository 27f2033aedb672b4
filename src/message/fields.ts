import { linesOf } from './lines.js';

/** One field of a message's header. */
export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** The name as it is written, with whatever blanks stand before the colon. */
  readonly label: string;
  /** Unfolded (RFC 5322 section 2.2.3), without the blanks around it. */
  readonly value: string;
}

/** A message taken apart. */
export interface ParsedMessage {
  /** Every field, in the order of the message; the same name may come again. */
  readonly fields: readonly HeaderField[];
  /** As it is in the message, of which it is a part and no copy: it may be large. */
  readonly body: Buffer;
}

/**
 * As much of a header is read. One that is longer has grown by more than any message may, or has lost the empty line
 * behind it and with that the body; that much is noticed without the rest.
 */
const MAX_HEADER_OCTETS = 512 * 1024;

/**
 * Takes a message apart, whatever its line ends. A line of the header that is no field is left out.
 * @param message header and body; any octets
 */
export function parseMessage(message: string | Buffer): ParsedMessage {
  const octets = typeof message === 'string' ? Buffer.from(message) : message;
  const { header, body } = headerAndBody(octets);
  const text = header.toString('utf8', 0, MAX_HEADER_OCTETS).replace(/\r\n/g, '\n');
  const fields: HeaderField[] = [];
  for (const line of text.replace(/\n(?=[ \t])/g, '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const label = line.slice(0, colon);
    fields.push({ name: label.trim().toLowerCase(), label, value: line.slice(colon + 1).trim() });
  }
  return { fields, body };
}

/** The values of every field of that name, in order; `name` is in lower case. */
export function valuesOf({ fields }: ParsedMessage, name: string): readonly string[] {
  return fields.flatMap((field) => (field.name === name ? [field.value] : []));
}

/** Parts a message at its first empty line, which is in neither part. Without one it has no body. */
export function headerAndBody(message: Buffer): { header: Buffer; body: Buffer } {
  for (const { start, end, next } of linesOf(message)) {
    if (end === start && start > 0) return { header: message.subarray(0, start), body: message.subarray(next) };
  }
  return { header: message, body: message.subarray(message.length) };
}
