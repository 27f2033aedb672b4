import { parseMessage, valuesOf } from '../message/fields.js';

/** The fields are looked for in this much of a header. Postfix accepts up to 100 KiB, and adds to it. */
export const MAX_HEADER_BYTES = 128 * 1024;

/** The fields of the gate's own message have about a hundred characters. */
const MAX_FIELD_LENGTH = 1024;

/** The header fields by which a message is identified, unfolded, with a bounded length. Repeated fields are joined. */
export interface Headers {
  /** With angle brackets; empty if there is none. */
  readonly messageId: string;
  readonly subject: string;
  /** Whether it is a report about other mail, such as a bounce (RFC 6522). */
  readonly isReport?: true;
}

/** @param source a message, its header or a part of it */
export function headersOf(source: Buffer): Headers {
  const message = parseMessage(source.subarray(0, MAX_HEADER_BYTES));
  const isReport = valuesOf(message, 'content-type').some((type) => /^multipart\/report\b/i.test(type));
  return {
    ...boundedHeaders(valuesOf(message, 'message-id').join(' '), valuesOf(message, 'subject').join(' ')),
    ...(isReport && { isReport }),
  };
}

export function boundedHeaders(messageId: string, subject: string): Headers {
  return { messageId: bounded(messageId), subject: bounded(subject) };
}

/** A copy, because a slice would keep the whole header in memory. */
function bounded(text: string): string {
  return Buffer.from(text.slice(0, MAX_FIELD_LENGTH)).toString();
}
