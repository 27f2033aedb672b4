import systemPath, { type PlatformPath } from 'node:path';
import { codeOf } from '../../text/reason.js';
import { check } from '../schema/check.js';
import { configSchema, defaultsSchema } from '../schema/schema.js';
import type { Environment } from './expand.js';
import { at, mappingAt, size, type Located, type LocatedMapping } from './located.js';
import { MAX_PROBLEMS, type Place, type Problem } from './problem.js';
import { fileName } from './quote.js';
import { isYaml, readEntry, readShortForm, type ReadEntry } from './short-form.js';
import { readYaml } from './yaml.js';

export interface EndpointList {
  readonly defaults: LocatedMapping;
  readonly endpoints: readonly LocatedMapping[];
  readonly problems: readonly Problem[];
}

const NO_DEFAULTS = mappingAt({}, []);
/** In bytes. Tens of thousands of endpoints fit, and a large file that is named by mistake is not parsed. */
const MAX_SIZE = 1024 * 1024;
const MAX_ENDPOINTS = 100_000;
/** Values in one endpoint or in the defaults: each costs a check for every endpoint that has it. */
const MAX_VALUES = 1000;

/** Reads the input `endpoints`: YAML, or the short form. */
export function readEndpointsInput(text: string, env: Environment): EndpointList {
  const origin = { input: 'endpoints' };
  if (Buffer.byteLength(text) > MAX_SIZE) return unusable([tooLarge(origin)]);
  if (!isYaml(text)) {
    const { entries, problems } = readShortForm(text, origin, env);
    const read = readAll(entries, ({ node, source }) => readEntry(node, source), origin);
    const empty = entries.length === 0 ? [{ ...origin, message: 'there is no endpoint to test' }] : [];
    return { ...read, defaults: NO_DEFAULTS, problems: [...problems, ...read.problems, ...empty] };
  }
  const { root, problems } = readYaml(text, origin, env);
  if (root && root.kind !== 'list') {
    const message = 'must be a list of endpoints, each beginning with "- "';
    return unusable([...problems, { ...root.place, message }]);
  }
  const empty = root?.items.length === 0 ? [{ ...root.place, message: 'endpoints is an empty list' }] : [];
  return withItems(NO_DEFAULTS, root, [...problems, ...empty]);
}

/** Reads the file that the input `config` names. @param path as the user wrote it */
export function readConfigFile(
  path: string,
  { cwd, env, readFile }: { cwd: string; env: Environment; readFile: (path: string) => string },
): EndpointList {
  let text;
  try {
    text = readFile(systemPath.resolve(cwd, path));
  } catch (error) {
    return unusable([{ input: 'config', message: `${fileName(path)} cannot be read (${codeOf(error)})` }]);
  }
  const file = fromWorkspace(cwd, path);
  if (Buffer.byteLength(text) > MAX_SIZE) return unusable([tooLarge({ file })]);
  const { root, problems } = readYaml(text, { file }, env);
  if (!root)
    return unusable(problems.length > 0 ? problems : [{ file, message: 'the file is empty; `endpoints` is missing' }]);

  const defaults = at(root, 'defaults');
  const excess = defaults ? excessIn(defaults) : [];
  const isChecked = defaults && excess.length === 0;
  return withItems(isChecked && defaults.kind === 'mapping' ? defaults : NO_DEFAULTS, at(root, 'endpoints'), [
    ...problems,
    ...check(configSchema, root, { what: 'the file' }).problems,
    ...excess,
    ...(isChecked ? check(defaultsSchema, defaults, { what: 'defaults' }).problems : []),
  ]);
}

function unusable(problems: readonly Problem[]): EndpointList {
  return { defaults: NO_DEFAULTS, endpoints: [], problems };
}

function tooLarge(place: Place): Problem {
  return { ...place, message: `must not be larger than ${MAX_SIZE} bytes` };
}

function withItems(defaults: LocatedMapping, list: Located | undefined, problems: readonly Problem[]): EndpointList {
  const read = readAll(list?.kind === 'list' ? list.items : [], readItem, list?.place ?? {});
  return { ...read, defaults, problems: [...problems, ...read.problems] };
}

/** Reads the items of a list one after the other, until there are too many endpoints or problems. */
function readAll<T>(items: readonly T[], read: (item: T) => ReadEntry, place: Place): Omit<EndpointList, 'defaults'> {
  const problems: Problem[] = [];
  if (items.length > MAX_ENDPOINTS) problems.push({ ...place, message: `more than ${MAX_ENDPOINTS} endpoints` });
  const endpoints: LocatedMapping[] = [];
  for (const item of items.slice(0, MAX_ENDPOINTS)) {
    if (problems.length >= MAX_PROBLEMS) break;
    const result = read(item);
    problems.push(...result.problems);
    if (result.mapping) endpoints.push(result.mapping);
  }
  return { endpoints, problems };
}

function excessIn(node: Located): Problem[] {
  return size(node) > MAX_VALUES ? [{ ...node.place, message: `contains more than ${MAX_VALUES} values` }] : [];
}

function readItem(item: Located): ReadEntry {
  if (item.kind === 'text') return readEntry(item, item.expanded ? undefined : item.text);
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
