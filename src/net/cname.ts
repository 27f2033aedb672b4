import type { Deadline } from './deadline.js';
import { sharedQueries } from './name-servers.js';

/**
 * Looks up the name for which a name is an alias.
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no CNAME record, any other if the lookup
 * failed
 */
export type CnameResolver = (name: string, deadline: Deadline) => Promise<string | undefined>;

/** @param servers addresses of name servers, `address:port`; by default those of the system */
export function cnameResolver(servers?: readonly string[]): CnameResolver {
  return sharedQueries(servers, async (resolver, name) => {
    const [target] = await resolver.resolveCname(name);
    return target;
  });
}
