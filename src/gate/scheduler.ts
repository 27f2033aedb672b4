import type { Endpoint, Plan } from '../plan/endpoint.js';
import type { EndpointReport, Progress } from '../report/report.js';
import type { RunContext } from '../steps/context.js';
import { UniqueNames } from '../text/unique-names.js';
import { expandAddresses } from './addresses.js';
import { defectReport, redactingIn } from './endpoint-report.js';
import { attemptWithRetries, type Target } from './retries.js';
import type { Gated } from './siblings.js';
import { Slots } from './slots.js';

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
  const slots = new Slots(plan.concurrency);
  const large = new Slots(LARGE_AT_A_TIME);
  const inSlot = <T>(work: (run: RunContext) => Promise<T>): Promise<T> =>
    slots.use((whileWaiting) => {
      const pause: RunContext['pause'] = (ms) => whileWaiting(() => run.pause(ms));
      return work({ ...run, whileWaiting, pause });
    });
  const progress = { done: 0, total: plan.endpoints.length };
  const report = (one: EndpointReport): void => {
    progress.done += 1;
    finished(one, progress);
  };
  const gateOne = (target: Target): Promise<EndpointReport> => {
    const gate = () => inSlot((own) => gateRedacted(target, plan.retries, own, report));
    const isLarge = (target.endpoint.delivery?.attachmentBytes ?? 0) > LARGE_BYTES;
    return isLarge ? large.use(gate) : gate();
  };

  const names = new UniqueNames(plan.endpoints.map(({ name }) => name));
  const expand = async (lookUp: (own: RunContext) => Promise<readonly Target[]>): Promise<readonly Target[]> => {
    const parts = await inSlot(lookUp);
    progress.total += parts.length - 1;
    return parts;
  };
  const gateHost = async (target: Target): Promise<Gated> => {
    const { endpoint, addresses } = target;
    const isExpanded = endpoint.addresses === 'all' && addresses === undefined;
    const parts = isExpanded ? await expand((own) => expandAddresses(endpoint, plan.retries, own, names)) : [target];
    return { endpoint, reports: await Promise.all(parts.map(gateOne)) };
  };
  const hostsOf = async (endpoint: Endpoint): Promise<readonly Target[]> => {
    if (!endpoint.mx) return [{ endpoint }];
    const { expandMx } = await import('./mx-hosts.js');
    return expand((own) => expandMx(endpoint, plan.retries, own, names));
  };
  const gated = plan.endpoints.map(async (endpoint) => {
    const hosts = await hostsOf(endpoint);
    return Promise.all(hosts.map(gateHost));
  });
  const all = (await Promise.all(gated)).flat();
  if (all.every(({ reports }) => reports.every(({ result }) => result === 'pass')))
    return all.flatMap(({ reports }) => reports);
  const { compareSiblings } = await import('./siblings.js');
  return compareSiblings(all);
}

/** Gates one endpoint and redacts its report. Throws only if a part of the bundle is missing, which ends the run. */
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
      return redact(await defectReport(target.endpoint, error, redactingIn(target.endpoint, run)));
    } catch {
      return await defectReport(target.endpoint, 'its findings could not be redacted', { redact: (reason) => reason });
    }
  }
}
