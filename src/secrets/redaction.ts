import type { Endpoint, Plan } from '../plan/endpoint.js';
import { secretsOf, sentForms } from './derived-secrets.js';
import { Redactor } from './redactor.js';

/** One search for so many secrets at once takes no time to speak of; it grows with their number. */
const SOUGHT_TOGETHER = 50;

/**
 * Who takes the secrets out of the report of an endpoint. With few secrets every report is searched for all of them;
 * with many, each for those that the endpoint's inbox gets and those of every account on its server, so that the time
 * grows with the fleet only.
 * @returns the redactor for the reports of a server, whichever of its addresses they are about
 */
export function redactorsFor(plan: Plan): (server: Pick<Endpoint, 'host' | 'port'>) => Redactor {
  if (revealed(plan).size <= SOUGHT_TOGETHER) {
    const one = redactorOf(plan);
    return () => one;
  }
  // A server can repeat in one session what it received in another.
  return ({ host, port }) =>
    redactorOf({ ...plan, endpoints: plan.endpoints.filter((one) => one.host === host && one.port === port) });
}

/** What our own code or a library says of a failure of its own, without the secrets of the plan. */
export function redactedReason(reason: string, plan: Plan | undefined): string {
  return plan ? redactorOf(plan).redact(reason) : reason;
}

function redactorOf(plan: Plan): Redactor {
  return new Redactor(revealed(plan), new Set(secretsOf(plan).flatMap(sentForms)));
}

function revealed(plan: Plan): Set<string> {
  return new Set(secretsOf(plan).map(({ secret }) => secret.reveal()));
}
