import pLimit from 'p-limit';
import { resolve } from '../net/connect.js';
import type { Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint, Plan } from '../plan/endpoint.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport } from '../report/report.js';
import { attempt } from './gate.js';
import type { Attempt } from './gate.js';
import { internalError } from './interruption.js';
import type { World } from './visit.js';

/** The pause before the first further try; each later one is four times as long, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Gates every endpoint of a plan, `concurrency` at a time. None holds up or takes down another.
 * @param finished told of each endpoint as it finishes
 * @returns the endpoints in the order of the plan
 */
export async function gateFleet(
  plan: Plan,
  world: World,
  finished: (report: EndpointReport) => void,
): Promise<EndpointReport[]> {
  const limit = pLimit(plan.concurrency);
  const gateOne = (endpoint: Endpoint, addresses?: readonly Address[]): Promise<EndpointReport> =>
    limit(async () => {
      const report = world.redact(await gateEndpoint(endpoint, plan.retries, world, addresses));
      finished(report);
      return report;
    });

  const gated = plan.endpoints.map(async (endpoint) => {
    if (endpoint.addresses === 'first') return [await gateOne(endpoint)];
    const addresses = await limit(() => everyAddress(endpoint, world));
    // Where the name has no address there is nothing to part, and step 1 tells why.
    if (addresses.length === 0) return [await gateOne(endpoint)];
    return Promise.all(
      addresses.map((address) => gateOne({ ...endpoint, name: `${endpoint.name} (${address.address})` }, [address])),
    );
  });
  return (await Promise.all(gated)).flat();
}

async function everyAddress({ host, timeoutMs }: Endpoint, { resolver }: World): Promise<readonly Address[]> {
  try {
    return await resolve(host, Deadline.after(timeoutMs), resolver);
  } catch {
    // Whatever it was, step 1 of the one endpoint that is left comes upon it again, and tells.
    return [];
  }
}

/** Attempts an endpoint until it holds, fails for good, or has had its tries. Never throws. */
async function gateEndpoint(
  endpoint: Endpoint,
  retries: number,
  world: World,
  addresses: readonly Address[] | undefined,
): Promise<EndpointReport> {
  const earlier: NonNullable<EndpointReport['earlier']> = [];
  let spentMs = 0;
  try {
    for (let tries = 1; ; tries += 1) {
      const { report, transient } = await attempt(endpoint, world, addresses);
      spentMs += report.durationMs;
      if (!transient || tries > retries) {
        return { ...report, durationMs: spentMs, attempts: tries, ...(earlier.length > 0 && { earlier }) };
      }
      earlier.push(...whatFailed(report));
      const pauseMs = Math.min(FIRST_PAUSE_MS * 4 ** (tries - 1), LONGEST_PAUSE_MS) * (0.75 + world.random() / 2);
      await world.pause(pauseMs);
      spentMs += Math.round(pauseMs);
    }
  } catch (error) {
    return defective(endpoint, error, earlier);
  }
}

function whatFailed({ steps }: Attempt['report']): NonNullable<EndpointReport['earlier']> {
  const step = steps.find(({ status }) => status === 'fail' || status === 'inconclusive' || status === 'warn');
  const found = step?.findings.find(({ severity }) => severity === 'error');
  return step && found ? [{ step: step.id, code: found.code, message: found.message }] : [];
}

/** What stands in the report where our own code failed outside of every step. */
function defective(
  endpoint: Endpoint,
  error: unknown,
  earlier: NonNullable<EndpointReport['earlier']>,
): EndpointReport {
  const { name, host, port, transport, role, environment, source } = endpoint;
  const [first, ...rest] = STEP_IDS;
  return {
    name,
    host,
    port,
    transport,
    role,
    ...(environment !== undefined && { environment }),
    ...(source && { source: { ...source } }),
    result: 'fail',
    attempts: earlier.length + 1,
    ...(earlier.length > 0 && { earlier }),
    durationMs: 0,
    steps: [
      { id: first, status: 'fail', durationMs: 0, findings: [internalError(error)] },
      ...rest.map((id) => ({ id, status: 'skip' as const, skipped: 'blocked' as const, durationMs: 0, findings: [] })),
    ],
    transcript: [],
  };
}
