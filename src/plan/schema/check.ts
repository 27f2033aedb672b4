import { z } from 'zod';
import { at, nearest, plain, type Located } from '../source/located.js';
import { MAX_PROBLEMS, type Hints, type Place, type Problem } from '../source/problem.js';
import { isQuotableKey, isQuotableName, isQuotableWord } from '../source/quote.js';
import { didYouMean, type Quotable } from './fields.js';
import { hintsOfEmptyText, hintsOfInputs, hintsOfVariables } from '../where-to-set.js';
import { KEYS_OF_INPUTS } from './input-keys.js';
import type { Violation } from './rules.js';

/** Mappings that contain secrets: an unknown key in them may be a secret. */
const PRIVATE: readonly unknown[] = ['auth', 'delivery'];

/**
 * Checks what the user wrote against a schema.
 * @param options.what the name of the whole in errors
 * @param options.own the part that is not inherited
 * @returns the value, or every problem: located at an unknown key, at a value that is not allowed, at the mapping if a key
 *   is missing, and otherwise where the rule says
 */
export function check<T>(
  schema: z.ZodType<T>,
  root: Located,
  { what = 'the endpoint', own = root }: { what?: string; own?: Located } = {},
): { value?: T; problems: Problem[] } {
  const result = schema.safeParse(plain(root));
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(schema, root, issue);
    return isViolation(issue) ? violation(root, own, issue) : wrongValue(root, issue, what);
  });
  return { problems };
}

function unknownKeys(schema: z.ZodType, root: Located, { path, keys }: z.core.$ZodIssueUnrecognizedKeys): Problem[] {
  const mapping = at(root, ...path);
  if (mapping?.kind !== 'mapping') return [];
  const known = keysAt(schema, path);
  return keys.slice(0, MAX_PROBLEMS).map((key) => {
    const place = mapping.entries.get(key)?.key ?? mapping.place;
    const message = isInput(place) ? `unknown input${didYouMean(key, known)}` : unknownKey(key, known, path);
    return { ...place, message };
  });
}

/** An unknown key may be a key and its value, if the space between them is missing. */
function unknownKey(key: string, known: readonly string[], path: readonly PropertyKey[]): string {
  const isPrivate = path.some((step) => PRIVATE.includes(step));
  const [word = ''] = /^[\w-]*/.exec(key) ?? [];
  const suggestion = didYouMean(word, known);
  const isQuoted = isQuotableKey(word) && (suggestion !== '' || (word === key && !isPrivate));
  if (!isQuoted) return 'unknown key';
  if (word === key) return `unknown key "${key}"${suggestion}`;
  return `unknown key that begins with "${word}"${key[word.length] === ':' ? '; add a space after the colon' : ''}`;
}

type ViolationIssue = z.core.$ZodIssueCustom & { readonly params: Omit<Violation, 'message'> };

function isViolation(issue: z.core.$ZodIssue): issue is ViolationIssue {
  return issue.code === 'custom' && Array.isArray(issue.params?.keys);
}

/** The problem of a rule that concerns several keys. */
function violation(root: Located, own: Located, { message, params }: ViolationIssue): Problem {
  const { keys, isOwn, unset } = params;
  const [{ place } = own] = keys.flatMap((key) => at(isOwn ? own : root, ...key.split('.')) ?? []);
  const hints = params.hints ?? (unset && hintsOf(unset, root, place));
  const text = isInput(place) ? message.replace(/\b(?:auth|delivery)\.[\w-]+/g, inputName) : message;
  return { ...place, message: text, ...(hints && { hints }) };
}

/** Where to set one of several keys; undefined if that is in the file itself. */
function hintsOf(unset: readonly string[], root: Located, place: Place): Hints | undefined {
  if (isInput(place)) return hintsOfInputs(unset.map(inputName));
  const [node] = unset.flatMap((key) => at(root, ...key.split('.')) ?? []);
  if (node?.kind !== 'text') return undefined;
  if (node.template !== undefined) return hintsOfVariables(node.template);
  return place.input === undefined ? undefined : hintsOfEmptyText([]);
}

/** Whether a value is an input as a whole. */
function isInput({ input, line }: Place): boolean {
  return input !== undefined && line === undefined;
}

/** The input that gives a key to endpoints; the key itself if there is none. */
function inputName(key: string): string {
  return Object.entries(KEYS_OF_INPUTS).find(([, inherited]) => inherited === key)?.[0] ?? key;
}

function wrongValue(root: Located, issue: z.core.$ZodIssue, what: string): Problem[] {
  const { path, message } = issue;
  const node = nearest(root, path);
  if (node.kind === 'text' && node.broken) return [];
  const name = path.filter((step) => typeof step === 'string').join('.');
  const isMissing = typeof path.at(-1) === 'string' && at(root, ...path) === undefined;
  if (isMissing && at(root, ...path.slice(0, -1))?.kind === 'mapping') {
    if (!isInput(node.place)) return [{ ...node.place, message: `${name} is missing` }];
    const input = inputName(name);
    return [{ ...node.place, message: `${input} is missing or empty`, hints: hintsOfEmptyText([input]) }];
  }
  const label = isInput(node.place) ? '' : `${name || what} `;
  return [{ ...node.place, message: `${label}${message}${instead(node, issue)}` }];
}

/** The value that is there instead, if it may be shown. */
function instead(node: Located, issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (!message.startsWith('must be') || message.includes('; did you mean')) return '';
  if (node.kind !== 'text') return `, not a ${node.kind}`;
  if (node.text === '') return ', but is empty';
  const quotable = issue.code === 'custom' ? (issue.params?.quotable as Quotable | undefined) : undefined;
  const isQuotable =
    (quotable === 'word' && isQuotableWord(node.text)) || (quotable === 'name' && isQuotableName(node.text));
  return isQuotable && !node.expanded ? `, not "${node.text}"` : '';
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
