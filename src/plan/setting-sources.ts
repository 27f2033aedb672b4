import { SETTING_KEYS, type SettingKey, type SettingSource } from '../findings/setting-keys.js';
import type { Source } from './endpoint.js';
import type { LocatedMapping } from './source/located.js';
import type { Place } from './source/problem.js';

/** The keys that an input sets for all endpoints that do not have them. */
const OF_INPUTS: Readonly<Partial<Record<SettingKey, string>>> = {
  'tls.ca': 'ca',
  'tls.min-valid-days': 'min-valid-days',
  'tls.warn-valid-days': 'warn-valid-days',
};

/** Finds the lines that set the keys of endpoints. Endpoints that inherit all of them share one function. */
export class SettingLines {
  readonly #locate: ((input: string) => Source | undefined) | undefined;
  readonly #inputs = new Map<string, Source | undefined>();
  readonly #known = new Map<string, SettingSource>();

  /** @param locate finds the line of an input in a file of the user; called only for a line that is needed */
  constructor(locate: ((input: string) => Source | undefined) | undefined) {
    this.#locate = locate;
  }

  of(endpoint: LocatedMapping): SettingSource | undefined {
    const places = new Map<SettingKey, Place>();
    for (const key of SETTING_KEYS) {
      const place = placeOf(endpoint, key.split('.'));
      if (place) places.set(key, place);
    }
    const id = JSON.stringify([...places]);
    if (places.size === 0 && !this.#locate) return undefined;
    const known =
      this.#known.get(id) ??
      ((key) => {
        const input = OF_INPUTS[key];
        return this.#sourceOf(places.get(key) ?? (input === undefined ? {} : { input }));
      });
    this.#known.set(id, known);
    return known;
  }

  #sourceOf({ file, input, line }: Place): Source | undefined {
    if (file !== undefined) return line === undefined ? undefined : { file, line };
    if (input === undefined) return undefined;
    if (!this.#inputs.has(input)) this.#inputs.set(input, this.#locate?.(input));
    const start = this.#inputs.get(input);
    return start && { file: start.file, line: start.line + (line ?? 1) - 1 };
  }
}

/** Where the key itself is; for an input, where its text is. */
function placeOf(mapping: LocatedMapping, [key = '', ...rest]: readonly string[]): Place | undefined {
  const entry = mapping.entries.get(key);
  if (!entry || rest.length === 0) return entry?.key;
  return entry.value.kind === 'mapping' ? placeOf(entry.value, rest) : undefined;
}
