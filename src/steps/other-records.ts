import { ConnectFailure } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Context } from './context.js';

/**
 * Looks up other records of a name without an address: it may be a mail domain and not a host, or an alias for a name that
 * does not exist.
 * @returns the failure of the address lookup, with the mail servers of the domain, or the target of the alias, if any
 */
export async function withOtherRecords(
  failure: ConnectFailure,
  { endpoint, run, budget }: Pick<Context, 'endpoint' | 'run' | 'budget'>,
): Promise<ConnectFailure> {
  if (failure.kind !== 'name-not-found') return failure;
  const { host, timeoutMs } = endpoint;
  const deadline = Deadline.after(timeoutMs, budget);
  // Without an answer, the failure of the address lookup is all that is known.
  const [mailServers, alias] = await Promise.all([
    run.mx(host, deadline).catch(() => []),
    run.cname(host, deadline).catch(() => undefined),
  ]);
  return new ConnectFailure(failure.kind, failure.detail, failure.address, { mailServers, alias });
}
