import { Resolver } from 'node:dns/promises';
import type { Deadline } from './deadline.js';
import { shareLookups } from './shared-lookups.js';

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
    return await deadline.race(query(resolver), timeout);
  } finally {
    resolver.cancel();
  }
}

/** Queries name servers like {@link queryNameServers}. Queries for the same name are shared. */
export function sharedQueries<T>(
  servers: readonly string[] | undefined,
  query: (resolver: Resolver, name: string) => Promise<T>,
): (name: string, deadline: Deadline) => Promise<T> {
  const shared = shareLookups<[name: string, deadline: Deadline], T>(
    (name) => name,
    (name, deadline) => queryNameServers(servers, deadline, (resolver) => query(resolver, name)),
  );
  return (name, deadline) => deadline.race(shared(name, deadline), timeout);
}

function timeout(): Error {
  return Object.assign(new Error('no response in time'), { code: 'ETIMEOUT' });
}
