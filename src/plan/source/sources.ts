import systemPath, { type PlatformPath } from 'node:path';
import { codeOf } from '../../text/reason.js';
import { check } from '../schema/check.js';
import { configSchema, defaultsSchema } from '../schema/schema.js';
import { at, mappingAt, size, type Located, type LocatedMapping } from './located.js';
import type { Place, Problem } from './problem.js';
import { fileName } from './quote.js';
import { isYaml, readEntry, readShortForm, type ReadEntry } from './short-form.js';
import { readYaml } from './yaml.js';

/** What a source contains, with all references unresolved. */
export interface EndpointList {
  readonly defaults: LocatedMapping;
  /** Each may be an endpoint, see {@link readItem}. */
  readonly items: readonly Located[];
  readonly problems: readonly Problem[];
}

const NO_DEFAULTS = mappingAt({}, []);
/** In bytes. A hundred thousand endpoints fit, and a large file that is named by mistake is not parsed. */
const MAX_SIZE = 4 * 1024 * 1024;
const MAX_ENDPOINTS = 100_000;
/** Values in one endpoint or in the defaults: each costs a check for every endpoint that has it. */
const MAX_VALUES = 1000;

/** Reads the input `endpoints`: YAML, or the short form. */
export function readEndpointsInput(text: string): EndpointList {
  const origin = { input: 'endpoints' };
  if (Buffer.byteLength(text) > MAX_SIZE) return unusable([tooLarge(origin)]);
  if (!isYaml(text)) {
    const { entries, problems } = readShortForm(text, origin);
    const empty = entries.length === 0 ? [{ ...origin, message: 'there is no endpoint to test' }] : [];
    return withItems(NO_DEFAULTS, entries, [...problems, ...empty], origin);
  }
  const { root, problems } = readYaml(text, origin);
  if (root && root.kind !== 'list') {
    const message = 'must be a list of endpoints, each beginning with "- "';
    return unusable([...problems, { ...root.place, message }]);
  }
  const empty = root?.items.length === 0 ? [{ ...root.place, message: 'endpoints is an empty list' }] : [];
  return withItems(NO_DEFAULTS, root?.items ?? [], [...problems, ...empty], origin);
}

/** Reads the file that the input `config` names. @param path as the user wrote it */
export function readConfigFile(
  path: string,
  { cwd, readFile }: { cwd: string; readFile: (path: string) => string },
): EndpointList {
  let text;
  try {
    text = readFile(systemPath.resolve(cwd, path));
  } catch (error) {
    return unusable([{ input: 'config', message: `${fileName(path)} cannot be read (${codeOf(error)})` }]);
  }
  const file = fromWorkspace(cwd, path);
  if (Buffer.byteLength(text) > MAX_SIZE) return unusable([tooLarge({ file })]);
  const { root, problems } = readYaml(text, { file });
  if (!root)
    return unusable(problems.length > 0 ? problems : [{ file, message: 'the file is empty; `endpoints` is missing' }]);

  const list = at(root, 'endpoints');
  const { defaults, problems: wrongDefaults } = readDefaults(at(root, 'defaults'));
  const all = [...problems, ...check(configSchema, root, { what: 'the file' }).problems, ...wrongDefaults];
  return withItems(defaults, list?.kind === 'list' ? list.items : [], all, list?.place ?? {});
}

function readDefaults(node: Located | undefined): Pick<EndpointList, 'defaults' | 'problems'> {
  if (!node) return { defaults: NO_DEFAULTS, problems: [] };
  if (node.kind !== 'mapping') {
    return { defaults: NO_DEFAULTS, problems: check(defaultsSchema, node, { what: 'defaults' }).problems };
  }
  const problems = excessIn(node);
  return { defaults: problems.length > 0 ? NO_DEFAULTS : node, problems };
}

function unusable(problems: readonly Problem[]): EndpointList {
  return { defaults: NO_DEFAULTS, items: [], problems };
}

function tooLarge(place: Place): Problem {
  return { ...place, message: `must not be larger than ${MAX_SIZE} bytes` };
}

function withItems(
  defaults: LocatedMapping,
  items: readonly Located[],
  problems: readonly Problem[],
  place: Place,
): EndpointList {
  const excess = items.length > MAX_ENDPOINTS ? [{ ...place, message: `more than ${MAX_ENDPOINTS} endpoints` }] : [];
  return { defaults, items: items.slice(0, MAX_ENDPOINTS), problems: [...problems, ...excess] };
}

function excessIn(node: Located): Problem[] {
  return size(node) > MAX_VALUES ? [{ ...node.place, message: `contains more than ${MAX_VALUES} values` }] : [];
}

/** Reads one item of a list. */
export function readItem(item: Located): ReadEntry {
  if (item.kind === 'text') return readEntry(item);
  if (item.kind === 'list') {
    return { problems: [{ ...item.place, message: 'an endpoint must be host, host:port or a mapping, not a list' }] };
  }
  const problems = excessIn(item);
  return problems.length > 0 ? { problems } : { mapping: item, problems };
}

/**
 * A path as GitHub shows it, with slashes, if it is in the workspace; otherwise as the user wrote it.
 * @param system a parameter so that tests can use the paths of a different system
 */
export function fromWorkspace(cwd: string, path: string, system: PlatformPath = systemPath): string {
  return within(cwd, system.resolve(cwd, path), system)?.replaceAll(system.sep, '/') ?? path;
}

/** The path relative to a folder; undefined if it is outside. Both must be absolute. */
export function within(folder: string, path: string, system: PlatformPath = systemPath): string | undefined {
  const inside = system.relative(folder, path);
  return inside.split(system.sep)[0] === '..' || system.isAbsolute(inside) ? undefined : inside;
}
