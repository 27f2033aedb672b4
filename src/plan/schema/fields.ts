import { closestMatch } from 'leven';
import { z } from 'zod';
import { STEP_IDS } from '../../report/report.js';
import { PROBES } from './enums.js';
import * as values from './values.js';

/*
 * The kinds of values that keys have. Each is read from text: all YAML scalars and all inputs are text here. A value
 * that is not allowed becomes `z.NEVER`, so that the rules of the schema see that the key is set.
 */

/** When an error may quote a value: if it looks like a number or a keyword, if it looks like a host, or never. */
export type Quotable = 'word' | 'name' | 'never';

/**
 * A value that `read` reads from text.
 * @param allowed what is allowed, as the end of a sentence that begins with the key
 */
export function value<T>(
  allowed: string | ((text: string) => string),
  read: (text: string) => T | undefined,
  quotable: Quotable = 'never',
) {
  return z.unknown().transform((given, context) => {
    const text = typeof given === 'string' ? given : '';
    const result = typeof given === 'string' ? read(text) : undefined;
    if (result !== undefined) return result;
    const message = typeof allowed === 'string' ? allowed : allowed(text);
    context.issues.push({ code: 'custom', message, input: given, params: { quotable } });
    return z.NEVER;
  });
}

export const number = (min: number, max: number) =>
  value(`must be a whole number from ${min} to ${max}`, (text) => values.wholeNumber(text, min, max), 'word');

/** Days for which a certificate must stay valid. */
export const validDays = value(
  'must be auto, or a whole number from 0 to 3650',
  (text) => (text === 'auto' ? text : values.wholeNumber(text, 0, 3650)),
  'word',
);

/** One of several keywords. The error message lists them, unless `allowed` says it differently. */
export const oneOf = <T extends string>(
  known: readonly T[],
  allowed = `must be one of ${known.join(', ')}`,
  quotable: Quotable = 'word',
) =>
  value(
    (text) => allowed + didYouMean(text, known),
    (text) => known.find((word) => word === text),
    quotable,
  );

/** A hint for a mistyped word. @returns `; did you mean "word"?`, or empty text if no known word is similar */
export function didYouMean(word: string, known: readonly string[]): string {
  const match = closestMatch(word, known, { maxDistance: Math.max(2, Math.floor(word.length / 3)) });
  return match === undefined ? '' : `; did you mean "${match}"?`;
}

export const flag = value('must be true or false', values.truth, 'word');
export const anyText = value('must be text', (text) => text);
export const host = value('must be a DNS name or an IP address, without a port', values.host, 'name');
export const domain = value('must be a domain', values.dnsName, 'name');
export const mailbox = value('must be a plain address of the form local@domain', values.mailbox);
export const oneLine = value('must be one line of 1 to 200 visible characters', values.displayName);

const NO_CONTROLS =
  'must not contain control characters (it is easy to store a trailing newline with a secret by mistake)';

export const userName = value(NO_CONTROLS, values.userName);
export const secret = value(NO_CONTROLS, values.secret);

export const inboxUrl = value(
  `must be a URL such as imaps://host[:port]/mailbox, without credentials, query or fragment; the schemes are ${Object.keys(values.INBOX_SCHEMES).join(', ')}`,
  values.inboxUrl,
);

/** A list, or a text that `split` makes a list. */
export const list = <T extends z.ZodType>(item: T, split: (text: string) => string[]) =>
  z.preprocess((given) => (typeof given === 'string' ? split(given) : given), z.array(item, 'must be text or a list'));

/** No setting has as many keywords. */
const MAX_WORDS = 100;

/** The words of a text, each once. A text without words is returned whole, so that it is an error and not an empty list. */
const words = (text: string): string[] => {
  const found = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  return found.length > 0 ? found.slice(0, MAX_WORDS) : [text];
};

/** Step IDs, sorted in the order of the steps; `all` stands for all of them. */
export const steps = list(oneOf(['all', ...STEP_IDS]), words).transform((named) =>
  STEP_IDS.filter((id) => named.includes('all') || named.includes(id)),
);

/** Names of probes, in a fixed order. */
export const probes = list(oneOf(PROBES), words).transform((named) => PROBES.filter((probe) => named.includes(probe)));

export const pemOrPaths = list(anyText, (text) => [text]);

export const mapping = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, 'must be a mapping of keys to values');

/** Adds the documentation of an input. @param inWorkflow what follows the description, but not in a terminal */
export const input = <T extends z.ZodType>(field: T, description: string, inWorkflow?: string): T =>
  field.meta({ description, ...(inWorkflow !== undefined && { inWorkflow }) });

/** Adds the documentation of a key. @param otherwise the documented default, if it depends on something else */
export const key = <T extends z.ZodType>(field: T, description: string, otherwise?: string): T =>
  field.meta({ description, ...(otherwise !== undefined && { otherwise }) });
