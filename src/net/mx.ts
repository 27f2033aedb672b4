import type { Deadline } from './deadline.js';
import { queryNameServers } from './name-servers.js';

/**
 * Looks up the mail servers of a domain (RFC 5321 section 5.1), the most preferred first. A null MX (RFC 7505) is an empty
 * name.
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no record, any other if the lookup failed
 */
export type MxResolver = (domain: string, deadline: Deadline) => Promise<string[]>;

/** @param servers addresses of name servers, `address:port`; by default those of the system */
export function mxResolver(servers?: readonly string[]): MxResolver {
  return async (domain, deadline) => {
    const records = await queryNameServers(servers, deadline, (resolver) => resolver.resolveMx(domain));
    return records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  };
}
