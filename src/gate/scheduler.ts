import pLimit from 'p-limit';
import { ConnectFailure, resolve } from '../net/connect.js';
import type { Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint, Origin, Plan } from '../plan/endpoint.js';
import { earlierFindings, STEP_IDS } from '../report/report.js';
import type { EndpointReport, Progress } from '../report/report.js';
import { attempt } from './attempt.js';
import type { Attempt } from './attempt.js';
import { reportHead } from './endpoint-report.js';
import { internalError } from '../steps/error-to-finding.js';
import { notTriedAgain } from './cancelled.js';
import { statusOf, worst } from '../verdict/verdict.js';
import type { World } from '../steps/context.js';

/** The pause before the first further try; each later one is four times as long, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** A message with a large attachment is in memory several times over while it is sent, read and compared. */
const LARGE_OCTETS = 1_000_000;
const LARGE_AT_A_TIME = 2;

/**
 * Gates every endpoint of a plan, `concurrency` at a time. None holds up or takes down another.
 * @param finished receives each report as its endpoint finishes, and how many have finished
 * @returns the endpoints in the order of the plan
 */
export async function gateFleet(
  plan: Plan,
  world: World,
  finished: (report: EndpointReport, progress: Progress) => void,
): Promise<EndpointReport[]> {
  const limit = pLimit(plan.concurrency);
  const limitLarge = pLimit(LARGE_AT_A_TIME);
  const inTurn = <T>({ delivery }: Endpoint, work: () => Promise<T>): Promise<T> =>
    (delivery?.attachmentOctets ?? 0) > LARGE_OCTETS ? limitLarge(() => limit(work)) : limit(work);
  const progress = { done: 0, total: plan.endpoints.length };
  const gateOne = (endpoint: Endpoint, surroundings: World, addresses?: readonly Address[]): Promise<EndpointReport> =>
    inTurn(endpoint, async () => {
      const derivedSecrets: string[] = [];
      const addMask = (text: string): void => {
        derivedSecrets.push(text);
        world.addMask(text);
      };
      const redact = (report: EndpointReport): EndpointReport => world.redact(report, derivedSecrets);
      const report = await gateEndpoint(endpoint, plan.retries, { ...surroundings, addMask }, addresses);
      try {
        const redacted = redact(report);
        progress.done += 1;
        finished(redacted, progress);
        return redacted;
      } catch (error) {
        return redactedDefective(endpoint, error, redact);
      }
    });

  const given = new Set(plan.endpoints.map(({ name }) => name));
  const gated = plan.endpoints.map(async (endpoint) => {
    if (endpoint.addresses === 'first') return [await gateOne(endpoint, world)];
    const parts = await limit(() => partsOf(endpoint, plan.retries, world, given));
    progress.total += parts.length - 1;
    return Promise.all(parts.map((part) => gateOne(part.endpoint, part.world, part.addresses)));
  });
  return (await Promise.all(gated)).flat();
}

/** An endpoint that stands for a part of a configured one. */
interface Part {
  readonly endpoint: Endpoint;
  readonly world: World;
  readonly addresses?: readonly Address[];
}

/** Looked up separately: a lookup of both hides the failure of one, and with it the servers of that family. */
const FAMILIES = [4, 6] as const;

/**
 * Makes an endpoint of each address of an endpoint, and of each family whose lookup failed. If there is no address, the
 * endpoint stays as it is, and its lookup fails.
 */
async function partsOf(
  endpoint: Endpoint,
  retries: number,
  world: World,
  given: ReadonlySet<string>,
): Promise<readonly Part[]> {
  const expanded = (part: string): Endpoint => {
    const origin = { name: endpoint.name, part };
    return { ...endpoint, name: nameFor(origin, given), origin };
  };
  const answers = await Promise.all(
    FAMILIES.map(async (family) => ({ family, answer: await lookUp(endpoint, family, retries, world) })),
  );
  const found = answers.flatMap(({ answer }) => (answer instanceof ConnectFailure ? [] : answer));
  const failed = answers.flatMap(({ family, answer }) =>
    answer instanceof ConnectFailure ? [{ family, world: withFailedLookup(world, answer), kind: answer.kind }] : [],
  );
  const unresolved = failed.filter(({ kind }) => kind === 'lookup-failed');
  if (found.length === 0) return [{ endpoint, world: [...unresolved, ...failed][0]?.world ?? world }];
  const addresses = [...new Map(found.map((one) => [one.address, one])).values()];
  return [
    ...addresses.map((one) => ({ endpoint: expanded(one.address), world, addresses: [one] })),
    ...unresolved.map((one) => ({ endpoint: expanded(`IPv${one.family}`), world: one.world })),
  ];
}

/** "name (part)", or with a number appended if the user has given that name to another endpoint. */
function nameFor({ name, part }: Origin, given: ReadonlySet<string>): string {
  const usual = `${name} (${part})`;
  let unique = usual;
  for (let n = 2; given.has(unique); n += 1) unique = `${usual} #${n}`;
  return unique;
}

/** The addresses of one family, or why there is none after the last attempt. */
async function lookUp(
  { host, timeoutMs }: Endpoint,
  family: Address['family'],
  retries: number,
  world: World,
): Promise<readonly Address[] | ConnectFailure> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await resolve(host, Deadline.after(timeoutMs, world.end), world.resolver, family);
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      if (error.kind !== 'lookup-failed' || tries > retries) return error;
    }
    await world.pause(pauseBefore(tries + 1, world));
  }
}

