import { check } from './schema/check.js';
import { KEYS_OF_INPUTS } from './schema/input-keys.js';
import { INPUT_NAMES, inheritableSchema, inputSchema, type InputSettings } from './schema/schema.js';
import { at, mappingAt, textAt, type LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';

/** Inputs in which spaces at the start and the end may be significant. */
const VERBATIM: readonly string[] = ['endpoints', 'password', 'access-token', 'inbox-password'];

/** The inputs of the action after the check. */
export interface Inputs {
  /** The inputs that are set. The place of each value is its input. */
  readonly given: LocatedMapping;
  /** Absent if an input is wrong. */
  readonly settings?: InputSettings;
  /** What endpoints inherit, as an endpoint mapping. */
  readonly layer: LocatedMapping;
  readonly problems: readonly Problem[];
}

/**
 * Reads the inputs of the action.
 * @param raw texts by the name of the input; empty means not set, unless the input is unknown
 */
export function readInputs(raw: Readonly<Record<string, string>>): Inputs {
  const texts = Object.entries(raw)
    .map(([input, text]) => [input, VERBATIM.includes(input) ? text : text.trim()] as const)
    .filter(([input, text]) => text !== '' || !(INPUT_NAMES as readonly string[]).includes(input));
  const given = mappingAt(
    {},
    texts.map(([input, text]) => [input, textAt({ input }, text)]),
  );
  const { value, problems } = check(inputSchema, given);
  const layer = mappingAt(
    {},
    ['auth', 'delivery'].flatMap((name) => {
      const part = partOf(name, given);
      return part ? [[name, part] as const] : [];
    }),
  );
  return {
    given,
    ...(value && { settings: value }),
    layer,
    problems: [...problems, ...check(inheritableSchema, layer).problems],
  };
}

/** One mapping of an endpoint, as the inputs give it; undefined if none of them is set. */
function partOf(name: string, given: LocatedMapping): LocatedMapping | undefined {
  const values = Object.entries(KEYS_OF_INPUTS).flatMap(([input, key]) => {
    const node = at(given, input);
    return node && key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), node] as const] : [];
  });
  return values[0] && mappingAt(values[0][1].place, values);
}
