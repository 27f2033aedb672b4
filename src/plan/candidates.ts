import type { Selection } from './environments.js';
import { emptyLists, overlay } from './layers.js';
import { check } from './schema/check.js';
import { hostOf, nameOf } from './schema/defaults.js';
import { endpointSchema, serverSchema, type EndpointSettings } from './schema/schema.js';
import type { Environment } from './source/expand.js';
import { at, plain, type Located, type LocatedMapping } from './source/located.js';
import { MAX_PROBLEMS, show, type Place, type Problem } from './source/problem.js';
import { resolveReferences, unsetIn } from './source/references.js';
import { readItem, type EndpointList } from './source/sources.js';

/** An endpoint of the configuration, valid or not. */
export interface Candidate {
  /** As the user wrote it. */
  readonly own: LocatedMapping;
  /** Merged with the defaults and the inputs. */
  readonly merged: LocatedMapping;
  /** Whether it is tested. Otherwise its references are not resolved. */
  readonly isSelected: boolean;
  readonly settings?: EndpointSettings;
}

/** What endpoints depend on. */
export interface Surroundings {
  /** What the inputs give to endpoints. */
  readonly layer: LocatedMapping;
  /** Lists of the inputs that an empty list in an endpoint or in the defaults may replace. */
  readonly inputsBelow: LocatedMapping;
  readonly selection: Selection;
  readonly env: Environment;
}

/** Checks the endpoints one after the other, until there are too many problems. */
export function checkAll(
  lists: readonly EndpointList[],
  { layer, inputsBelow, selection, env }: Surroundings,
): { candidates: Candidate[]; problems: Problem[] } {
  const candidates: Candidate[] = [];
  const problems: Problem[] = [];
  const taken = new Map<string, Place>();
  const unset = new Set<Located>();
  for (const list of lists) {
    const resolved = resolveReferences(list.defaults, env);
    const below = { ...list.defaults, entries: new Map([...inputsBelow.entries, ...list.defaults.entries]) };
    for (const item of list.items) {
      if (problems.length >= MAX_PROBLEMS) return { candidates, problems };
      const isSelected = selection.includes(item, list.defaults);
      const { mapping: own, problems: unreadable } = readItem(isSelected ? resolveReferences(item, env) : item);
      problems.push(...unreadable);
      if (!own) continue;
      const merged = overlay(layer, isSelected ? resolved : list.defaults, own);
      const checked = check(endpointSchema, merged, { own });
      const { value: settings } = checked;
      candidates.push({ own, merged, isSelected, ...(settings && { settings }) });
      problems.push(
        ...(isSelected ? unsetIn(merged, env, unset) : []),
        ...checked.problems,
        ...duplicate({ own, merged, settings }, taken),
        ...emptyLists(own, below),
      );
    }
  }
  return { candidates, problems };
}

/** Reports a name that another endpoint already has. @param taken the names so far, to which this one is added */
function duplicate(
  { own, merged, settings }: Pick<Candidate, 'own' | 'merged'> & { settings: EndpointSettings | undefined },
  taken: Map<string, Place>,
): Problem[] {
  const name = settings ? nameOf(settings) : nameIn(merged);
  if (name === undefined) return [];
  const place = at(own, 'name')?.place ?? own.place;
  const first = taken.get(name);
  if (!first) {
    taken.set(name, place);
    return [];
  }
  const isQuotable = ['name', 'host', 'mx', 'port'].every((key) => {
    const node = at(merged, key);
    return node?.kind !== 'text' || !node.expanded;
  });
  const what = isQuotable ? `the name "${name}"` : 'this name';
  return [{ ...place, message: `${what} is already taken by the endpoint at ${show(first)}; names must be unique` }];
}

/** The name of an endpoint, even if something else is wrong with it. */
function nameIn(endpoint: LocatedMapping): string | undefined {
  const name = at(endpoint, 'name');
  if (name) return name.kind === 'text' && !name.broken ? name.text : undefined;
  const server = serverSchema.safeParse(plain(endpoint));
  if (!server.success || hostOf(server.data) === '') return undefined;
  return nameOf(server.data);
}
