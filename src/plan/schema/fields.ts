import { z } from 'zod';
import { STEP_IDS } from '../../report/report.js';
import type { StepId } from '../../report/report.js';
import { PROBES } from './enums.js';
import type { ProbeName } from './enums.js';
import { didYouMean } from './suggest.js';
import * as values from './values.js';

/* The kinds of values that keys have. Each takes text, as all of YAML's scalars and all inputs are here. */

/**
 * A value as text, read by `read`.
 * @param legal what is wrong with any other value, as the end of a sentence that begins with the key
 */
export function value<T>(legal: string | ((text: string) => string), read: (text: string) => T | undefined) {
  const message = (text: string) => (typeof legal === 'string' ? legal : legal(text));
  return z.string({ error: message('') }).transform((text, context) => {
    const result = read(text);
    if (result !== undefined) return result;
    context.issues.push({ code: 'custom', message: message(text), input: text });
    return z.NEVER;
  });
}

/** A whole number within bounds. */
export const number = (min: number, max: number) =>
  value(`must be a whole number from ${min} to ${max}`, (text) => values.wholeNumber(text, min, max));

/** One of some words. @param legal what to say of any other, if not which words there are */
export const oneOf = <T extends string>(known: readonly T[], legal = `must be one of ${known.join(', ')}`) =>
  value(
    (text) => legal + didYouMean(text, known),
    (text) => known.find((word) => word === text),
  );

/** A boolean. */
export const flag = value('must be true or false', values.truth);

/** Any text. */
export const anyText = value('must be text', (text) => text);

/** A list, or a text that `split` makes one. */
export const list = <T extends z.ZodType>(item: T, split: (text: string) => string[]) =>
  z.preprocess((given) => (typeof given === 'string' ? split(given) : given), z.array(item, 'must be text or a list'));

/** No setting has as many legal words. */
const MAX_WORDS = 100;

/**
 * The words of a text, each once. A text without words is returned whole, so that it is an illegal word and not an
 * empty list.
 */
const words = (text: string): string[] => {
  const found = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  return found.length > 0 ? found.slice(0, MAX_WORDS) : [text];
};

/** Steps by their ids, in their order; `all` is all of them. */
export const steps = list(oneOf(['all', ...STEP_IDS]), words).transform((named): readonly StepId[] =>
  STEP_IDS.filter((id) => named.includes('all') || named.includes(id)),
);

/** Probes by their names, in their order. */
export const probes = list(oneOf(PROBES), words).transform((named): readonly ProbeName[] =>
  PROBES.filter((probe) => named.includes(probe)),
);

/** PEM text or paths, as one text or a list. */
export const anchors = list(anyText, (text) => [text]);

/** A mapping with these keys and no others. */
export const mapping = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, 'must be a mapping of keys to values');
