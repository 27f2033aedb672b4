import type { Place } from './problem.js';

/** What the user wrote, each part with its place. All scalars are text: only the schema gives them a meaning. */
export type Located = LocatedText | LocatedList | LocatedMapping;

export interface LocatedText {
  readonly kind: 'text';
  readonly text: string;
  readonly place: Place;
  /** Contains the value of an environment variable, so it may be a secret and is never quoted. */
  readonly expanded: boolean;
  /** A problem with it has been reported, so no other is. */
  readonly broken: boolean;
  /** The text with its `${NAME}`, if it has any. It is broken until it is resolved (references.ts). */
  readonly template?: string;
}

interface LocatedList {
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
  /** The place of the key. */
  readonly key: Place;
  readonly value: Located;
}

export function textAt(place: Place, text: string, expanded = false): LocatedText {
  return { kind: 'text', text, place, expanded, broken: false };
}

/** A mapping whose keys have the places of their values. */
export function mappingAt(place: Place, values: Iterable<readonly [string, Located]>): LocatedMapping {
  const entries = new Map<string, LocatedEntry>();
  for (const [key, value] of values) entries.set(key, { key: value.place, value });
  return { kind: 'mapping', entries, place };
}

/** The same without places: strings, arrays and objects; null for a broken text. */
export function plain(node: Located): unknown {
  if (node.kind === 'text') return node.broken ? null : node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

/** The number of values in a node, itself included. */
export function size(node: Located): number {
  return partsOf(node).reduce((sum, part) => sum + size(part), 1);
}

/** The values directly inside a node. */
export function partsOf(node: Located): readonly Located[] {
  if (node.kind === 'text') return [];
  return node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
}

/** The node at the end of a path, or undefined if there is none. */
export function at(node: Located | undefined, ...path: readonly PropertyKey[]): Located | undefined {
  return path.reduce<Located | undefined>((parent, step) => {
    if (parent?.kind === 'mapping') return parent.entries.get(String(step))?.value;
    return parent?.kind === 'list' ? parent.items[Number(step)] : undefined;
  }, node);
}

/** The last node on a path that exists. */
export function nearest(node: Located, path: readonly PropertyKey[]): Located {
  const [step, ...rest] = path;
  const child = step === undefined ? undefined : at(node, step);
  return child ? nearest(child, rest) : node;
}

export function withEntry(mapping: LocatedMapping, key: string, value: Located): LocatedMapping {
  return { ...mapping, entries: new Map(mapping.entries).set(key, { key: value.place, value }) };
}
