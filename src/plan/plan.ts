import { resolve } from 'node:path';
import { count } from '../text/count.js';
import { Anchors } from './files/anchors.js';
import { checkAll } from './candidates.js';
import { ClientIdentities } from './files/client-identities.js';
import { explainingMissing } from './files/missing-file.js';
import type { Endpoint, Plan, Shard, Source } from './endpoint.js';
import { selectEnvironments } from './environments.js';
import { emptyLists, readInputs } from './layers.js';
import { namesOfKeys } from './names-of-keys.js';
import { hashPlan } from './plan-hash.js';
import { resolveEndpoint } from './resolve.js';
import { TlsPolicies } from './tls-policies.js';
import { inShard } from './shard.js';
import { check } from './schema/check.js';
import { nameOf } from './schema/defaults.js';
import { defaultsSchema } from './schema/schema.js';
import { SettingLines } from './setting-sources.js';
import type { Environment } from './source/expand.js';
import { at, mappingAt, type Located, type LocatedMapping } from './source/located.js';
import { ConfigurationError, MAX_PROBLEMS, type Place, type Problem, type Surface } from './source/problem.js';
import { resolveReferences, unsetIn } from './source/references.js';
import { readConfigFile, readEndpointsInput, type EndpointList } from './source/sources.js';
import { inTerminal, whyEmpty, type FindSetting } from './where-to-set.js';

export interface PlanContext {
  /** The workspace. Paths are relative to it. */
  readonly cwd: string;
  readonly env: Environment;
  readonly surface: Surface;
  /** Returns the text of a file by its absolute path; throws if it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Problems that are known before the inputs are read. */
  readonly problems?: readonly Problem[];
  /** Finds the first line of an input's text in a file of the user. */
  readonly locateInput?: (name: string) => Source | undefined;
  /** Finds what sets a value in the workflow that is empty. */
  readonly findSetting?: FindSetting;
}

/**
 * Reads and checks the configuration of a run. Sends nothing.
 * @param inputs the inputs of the action by name; an empty text means not set
 * @throws {ConfigurationError} with every problem at once
 */
export function loadPlan(inputs: Readonly<Record<string, string>>, context: PlanContext): Plan {
  const { given, settings, layer, problems: inputProblems } = readInputs(inputs);
  const { cwd, env, surface } = context;
  const readFile = explainingMissing(context.readFile, surface);
  const lists = readLists(inputs, { cwd, readFile });
  const selection = selectEnvironments(at(given, 'environments'), lists);
  const require = at(given, 'require');
  const inputsBelow = mappingAt({}, require ? [['require', require]] : []);
  const { candidates, problems: endpointProblems } = checkAll(lists, { layer, inputsBelow, selection, env });
  const selected = candidates.filter(({ isSelected }) => isSelected);
  const readInside = (path: string): string => readFile(resolve(cwd, path));
  const anchors = new Anchors(readInside);
  const identities = new ClientIdentities(readInside);
  // If only some endpoints are tested, only what these inherit from the defaults is resolved and read.
  const defaults = lists.map((list) => list.defaults);
  const resolved = selection.isEverything ? defaults.map((node) => resolveReferences(node, env)) : [];
  const tls = selected.map(({ merged }) => at(merged, 'tls'));
  const problems = [
    ...(context.problems ?? []),
    ...inputProblems,
    ...lists.flatMap((list) => list.problems),
    ...selection.problems,
    ...resolved.flatMap((node) => unsetIn(node, env)),
    ...[...defaults, ...resolved].flatMap((node) => check(defaultsSchema, node, { what: 'defaults' }).problems),
    ...defaults.flatMap((node) => emptyLists(node, inputsBelow)),
    ...endpointProblems,
    ...loadAll(anchors, [
      at(given, 'ca'),
      ...[...resolved.map((node) => at(node, 'tls')), ...tls].map((node) => at(node, 'ca')),
    ]),
    ...loadAll(identities, tls),
  ];
  const isEmpty = selected.length === 0 && [...lists, selection].every((part) => part.problems.length === 0);
  if (isEmpty && endpointProblems.length === 0) problems.push(noEndpoint(given));
  const valid = selected.flatMap(({ own, merged, settings: checked }) =>
    checked ? [{ own, merged, checked, name: nameOf(checked) }] : [],
  );
  if (problems.length > 0 || !settings || valid.length < selected.length) throw invalid(problems, context);

  const policies = new TlsPolicies(settings, { anchors, identities });
  const lines = new SettingLines(context.locateInput);
  const endpoints = valid.map(({ own, merged, checked }) => {
    const settingNames = namesOfKeys(merged, context.surface);
    const source = sourceOf(own.place, context);
    const endpoint = resolveEndpoint(checked, settings, policies, source);
    const settingSource = lines.of(merged);
    return { ...endpoint, ...(settingNames && { settingNames }), ...(settingSource && { settingSource }) };
  });
  const { deadline, 'report-dir': reportDir, shard } = settings;
  return {
    ...(context.surface === 'terminal' && { inTerminal: true }),
    endpoints: shard ? sharded(endpoints, shard, context) : endpoints,
    ...(shard && { shard }),
    hash: hashPlan(valid, settings),
    policy: {
      failOn: settings['fail-on'],
      onInconclusive: settings['on-inconclusive'],
      ...(settings['fail-on-flaky'] && { failOnFlaky: true }),
    },
    concurrency: settings.concurrency,
    perHost: settings['per-host'],
    retries: settings.retries,
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(settings['self-test'] && { selfTest: true }),
    ...(reportDir !== undefined && { reportDir }),
  };
}

/** The problems as they are shown where the gate runs, each with its hint. */
function invalid(
  problems: readonly Problem[],
  { surface, env, findSetting = () => undefined }: PlanContext,
): ConfigurationError {
  return new ConfigurationError(
    problems.map(({ hints, ...problem }) => {
      if (surface === 'workflow' && hints?.unset) {
        return whyEmpty({ ...problem, hints }, hints.unset, findSetting, env.GITHUB_EVENT_NAME);
      }
      const message = `${problem.message}${hints?.[surface] ?? ''}`;
      const { input, line } = problem;
      return surface === 'terminal' && input !== undefined && line === undefined
        ? { message: `${inTerminal(input)}: ${message}` }
        : { ...problem, message };
    }),
  );
}

function readLists(
  { endpoints = '', config = '' }: Readonly<Record<string, string>>,
  context: Pick<PlanContext, 'cwd' | 'readFile'>,
): EndpointList[] {
  return [
    ...(endpoints.trim() === '' ? [] : [readEndpointsInput(endpoints)]),
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

/** @throws {ConfigurationError} if the shard is empty */
function sharded(endpoints: readonly Endpoint[], shard: Shard, context: PlanContext): readonly Endpoint[] {
  const own = inShard(endpoints, shard);
  if (own.length > 0) return own;
  const { part, parts } = shard;
  const total = `there ${endpoints.length === 1 ? 'is' : 'are'} only ${count(endpoints.length, 'endpoint')}`;
  const message = `part ${part} of ${parts} is empty: ${total}`;
  throw invalid([{ input: 'shard', message }], context);
}
