import { resolve } from 'node:path';
import { Anchors } from './anchors.js';
import { check } from './schema/check.js';
import { deliveryProblems } from './delivery.js';
import { ClientIdentities } from './client-identities.js';
import type { Endpoint, Plan, Source } from './endpoint.js';
import type { Environment } from './source/expand.js';
import { readInputs } from './inputs.js';
import { credentialProblems, emptyLists, inboxProblems, overlay, signInProblems } from './layers.js';
import type { InputLayer } from './layers.js';
import { at, mappingAt } from './source/located.js';
import type { Located, LocatedMapping } from './source/located.js';
import { ConfigurationError, MAX_PROBLEMS, show } from './source/problem.js';
import type { Place, Problem } from './source/problem.js';
import { probeProblems } from './probes.js';
import { nameOf, resolveEndpoint } from './resolve.js';
import { endpointSchema } from './schema/schema.js';
import type { EndpointSettings } from './schema/schema.js';
import { readConfigFile, readEndpointsInput } from './source/sources.js';
import type { EndpointList } from './source/sources.js';

/** What the plan needs from around it. */
export interface World {
  /** The workspace: paths are relative to it. */
  readonly cwd: string;
  readonly env: Environment;
  /** Gives the text of a file by its absolute path; rejects where it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** What is known to be wrong before the inputs are read. */
  readonly problems?: readonly Problem[];
  /** Where the first line of an input's text stands in a file of the user, if that is known. */
  readonly locateInput?: (name: 'endpoints') => Source | undefined;
}

/** An endpoint with the layers below it merged in, and what came of checking it. */
interface Candidate {
  readonly own: LocatedMapping;
  readonly merged: LocatedMapping;
  /** Absent where something is wrong with it. */
  readonly settings?: EndpointSettings;
  readonly problems: readonly Problem[];
}

/**
 * Makes the plan of a run, or says everything that is wrong with its configuration. Sends nothing.
 * @param inputs the inputs of the action by name, as they were given; an empty text means not given
 * @throws {ConfigurationError} with every problem at once
 */
export async function loadPlan(inputs: Readonly<Record<string, string>>, world: World): Promise<Plan> {
  const { given, settings, layer, problems: inputProblems } = readInputs(inputs);
  const lists = await readLists(given, world);
  const require = at(given, 'require');
  /** What an empty list of an endpoint or of the defaults may replace. */
  const inputsBelow = mappingAt({}, require ? [['require', require]] : []);
  const candidates = examineAll(lists, layer, inputsBelow);
  const mappings = lists.flatMap(({ defaults, endpoints }) => [defaults, ...endpoints]);
  const readFile = (path: string): Promise<string> => world.readFile(resolve(world.cwd, path));
  const anchors = new Anchors(readFile);
  const identities = new ClientIdentities(readFile);
  const problems = [
    ...(world.problems ?? []),
    ...inputProblems,
    ...lists.flatMap((list) => list.problems),
    ...lists.flatMap(({ defaults }) => emptyLists(defaults, inputsBelow)),
    ...candidates.flatMap((candidate) => candidate.problems),
    ...(await loadAll(anchors, [at(given, 'ca'), ...mappings.map((mapping) => at(mapping, 'tls', 'ca'))])),
    ...(await loadAll(
      identities,
      candidates.map(({ merged }) => at(merged, 'tls')),
    )),
  ];
  if (candidates.length === 0 && lists.every((list) => list.problems.length === 0)) problems.push(noEndpoint(given));
  if (problems.length > 0 || !settings) throw new ConfigurationError(problems);

  const endpoints = candidates.flatMap(({ own, settings: valid }) =>
    valid ? resolveEndpoint(valid, settings, { anchors, identities }, sourceOf(own.place, world)) : [],
  );
  const reportDir = settings['report-dir'];
  return {
    endpoints: sharded(endpoints, settings.shard),
    policy: { failOn: settings['fail-on'], onInconclusive: settings['on-inconclusive'] },
    concurrency: settings.concurrency,
    retries: settings.retries,
    ...(settings.deadline !== undefined && { deadlineMs: settings.deadline }),
    ...(settings['self-test'] && { selfTest: true }),
    ...(reportDir !== undefined && { reportDir }),
  };
}

