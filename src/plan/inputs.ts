import { check } from './schema/check.js';
import { KEYS_OF_INPUTS } from './schema/input-keys.js';
import { INPUT_NAMES, inheritableSchema, inputSchema } from './schema/schema.js';
import { at, mappingAt, textAt, type LocatedMapping } from './source/located.js';

/** Inputs in which spaces at the start and the end may be significant. */
const VERBATIM: readonly string[] = ['endpoints', 'password', 'access-token', 'inbox-password'];

/**
 * @param raw texts by the name of the input; empty means not set, unless the input is unknown
 * @returns `given`: the inputs that are set, each with its input as its place; `settings`: their values, absent if an
 *   input is wrong; `layer`: what endpoints inherit, as an endpoint mapping
 */
export function readInputs(raw: Readonly<Record<string, string>>) {
  const texts = Object.entries(raw)
    .map(([input, text]) => [input, VERBATIM.includes(input) ? text : text.trim()] as const)
    .filter(([input, text]) => text !== '' || !(INPUT_NAMES as readonly string[]).includes(input));
  const values = texts.map(([input, text]) => [input, textAt({ input }, text)] as const);
  const given = mappingAt({}, values);
  const { value: settings, problems } = check(inputSchema, given);
  const layer = mappingAt({}, [...partOf('auth', given), ...partOf('delivery', given)]);
  return { given, settings, layer, problems: [...problems, ...check(inheritableSchema, layer).problems] };
}

/** One mapping of an endpoint, with its name, as the inputs give it; nothing if none of them is set. */
function partOf(name: string, given: LocatedMapping): [string, LocatedMapping][] {
  const values = Object.entries(KEYS_OF_INPUTS).flatMap(([input, key]) => {
    const node = at(given, input);
    return node && key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), node] as const] : [];
  });
  return values[0] ? [[name, mappingAt(values[0][1].place, values)]] : [];
}
