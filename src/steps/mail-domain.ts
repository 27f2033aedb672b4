import { ConnectFailure } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Context } from './context.js';

/**
 * Looks up the MX records of a name without an address: it may be a mail domain and not a host.
 * @returns the failure of the address lookup, with the mail servers of the domain if there are any
 */
export async function withMailServers(
  failure: ConnectFailure,
  { endpoint, run, budget }: Pick<Context, 'endpoint' | 'run' | 'budget'>,
): Promise<ConnectFailure> {
  if (failure.kind !== 'name-not-found') return failure;
  // Without an answer, the failure of the address lookup is all that is known.
  const found = await run.mx(endpoint.host, Deadline.after(endpoint.timeoutMs, budget)).catch(() => []);
  return found.length === 0 ? failure : new ConnectFailure(failure.kind, failure.detail, failure.address, found);
}