async function readLists(given: LocatedMapping, world: World): Promise<EndpointList[]> {
  const text = (name: string) => {
    const node = at(given, name);
    return node?.kind === 'text' ? node.text : undefined;
  };
  const endpoints = text('endpoints');
  const config = text('config');
  return [
    ...(endpoints === undefined || endpoints.trim() === '' ? [] : [readEndpointsInput(endpoints, world.env)]),
    ...(config === undefined ? [] : [await readConfigFile(config, world)]),
  ];
}

/** One after the other, so that a value that many endpoints share is read once. */
async function loadAll(
  files: Pick<Anchors | ClientIdentities, 'load'>,
  values: readonly (Located | undefined)[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const value of values) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(...(await files.load(value)));
  }
  return problems;
}

/** Examines the endpoints one after the other, until there are too many problems. */
function examineAll(lists: readonly EndpointList[], layer: InputLayer, inputsBelow: LocatedMapping): Candidate[] {
  const candidates: Candidate[] = [];
  const taken = new Map<string, Place>();
  let found = 0;
  for (const { defaults, endpoints } of lists) {
    const below = { ...defaults, entries: new Map([...inputsBelow.entries, ...defaults.entries]) };
    for (const own of endpoints) {
      if (found >= MAX_PROBLEMS) return candidates;
      const candidate = examine(own, defaults, layer);
      const problems = [...candidate.problems, ...duplicate(candidate, taken), ...emptyLists(own, below)];
      candidates.push({ ...candidate, problems });
      found += problems.length;
    }
  }
  return candidates;
}

function examine(own: LocatedMapping, defaults: LocatedMapping, layer: InputLayer): Candidate {
  const merged = overlay(layer, defaults, own);
  const { value, problems } = check(endpointSchema, merged);
  const incomplete = [
    ...credentialProblems(at(merged, 'auth')),
    ...signInProblems(merged),
    ...inboxProblems(at(merged, 'delivery')),
    ...deliveryProblems(own, merged),
  ];
  const misplaced = value ? probeProblems(own, value) : [];
  return { own, merged, ...(value && { settings: value }), problems: [...problems, ...incomplete, ...misplaced] };
}

/**
 * A name that another endpoint has already. It is known even where something else is wrong with its endpoint.
 * @param taken the names so far, which this one is added to
 */
function duplicate({ own, merged, settings }: Candidate, taken: Map<string, Place>): Problem[] {
  const explicit = at(merged, 'name');
  const name = explicit?.kind === 'text' && !explicit.broken ? explicit.text : settings && nameOf(settings);
  if (name === undefined) return [];
  const place = at(own, 'name')?.place ?? own.place;
  const first = taken.get(name);
  if (!first) {
    taken.set(name, place);
    return [];
  }
  const isQuotable = ['name', 'host', 'port'].every((key) => !isExpanded(merged, key));
  const what = isQuotable ? `the name "${name}"` : 'this name';
  return [{ ...place, message: `${what} is already taken by the endpoint at ${show(first)}; names must be unique` }];
}

function isExpanded(mapping: LocatedMapping, key: string): boolean {
  const node = at(mapping, key);
  return node?.kind === 'text' && node.expanded;
}

function noEndpoint(given: LocatedMapping): Problem {
  const input = ['endpoints', 'config'].find((name) => given.entries.has(name));
  return input === undefined
    ? { message: 'nothing to gate: give the input endpoints, or config, or both' }
    : { input, message: 'there is no endpoint to gate' };
}

/** The place of an endpoint in a file of the user. */
function sourceOf({ file, line }: Place, { locateInput }: World): Source | undefined {
  if (line === undefined) return undefined;
  if (file !== undefined) return { file, line };
  const start = locateInput?.('endpoints');
  return start && { file: start.file, line: start.line + line - 1 };
}

/** Deals the endpoints out like cards: the first to part 1, the next to part 2. */
function sharded(
  endpoints: readonly Endpoint[],
  shard: { part: number; parts: number } | undefined,
): readonly Endpoint[] {
  if (!shard) return endpoints;
  const { part, parts } = shard;
  const own = endpoints.filter((_, index) => index % parts === part - 1);
  if (own.length > 0) return own;
  const message = `part ${part} of ${parts} is empty: there are only ${endpoints.length} endpoints`;
  throw new ConfigurationError([{ input: 'shard', message }]);
}
