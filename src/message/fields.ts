import { linesOf } from './lines.js';

export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** The name as it is written, including spaces before the colon. */
  readonly label: string;
  /** Unfolded (RFC 5322 section 2.2.3), without the spaces around it. */
  readonly value: string;
}

export interface ParsedMessage {
  /** Every field, in the order of the message. Names can repeat. */
  readonly fields: readonly HeaderField[];
  /** A view of the message, not a copy, because it may be large. */
  readonly body: Buffer;
}

/** A longer header has grown more than any message may, or has lost the empty line after it; either is detected. */
const MAX_HEADER_BYTES = 512 * 1024;

/** Parses a message with any line ends. Header lines that are not fields are ignored. */
export function parseMessage(message: string | Buffer): ParsedMessage {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message;
  const { header, body } = headerAndBody(bytes);
  const text = header.toString('utf8', 0, MAX_HEADER_BYTES).replace(/\r\n/g, '\n');
  const fields: HeaderField[] = [];
  for (const line of text.replace(/\n(?=[ \t])/g, '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const label = line.slice(0, colon);
    fields.push({ name: label.trim().toLowerCase(), label, value: line.slice(colon + 1).trim() });
  }
  return { fields, body };
}

/** @param name in lower case */
export function valuesOf({ fields }: ParsedMessage, name: string): readonly string[] {
  return fields.flatMap((field) => (field.name === name ? [field.value] : []));
}

/** Splits a message at its first empty line, which is in neither part. Without one there is no body. */
export function headerAndBody(message: Buffer): { header: Buffer; body: Buffer } {
  for (const { start, end, next } of linesOf(message)) {
    if (end === start && start > 0) return { header: message.subarray(0, start), body: message.subarray(next) };
  }
  return { header: message, body: message.subarray(message.length) };
}
