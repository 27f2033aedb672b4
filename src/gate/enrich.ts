import { completeFinding } from '../findings/complete.js';
import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure } from '../net/connect.js';
import type { Finding, StepId } from '../report/report.js';
import type { Context } from '../steps/context.js';
import type { Facts } from '../steps/hand-over.js';
import { applyWaivers } from '../verdict/waivers.js';

/** The findings of a step as the report has them: waivers applied, with a fix and a command. */
export function enrich(
  found: readonly KnownFinding[],
  step: StepId,
  { endpoint, run, addresses }: Context,
  { address, greeting, plaintext, insideTls }: Facts,
): Finding[] {
  const [expected] = addresses instanceof ConnectFailure ? [] : (addresses ?? []);
  const observed = {
    step,
    endpoint,
    address: address ?? expected?.address,
    greeting,
    capabilities: [...(plaintext?.lines ?? []), ...(insideTls?.lines ?? [])].map(({ exact }) => exact),
  };
  return applyWaivers(found, endpoint.waive, run.now()).map((one) => completeFinding(one, observed));
}
