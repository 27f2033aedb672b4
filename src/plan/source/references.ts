import { expand, type Environment } from './expand.js';
import { partsOf, textAt, type Located, type LocatedEntry } from './located.js';
import type { Hints, Place, Problem } from './problem.js';

/*
 * References to environment variables, `${NAME}`. A text with references is read as it is, and resolved only if a tested
 * endpoint uses it: the variables of other endpoints may be empty or not set in this job.
 */

/**
 * A text as the user wrote it, with the errors in its references that do not depend on the environment.
 * @param isLiteral whether any reference is an error
 */
export function unresolvedAt(place: Place, source: string, isLiteral = false) {
  const { text, expanded, errors } = expand(source, undefined, isLiteral);
  if (errors.length > 0) return { located: { ...textAt(place, '', expanded), broken: true }, errors };
  const located = expanded ? { ...textAt(place, '', true), broken: true, template: source } : textAt(place, text);
  return { located, errors };
}

/** The same with the values of all variables that are set. A text with another variable stays broken. */
export function resolveReferences<T extends Located>(node: T, env: Environment): T;
export function resolveReferences(node: Located, env: Environment): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => resolveReferences(item, env)) };
  if (node.kind === 'mapping') {
    const resolved = ([key, entry]: [string, LocatedEntry]) =>
      [key, { ...entry, value: resolveReferences(entry.value, env) }] as const;
    return { ...node, entries: new Map([...node.entries].map(resolved)) };
  }
  if (node.template === undefined) return node;
  const { text, errors } = expand(node.template, env);
  return errors.length > 0 ? node : { ...node, text, broken: false };
}

const HINTS_OF_UNSET: Hints = { workflow: '; set it in env: of the step', terminal: '' };

/**
 * The variables that are not set in a value that has been resolved.
 * @param reported texts that are left out, to which these are added
 */
export function unsetIn(node: Located, env: Environment, reported = new Set<Located>()): Problem[] {
  if (node.kind !== 'text') return partsOf(node).flatMap((part) => unsetIn(part, env, reported));
  if (!node.broken || node.template === undefined || reported.has(node)) return [];
  reported.add(node);
  return expand(node.template, env).errors.map((message) => ({ ...node.place, message, hints: HINTS_OF_UNSET }));
}
