import systemPath from 'node:path';
import type { PlatformPath } from 'node:path';
import { errorCode } from '../anchors.js';
import { check } from '../schema/check.js';
import type { Environment } from './expand.js';
import { slotProblems } from '../layers.js';
import { at, mappingAt, size } from './located.js';
import type { Located, LocatedMapping } from './located.js';
import { within } from './paths.js';
import { MAX_PROBLEMS } from './problem.js';
import type { Place, Problem } from './problem.js';
import { fileName } from './quote.js';
import { configSchema, defaultsSchema } from '../schema/schema.js';
import { isYaml, readEntry, readShortForm } from './short-form.js';
import { readYaml } from './yaml.js';

/** Endpoints that stand together, and what holds for all of them. */
export interface EndpointList {
  readonly defaults: LocatedMapping;
  readonly endpoints: readonly LocatedMapping[];
  readonly problems: readonly Problem[];
}

const NO_DEFAULTS = mappingAt({}, []);
/** In bytes. Tens of thousands of endpoints fit, and a file that was named by mistake is not parsed at length. */
const MAX_SIZE = 1024 * 1024;
const TOO_LARGE = `is larger than ${MAX_SIZE} bytes`;
/** Endpoints in one list. */
const MAX_ENDPOINTS = 100_000;
/** Values in one endpoint or in the defaults: each costs a check for every endpoint that has it. */
const MAX_VALUES = 1000;

/**
 * Reads the input `endpoints`, in the short form or as YAML, whichever it is.
 * @param text not blank: an input without an endpoint is an error
 */
export function readEndpointsInput(text: string, env: Environment): EndpointList {
  const origin = { input: 'endpoints' };
  if (Buffer.byteLength(text) > MAX_SIZE) {
    return { defaults: NO_DEFAULTS, endpoints: [], problems: [{ ...origin, message: TOO_LARGE }] };
  }
  if (!isYaml(text)) {
    const { entries, problems } = readShortForm(text, origin, env);
    const read = readAll(entries, readEntry, origin);
    const empty = entries.length === 0 ? [{ ...origin, message: 'there is no endpoint to gate' }] : [];
    return { defaults: NO_DEFAULTS, ...read, problems: [...problems, ...read.problems, ...empty] };
  }
  const { root, problems } = readYaml(text, origin, env);
  if (root && root.kind !== 'list') {
    const message = 'must be a list of endpoints, each beginning with "- "';
    return { defaults: NO_DEFAULTS, endpoints: [], problems: [...problems, { ...root.place, message }] };
  }
  const empty = root?.items.length === 0 ? [{ ...root.place, message: 'endpoints is an empty list' }] : [];
  return withItems(NO_DEFAULTS, root, [...problems, ...empty]);
}

/**
 * Reads the file that the input `config` names.
 * @param path as the user wrote it
 */
export async function readConfigFile(
  path: string,
  { cwd, env, readFile }: { cwd: string; env: Environment; readFile: (path: string) => Promise<string> },
): Promise<EndpointList> {
  let text;
  try {
    text = await readFile(systemPath.resolve(cwd, path));
  } catch (error) {
    const message = `${fileName(path)} cannot be read (${errorCode(error)})`;
    return { defaults: NO_DEFAULTS, endpoints: [], problems: [{ input: 'config', message }] };
  }
  const file = fromWorkspace(cwd, path);
  if (Buffer.byteLength(text) > MAX_SIZE) {
    return { defaults: NO_DEFAULTS, endpoints: [], problems: [{ file, message: TOO_LARGE }] };
  }
  const { root, problems } = readYaml(text, { file }, env);
  if (!root) {
    const empty = { file, message: 'holds nothing: `endpoints` is missing' };
    return { defaults: NO_DEFAULTS, endpoints: [], problems: problems.length > 0 ? problems : [empty] };
  }
  const defaults = at(root, 'defaults');
  const excess = defaults ? excessIn(defaults) : [];
  return withItems(
    defaults?.kind === 'mapping' && excess.length === 0 ? defaults : NO_DEFAULTS,
    at(root, 'endpoints'),
    [
      ...problems,
      ...check(configSchema, root, 'the file').problems,
      ...excess,
      ...(defaults && excess.length === 0 ? check(defaultsSchema, defaults, 'defaults').problems : []),
      ...slotProblems(at(defaults, 'auth')),
    ],
  );
}

function withItems(defaults: LocatedMapping, list: Located | undefined, problems: readonly Problem[]): EndpointList {
  const read = readAll(list?.kind === 'list' ? list.items : [], readItem, list?.place ?? {});
  return { defaults, ...read, problems: [...problems, ...read.problems] };
}

/** The result of reading one item of a list. */
interface Item {
  /** Absent if the item is not an endpoint. */
  readonly mapping?: LocatedMapping;
  readonly problems: readonly Problem[];
}

/** Reads the items of a list one after the other, until there are too many endpoints or problems. */
function readAll<T>(items: readonly T[], read: (item: T) => Item, place: Place): Omit<EndpointList, 'defaults'> {
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
  return size(node) > MAX_VALUES ? [{ ...node.place, message: `holds more than ${MAX_VALUES} values` }] : [];
}

function readItem(item: Located): Item {
  switch (item.kind) {
    case 'text':
      return readEntry({ node: item, ...(!item.expanded && { source: item.text }) });
    case 'mapping': {
      const excess = excessIn(item);
      if (excess.length > 0) return { problems: excess };
      return { mapping: item, problems: slotProblems(at(item, 'auth')) };
    }
    case 'list':
      return { problems: [{ ...item.place, message: 'an endpoint must be host, host:port or a mapping, not a list' }] };
  }
}

/** The path as GitHub knows it, with slashes, if it is in the workspace; otherwise as the user wrote it. */
export function fromWorkspace(cwd: string, path: string, system: PlatformPath = systemPath): string {
  return within(cwd, system.resolve(cwd, path), system)?.replaceAll(system.sep, '/') ?? path;
}
