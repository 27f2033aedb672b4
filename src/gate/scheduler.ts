import pLimit from 'p-limit';
import type { Plan } from '../plan/endpoint.js';
import type { EndpointReport, Progress } from '../report/report.js';
import type { RunContext } from '../steps/context.js';
import { expandAddresses } from './addresses.js';
import { defectReport, redactingIn } from './endpoint-report.js';
import { expandMx } from './mx-hosts.js';
import { attemptWithRetries, type Target } from './retries.js';
import { compareSiblings, type Gated } from './siblings.js';

/** A message with a large attachment is in memory several times while it is sent, read and compared. */
const LARGE_BYTES = 1_000_000;
const LARGE_AT_A_TIME = 2;

/**
 * Tests every endpoint of a plan, `concurrency` at a time. A failure of one does not affect the others.
 * @returns the reports in the order of the plan
 */
export async function gateAll(
  plan: Plan,
  run: RunContext,
  finished: (report: EndpointReport, progress: Progress) => void,
): Promise<EndpointReport[]> {
  const limit = pLimit(plan.concurrency);
  const limitLarge = pLimit(LARGE_AT_A_TIME);
  const progress = { done: 0, total: plan.endpoints.length };
  const report = (one: EndpointReport): void => {
    progress.done += 1;
    finished(one, progress);
  };
  const gateOne = (target: Target): Promise<EndpointReport> => {
    const inTurn = () => limit(() => gateRedacted(target, plan.retries, run, report));
    const isLarge = (target.endpoint.delivery?.attachmentBytes ?? 0) > LARGE_BYTES;
    return isLarge ? limitLarge(inTurn) : inTurn();
  };

  const names = new Set(plan.endpoints.map(({ name }) => name));
  const expand = async (lookUp: () => Promise<readonly Target[]>): Promise<readonly Target[]> => {
    const parts = await limit(lookUp);
    progress.total += parts.length - 1;
    return parts;
  };
  const gateHost = async (target: Target): Promise<Gated> => {
    const { endpoint, addresses } = target;
    const isExpanded = endpoint.addresses === 'all' && addresses === undefined;
    const parts = isExpanded ? await expand(() => expandAddresses(endpoint, plan.retries, run, names)) : [target];
    return { endpoint, reports: await Promise.all(parts.map(gateOne)) };
  };
  const gated = plan.endpoints.map(async (endpoint) => {
    const hosts = endpoint.mx ? await expand(() => expandMx(endpoint, plan.retries, run, names)) : [{ endpoint }];
    return Promise.all(hosts.map(gateHost));
  });
  return compareSiblings((await Promise.all(gated)).flat());
}

/** Gates one endpoint and redacts its report. Never throws. */
async function gateRedacted(
  target: Target,
  retries: number,
  run: RunContext,
  finished: (report: EndpointReport) => void,
): Promise<EndpointReport> {
  const derivedSecrets: string[] = [];
  const addMask = (text: string): void => {
    derivedSecrets.push(text);
    run.addMask(text);
  };
  const redact = (one: EndpointReport): EndpointReport => run.redact(one, derivedSecrets);
  try {
    const redacted = redact(await attemptWithRetries(target, retries, { ...run, addMask }));
    finished(redacted);
    return redacted;
  } catch (error) {
    try {
      return redact(defectReport(target.endpoint, error, redactingIn(target.endpoint, run)));
    } catch {
      return defectReport(target.endpoint, 'its findings could not be redacted', { redact: (reason) => reason });
    }
  }
}