/**
 * The same world with a lookup that always fails, because its attempts have been made. A new lookup might succeed, and
 * one address would then stand for all.
 */
function withFailedLookup(world: World, failure: ConnectFailure): World {
  return { ...world, resolver: () => Promise.reject(failure), pause: () => Promise.resolve() };
}

/** Milliseconds to wait before the n-th try, the second being the first that has to: longer each time, with jitter. */
function pauseBefore(tries: number, { random }: World): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (tries - 2), LONGEST_PAUSE_MS) * (0.75 + random() / 2);
}

/**
 * Milliseconds to wait after so many tries, or undefined where there is no further one. Whoever wants none gets none;
 * else a server that puts the message off is asked again within the time that is left, however many tries that takes.
 */
function nextPause(tries: number, retries: number, patienceMs: number, world: World): number | undefined {
  const pauseMs = pauseBefore(tries + 1, world);
  if (tries <= retries) return pauseMs;
  return retries > 0 && patienceMs >= FIRST_PAUSE_MS ? Math.min(pauseMs, patienceMs) : undefined;
}

/** Attempts an endpoint until it holds, fails for good, or has had its tries. Never throws. */
async function gateEndpoint(
  endpoint: Endpoint,
  retries: number,
  world: World,
  addresses: readonly Address[] | undefined,
): Promise<EndpointReport> {
  const earlier: Earlier = [];
  let tries = 1;
  let spentMs = 0;
  let silences = 0;
  let putOff: { said: string; atMs: number } | undefined;
  try {
    for (; ; tries += 1) {
      const before = putOff && { said: putOff.said, forMs: spentMs - putOff.atMs };
      const { report, transient, putOff: said } = await attempt(endpoint, world, addresses, before);
      spentMs += report.durationMs;
      if (said !== undefined) putOff ??= { said, atMs: spentMs };
      // Who is asked for patience has it for as long as the message may take.
      const patienceMs = said !== undefined && putOff ? putOff.atMs + (endpoint.delivery?.withinMs ?? 0) - spentMs : 0;
      if (transient === 'once') silences += 1;
      const isFinal = !transient || (transient === 'once' && silences > 1);
      const pauseMs = isFinal ? undefined : nextPause(tries, retries, patienceMs, world);
      if (pauseMs === undefined) {
        return concluded({ ...report, durationMs: spentMs, attempts: tries }, earlier);
      }
      await world.pause(pauseMs);
      if (world.end.isOver) {
        return concluded({ ...notTriedAgain(report, world), durationMs: spentMs, attempts: tries }, earlier);
      }
      earlier.push(...whatRemains(report));
      spentMs += Math.round(pauseMs);
    }
  } catch (error) {
    return concluded({ ...defective(endpoint, error), attempts: tries }, earlier);
  }
}

type Earlier = NonNullable<EndpointReport['earlier']>;

/**
 * The report of an endpoint, with what the attempts before the last one found. A warning or a waived error counts even
 * if the last attempt does not have it; each is reported once.
 */
function concluded(report: EndpointReport, before: Earlier): EndpointReport {
  const known = new Set(report.steps.flatMap(({ id, findings }) => findings.map(({ code }) => `${id} ${code}`)));
  const earlier = before.filter((one) => {
    if (!('severity' in one)) return true;
    const isNew = !known.has(`${one.step} ${one.code}`);
    known.add(`${one.step} ${one.code}`);
    return isNew;
  });
  if (earlier.length === 0) return report;
  const result = earlierFindings({ earlier }).length > 0 ? worst([report.result, 'warn']) : report.result;
  return { ...report, result, earlier };
}

/** What remains of an attempt that is followed by another: what failed in it, and its warnings and waived errors. */
function whatRemains({ steps }: Attempt['report']): Earlier {
  const last = steps.findLast(({ status }) => status !== 'skip');
  const errors = last?.findings.filter(({ severity }) => severity === 'error') ?? [];
  // A waiver must not make the verdict worse: the failure that led to the next attempt does not count, waived or not.
  const failure = errors.find(({ waived }) => !waived) ?? errors[0];
  const counting = steps.flatMap(({ id: step, findings }) =>
    findings.filter((one) => one !== failure && statusOf([one]) === 'warn').map((one) => ({ step, ...one })),
  );
  return last && failure ? [{ step: last.id, code: failure.code, message: failure.message }, ...counting] : counting;
}

/** The same if a report could not be redacted or passed on: what was thrown may contain a secret. */
function redactedDefective(
  endpoint: Endpoint,
  error: unknown,
  redact: (report: EndpointReport) => EndpointReport,
): EndpointReport {
  try {
    return redact(defective(endpoint, error));
  } catch {
    return defective(endpoint, 'what it found could not be made fit to be shown');
  }
}

/** What stands in the report where our own code failed outside of every step. */
function defective(endpoint: Endpoint, error: unknown): EndpointReport {
  const [first, ...rest] = STEP_IDS;
  return {
    ...reportHead(endpoint),
    result: 'fail',
    attempts: 1,
    durationMs: 0,
    steps: [
      { id: first, status: 'fail', durationMs: 0, findings: [internalError(error)] },
      ...rest.map((id) => ({ id, status: 'skip' as const, skipped: 'blocked' as const, durationMs: 0, findings: [] })),
    ],
    transcript: [],
  };
}
