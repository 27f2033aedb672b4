import { Resolver } from 'node:dns/promises';
import type { Deadline } from './deadline.js';

/** Milliseconds until a query is sent again; a datagram may get lost. */
const RETRY_MS = 2000;

/**
 * Queries name servers until the deadline.
 * @param servers their addresses, `address:port`; by default those of the system
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no record, any other if the lookup failed
 */
export async function queryNameServers<T>(
  servers: readonly string[] | undefined,
  deadline: Deadline,
  query: (resolver: Resolver) => Promise<T>,
): Promise<T> {
  const resolver = new Resolver({ timeout: RETRY_MS, tries: 3 });
  if (servers) resolver.setServers(servers);
  try {
    return await deadline.race(query(resolver), () =>
      Object.assign(new Error('no response in time'), { code: 'ETIMEOUT' }),
    );
  } finally {
    resolver.cancel();
  }
}
