import { isUtf8 } from 'node:buffer';
import { DerError, type DerElement } from '../der.js';

/** String types that OpenSSL compares by their text: a UTF8String can be equal to a PrintableString. */
const TEXTS: Readonly<Partial<Record<number, (content: Buffer) => string>>> = {
  0x0c: utf8,
  0x13: latin1,
  0x14: latin1,
  0x16: latin1,
  0x1a: latin1,
  /** UniversalString and BMPString: UTF-32 and UCS-2, big-endian. */
  0x1c: (content) => codePoints(content, 4),
  0x1e: (content) => codePoints(content, 2),
};

/** The text of a value; undefined if it is not a string of one of these types. @throws {DerError} if characters do not exist */
export function textOf({ tag, content }: Pick<DerElement, 'tag' | 'content'>): string | undefined {
  return TEXTS[tag]?.(content);
}

function latin1(content: Buffer): string {
  return content.toString('latin1');
}

function utf8(content: Buffer): string {
  if (!isUtf8(content)) throw new DerError('a name is not valid UTF-8');
  return content.toString('utf8');
}

function codePoints(content: Buffer, width: number): string {
  if (content.length % width > 0) throw new DerError('a name ends within a character');
  const points = Array.from({ length: content.length / width }, (_, i) => content.readUIntBE(i * width, width));
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))) {
    throw new DerError('a name has a character that does not exist');
  }
  return points.map((point) => String.fromCodePoint(point)).join('');
}
