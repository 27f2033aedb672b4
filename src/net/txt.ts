import type { Deadline } from './deadline.js';
import { queryNameServers } from './name-servers.js';

/**
 * Looks up the TXT records of a name, each as the strings that it consists of.
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no record, any other if the lookup failed
 */
export type TextResolver = (name: string, deadline: Deadline) => Promise<string[][]>;

/** @param servers addresses of name servers, `address:port`; by default those of the system */
export function textResolver(servers?: readonly string[]): TextResolver {
  return (name, deadline) => queryNameServers(servers, deadline, (resolver) => resolver.resolveTxt(name));
}
