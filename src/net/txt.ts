import { Resolver } from 'node:dns/promises';
import type { Deadline } from './deadline.js';

/**
 * Looks up the TXT records of a name, each as the strings that it consists of.
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no record, any other if the lookup failed
 */
export type TextResolver = (name: string, deadline: Deadline) => Promise<string[][]>;

/** Milliseconds until a query is sent again; a datagram may get lost. */
const RETRY_MS = 2000;

/** @param servers addresses of name servers, `address:port`; by default those of the system */
export function textResolver(servers?: readonly string[]): TextResolver {
  return async (name, deadline) => {
    const resolver = new Resolver({ timeout: RETRY_MS, tries: 3 });
    if (servers) resolver.setServers(servers);
    try {
      return await deadline.race(resolver.resolveTxt(name), () =>
        Object.assign(new Error('no response in time'), { code: 'ETIMEOUT' }),
      );
    } finally {
      resolver.cancel();
    }
  };
}
