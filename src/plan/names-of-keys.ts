import type { SettingNames } from './endpoint.js';
import { KEYS_OF_INPUTS } from './schema/input-keys.js';
import { at, type LocatedMapping } from './source/located.js';
import type { Surface } from './source/problem.js';
import { inTerminal } from './where-to-set.js';

/** The keys of an endpoint that the inputs set, with the names that the user knows; undefined if there are none. */
export function namesOfKeys(endpoint: LocatedMapping, surface: Surface): SettingNames | undefined {
  const inputs = Object.entries(KEYS_OF_INPUTS).filter(
    ([input, key]) => at(endpoint, ...key.split('.'))?.place.input === input,
  );
  const names = inputs.map(([input, key]) => [key, surface === 'terminal' ? inTerminal(input) : input] as const);
  const known = new Map<string, string>(names);
  const whole = [
    ['auth', ['auth.username']],
    ['delivery', ['delivery.from', 'delivery.to']],
  ] as const;
  for (const [mapping, keys] of whole) {
    const all = keys.flatMap((key) => known.get(key) ?? []);
    if (all.length === keys.length) known.set(mapping, all.join('` and `'));
  }
  return known.size === 0 ? undefined : Object.fromEntries(known);
}
