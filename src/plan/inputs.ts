import { check } from './schema/check.js';
import { credentialProblems, inboxProblems, slotProblems } from './layers.js';
import type { InputLayer } from './layers.js';
import { at, mappingAt, textAt } from './source/located.js';
import type { LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';
import { INPUT_NAMES, inputSchema } from './schema/schema.js';
import type { InputSettings } from './schema/schema.js';

/** Blanks may belong to these; around all others they are taken off. */
const VERBATIM: readonly string[] = ['endpoints', 'password', 'access-token', 'inbox-password'];

const AUTH = [
  ['username', 'username'],
  ['password', 'password'],
  ['access-token', 'access-token'],
] as const;
const DELIVERY = [
  ['mail-from', 'from'],
  ['rcpt-to', 'to'],
  ['inbox', 'inbox'],
  ['inbox-username', 'username'],
  ['inbox-password', 'password'],
] as const;

export interface Inputs {
  /** What was given, each value with its input as the place. */
  readonly given: LocatedMapping;
  /** Absent where an input is wrong. */
  readonly settings?: InputSettings;
  readonly layer: InputLayer;
  readonly problems: readonly Problem[];
}

/**
 * Reads the inputs of the action.
 * @param raw texts by the name of the input; empty means not given, unless the input is unknown
 */
export function readInputs(raw: Readonly<Record<string, string>>): Inputs {
  const texts = Object.entries(raw)
    .map(([input, text]) => [input, VERBATIM.includes(input) ? text : text.trim()] as const)
    .filter(([input, text]) => text !== '' || !isKnown(input));
  const given = mappingAt(
    {},
    texts.map(([input, text]) => [input, textAt({ input }, text)]),
  );
  const auth = part(given, AUTH);
  const delivery = part(given, DELIVERY);
  const authProblems = [...slotProblems(auth), ...credentialProblems(auth)];
  const deliveryProblems = [...addressProblems(delivery), ...inboxProblems(delivery, 'inbox-')];
  const { value, problems } = check(inputSchema, given);
  return {
    given,
    ...(value && { settings: value }),
    layer: {
      ...(auth && authProblems.length === 0 && { auth }),
      ...(delivery && deliveryProblems.length === 0 && { delivery }),
    },
    problems: [...problems, ...authProblems, ...deliveryProblems],
  };
}

function isKnown(input: string): boolean {
  return (INPUT_NAMES as readonly string[]).includes(input);
}

/** The mapping of an endpoint that some of the inputs make up; undefined where none of them is given. */
function part(given: LocatedMapping, keys: readonly (readonly [string, string])[]): LocatedMapping | undefined {
  const values = keys.flatMap(([input, key]) => {
    const value = at(given, input);
    return value ? [[key, value] as const] : [];
  });
  return values[0] && mappingAt(values[0][1].place, values);
}

function addressProblems(delivery: LocatedMapping | undefined): Problem[] {
  if (!delivery || (delivery.entries.has('from') && delivery.entries.has('to'))) return [];
  return [{ ...delivery.place, message: 'delivery needs both mail-from and rcpt-to, and one is missing or empty' }];
}
