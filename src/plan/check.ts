import { z } from 'zod';
import { at, nearest, plain } from './located.js';
import type { Located } from './located.js';
import type { Problem } from './problem.js';
import { didYouMean } from './suggest.js';

/** Keys whose values are never quoted. */
const PRIVATE: readonly unknown[] = [
  'username',
  'password',
  'access-token',
  'inbox-username',
  'inbox-password',
  'inbox',
];
/** Longer values are named by their key only. */
const QUOTED_LENGTH = 100;

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
  return keys.map((key) => {
    const place = mapping.entries.get(key)?.key ?? mapping.place;
    const what = place.line === undefined ? 'unknown input' : `unknown key "${key}"`;
    return { ...place, message: what + didYouMean(key, known) };
  });
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
  if (node.expanded || keys.some((key) => PRIVATE.includes(key)) || node.text.length > QUOTED_LENGTH) return '';
  return `, not "${node.text}"`;
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
