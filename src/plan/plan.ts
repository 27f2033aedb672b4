import { resolve } from 'node:path';
import { count } from '../text/count.js';
import { Anchors } from './anchors.js';
import { ClientIdentities } from './client-identities.js';
import type { Endpoint, Plan, Source } from './endpoint.js';
import { emptyLists, overlay, readInputs } from './layers.js';
import { resolveEndpoint } from './resolve.js';
import { check } from './schema/check.js';
import { nameOf } from './schema/defaults.js';
import { endpointSchema, serverSchema, type EndpointSettings } from './schema/schema.js';
import type { Environment } from './source/expand.js';
import { at, mappingAt, plain, type Located, type LocatedMapping } from './source/located.js';
import { ConfigurationError, MAX_PROBLEMS, show, type Place, type Problem } from './source/problem.js';
import { readConfigFile, readEndpointsInput, type EndpointList } from './source/sources.js';

export interface PlanContext {
  /** The workspace. Paths are relative to it. */
  readonly cwd: string;
  readonly env: Environment;
  /** Returns the text of a file by its absolute path; throws if it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Problems that are known before the inputs are read. */
  readonly problems?: readonly Problem[];
  /** Finds the first line of an input's text in a file of the user. */
  readonly locateInput?: (name: 'endpoints') => Source | undefined;
}

interface Candidate {
  /** As the user wrote it. */
  readonly own: LocatedMapping;
  /** Merged with the defaults and the inputs. */
  readonly merged: LocatedMapping;
  readonly settings?: EndpointSettings;
  readonly problems: readonly Problem[];
}

/**
 * Reads and checks the configuration of a run. Sends nothing.
 * @param inputs the inputs of the action by name; an empty text means not set
 * @throws {ConfigurationError} with every problem at once
 */
export function loadPlan(inputs: Readonly<Record<string, string>>, context: PlanContext): Plan {
  const { given, settings, layer, problems: inputProblems } = readInputs(inputs);
  const lists = readLists(inputs, context);
  const require = at(given, 'require');
  /** Lists that an empty list in an endpoint or in the defaults may replace. */
  const inputsBelow = mappingAt({}, require ? [['require', require]] : []);
  const candidates = checkAll(lists, layer, inputsBelow);
  const mappings = lists.flatMap(({ defaults, endpoints }) => [defaults, ...endpoints]);
  const readFile = (path: string): string => context.readFile(resolve(context.cwd, path));
  const tlsKeys = candidates.map(({ merged }) => at(merged, 'tls'));
  const anchors = new Anchors(readFile);
  const identities = new ClientIdentities(readFile);
  const problems = [
    ...(context.problems ?? []),
    ...inputProblems,
    ...lists.flatMap((list) => list.problems),
    ...lists.flatMap(({ defaults }) => emptyLists(defaults, inputsBelow)),
    ...candidates.flatMap((candidate) => candidate.problems),
    ...loadAll(anchors, [at(given, 'ca'), ...mappings.map((mapping) => at(mapping, 'tls', 'ca'))]),
    ...loadAll(identities, tlsKeys),
  ];
  if (candidates.length === 0 && lists.every((list) => list.problems.length === 0)) problems.push(noEndpoint(given));
  const valid = candidates.flatMap(({ own, settings: checked }) => (checked ? [{ own, checked }] : []));
  if (problems.length > 0 || !settings || valid.length < candidates.length) throw new ConfigurationError(problems);

  const endpoints = valid.map(({ own, checked }) =>
    resolveEndpoint(checked, settings, { anchors, identities }, sourceOf(own.place, context)),
  );
  const { deadline, 'report-dir': reportDir } = settings;
  return {
    endpoints: sharded(endpoints, settings.shard),
    policy: { failOn: settings['fail-on'], onInconclusive: settings['on-inconclusive'] },
    concurrency: settings.concurrency,
    retries: settings.retries,
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(settings['self-test'] && { selfTest: true }),
    ...(reportDir !== undefined && { reportDir }),
  };
}

function readLists(
  { endpoints = '', config = '' }: Readonly<Record<string, string>>,
  context: PlanContext,
): EndpointList[] {
  return [
    ...(endpoints.trim() === '' ? [] : [readEndpointsInput(endpoints, context.env)]),
    ...(config.trim() === '' ? [] : [readConfigFile(config.trim(), context)]),
  ];
}

/** Loads one value after the other, so that a value that many endpoints share is read once. */
function loadAll(files: Pick<Anchors | ClientIdentities, 'load'>, values: readonly (Located | undefined)[]): Problem[] {
  const problems: Problem[] = [];
  for (const value of values) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(...files.load(value));
  }
  return problems;
}

/** Checks the endpoints one after the other, until there are too many problems. */
function checkAll(lists: readonly EndpointList[], layer: LocatedMapping, inputsBelow: LocatedMapping): Candidate[] {
  const candidates: Candidate[] = [];
  const taken = new Map<string, Place>();
  let found = 0;
  for (const { defaults, endpoints } of lists) {
    const below = { ...defaults, entries: new Map([...inputsBelow.entries, ...defaults.entries]) };
    for (const own of endpoints) {
      if (found >= MAX_PROBLEMS) return candidates;
      const merged = overlay(layer, defaults, own);
      const { value, problems } = check(endpointSchema, merged, { own });
      const all = [...problems, ...duplicate(own, merged, taken), ...emptyLists(own, below)];
      candidates.push({ own, merged, ...(value && { settings: value }), problems: all });
      found += all.length;
    }
  }
  return candidates;
}

/** Reports a name that another endpoint already has. @param taken the names so far, to which this one is added */
function duplicate(own: LocatedMapping, merged: LocatedMapping, taken: Map<string, Place>): Problem[] {
  const name = nameIn(merged);
  if (name === undefined) return [];
  const place = at(own, 'name')?.place ?? own.place;
  const first = taken.get(name);
  if (!first) {
    taken.set(name, place);
    return [];
  }
  const isQuotable = ['name', 'host', 'port'].every((key) => {
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
  return server.success ? nameOf(server.data) : undefined;
}

function noEndpoint(given: LocatedMapping): Problem {
  const input = ['endpoints', 'config'].find((name) => given.entries.has(name));
  return input === undefined
    ? { message: 'nothing to test: name an endpoint, or set config to a file with endpoints' }
    : { input, message: 'there is no endpoint to test' };
}

function sourceOf({ file, line }: Place, { locateInput }: PlanContext): Source | undefined {
  if (line === undefined) return undefined;
  if (file !== undefined) return { file, line };
  const start = locateInput?.('endpoints');
  return start && { file: start.file, line: start.line + line - 1 };
}

/** Assigns the endpoints to the parts in turn: the first to part 1, the next to part 2. */
function sharded(endpoints: readonly Endpoint[], shard?: { part: number; parts: number }): readonly Endpoint[] {
  if (!shard) return endpoints;
  const { part, parts } = shard;
  const own = endpoints.filter((_, index) => index % parts === part - 1);
  if (own.length > 0) return own;
  const total = `there ${endpoints.length === 1 ? 'is' : 'are'} only ${count(endpoints.length, 'endpoint')}`;
  const message = `part ${part} of ${parts} is empty: ${total}`;
  throw new ConfigurationError([{ input: 'shard', message }]);
}
