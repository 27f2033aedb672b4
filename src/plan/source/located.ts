import type { Place } from './problem.js';

/** What the user wrote, each part with its place. All scalars are text: what they mean is for the schema to say. */
export type Located = LocatedText | LocatedList | LocatedMapping;

export interface LocatedText {
  readonly kind: 'text';
  readonly text: string;
  readonly place: Place;
  /** Holds the value of an environment variable, so it may be a secret and is never quoted. */
  readonly expanded: boolean;
  /** A problem with it is already known, so nothing more is said about it. */
  readonly broken: boolean;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly place: Place;
}

export interface LocatedMapping {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly place: Place;
}

export interface LocatedEntry {
  /** Where the key stands. */
  readonly key: Place;
  readonly value: Located;
}

/** A text that stands at a place as it is. */
export function textAt(place: Place, text: string, expanded = false): LocatedText {
  return { kind: 'text', text, place, expanded, broken: false };
}

/** A mapping whose keys stand where their values do. */
export function mappingAt(place: Place, values: Iterable<readonly [string, Located]>): LocatedMapping {
  const entries = new Map<string, LocatedEntry>();
  for (const [key, value] of values) entries.set(key, { key: value.place, value });
  return { kind: 'mapping', entries, place };
}

/** The same without places: strings, arrays and objects. */
export function plain(node: Located): unknown {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'list':
      return node.items.map(plain);
    case 'mapping':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
  }
}

/** How many values a node holds, itself included. */
export function size(node: Located): number {
  switch (node.kind) {
    case 'text':
      return 1;
    case 'list':
      return node.items.reduce((sum, item) => sum + size(item), 1);
    case 'mapping':
      return [...node.entries.values()].reduce((sum, { value }) => sum + size(value), 1);
  }
}

/** What stands at the end of a path, or undefined where the path leads nowhere. */
export function at(node: Located | undefined, ...path: readonly PropertyKey[]): Located | undefined {
  return path.reduce<Located | undefined>((parent, step) => {
    if (parent?.kind === 'mapping') return parent.entries.get(String(step))?.value;
    return parent?.kind === 'list' ? parent.items[Number(step)] : undefined;
  }, node);
}

/** The last thing on a path that is there. */
export function nearest(node: Located, path: readonly PropertyKey[]): Located {
  const [step, ...rest] = path;
  const child = step === undefined ? undefined : at(node, step);
  return child ? nearest(child, rest) : node;
}

/** The same mapping with one entry set. */
export function withEntry(mapping: LocatedMapping, key: string, value: Located): LocatedMapping {
  return { ...mapping, entries: new Map(mapping.entries).set(key, { key: value.place, value }) };
}
