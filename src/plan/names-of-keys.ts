import type { SettingNames } from './endpoint.js';
import { KEYS_OF_INPUTS } from './schema/input-keys.js';
import { at, type LocatedMapping } from './source/located.js';
import type { Surface } from './source/problem.js';
import { inTerminal } from './where-to-set.js';

const LOGIN_OF_INBOX = [
  ['inbox-username', KEYS_OF_INPUTS['inbox-username']],
  ['inbox-password', KEYS_OF_INPUTS['inbox-password']],
] as const;

/** The keys of an endpoint that the inputs set, with the names that the user knows; undefined if there are none. */
export function namesOfKeys(endpoint: LocatedMapping, surface: Surface): SettingNames | undefined {
  const inputs = Object.entries(KEYS_OF_INPUTS).filter(
    ([input, key]) => at(endpoint, ...key.split('.'))?.place.input === input,
  );
  const hasInbox = inputs.some(([input]) => input === 'inbox');
  // The login of an inbox is set where the inbox is, also if it is missing.
  const named = [...inputs, ...(hasInbox ? LOGIN_OF_INBOX : [])];
  const names = named.map(([input, key]) => [key, surface === 'terminal' ? inTerminal(input) : input] as const);
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
