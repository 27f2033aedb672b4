import { Resolver } from 'node:dns/promises';
import type { Deadline } from './deadline.js';

/**
 * Looks the TXT records of a name up, each in the pieces in which it comes.
 * @throws an error with a `code` of node:dns: ENOTFOUND and ENODATA where there is no record, any other where nobody
 *   could say
 */
export type TextResolver = (name: string, deadline: Deadline) => Promise<string[][]>;

/** Milliseconds until a question is asked again; a datagram may get lost. */
const TRY_MS = 2000;

/** @param servers addresses of name servers, `address:port`; default those of the system */
export function textResolver(servers?: readonly string[]): TextResolver {
  return async (name, deadline) => {
    const resolver = new Resolver({ timeout: TRY_MS, tries: 3 });
    if (servers) resolver.setServers(servers);
    try {
      return await deadline.race(resolver.resolveTxt(name), () =>
        Object.assign(new Error('no answer in time'), { code: 'ETIMEOUT' }),
      );
    } finally {
      resolver.cancel();
    }
  };
}
