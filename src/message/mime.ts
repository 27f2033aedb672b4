import { valuesOf, parseMessage, type ParsedMessage } from './fields.js';
import { tokens } from './lexical.js';
import { linesOf } from './lines.js';

/*
 * The parts of a message (RFC 2045, RFC 2046), to compare two messages whose encoding differs. A message is one part, or
 * a multipart of such parts: the structure of the test message. For anything else, there are no parts.
 */

export interface Part {
  /** The type, its parameters without the boundary, and the disposition. */
  readonly description: string;
  readonly isText: boolean;
  /** As it was transferred; a view of the message, because it may be large. */
  readonly encoded: Buffer;
  readonly encoding: string;
}

/** The fields that say how a message or a part is encoded. */
export const MIME_FIELDS: ReadonlySet<string> = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
]);

/** The test message has two. */
const MAX_PARTS = 16;

/** Characters that are decoded at once: each piece of bytes takes more memory than it has bytes if it is small. */
const BATCH = 64 * 1024;

/** @returns undefined if the message is malformed, or has a different structure */
export function partsOf(message: ParsedMessage): readonly Part[] | undefined {
  const type = single(message, 'content-type', 'text/plain');
  if (!type?.value.startsWith('multipart/')) return all([partOf(message)]);
  const bodies = bodiesOf(message.body, type.parameters.get('boundary') ?? '');
  const root = { description: type.value, isText: false, encoded: Buffer.alloc(0), encoding: '7bit' };
  return bodies && all([root, ...bodies.map((body) => partOf(parseMessage(body)))]);
}

/**
 * Decodes the content of a part, piece by piece.
 * @returns whether its encoding is known and valid
 */
export function decodePart({ encoded, encoding }: Part, onBytes: (bytes: Buffer) => void): boolean {
  switch (encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      onBytes(encoded);
      return true;
    case 'quoted-printable':
      return decodeQuotedPrintable(encoded, onBytes);
    case 'base64':
      return decodeBase64(encoded, onBytes);
    default:
      return false;
  }
}

function all<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

function partOf(entity: ParsedMessage): Part | undefined {
  const type = single(entity, 'content-type', 'text/plain');
  const encoding = single(entity, 'content-transfer-encoding', '7bit');
  const disposition = single(entity, 'content-disposition', 'inline');
  if (!type || !encoding || !disposition || /^(?:multipart|message)\//.test(type.value)) return undefined;
  return {
    description: `${described(type)} ${described(disposition)}`,
    isText: type.value.startsWith('text/'),
    encoded: entity.body,
    encoding: encoding.value,
  };
}

interface Field {
  /** Without parameters, in lower case. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A field that occurs once at most. @returns undefined if it occurs more than once or is malformed */
function single(entity: ParsedMessage, name: string, usual: string): Field | undefined {
  const [text = usual, ...more] = valuesOf(entity, name);
  return more.length > 0 ? undefined : parsedField(text);
}

const VALUE = /^[\w!#$&^.+/-]+$/;
const PARAMETER = /^([\w!#$&^.*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^"]+))$/;

function parsedField(text: string): Field | undefined {
  const clauses: string[][] = [[]];
  for (const { kind, text: word } of tokens(text)) {
    if (kind === 'semicolon') clauses.push([]);
    else if (kind === 'word') clauses.at(-1)?.push(word);
  }
  const [value, ...rest] = clauses.map((words) => words.join(' '));
  if (value === undefined || !VALUE.test(value)) return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of rest.filter((words) => words !== '')) {
    const [, name = '', quoted, bare = ''] = PARAMETER.exec(parameter) ?? [];
    if (name === '' || parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare);
  }
  return { value: value.toLowerCase(), parameters };
}

/** In a form in which equal fields are equal: their parameters have no order, and a charset no case. */
function described({ value, parameters }: Field): string {
  const texts = [...parameters].map(([name, text]) => [name, name === 'charset' ? text.toLowerCase() : text]);
  return JSON.stringify([value, texts.toSorted()]);
}

/**
 * The parts of a multipart (RFC 2046 section 5.1.1), each from the line end of its delimiter. What precedes the first
 * one is ignored. The multipart must be closed, with nothing after it.
 */
function bodiesOf(body: Buffer, boundary: string): readonly Buffer[] | undefined {
  if (boundary === '') return undefined;
  const delimiter = Buffer.from(`--${boundary}`);
  const bodies: Buffer[] = [];
  let begin: number | undefined;
  let previousEnd = 0;
  for (const { start, end, next } of linesOf(body)) {
    if (body.compare(delimiter, 0, delimiter.length, start, Math.min(end, start + delimiter.length)) === 0) {
      const rest = body.toString('latin1', start + delimiter.length, end).trimEnd();
      if (begin !== undefined) bodies.push(body.subarray(begin, previousEnd));
      if (rest === '--') return isBlank(body.subarray(next)) ? bodies : undefined;
      if (rest !== '' || bodies.length === MAX_PARTS) return undefined;
      begin = end;
    }
    previousEnd = end;
  }
  return undefined;
}

function isBlank(text: Buffer): boolean {
  for (const { start, end } of linesOf(text)) if (end > start) return false;
  return true;
}

/** RFC 2045 section 6.8: nothing but the alphabet, in groups of four, with padding only at the end. */
function decodeBase64(encoded: Buffer, onBytes: (bytes: Buffer) => void): boolean {
  let pending = '';
  let isPadded = false;
  const decodeGroups = (): boolean => {
    const groups = pending.slice(0, pending.length - (pending.length % 4));
    pending = pending.slice(groups.length);
    if (groups === '') return true;
    if (isPadded) return false;
    const [valid = ''] = /^[a-z\d+/]+={0,2}/i.exec(groups) ?? [];
    isPadded = valid.endsWith('=');
    onBytes(Buffer.from(valid, 'base64'));
    return valid === groups;
  };
  for (const { start, end } of linesOf(encoded)) {
    pending += encoded.toString('latin1', start, end).trimEnd();
    if (pending.length >= BATCH && !decodeGroups()) return false;
  }
  return decodeGroups() && pending === '';
}

/** RFC 2045 section 6.7. */
function decodeQuotedPrintable(encoded: Buffer, onBytes: (bytes: Buffer) => void): boolean {
  let pending = '';
  let lineEnd = '';
  for (const { start, end } of linesOf(encoded)) {
    const line = encoded.toString('latin1', start, end).trimEnd();
    const isSoft = line.endsWith('=');
    const text = isSoft ? line.slice(0, -1) : line;
    if (/=(?![\da-f]{2})/i.test(text)) return false;
    pending += lineEnd + text.replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    lineEnd = isSoft ? '' : '\r\n';
    if (pending.length < BATCH) continue;
    onBytes(Buffer.from(pending, 'latin1'));
    pending = '';
  }
  onBytes(Buffer.from(pending, 'latin1'));
  return true;
}
