import { z } from 'zod';
import { at, nearest, plain } from '../source/located.js';
import type { Located } from '../source/located.js';
import { MAX_PROBLEMS } from '../source/problem.js';
import type { Problem } from '../source/problem.js';
import { isQuotableKey, isQuotableName, isQuotableWord } from '../source/quote.js';
import { didYouMean } from './suggest.js';

/** Keys of numbers and of closed sets of words. With those of NAMES, they are the only ones whose values are quoted. */
const WORDS: readonly unknown[] = [
  'port',
  'transport',
  'addresses',
  'role',
  'probes',
  'require',
  'finding',
  'until',
  'min-version',
  'min-valid-days',
  'check',
  'expect',
  'within',
  'keep',
  'attachment-bytes',
  'spf',
  'dkim',
  'dmarc',
  'min-tls-version',
  'fail-on',
  'on-inconclusive',
  'concurrency',
  'timeout',
  'retries',
  'shard',
];
const NAMES: readonly unknown[] = ['host', 'servername', 'ehlo'];
/** Mappings with secrets in them: what stands there for a key may be one. */
const PRIVATE: readonly unknown[] = ['auth', 'delivery'];

export interface Checked<T> {
  /** Absent where there are problems. */
  readonly value?: T;
  readonly problems: readonly Problem[];
}

/**
 * Holds what the user wrote against a schema.
 * @param what how the text as a whole is called
 * @returns its meaning, or every problem: at the key where it is unknown, at the value where it is wrong, at the
 *   mapping where something is missing from it
 */
export function check<T>(schema: z.ZodType<T>, root: Located, what = 'the endpoint'): Checked<T> {
  const result = schema.safeParse(plain(root));
  if (result.success) return { value: result.data, problems: [] };
  return {
    problems: result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(schema, root, issue) : wrongValue(root, issue, what),
    ),
  };
}

function unknownKeys(schema: z.ZodType, root: Located, { path, keys }: z.core.$ZodIssueUnrecognizedKeys): Problem[] {
  const mapping = at(root, ...path);
  if (mapping?.kind !== 'mapping') return [];
  const known = keysAt(schema, path);
  return keys.slice(0, MAX_PROBLEMS).map((key) => {
    const place = mapping.entries.get(key)?.key ?? mapping.place;
    const what = place.line === undefined ? `unknown input${didYouMean(key, known)}` : unknownKey(key, known, path);
    return { ...place, message: what };
  });
}

/** A key that is none may be a key and its value, with the blank between them left out. */
function unknownKey(key: string, known: readonly string[], path: readonly PropertyKey[]): string {
  const isPrivate = path.some((step) => PRIVATE.includes(step));
  const [word = ''] = /^[\w-]*/.exec(key) ?? [];
  const suggestion = didYouMean(word, known);
  const isQuoted = isQuotableKey(word) && (suggestion !== '' || (word === key && !isPrivate));
  if (!isQuoted) return 'an unknown key';
  if (word === key) return `unknown key "${key}"${suggestion}`;
  return `unknown key that begins with "${word}"${key[word.length] === ':' ? '; a blank must follow the colon' : ''}`;
}

function wrongValue(root: Located, { path, message }: z.core.$ZodIssue, what: string): Problem[] {
  const node = nearest(root, path);
  if (node.kind === 'text' && node.broken) return [];
  const keys = path.filter((step) => typeof step === 'string');
  const isInput = node.place.line === undefined;
  const label = isInput ? '' : `${keys.join('.') || what} `;
  const parent = path.slice(0, -1);
  if (typeof path.at(-1) === 'string' && at(root, ...path) === undefined && at(root, ...parent)?.kind === 'mapping') {
    return [{ ...node.place, message: `${keys.join('.')} is missing` }];
  }
  return [{ ...node.place, message: `${label}${message}${instead(node, keys, message)}` }];
}

/** What is there instead of what should be, as far as it may be shown. */
function instead(node: Located, keys: readonly string[], message: string): string {
  if (!message.startsWith('must be') || message.includes('; did you mean')) return '';
  if (node.kind !== 'text') return `, not a ${node.kind}`;
  if (node.text === '') return ', and is empty';
  return !node.expanded && isQuotable(node.text, keys.at(-1)) ? `, not "${node.text}"` : '';
}

function isQuotable(text: string, key: string | undefined): boolean {
  return (WORDS.includes(key) && isQuotableWord(text)) || (NAMES.includes(key) && isQuotableName(text));
}

/** The keys that a schema knows for the mapping at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const child = step === undefined ? undefined : shape[String(step)];
  return child ? keysAt(child, rest) : Object.keys(shape);
}
