import { createHash } from 'node:crypto';
import { count } from '../text/count.js';
import { parseMessage, valuesOf, type HeaderField, type ParsedMessage } from './fields.js';
import { CR, LF, linesOf, type Line } from './lines.js';
import { decodePart, MIME_FIELDS, partsOf, type Part } from './mime.js';
import type { TestMessage } from './test-message.js';

/** One difference between the message that was sent and the one that arrived. */
export interface Alteration {
  /** In words. */
  readonly text: string;
  /** The name of a header field that is missing. */
  readonly removedField?: string;
  /** Whether it is only text after the end of the body. */
  readonly isAddedAtEnd?: true;
}

/** What a message may grow by in transit: trace fields, signatures, a footer. Thirty inboxes may have one each. */
const MAX_ADDED_BYTES = 128 * 1024;

/** How many bytes of a message are read, by its size when it was sent; the rest of a larger one is ignored. */
export function maxReadBytes(sentBytes: number): number {
  return sentBytes + MAX_ADDED_BYTES;
}

/**
 * Whether this is the test message, altered or not. A forged message can have everything but the token. A message
 * without our Message-ID may be the test message with a new one, but also a bounce or an automatic reply: these have
 * its Subject, may quote its body, and are from a different sender.
 * @param received header and body as the inbox has them
 */
export function isTestMessage(sent: TestMessage, received: Buffer): boolean {
  const message = parseMessage(received);
  const has = (name: string, text: string): boolean => valuesOf(message, name).some((value) => value.includes(text));
  const header = sent.text.slice(0, sent.text.indexOf('\r\n\r\n'));
  const [from = ''] = valuesOf(parseMessage(header), 'from');
  const isNamed = has('message-id', sent.messageId) || (has('subject', sent.nonce) && has('from', from));
  return isNamed && hasToken(sent, message);
}

/** Whether a message has the token in its body, or in a part of it that is encoded. */
export function hasToken({ token }: TestMessage, message: ParsedMessage): boolean {
  return (
    hasLine(message.body, token) ||
    (partsOf(message) ?? []).some((part) => part.isText && hasLine(textOf(part).bytes, token))
  );
}

/** Whether a text is a line of its own. */
function hasLine(body: Buffer, text: string): boolean {
  const sought = Buffer.from(text);
  for (let at = body.indexOf(sought); at >= 0; at = body.indexOf(sought, at + 1)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const [line] = linesOf(body, at);
    if (line?.end === at + sought.length) return true;
  }
  return false;
}

/**
 * Compares what arrived with what was sent: every header field that was set, unfolded (RFC 5322 section 2.2.3), exactly
 * once, and the body. Line ends, the case of a field name, spaces around a value and added fields are ignored.
 * @returns the differences
 */
export function alterations(sent: TestMessage, received: Buffer): readonly Alteration[] {
  const before = parseMessage(sent.text);
  const after = parseMessage(received);
  return [
    ...before.fields.flatMap((field) => fieldDifference(field, after)),
    ...bodyDifference(before.body, after.body),
    ...sizeDifference(sent, received),
  ];
}

/**
 * Whether the only {@link alterations} are in the encoding: a server has written the MIME structure again, and every
 * decoded part is the same.
 */
export function isReencoded(sent: TestMessage, received: Buffer): boolean {
  const before = parseMessage(sent.text);
  const after = parseMessage(received);
  const others = before.fields.filter(({ name }) => !MIME_FIELDS.has(name));
  if (others.some((field) => fieldDifference(field, after).length > 0)) return false;
  if (sizeDifference(sent, received).length > 0) return false;
  const [was, is] = [partsOf(before), partsOf(after)];
  return was?.length === is?.length && was?.every((part, at) => isSamePart(part, is?.[at])) === true;
}

function isSamePart(was: Part, is: Part | undefined): boolean {
  if (was.description !== is?.description) return false;
  if (was.isText) {
    const [before, after] = [textOf(was), textOf(is)];
    return after.isValid && bodyDifference(before.bytes, after.bytes).length === 0;
  }
  const digest = digestOf(was);
  return digest !== undefined && digest === digestOf(is);
}

/** Decoded, up to the first error in its encoding. */
function textOf(part: Part): { readonly bytes: Buffer; readonly isValid: boolean } {
  const decoded: Buffer[] = [];
  const isValid = decodePart(part, (bytes) => decoded.push(bytes));
  return { bytes: Buffer.concat(decoded), isValid };
}

/** An attachment may be large, so its content is not decoded as a whole. */
function digestOf(part: Part): string | undefined {
  const digest = createHash('sha256');
  return decodePart(part, (bytes) => digest.update(bytes)) ? digest.digest('hex') : undefined;
}

function sizeDifference(sent: TestMessage, received: Buffer): Alteration[] {
  const max = maxReadBytes(Buffer.byteLength(sent.text));
  return received.length < max ? [] : [{ text: `the message has ${max} bytes or more` }];
}

/** Mail programs differ in which of several fields they show, so any second one is an alteration. */
function fieldDifference({ name, label, value }: HeaderField, after: ParsedMessage): Alteration[] {
  const is = after.fields.filter((field) => field.name === name);
  const [first, ...more] = is;
  if (first === undefined) return [{ text: `the header field ${label} is missing`, removedField: label }];
  if (more.length > 0) {
    const values = is.map((one) => one.value).join('", "');
    return [{ text: `${name} was "${value}" and occurs ${is.length} times: "${values}"` }];
  }
  return [
    ...(first.label.toLowerCase() === label.toLowerCase()
      ? []
      : [{ text: `the name of ${name} was "${label}" and is "${first.label}"` }]),
    ...(first.value === value ? [] : [{ text: `${name} was "${value}" and is "${first.value}"` }]),
  ];
}

/** Some mail stores remove or add an empty line at the end. More lines are an alteration. */
const LAST_LINE_ENDS = 2;

/** Bytes of a line that are quoted. */
const MAX_QUOTED_BYTES = 1000;

/** Line by line: a large message is compared without another copy of it. */
function bodyDifference(before: Buffer, after: Buffer): Alteration[] {
  const [was, is] = [trimmed(before), trimmed(after)];
  const there = linesOf(is);
  let number = 0;
  for (const line of linesOf(was)) {
    number += 1;
    const { value: other } = there.next();
    if (other && was.compare(is, other.start, other.end, line.start, line.end) === 0) continue;
    if (!other) return [{ text: `line ${number} of the body is missing: ${quoted(was, line)}` }];
    return [{ text: `line ${number} of the body was ${quoted(was, line)} and is ${quoted(is, other)}` }];
  }
  const { value: next } = there.next();
  if (!next) return [];
  let first = next;
  let more = 1;
  for (const line of there) {
    more += 1;
    // Such as the two hyphens before a signature.
    if (!/[\p{L}\p{N}]/u.test(quoted(is, first))) first = line;
  }
  const text = `the body has ${count(more, 'extra line')}, beginning with ${quoted(is, first)}`;
  return [{ text, isAddedAtEnd: true }];
}

function trimmed(body: Buffer): Buffer {
  let end = body.length;
  for (let times = 0; times < LAST_LINE_ENDS && end > 0 && body[end - 1] === LF; times += 1) {
    end -= body[end - 2] === CR ? 2 : 1;
  }
  return body.subarray(0, end);
}

function quoted(text: Buffer, { start, end }: Line): string {
  return `"${text.toString('utf8', start, Math.min(end, start + MAX_QUOTED_BYTES))}"`;
}
