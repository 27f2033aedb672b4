import { parseMessage, valuesOf } from '../message/fields.js';

/** A header is looked through so far; Postfix takes none of over 100 KiB, and adds to it. */
export const MAX_HEADER_OCTETS = 128 * 1024;

/** As much is kept of either field; those of the probe have some hundred characters. */
const MAX_MARK_LENGTH = 1024;

/** The fields by which a message is known, unfolded, each up to a length; one that is there twice counts as one. */
export interface Marks {
  /** With angle brackets; empty where there is none. */
  readonly messageId: string;
  readonly subject: string;
}

/** Picks the marks out of a header, wherever in it they stand. @param source a message, its header or a part of it */
export function marksOf(source: Buffer): Marks {
  const message = parseMessage(source.subarray(0, MAX_HEADER_OCTETS));
  return marks(valuesOf(message, 'message-id').join(' '), valuesOf(message, 'subject').join(' '));
}

/** The marks of a message whose fields are known. */
export function marks(messageId: string, subject: string): Marks {
  return { messageId: kept(messageId), subject: kept(subject) };
}

/** A copy: a part of a text would keep the whole header in memory. */
function kept(text: string): string {
  return Buffer.from(text.slice(0, MAX_MARK_LENGTH)).toString();
}
